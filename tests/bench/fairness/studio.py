"""The services in simulated time, with a RunBase whose runs take as long as they usually do."""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.ids import KeyId, ProviderRunId
from bot.domain.requests import Request
from bot.domain.runs import RunState
from bot.domain.turns import Queued
from bot.ports import Clock, ImageInput, Look, StillRunning, Succeeded
from bot.services.line import Line
from tests.builders import asked_by
from tests.fakes import FakeImageApi
from tests.unit.workshop import PICTURE, RESULT, Workshop

_MEDIAN_S, _SIGMA = 15.0, 0.35  # as the look-alike's
_LONGEST_STEP_S = 0.25
_OVER = {RunState.READY, RunState.DELIVERED}


class TimedImageApi(FakeImageApi):
    """Its runs end by the clock, after log-normal times."""

    def __init__(self, clock: Clock, seed: int) -> None:
        super().__init__(clock)
        self._time = clock
        self._dice = random.Random(seed)
        self._ends_at: dict[ProviderRunId, datetime] = {}

    async def create(self, key: KeyId, wanted: ImageInput) -> ProviderRunId:
        run = await super().create(key, wanted)
        takes = timedelta(seconds=self._dice.lognormvariate(math.log(_MEDIAN_S), _SIGMA))
        self._ends_at[run] = self._time.now() + takes
        return run

    async def look(self, key: KeyId, run: ProviderRunId) -> Look:
        await super().look(key, run)
        return Succeeded(RESULT) if self._time.now() >= self._ends_at[run] else StillRunning()


class FirstComeLine(Line):
    """As queues usually are."""

    async def next(self) -> Queued | None:
        waiting = await self._requests.queue()
        return waiting[0] if waiting else None


@dataclass(frozen=True)
class Wish:
    """So many images that a member asks for at once, so long after the beginning."""

    member: int
    images: int
    after_s: float = 0.0


@dataclass(frozen=True)
class Served:
    """An image: the seconds until it was begun, and until it was there."""

    begun_s: float
    there_s: float


EASEL, FIRST_COME = "Easel", "first come"
_LINES: dict[str, Callable[..., Line]] = {EASEL: Line, FIRST_COME: FirstComeLine}


class Studio(Workshop):
    def __init__(self, line: str, seed: int) -> None:
        self._line_of = _LINES[line]
        super().__init__(queue_length=1000)
        self.api = TimedImageApi(self.clock, seed)
        self.downloads.web[RESULT] = PICTURE
        self.start_again()

    def _open_the_front(self) -> None:
        super()._open_the_front()
        self.line = self._line_of(in_flight=4, keys=len(self.api.keys), clock=self.clock, requests=self.requests)

    async def serve(self, wishes: Sequence[Wish], *, until_served: Sequence[int]) -> list[Served]:
        """Until those members have all they asked for; returns their images."""
        coming, asked = sorted(wishes, key=lambda wish: wish.after_s), dict[int, list[Request]]()
        began_at = self.clock.now()
        while coming or not all(self._is_served(asked[member]) for member in until_served):
            while coming and began_at + timedelta(seconds=coming[0].after_s) <= self.clock.now():
                wish = coming.pop(0)
                asked[wish.member] = [await self.ask(address=asked_by(wish.member)) for _ in range(wish.images)]
            self.clock.advance(await self._step())
        return [self._served(request) for member in until_served for request in asked[member]]

    async def _step(self) -> float:
        """One turn of the loops that spend requests; the seconds until the next."""
        pauses_s = []
        for loop in (self.dispatch, self.tracking):
            pauses_s.append(await loop.turn())
            await loop.finish()
        is_news = self.signals.queued.is_set() or self.signals.running.is_set()
        self.all_quiet()
        return 0.0 if is_news else min(_LONGEST_STEP_S, max(0.001, min(pauses_s)))

    def _is_served(self, requests: Sequence[Request]) -> bool:
        return all(self.run(request).state in _OVER for request in requests)

    def _served(self, request: Request) -> Served:
        run = self.run(request)
        assert run.submitted_at is not None
        assert run.ended_at is not None
        begun, there = run.submitted_at - request.created_at, run.ended_at - request.created_at
        return Served(begun.total_seconds(), there.total_seconds())
