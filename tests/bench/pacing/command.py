"""`python -m tests.bench pacing`: simulates all hours and prints the tables."""

import argparse
from collections.abc import Mapping, Sequence

from rich.console import Console

from tests.bench.demands import Demand
from tests.bench.pacing.bound import Bound
from tests.bench.pacing.easel import REQUESTS
from tests.bench.pacing.hours import EASEL, GIVEN, NAIVE, WINDOWLESS, Hour, Result, in_processes, looks_of, simulate
from tests.bench.pacing.members import LOADS, Load
from tests.bench.pacing.optimum import optimum
from tests.bench.pacing.promises import near_the_optimum, never_refused, recovered
from tests.bench.pacing.tables import MOST_SHOWN, bots_table, drift_table, optimum_table
from tests.bench.pacing.times import BIMODAL, DRIFTING, LOG_NORMAL, Times

_OFFERED = tuple(load for load in LOADS if load.per_minute is not None)
_DRIFT_LOADS = (Load(20), Load(40))
_DRIFT_RUNS = 800


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--hours", type=int, default=3, help="hours of Easel at each load (3); naive bots get one")
    parser.add_argument("--drifts", type=int, default=12, help="how often the drift is simulated (12)")


def run(options: argparse.Namespace, console: Console) -> Sequence[Demand]:
    hours = [*_naive_hours(), *_easel_hours(options.hours), *_drifts(options.drifts)]
    results = in_processes(simulate, hours, "simulated hours", console)
    demands = [*never_refused(results)]
    console.print(bots_table(LOG_NORMAL, LOADS, _of(LOG_NORMAL, results)), "")
    for times in (LOG_NORMAL, BIMODAL):
        of_these = _of(times, results)
        console.print(optimum_table(times, _OFFERED, of_these, _bounds_s(of_these, console)), "")
        demands += near_the_optimum(times, of_these)
    for load in _DRIFT_LOADS:
        console.print(drift_table(load, _of(DRIFTING, results)), "")
        demands += recovered(load, _of(DRIFTING, results))
    return demands


def _of(times: Times, results: Sequence[Result]) -> list[Result]:
    return [result for result in results if result.hour.times == times]


def _naive_hours() -> list[Hour]:
    return [Hour(bot, LOG_NORMAL, load, seed=1) for load in LOADS for bot in NAIVE]


def _easel_hours(count: int) -> list[Hour]:
    return [
        Hour(bot, times, load, seed)
        for times in (LOG_NORMAL, BIMODAL)
        for bot in (EASEL, WINDOWLESS)
        for load in (LOADS if bot == EASEL else _OFFERED)
        for seed in range(1, count + 1)
    ]


def _drifts(count: int) -> list[Hour]:
    return [
        Hour(bot, DRIFTING, load, seed, seconds=_DRIFT_RUNS * 60 / (load.per_minute or 1))
        for load in _DRIFT_LOADS
        for bot in (EASEL, GIVEN)
        for seed in range(1, count + 1)
    ]


def _bounds_s(results: Sequence[Result], console: Console) -> Mapping[Load, float]:
    """Of one hour at each load: the last one."""
    shown = [load for load in _OFFERED if load.per_minute is not None and load.per_minute <= MOST_SHOWN]
    hours = {one.hour.load: one for one in results if one.hour.bot == EASEL and one.hour.load in shown}
    return dict(zip(hours, in_processes(_bound_s, tuple(hours.values()), "bounds", console), strict=True))


def _bound_s(result: Result) -> float:
    least = optimum(result.hour.times, looks_of(result.hour.load))
    return Bound(result.hour.times, REQUESTS).delay_s(result.begun_s, least.more.price_s)
