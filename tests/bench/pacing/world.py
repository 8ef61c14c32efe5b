"""Simulated time, and a RunBase in it that keeps its rule: 20 requests in 10 s, refused ones counted."""

import heapq
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from bot.domain.ids import RunId
from tests.bench.pacing.times import Times

LIMIT, WINDOW_S = 20, 10.0


class Simulation:
    def __init__(self) -> None:
        self.now_s = 0.0
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = count()

    def at(self, when_s: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._events, (when_s, next(self._numbers), act))

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        self.at(self.now_s + seconds, act)

    def run(self, until_s: float) -> None:
        while self._events and self._events[0][0] <= until_s:
            self.now_s, _, act = heapq.heappop(self._events)
            act()
        self.now_s = until_s


@dataclass(eq=False)
class SimulatedRun:
    number: int
    began_s: float
    ready_s: float
    noticed_s: float | None = None

    @property
    def id(self) -> RunId:
        return RunId(str(self.number))

    @property
    def delay_s(self) -> float:
        assert self.noticed_s is not None
        return self.noticed_s - self.ready_s


class RateLimited(Exception):
    pass


@dataclass
class RunBase:
    simulation: Simulation
    times: Times
    seed: int
    has_window: bool = True
    requests: int = 0
    refused: int = 0
    runs: list[SimulatedRun] = field(default_factory=list)
    noticed: list[SimulatedRun] = field(default_factory=list)
    _arrivals: deque[float] = field(default_factory=deque)

    def create(self) -> SimulatedRun:
        """Raises: RateLimited."""
        self._admit()
        number = len(self.runs) + 1
        now_s = self.simulation.now_s
        run = SimulatedRun(number, now_s, now_s + self.times.draw(self.seed, number))
        self.runs.append(run)
        return run

    def look(self, run: SimulatedRun) -> bool:
        """Whether it is finished. Raises: RateLimited."""
        self._admit()
        if run.ready_s > self.simulation.now_s:
            return False
        run.noticed_s = self.simulation.now_s
        self.noticed.append(run)
        return True

    def _admit(self) -> None:
        """Of more than a window's worth only the newest count."""
        now_s, arrivals = self.simulation.now_s, self._arrivals
        self.requests += 1
        while arrivals and arrivals[0] + WINDOW_S <= now_s:
            arrivals.popleft()
        arrivals.append(now_s)
        if self.has_window and len(arrivals) > LIMIT:
            arrivals.popleft()
            self.refused += 1
            raise RateLimited
