"""Easel's pacing: the classes of `bot.domain.pacing`, asked as its services ask them."""

import math
from collections import deque
from collections.abc import Callable

from bot.domain.ids import RunId
from bot.domain.pacing import Curve, Family, LearnedTimes, Lookout, RequestBudget, Sighting, Watched, free_for_looks
from bot.domain.requests import Kind
from tests.bench.pacing.members import Command
from tests.bench.pacing.times import Times
from tests.bench.pacing.world import WINDOW_S, RunBase, SimulatedRun, Simulation

REQUESTS = 19  # of RunBase's 20: the default of runbase.requests_per_window
FAMILY = Family("openai/gpt-image-1", Kind.GENERATE)
MOST_SLEEP_S = 1.0
NEVER = math.inf


class RecordedTimes(LearnedTimes):
    """Keeps the median that was believed when each run began."""

    def __init__(self) -> None:
        super().__init__()
        self.medians_s: list[float] = []

    def note(self, run: RunId, sighting: Sighting) -> None:
        super().note(run, sighting)
        if sighting == Sighting():
            self.medians_s.append(self.curve().percentile(0.5))


class GivenTimes(RecordedTimes):
    """What would be learned if it could be known."""

    def __init__(self, times: Times) -> None:
        super().__init__()
        self._times = times

    def curve(self) -> Curve:
        return self._times.curve_of(len(self.medians_s) + 1)


class Easel:
    def __init__(
        self,
        simulation: Simulation,
        runbase: RunBase,
        served: Callable[[], None],
        times: RecordedTimes,
    ) -> None:
        self._simulation = simulation
        self._runbase = runbase
        self._served = served
        self._budget = RequestBudget(REQUESTS, WINDOW_S)
        self._lookout = Lookout(lambda: times)
        self._line: deque[Command] = deque()
        self._running: dict[RunId, SimulatedRun] = {}
        self._seen_s: dict[RunId, float] = {}  # the age at which each was last seen running
        self._wakes_s = NEVER

    def take(self, command: Command) -> None:
        self._line.append(command)
        self._turn()

    def _turn(self) -> None:
        while self._begin_one() or self._look_at_one():
            pass
        self._sleep()

    def _begin_one(self) -> bool:
        now_s = self._simulation.now_s
        if not self._line or self._budget.left(now_s) == 0 or not self._has_room():
            return False
        self._budget.spend(now_s)
        run = self._runbase.create()
        self._line.popleft().begun_s = now_s
        self._running[run.id], self._seen_s[run.id] = run, 0.0
        self._lookout.note(FAMILY, run.id, Sighting())
        return True

    def _look_at_one(self) -> bool:
        best = self._lookout.next(self._watched(), self._free())
        if best is None:
            return False
        now_s, run = self._simulation.now_s, self._running[best.run]
        self._budget.spend(now_s)
        if self._runbase.look(run):
            self._lookout.note(FAMILY, run.id, Sighting(best.seen_s, best.age_s))
            del self._running[run.id], self._seen_s[run.id]
            self._simulation.at(now_s, self._served)
        else:
            self._lookout.note(FAMILY, run.id, Sighting(best.age_s))
            self._seen_s[run.id] = best.age_s
        return True

    def _has_room(self) -> bool:
        return self._lookout.load(self._watched(), REQUESTS / WINDOW_S) < 1

    def _free(self) -> int:
        in_line = len(self._line) if self._line and self._has_room() else 0
        return free_for_looks(self._budget.left(self._simulation.now_s), in_line)

    def _watched(self) -> list[Watched]:
        now_s = self._simulation.now_s
        return [Watched(run.id, FAMILY, now_s - run.began_s, self._seen_s[run.id]) for run in self._running.values()]

    def _sleep(self) -> None:
        """Until a look is due or a request is free, and a second at most: prices fall as the window empties."""
        now_s = self._simulation.now_s
        if not self._line and not self._running:
            return
        free_s = self._budget.free_at_s(now_s)
        due_s = now_s + min(MOST_SLEEP_S, self._lookout.wait_s(self._watched(), self._free()))
        wakes_s = free_s if free_s > now_s else max(due_s, now_s + 1e-6)
        if not now_s < self._wakes_s <= wakes_s:
            self._wakes_s = wakes_s
            self._simulation.at(wakes_s, self._turn)
