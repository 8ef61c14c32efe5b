"""Easel's schedule where requests can be saved up: a constant price that spends the same budget on average."""

from collections.abc import Callable

from bot.domain.pacing import Curve, LearnedTimes, Schedule, Sighting
from tests.bench.pacing.members import Command
from tests.bench.pacing.optimum import Least, learned_least
from tests.bench.pacing.world import RunBase, SimulatedRun, Simulation


class Windowless:
    def __init__(self, looks: float, simulation: Simulation, runbase: RunBase, served: Callable[[], None]) -> None:
        self._looks = looks
        self._simulation = simulation
        self._runbase = runbase
        self._served = served
        self._times = LearnedTimes()
        self._curve: Curve | None = None
        self._least: Least | None = None

    def take(self, command: Command) -> None:
        command.begun_s = self._simulation.now_s
        run = self._runbase.create()
        self._times.note(run.id, Sighting())
        self._look_later(run, 0.0)

    def _look_later(self, run: SimulatedRun, seen_s: float) -> None:
        age_s = self._schedule(run).next_look_s(seen_s)
        self._simulation.at(run.began_s + age_s, lambda: self._look(run, seen_s))

    def _look(self, run: SimulatedRun, seen_s: float) -> None:
        age_s = self._simulation.now_s - run.began_s
        if self._runbase.look(run):
            self._times.note(run.id, Sighting(seen_s, age_s))
            self._served()
        else:
            self._times.note(run.id, Sighting(age_s))
            self._look_later(run, age_s)

    def _schedule(self, run: SimulatedRun) -> Schedule:
        curve = self._times.curve()
        if self._least is None or curve is not self._curve:
            self._curve, self._least = curve, learned_least(curve, self._looks)
        return self._least.for_run(run.number)
