"""Puts finished pictures, and the news of those that failed, into the one message each request has."""

import asyncio
import logging
from collections.abc import Sequence, Set

from bot.domain.errors import StorageUnavailable
from bot.domain.ids import RequestId, RunId
from bot.domain.ladder import PostFailed
from bot.domain.requests import Request
from bot.domain.runs import EndReason, RunState
from bot.operations import Meter, Phase
from bot.ports import Clock, FileStore, Finished, Imaging, Outcome, Parcel, Publisher, RequestStore
from bot.services.ladder import Ladder
from bot.services.names import names, run_names
from bot.services.packing import Packing, took_s
from bot.services.reports import Reports
from bot.services.signals import Signals
from bot.services.tries import Tries
from bot.services.work import SHORT_GRACE_S, Hands

log = logging.getLogger(__name__)

_IDLE_S = 1.0
_DELIVERIES_AT_ONCE = 4  # each holds its new pictures in memory while they are uploaded


class Delivery:
    """One message per request, and one edit of it at a time: two at once lose a picture."""

    def __init__(
        self,
        *,
        clock: Clock,
        meter: Meter,
        publisher: Publisher,
        imaging: Imaging,
        files: FileStore,
        reports: Reports,
        requests: RequestStore,
        signals: Signals,
    ) -> None:
        self._clock = clock
        self._meter = meter
        self._packing = Packing(imaging=imaging, files=files)
        self._ladder = Ladder(clock=clock, meter=meter, publisher=publisher, packing=self._packing, requests=requests)
        self._reports = reports
        self._requests = requests
        self._signals = signals
        self._delivering = Hands("delivery", most=_DELIVERIES_AT_ONCE)
        self._tries = Tries(clock)
        self._tries_to_fill_in = Tries(clock)

    async def turn(self) -> float:
        """Show what is ready, then tell those who wait how it stands. Returns the seconds until the next turn."""
        for request in sorted(await self._requests.undelivered(), key=self._tries.count):
            if self._is_free(request) and self._tries.is_due(request):
                self._delivering.take(request, self._deliver(request), self._signals.outbox.set)
        for request in await self._requests.partly_ready():
            if self._is_free(request) and self._tries_to_fill_in.is_due(request):
                self._delivering.take(request, self._fill_in(request), self._signals.outbox.set)
        await self._reports.turn(self._delivering.holds)
        return _IDLE_S

    @property
    def is_busy(self) -> bool:
        return self._delivering.are_busy or self._reports.are_busy

    async def finish(self, *, grace_s: float = SHORT_GRACE_S) -> None:
        await asyncio.gather(self._delivering.finish(grace_s=grace_s), self._reports.finish(grace_s=grace_s))

    def _is_free(self, request: RequestId) -> bool:
        """One hand is kept for first tries: messages that hang must not keep all others waiting."""
        is_held = self._delivering.holds(request) or self._reports.holds(request)
        has_failed = self._tries.count(request) or self._tries_to_fill_in.count(request)
        most = _DELIVERIES_AT_ONCE - (1 if has_failed else 0)
        return self._delivering.count < most and not is_held

    async def _deliver(self, request_id: RequestId) -> None:
        self._tries.begin(request_id)
        parcel = await self._requests.parcel(request_id)
        if parcel is not None and not parcel.is_awaited:
            try:
                await self._show_outcome(parcel)
            except (PostFailed, StorageUnavailable) as error:
                log.warning("delivery failed %s why=%s", names(parcel.request), type(error).__name__)
                return
        self._tries.forget(request_id)
        self._tries_to_fill_in.forget(request_id)

    async def _fill_in(self, request_id: RequestId) -> None:
        """What cannot be filled in is delivered with the rest."""
        self._tries_to_fill_in.begin(request_id)
        parcel = await self._requests.parcel(request_id)
        if parcel is not None and parcel.is_awaited:
            try:
                is_shown = await self._show_part(parcel)
            except (PostFailed, StorageUnavailable) as error:
                log.info("picture not filled in %s why=%s", names(parcel.request), type(error).__name__)
                return
            if not is_shown:
                self._tries_to_fill_in.give_up(request_id)
                return
        self._tries_to_fill_in.forget(request_id)

    async def _show_part(self, parcel: Parcel) -> bool:
        """The pictures that are there, while others are being made. False when the message cannot be edited."""
        images = await self._images(parcel)
        if not images:
            return True
        waiting = await self._reports.waiting(parcel)
        placed = await self._ladder.fill_in(parcel, Outcome(images, (), waiting=waiting))
        if placed is None:
            return False
        await self._requests.deliver(parcel.request.id, placed, self._clock.now())
        self._count(parcel, {place.run for place in placed})
        log.info("request filled in %s images=%d", names(parcel.request), len(placed))
        return True

    async def _show_outcome(self, parcel: Parcel) -> None:
        request = parcel.request
        images = await self._images(parcel)
        lost = len(parcel.ready) - len(images)
        problems = (*parcel.problems, *[EndReason.RESULT_UNREADABLE] * lost)
        placed = await self._ladder.climb(parcel, Outcome(images, problems, seconds=_took_s(parcel)))
        if placed is None:
            await self._put_aside(request, images)
            return
        await self._requests.deliver(request.id, placed, self._clock.now())
        self._count(parcel, {place.run for place in placed})
        log.info("request delivered %s images=%d problems=%d", names(request), len(placed), len(problems))

    async def _put_aside(self, request: Request, images: Sequence[Finished]) -> None:
        """Pictures wait for their member to fetch them; bad news does not, but is over like news that was told."""
        if not images:
            await self._requests.deliver(request.id, (), self._clock.now())
            log.warning("news not told %s why=no_rung_left", names(request))
            return
        await self._requests.keep(request.id, self._clock.now())
        self._meter.kept()
        log.warning("request kept %s why=no_rung_left", names(request))

    async def _images(self, parcel: Parcel) -> tuple[Finished, ...]:
        """Those that were not shown yet. What is gone from the disk will never be: its quota is given back."""
        packed = await self._packing.pack(parcel.request, parcel.ready)
        for run in packed.lost:
            await self._requests.lose(run.id, self._clock.now())
            self._meter.ended(RunState.FAILED, EndReason.RESULT_UNREADABLE)
            log.error("picture lost from disk %s", run_names(run))
        return packed.images

    def _count(self, parcel: Parcel, shown: Set[RunId]) -> None:
        for run in parcel.ready:
            if run.id in shown and run.ended_at is not None:
                self._meter.ended(RunState.DELIVERED)
                self._meter.waited(Phase.DELIVERY, (self._clock.now() - run.ended_at).total_seconds())


def _took_s(parcel: Parcel) -> float:
    """All pictures together: they are made side by side."""
    there = [run for run in parcel.runs if run.state in {RunState.READY, RunState.DELIVERED}]
    return max(map(took_s, there), default=0.0)
