"""What is learned of run times, from looks that never see a run end."""

import math
import random
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ids import RunId
from bot.domain.pacing import Curve, LearnedTimes, Sighting
from tests.curves import share_running

Draw = Callable[[random.Random], float]

sightings = st.builds(Sighting, st.floats(-10, 2000), st.none() | st.floats(-10, 2000) | st.just(math.inf))


def log_normal(median_s: float, sigma: float = 0.35) -> Draw:
    return lambda dice: dice.lognormvariate(math.log(median_s), sigma)


def two_peaks(dice: random.Random) -> float:
    return dice.lognormvariate(math.log(12 if dice.random() < 0.7 else 35), 0.15)


def seen(took_s: float, looks_s: Iterator[float], lost_at_s: float = math.inf) -> Sighting:
    """What such looks see of a run, until it is lost."""
    after_s = 0.0
    for look_s in looks_s:
        if look_s >= lost_at_s:
            return Sighting(after_s)
        if look_s >= took_s:
            return Sighting(after_s, look_s)
        after_s = look_s
    raise AssertionError("looks end never")


def every(seconds: float, first_s: float) -> Iterator[float]:
    while True:
        yield first_s
        first_s += seconds


def learned(draw: Draw, *, every_s: float, runs: int = 400, lost: float = 0.0, times: LearnedTimes) -> Curve:
    dice = random.Random(runs + every_s)
    for number in range(runs):
        lost_at_s = dice.uniform(1, 40) if dice.random() < lost else math.inf
        looks = every(every_s, dice.uniform(0, every_s))
        watch(times, f"{draw}{number}", seen(draw(dice), looks, lost_at_s))
    return times.curve()


def watch(times: LearnedTimes, run: str, sighting: Sighting) -> None:
    times.note(RunId(run), Sighting())
    times.note(RunId(run), sighting)


def believed(*known: Sighting) -> Curve:
    """The newest is told as often as it takes for all to be learned."""
    times = LearnedTimes()
    for number, sighting in enumerate(known):
        watch(times, str(number), sighting)
    for _ in range(10):
        times.note(RunId(str(len(known) - 1)), known[-1])
    return times.curve()


def test_before_anything_is_known_the_prior_holds() -> None:
    curve = LearnedTimes().curve()
    assert curve.percentile(0.25) == pytest.approx(11.85, rel=0.03)
    assert curve.percentile(0.5) == pytest.approx(15, rel=0.03)
    assert curve.percentile(0.75) == pytest.approx(18.99, rel=0.03)


def test_the_prior_gives_way_little_by_little() -> None:
    medians = [15.0] + [believed(*[Sighting(59, 61)] * runs).percentile(0.5) for runs in (2, 10, 20, 40, 80)]
    assert medians == sorted(medians)
    assert medians[1] < 17
    assert medians[-1] == pytest.approx(60, rel=0.03)


@pytest.mark.parametrize("every_s", [0.5, 2.0, 8.0])
@pytest.mark.parametrize(("median_s", "sigma"), [(15.0, 0.35), (40.0, 0.3), (6.0, 0.5)])
def test_the_distribution_is_found_however_rare_the_looks(median_s: float, sigma: float, every_s: float) -> None:
    curve = learned(log_normal(median_s, sigma), every_s=every_s, times=LearnedTimes())
    truth = Curve.log_normal(median_s, sigma)
    for share in (0.1, 0.25, 0.5, 0.75, 0.9):
        assert curve.percentile(share) == pytest.approx(truth.percentile(share), rel=0.2)


@pytest.mark.parametrize("every_s", [1.0, 6.0])
def test_both_peaks_are_found(every_s: float) -> None:
    curve = learned(two_peaks, every_s=every_s, times=LearnedTimes())
    assert share_running(curve, 8) > 0.93
    assert share_running(curve, 20) == pytest.approx(0.3, abs=0.1)
    assert share_running(curve, 25) == pytest.approx(0.3, abs=0.1)
    assert share_running(curve, 50) < 0.05


def test_runs_that_are_lost_sight_of_do_not_make_the_others_look_quick() -> None:
    curve = learned(log_normal(15), every_s=2.0, lost=0.4, times=LearnedTimes())
    assert curve.percentile(0.5) == pytest.approx(15, rel=0.12)
    assert curve.percentile(0.9) == pytest.approx(23.5, rel=0.2)


@pytest.mark.parametrize("outlier", [Sighting(0, 0.01), Sighting(0, 0), Sighting(600), Sighting(86_000, 86_400)])
def test_one_in_twenty_that_is_nonsense_moves_little(outlier: Sighting) -> None:
    dice, draw, times = random.Random(3), log_normal(15), LearnedTimes()
    for number in range(400):
        watch(times, str(number), outlier if number % 20 == 0 else seen(draw(dice), every(2.0, dice.uniform(0, 2))))
    assert times.curve().percentile(0.5) == pytest.approx(15, rel=0.12)
    assert times.curve().percentile(0.25) == pytest.approx(11.85, rel=0.15)
    assert times.curve().percentile(0.75) == pytest.approx(18.99, rel=0.15)


def test_after_fifty_runs_of_twice_the_time_twice_the_time_is_believed() -> None:
    times = LearnedTimes()
    assert learned(log_normal(15), every_s=3.0, times=times).percentile(0.5) == pytest.approx(15, rel=0.12)
    assert learned(log_normal(30), every_s=3.0, runs=50, times=times).percentile(0.5) == pytest.approx(30, rel=0.2)


def test_what_was_stored_before_a_restart_is_believed_at_once() -> None:
    times = LearnedTimes()
    for number in range(100):
        times.note(RunId(str(number)), Sighting(28, 32))
    assert times.curve().percentile(0.5) == pytest.approx(30, rel=0.1)


def test_runs_that_still_run_tell_before_the_first_of_them_ends() -> None:
    times = LearnedTimes()
    learned(log_normal(15), every_s=3.0, times=times)
    for number in range(30):
        watch(times, f"under way {number}", Sighting(45))
    assert times.curve().percentile(0.5) > 20


def test_looking_rarely_does_not_make_runs_look_slow() -> None:
    rarely = learned(log_normal(15), every_s=15.0, times=LearnedTimes())
    assert rarely.percentile(0.5) == pytest.approx(15, rel=0.15)


@given(st.lists(sightings, max_size=30))
def test_whatever_was_seen_the_curve_falls_from_one_to_nothing(known: list[Sighting]) -> None:
    curve = believed(*known) if known else LearnedTimes().curve()
    assert curve.alive[0] == 1
    assert list(curve.alive) == sorted(curve.alive, reverse=True)
    assert 0 <= curve.alive[-1] < 1
    assert 0 < curve.mean_s < 660 * 1.1


@given(st.floats(1, 500), st.floats(0.05, 1.0), st.floats(0.001, 0.99))
def test_by_each_percentile_that_share_has_ended(median_s: float, sigma: float, share: float) -> None:
    curve = Curve.log_normal(median_s, sigma)
    if share < 1 - curve.alive[-1]:
        assert 1 - share_running(curve, curve.percentile(share)) == pytest.approx(share, abs=1e-6)
