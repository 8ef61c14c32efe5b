"""One simulated hour of one bot, and what came of it; as many hours at once as the machine has cores."""

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Protocol, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.bench.pacing.easel import REQUESTS, Easel, GivenTimes, RecordedTimes
from tests.bench.pacing.members import Command, Load
from tests.bench.pacing.naive import Poller, back_off, every
from tests.bench.pacing.times import Times
from tests.bench.pacing.windowless import Windowless
from tests.bench.pacing.world import WINDOW_S, RunBase, SimulatedRun, Simulation

EASEL, GIVEN, WINDOWLESS = "Easel", "Easel, times given", "Easel, no window"
NAIVE = {"fixed 1 s": every(1.0), "fixed 2 s": every(2.0), "back-off": back_off}


Todo = TypeVar("Todo")
Done = TypeVar("Done")


class Bot(Protocol):
    def take(self, command: Command) -> None: ...


@dataclass(frozen=True)
class Hour:
    bot: str
    times: Times
    load: Load
    seed: int
    seconds: float = 3600.0


@dataclass(frozen=True)
class Result:
    """Runs that were noticed; seconds each command that was begun had waited; medians believed when each run began."""

    hour: Hour
    runs: tuple[SimulatedRun, ...]
    waited_s: tuple[float, ...]
    begun_s: tuple[float, ...]
    medians_s: tuple[float, ...]
    requests: int
    refused: int


def looks_of(load: Load) -> float:
    """What the budget leaves a run for looks, after the request that creates it."""
    assert load.per_minute is not None
    return REQUESTS / WINDOW_S * 60 / load.per_minute - 1


def simulate(hour: Hour) -> Result:
    simulation = Simulation()
    runbase = RunBase(simulation, hour.times, hour.seed, has_window=hour.bot != WINDOWLESS)
    commands: list[Command] = []

    def ask() -> None:
        commands.append(Command(simulation.now_s))
        bot.take(commands[-1])

    def served() -> None:
        if hour.load.per_minute is None:
            ask()

    believed = GivenTimes(hour.times) if hour.bot == GIVEN else RecordedTimes()
    bot: Bot
    if hour.bot in NAIVE:
        bot = Poller(NAIVE[hour.bot], simulation, runbase, served)
    elif hour.bot == WINDOWLESS:
        bot = Windowless(looks_of(hour.load), simulation, runbase, served)
    else:
        bot = Easel(simulation, runbase, served, believed)
    hour.load.begin(simulation, hour.seed, hour.seconds, ask)
    simulation.run(hour.seconds)
    return Result(
        hour=hour,
        runs=tuple(runbase.noticed),
        waited_s=tuple(command.waited_s for command in commands if command.begun_s is not None),
        begun_s=tuple(run.began_s for run in runbase.runs),
        medians_s=tuple(believed.medians_s),
        requests=runbase.requests,
        refused=runbase.refused,
    )


def in_processes(work: Callable[[Todo], Done], todo: Sequence[Todo], what: str, console: Console) -> list[Done]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    spawn = multiprocessing.get_context("spawn")
    with (
        ProcessPoolExecutor(mp_context=spawn) as pool,
        Progress(*columns, console=console, transient=True) as progress,
    ):
        return list(progress.track(pool.map(work, todo), total=len(todo), description=what))
