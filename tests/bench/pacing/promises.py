"""What the tables of pacing have to show."""

from collections.abc import Iterator, Sequence

from tests.bench.demands import Demand
from tests.bench.pacing.found import Found, mean_of_s, medians_s
from tests.bench.pacing.hours import EASEL, GIVEN, WINDOWLESS, Result, looks_of
from tests.bench.pacing.members import Load
from tests.bench.pacing.optimum import optimum
from tests.bench.pacing.tables import BLOCK, MOST_SHOWN
from tests.bench.pacing.times import DRIFTS_FROM, DRIFTS_OVER, Times

_OVER_THE_OPTIMUM = {5: 0.15, 10: 0.15, 20: 0.15, 30: 0.15, 40: 0.25}
_FULL, _MOST_WHEN_FULL_S = Load(50), 8.0
_RECOVERED_WITHIN = 50  # runs
_BEHIND, _OVER_KNOWN = 0.05, 0.15


def never_refused(results: Sequence[Result]) -> Iterator[Demand]:
    refused = sum(result.refused for result in results if result.hour.bot in (EASEL, GIVEN))
    yield Demand.at_most("429s of Easel in all simulated hours", refused, 0)


def near_the_optimum(times: Times, results: Sequence[Result]) -> Iterator[Demand]:
    for per_minute, most in _OVER_THE_OPTIMUM.items():
        load = Load(per_minute)
        assert per_minute <= MOST_SHOWN
        over = Found.of(results, WINDOWLESS, load).mean_s / optimum(times, looks_of(load)).delay_s - 1
        words = f"learned over the optimum, {times.name}, {load.name} a minute"
        yield Demand.at_most(words, over * 100, most * 100, " %")
    full_s = Found.of(results, EASEL, _FULL).mean_s
    yield Demand.at_most(f"mean delay, {times.name}, {_FULL.name} a minute", full_s, _MOST_WHEN_FULL_S, " s")


def recovered(load: Load, results: Sequence[Result]) -> Iterator[Demand]:
    """In the first block of runs behind those in which it may recover."""
    begins = DRIFTS_FROM + DRIFTS_OVER + _RECOVERED_WITHIN + 1
    numbers = range(begins, begins + BLOCK)
    easel, given = Found.of(results, EASEL, load), Found.of(results, GIVEN, load)
    median_s, believed_s = medians_s(easel, numbers)
    after = f"{_RECOVERED_WITHIN} runs after the drift, {load.name} a minute"
    yield Demand.at_most(
        f"median believed behind the true one, {after}", (1 - believed_s / median_s) * 100, _BEHIND * 100, " %"
    )
    over = mean_of_s(easel, numbers) / mean_of_s(given, numbers) - 1
    yield Demand.at_most(f"delay over that with known times, {after}", over * 100, _OVER_KNOWN * 100, " %")
