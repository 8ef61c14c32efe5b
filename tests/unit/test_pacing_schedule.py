"""When to look: the schedules that are known to be best, and what holds for all of them."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.pacing import AGES, Curve, PriceList, Schedule, plan
from tests.curves import share_running

prices = st.floats(0.01, 100)
seconds = tuple(float(second) for second in range(11))


def looks_of(schedule: Schedule, until_s: float) -> list[float]:
    looks = [schedule.next_look_s(0.0)]
    while looks[-1] < until_s:
        looks.append(schedule.next_look_s(looks[-1]))
    return looks


def gaps_of(looks: Sequence[float]) -> list[float]:
    return [after - before for before, after in pairwise([0.0, *looks])]


def area_of(curve: Curve, age_s: float) -> float:
    last = bisect_right(curve.ages, age_s) - 1
    return curve.areas[last] + (age_s - curve.ages[last]) * (curve.alive[last] + share_running(curve, age_s)) / 2


def cost_of(curve: Curve, looks: Sequence[float], price_s: float) -> float:
    """Of looking at these ages, by the definition; nothing may run longer than to the last of them."""
    cost = 0.0
    for before, after in pairwise([0.0, *looks]):
        alive = share_running(curve, before)
        cost += alive * price_s + alive * (after - before) - area_of(curve, after) + area_of(curve, before)
    return cost


def curve_of(masses: Sequence[int], ages: Sequence[float]) -> Curve:
    ended = accumulate(masses, initial=0)
    return Curve(ages, tuple(1 - one / sum(masses) for one in ended))


masses = st.lists(st.integers(0, 9), min_size=len(seconds) - 1, max_size=len(seconds) - 1).filter(any)
any_curve = st.lists(st.integers(0, 9), min_size=len(AGES) - 1, max_size=len(AGES) - 1).filter(any)
few = settings(max_examples=25)  # a curve has some three hundred ages


@given(masses, st.floats(0.05, 20))
def test_no_other_choice_of_looks_is_cheaper(masses: list[int], price_s: float) -> None:
    curve = curve_of(masses, seconds)
    best = plan(curve, price_s, shortest_gap_s=0.0)
    last = next(age for age, alive in zip(seconds, curve.alive, strict=True) if alive <= 1e-12)
    within = seconds[1 : int(last)]
    others = (
        cost_of(curve, (*looks, last), price_s)
        for many in range(len(within) + 1)
        for looks in combinations(within, many)
    )
    assert best.delay_s + price_s * best.looks == pytest.approx(min(others), rel=0.01)


@pytest.mark.parametrize("price_s", [0.1, 0.5, 3.0, 10.0])
def test_without_memory_all_intervals_are_equal(price_s: float) -> None:
    mean_s = 20.0
    ages = tuple(step / 20 for step in range(8001))
    schedule = plan(Curve.of(lambda age_s: math.exp(-age_s / mean_s), ages), price_s, shortest_gap_s=0.0)
    gaps = gaps_of(looks_of(schedule, 60.0))
    # Of an exponential distribution the best interval x is known: exp(x / mean) - x / mean - 1 = price / mean.
    for gap_s in gaps:
        assert math.exp(gap_s / mean_s) - gap_s / mean_s - 1 == pytest.approx(price_s / mean_s, rel=0.06)


@pytest.mark.parametrize(("price_s", "looks"), [(0.5, 9), (1.0, 6), (3.0, 4), (10.0, 2)])
def test_of_a_uniform_distribution_each_interval_is_shorter_by_the_price(price_s: float, looks: int) -> None:
    longest_s = 20.0
    ages = tuple(step / 50 for step in range(int(longest_s * 50) + 1))
    schedule = plan(Curve.of(lambda age_s: 1 - age_s / longest_s, ages), price_s, shortest_gap_s=0.0)
    # n is the largest number with n (n - 1) < 2 · longest / price (Barlow, Hunter and Proschan, 1963, section 3).
    known = [number * longest_s / looks + price_s * number * (looks - number) / 2 for number in range(1, looks + 1)]
    assert looks_of(schedule, longest_s - 0.01) == pytest.approx(known, abs=0.03)


@few
@given(any_curve, prices)
def test_looks_follow_each_other_within_a_minute_and_not_within_a_second(masses: list[int], price_s: float) -> None:
    gaps = gaps_of(looks_of(plan(curve_of(masses, AGES), price_s), 2000.0))
    assert min(gaps) >= 1 - 1e-9
    assert max(gaps) <= 60 + 1e-9


@few
@given(any_curve, prices, st.floats(1.0, 3.0))
def test_dearer_looks_are_fewer_and_cost_time(masses: list[int], price_s: float, factor: float) -> None:
    curve = curve_of(masses, AGES)
    cheap, dear = plan(curve, price_s), plan(curve, price_s * factor)
    assert dear.looks <= cheap.looks + 1e-9
    assert dear.delay_s >= cheap.delay_s - 1e-9


@few
@given(any_curve, prices, st.floats(0, 600), st.floats(0, 60))
def test_whoever_was_seen_running_later_is_looked_at_later(
    masses: list[int], price_s: float, seen_s: float, later_s: float
) -> None:
    schedule = plan(curve_of(masses, AGES), price_s)
    assert schedule.next_look_s(seen_s) <= schedule.next_look_s(seen_s + later_s) + 1e-9


@given(st.floats(5, 60), st.floats(0.15, 0.8), st.floats(1.1, 30), st.floats(0.05, 20))
def test_no_fixed_interval_does_as_well(median_s: float, sigma: float, every_s: float, price_s: float) -> None:
    curve = Curve.log_normal(median_s, sigma)
    best = plan(curve, price_s)
    fixed = [every_s * number for number in range(1, math.ceil(AGES[-1] / every_s))]
    grid_s = 0.01 * median_s  # looks are planned on a grid of 2.5 % of the age
    assert best.delay_s + price_s * best.looks <= cost_of(curve, fixed, price_s) + grid_s


def test_an_idle_key_looks_about_every_second_near_the_likely_end() -> None:
    gaps = gaps_of([look for look in looks_of(plan(Curve.log_normal(), 0.3 / 19), 25.0) if look > 8])[1:]
    assert max(gaps) < 1.5


@pytest.mark.parametrize("price_s", [2.0, 10.0])
def test_a_busy_key_looks_once_or_twice(price_s: float) -> None:
    assert 1 <= plan(Curve.log_normal(), price_s).looks <= 2


@given(st.floats(0, 100), st.floats(0, 100), st.floats(0.02, 50))
def test_a_look_is_worth_its_price_when_it_is_due(seen_s: float, since_s: float, price_s: float) -> None:
    price_list = PriceList(Curve.log_normal())
    due_s = price_list.next_look_s(seen_s, price_s)
    assert price_list.worth_s(seen_s, due_s + 1e-6) >= price_s * 0.99
    assert price_list.worth_s(seen_s, seen_s + since_s) <= price_list.worth_s(seen_s, seen_s + since_s + 1)


@given(st.floats(0.6, 60))
def test_looks_are_saved_by_waiting(delay_s: float) -> None:
    price_list = PriceList(Curve.log_normal())
    assert price_list.looks_at_delay(delay_s) >= price_list.looks_at_delay(delay_s * 1.5) >= 1 - 1e-6


@few
@given(any_curve, st.floats(0.1, 600))
def test_there_is_a_number_of_looks_for_every_delay(masses: list[int], delay_s: float) -> None:
    assert 0 < PriceList(curve_of(masses, AGES)).looks_at_delay(delay_s) < 700


def test_runs_that_all_take_the_same_time_are_looked_at_once() -> None:
    always = PriceList(Curve.of(lambda age_s: 1.0 if age_s < 20 else 0.0))
    assert always.looks_at_delay(10.0) == pytest.approx(1)
    assert always.next_look_s(0.0, 0.3) == pytest.approx(20, rel=0.03)
