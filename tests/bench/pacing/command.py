"""`python -m tests.bench pacing`: simulates all hours and prints the tables."""

import argparse

from rich.console import Console

from tests.bench.pacing.hours import EASEL, GIVEN, NAIVE, WINDOWLESS, Hour, simulate_all
from tests.bench.pacing.members import LOADS, Load
from tests.bench.pacing.tables import bots_table, drift_table, optimum_table
from tests.bench.pacing.times import BIMODAL, DRIFTING, LOG_NORMAL, Times

_DRIFT_LOADS = (Load(20), Load(40))
_DRIFT_RUNS = 800


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--hours", type=int, default=3, help="hours of Easel at each load; the others get one")
    parser.add_argument("--drifts", type=int, default=12, help="how often the drift is simulated")
    parser.add_argument("--bound", action="store_true", help="also what no schedule can beat; takes minutes")


def run(options: argparse.Namespace, console: Console) -> None:
    steady = [hour for times in (LOG_NORMAL, BIMODAL) for hour in _hours(times, options.hours)]
    results = simulate_all([*steady, *_drifts(options.drifts)], console)
    for times in (LOG_NORMAL, BIMODAL):
        of_times = [result for result in results if result.hour.times == times]
        if times == LOG_NORMAL:
            console.print(bots_table(times, LOADS, of_times))
        console.print(optimum_table(times, LOADS, of_times, with_bound=options.bound))
    drifts = [result for result in results if result.hour.times == DRIFTING]
    for load in _DRIFT_LOADS:
        console.print(drift_table(load, drifts))


def _hours(times: Times, hours: int) -> list[Hour]:
    naive = [Hour(bot, times, load, 1) for load in LOADS for bot in NAIVE] if times == LOG_NORMAL else []
    easel = [Hour(EASEL, times, load, seed + 1) for load in LOADS for seed in range(hours)]
    loads = [load for load in LOADS if load.per_minute is not None]
    return [*naive, *easel, *(Hour(WINDOWLESS, times, load, seed + 1) for load in loads for seed in range(hours))]


def _drifts(count: int) -> list[Hour]:
    return [
        Hour(bot, DRIFTING, load, seed + 1, _DRIFT_RUNS * 60 / (load.per_minute or 1))
        for load in _DRIFT_LOADS
        for bot in (EASEL, GIVEN)
        for seed in range(count)
    ]
