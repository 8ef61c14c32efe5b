"""Request budgets, run times and when to look."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.pacing import RequestBudget, RunTimes, next_look_in_s

WINDOW_S = 10.0
# Eighths of a second are exact as floats, so that the model and the budget agree on every edge.
pauses = st.lists(st.integers(0, 40).map(lambda eighths: eighths / 8), max_size=80)


@given(st.integers(1, 6), pauses)
def test_no_window_ever_sees_more_requests_than_the_budget(requests: int, pauses: list[float]) -> None:
    budget, now_s = RequestBudget(requests, WINDOW_S), 1000.0
    made: list[float] = []
    for pause_s in pauses:
        now_s += pause_s
        if budget.left(now_s) > 0:
            budget.spend(now_s)
            made.append(now_s)
    for end_s in made:
        assert len([at_s for at_s in made if end_s - WINDOW_S < at_s <= end_s]) <= requests


@given(st.integers(1, 6), pauses)
def test_a_budget_refuses_only_when_its_window_is_full(requests: int, pauses: list[float]) -> None:
    budget, now_s = RequestBudget(requests, WINDOW_S), 1000.0
    made: list[float] = []
    for pause_s in pauses:
        now_s += pause_s
        in_window = [at_s for at_s in made if at_s > now_s - WINDOW_S]
        assert budget.left(now_s) == requests - len(in_window)
        if budget.left(now_s) > 0:
            budget.spend(now_s)
            made.append(now_s)


@given(st.integers(1, 6), pauses)
def test_the_wait_of_a_full_budget_is_exactly_long_enough(requests: int, pauses: list[float]) -> None:
    budget, now_s = RequestBudget(requests, WINDOW_S), 1000.0
    for pause_s in pauses:
        now_s += pause_s
        wait_s = budget.wait_s(now_s)
        assert (wait_s == 0) == (budget.left(now_s) > 0)
        if wait_s > 0.125:
            assert budget.left(now_s + wait_s - 0.125) == 0
        now_s += wait_s
        assert budget.left(now_s) > 0
        budget.spend(now_s)


def test_a_fresh_budget_is_whole() -> None:
    assert RequestBudget(19, WINDOW_S).left(0.0) == 19
    assert RequestBudget(19, WINDOW_S).wait_s(0.0) == 0


@given(st.lists(st.floats(0, 1000), max_size=19))
def test_the_prior_holds_until_twenty_runs_are_known(seconds: list[float]) -> None:
    assert RunTimes.measured(seconds) == RunTimes(median_s=15.0, sigma=0.35)


def test_from_twenty_runs_on_what_was_measured_counts() -> None:
    assert RunTimes.measured([40.0] * 20).median_s == pytest.approx(40)


@pytest.mark.parametrize(("median_s", "sigma"), [(15.0, 0.35), (60.0, 0.2), (4.0, 0.8)])
def test_the_distribution_behind_many_runs_is_found(median_s: float, sigma: float) -> None:
    dice = random.Random(1)
    seconds = [median_s * 2.718281828 ** dice.gauss(0, sigma) for _ in range(2000)]
    found = RunTimes.measured(seconds)
    assert found.median_s == pytest.approx(median_s, rel=0.1)
    assert found.sigma == pytest.approx(sigma, rel=0.1)


@pytest.mark.parametrize("outlier", [0.0, 0.001, 86_400.0])
def test_a_tenth_of_nonsense_moves_little(outlier: float) -> None:
    dice = random.Random(2)
    seconds = [15 * 2.718281828 ** dice.gauss(0, 0.35) for _ in range(180)]
    found = RunTimes.measured(seconds + [outlier] * 20)
    assert found.median_s == pytest.approx(15, rel=0.2)
    assert found.sigma == pytest.approx(0.35, rel=0.5)


def test_runs_that_all_take_the_same_time_still_leave_some_doubt() -> None:
    assert RunTimes.measured([12.0] * 50).sigma > 0


def test_half_of_the_runs_are_done_by_the_median() -> None:
    assert RunTimes().percentile(0.5) == pytest.approx(15)
    assert RunTimes().percentile(0.25) == pytest.approx(11.85, abs=0.01)
    assert RunTimes().percentile(0.75) == pytest.approx(18.99, abs=0.01)


@given(st.floats(0.01, 0.98), st.floats(0.001, 0.01))
def test_a_larger_share_takes_longer(share: float, more: float) -> None:
    assert RunTimes().percentile(share) < RunTimes().percentile(share + more)


@pytest.mark.parametrize(
    ("age_s", "is_overdue", "wait_s"),
    [
        (0.0, False, 3.0),
        (2.5, False, 0.5),
        (3.0, False, 2.0),
        (59.9, False, 2.0),
        (60.0, False, 6.0),
        (700.0, True, 60.0),
        (1.0, True, 60.0),
    ],
)
def test_looks_grow_rarer_with_age(age_s: float, is_overdue: bool, wait_s: float) -> None:
    assert next_look_in_s(age_s, is_overdue=is_overdue) == wait_s


@given(st.floats(0, 100_000), st.booleans())
def test_there_is_always_a_next_look_and_some_time_until_then(age_s: float, is_overdue: bool) -> None:
    assert 0 < next_look_in_s(age_s, is_overdue=is_overdue) <= 60
