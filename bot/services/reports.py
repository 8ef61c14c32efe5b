"""Tells those who wait how it stands: their place in line, then how far their picture is."""

import logging
import math
from collections.abc import Callable, Mapping, Set

from bot.domain.ids import RequestId
from bot.domain.ladder import CLOSING_MARGIN, EDITS, PostFailed, RungClosed, is_closing, rungs
from bot.domain.runs import RunState
from bot.domain.turns import Standing
from bot.ports import Clock, Parcel, Publisher, RequestStore, Waiting
from bot.services.line import Line
from bot.services.names import names
from bot.services.signals import Signals
from bot.services.times import Times
from bot.services.work import SHORT_GRACE_S, Hands

log = logging.getLogger(__name__)

_AT_ONCE = 4
_EVERY_S = 4.0  # Discord documents no limit on edits; five in 5 s have been seen to be slowed
# All edits together leave most of Discord's 50 requests a second to answers and pictures.
_EDITS_PER_SECOND = 4


class Reports:
    def __init__(
        self,
        *,
        clock: Clock,
        line: Line,
        publisher: Publisher,
        requests: RequestStore,
        signals: Signals,
        times: Times,
    ) -> None:
        self._clock = clock
        self._line = line
        self._publisher = publisher
        self._requests = requests
        self._signals = signals
        self._times = times
        self._hands = Hands("progress", most=_AT_ONCE)
        self._next_s: dict[RequestId, float] = {}
        self._told: dict[RequestId, int] = {}

    async def turn(self, is_held: Callable[[RequestId], bool]) -> None:
        """`is_held` tells of messages that somebody else is editing."""
        standings = await self._line.standings()
        made = await self._requests.being_made(closing_before=self._clock.now() + CLOSING_MARGIN)
        moved = [request for request, standing in standings.items() if self._told.get(request) != standing.place]
        waiting = list(dict.fromkeys([*made, *moved]))
        now_s, pause_s = self._clock.elapsed_s(), max(_EVERY_S, len(waiting) / _EDITS_PER_SECOND)
        for request in sorted(waiting, key=lambda one: self._next_s.get(one, now_s)):
            is_due = self._next_s.get(request, now_s) <= now_s
            if is_due and not self._hands.are_full and not self._hands.holds(request) and not is_held(request):
                self._next_s[request] = now_s + pause_s
                self._hands.take(request, self._report(request, standings), self._signals.outbox.set)
        self._forget_all_but({*waiting, *standings})

    def holds(self, request: RequestId) -> bool:
        return self._hands.holds(request)

    @property
    def are_busy(self) -> bool:
        return self._hands.are_busy

    async def finish(self, *, grace_s: float = SHORT_GRACE_S) -> None:
        await self._hands.finish(grace_s=grace_s)

    async def _report(self, request: RequestId, standings: Mapping[RequestId, Standing]) -> None:
        """The request is read only once it is held: what was read before may have been delivered meanwhile."""
        parcel = await self._requests.parcel(request)
        if parcel is None or not parcel.is_awaited:
            return
        rung = next((one for one in rungs(parcel.request.address, self._clock.now()) if one in EDITS), None)
        if rung is None:
            self._next_s[request] = math.inf
            return
        waiting = await self.waiting(parcel, standings.get(request))
        try:
            await self._publisher.show_waiting(parcel.request, rung, waiting)
        except PostFailed:
            log.info("progress not shown %s", names(parcel.request))
        except RungClosed as closed:
            self._next_s[request] = math.inf  # nobody sees it any more
            log.info("progress not shown %s why=%s", names(parcel.request), closed.reason)
        else:
            self._note(request, waiting)

    async def waiting(self, parcel: Parcel, standing: Standing | None = None) -> Waiting:
        """How it stands with a request just now."""
        now = self._clock.now()
        started = [run.submitted_at for run in parcel.runs if run.submitted_at is not None]
        is_queued = all(run.state is RunState.QUEUED for run in parcel.runs)
        return Waiting(
            elapsed_s=(now - min(started, default=now)).total_seconds(),
            times=await self._times.of(parcel.request),
            standing=standing if is_queued else None,
            is_closing=is_closing(parcel.request.address, now),
            images=parcel.request.images,
            shown=tuple(place.run for place in parcel.placed_in(parcel.request.address.message_id)),
        )

    def _note(self, request: RequestId, waiting: Waiting) -> None:
        if waiting.is_closing:
            self._next_s[request] = math.inf  # the last word
        if waiting.standing is not None:
            self._told[request] = waiting.standing.place

    def _forget_all_but(self, waiting: Set[RequestId]) -> None:
        for memory in (self._next_s, self._told):
            for gone in memory.keys() - waiting:
                del memory[gone]
