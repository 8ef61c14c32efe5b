"""Bots as they are usually written: each command is a task that creates its run and polls until it is finished."""

from collections.abc import Callable, Iterator
from itertools import chain, repeat

from tests.bench.pacing.members import Command
from tests.bench.pacing.world import RateLimited, RunBase, SimulatedRun, Simulation

GIVES_UP_AFTER_S = 900.0  # when the answer can be edited no more: Discord's token lives 15 minutes

Pauses = Callable[[], Iterator[float]]


def every(seconds: float) -> Pauses:
    return lambda: repeat(seconds)


def back_off() -> Iterator[float]:
    return chain((1.0, 2.0, 4.0, 8.0, 16.0), repeat(30.0))


class Poller:
    """After a 429 it waits as after any other look: its rule knows nothing else."""

    def __init__(self, pauses: Pauses, simulation: Simulation, runbase: RunBase, served: Callable[[], None]) -> None:
        self._pauses = pauses
        self._simulation = simulation
        self._runbase = runbase
        self._served = served

    def take(self, command: Command) -> None:
        self._create(command, self._pauses())

    def _create(self, command: Command, pauses: Iterator[float]) -> None:
        try:
            run = self._runbase.create()
        except RateLimited:
            self._again(command, lambda: self._create(command, pauses), pauses)
            return
        command.begun_s = self._simulation.now_s
        polls = self._pauses()
        self._again(command, lambda: self._look(command, run, polls), polls)

    def _look(self, command: Command, run: SimulatedRun, pauses: Iterator[float]) -> None:
        try:
            is_finished = self._runbase.look(run)
        except RateLimited:
            is_finished = False
        if is_finished:
            self._served()
        else:
            self._again(command, lambda: self._look(command, run, pauses), pauses)

    def _again(self, command: Command, act: Callable[[], None], pauses: Iterator[float]) -> None:
        if self._simulation.now_s < command.came_s + GIVES_UP_AFTER_S:
            self._simulation.after(next(pauses), act)
        else:
            self._served()  # with an apology
