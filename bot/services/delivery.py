"""Puts finished pictures, and the news of those that failed, into the one message each request has."""

import asyncio
import logging
from collections.abc import Set
from datetime import datetime, timedelta

from bot.domain.errors import FileLost, PostFailed, StorageUnavailable
from bot.domain.ids import RequestId, RunId
from bot.domain.runs import GIVES_BACK, EndReason, Run, RunState
from bot.operations import Meter, Phase
from bot.ports import (
    Clock,
    FileStore,
    Finished,
    Imaging,
    Outcome,
    Parcel,
    Publisher,
    RequestStore,
)
from bot.services.ladder import Ladder
from bot.services.names import names, run_names
from bot.services.reports import Reports
from bot.services.signals import Signals
from bot.services.work import SHORT_GRACE_S, Hands

log = logging.getLogger(__name__)

_IDLE_S = 1.0
_DELIVERIES_AT_ONCE = 4  # each holds its pictures in memory while they are uploaded
_FIRST_RETRY_S = 5.0
_LONGEST_RETRY_S = 300.0


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
        self._imaging = imaging
        self._ladder = Ladder(clock=clock, meter=meter, publisher=publisher, imaging=imaging, requests=requests)
        self._files = files
        self._reports = reports
        self._requests = requests
        self._signals = signals
        self._reading = asyncio.Semaphore(1)  # a file may be much larger than what Discord takes of it
        self._delivering = Hands("delivery", most=_DELIVERIES_AT_ONCE)
        self._retries: dict[RequestId, int] = {}
        self._not_before: dict[RequestId, datetime] = {}

    async def turn(self) -> float:
        """Deliver what is ready, then tell those who wait how it stands. Returns the seconds until the next turn."""
        now = self._clock.now()
        undelivered = await self._requests.undelivered()
        for request in sorted(undelivered, key=lambda one: self._retries.get(one, 0)):
            if self._is_free(request) and self._not_before.get(request, now) <= now:
                self._delivering.take(request, self._deliver(request), self._signals.outbox.set)
        await self._reports.turn(self._delivering.hold)
        return _IDLE_S

    @property
    def is_busy(self) -> bool:
        return self._delivering.are_busy or self._reports.are_busy

    async def finish(self, *, grace_s: float = SHORT_GRACE_S) -> None:
        await asyncio.gather(self._delivering.finish(grace_s=grace_s), self._reports.finish(grace_s=grace_s))

    def _is_free(self, request: RequestId) -> bool:
        """One hand is kept for first tries: messages that hang must not keep all others waiting."""
        is_held = self._delivering.hold(request) or self._reports.hold(request)
        most = _DELIVERIES_AT_ONCE - (1 if self._retries.get(request) else 0)
        return self._delivering.count < most and not is_held

    async def _deliver(self, request_id: RequestId) -> None:
        self._hold_back(request_id)  # first, so that whatever goes wrong is not tried again at once
        parcel = await self._requests.parcel(request_id)
        if parcel is not None and not parcel.is_awaited:
            try:
                await self._show_outcome(parcel)
            except (PostFailed, StorageUnavailable) as error:
                log.warning("delivery failed %s why=%s", names(parcel.request), type(error).__name__)
                return
        self._retries.pop(request_id, None)
        self._not_before.pop(request_id, None)

    async def _show_outcome(self, parcel: Parcel) -> None:
        outcome = await self._outcome(parcel)
        request = parcel.request.id
        placed = await self._ladder.climb(parcel, outcome)
        if placed is None:
            await self._requests.keep(request, self._clock.now())
            self._meter.kept()
            log.warning("request kept %s why=no_rung_left", names(parcel.request))
            return
        await self._requests.deliver(request, placed, self._clock.now())
        self._count(parcel, {place.run for place in placed})
        facts = f"images={len(placed)} problems={len(outcome.problems)}"
        log.info("request delivered %s %s", names(parcel.request), facts)

    def _count(self, parcel: Parcel, shown: Set[RunId]) -> None:
        for run in parcel.runs:
            if run.id in shown and run.state is RunState.READY and run.ended_at is not None:
                self._meter.ended(RunState.DELIVERED)
                self._meter.waited(Phase.DELIVERY, (self._clock.now() - run.ended_at).total_seconds())

    async def _outcome(self, parcel: Parcel) -> Outcome:
        """Everything there is to show: an edit replaces all attachments, so what was posted is posted again."""
        images, lost = [], []
        for run in parcel.runs:
            if run.state not in {RunState.READY, RunState.DELIVERED}:
                continue
            try:
                images.append(await self._finished(run, parcel.request.upload_limit_bytes))
            except FileLost:
                lost += [run] if run.state is RunState.READY else []
        for run in lost:
            await self._requests.lose(run.id, self._clock.now())
            self._meter.ended(RunState.FAILED, EndReason.RESULT_UNREADABLE)
            log.error("picture lost from disk %s", run_names(run))
        problems = [run.reason for run in parcel.runs if run.state in GIVES_BACK and run.reason]
        return Outcome(tuple(images), (*problems, *(EndReason.RESULT_UNREADABLE for _ in lost)))

    async def _finished(self, run: Run, limit_bytes: int) -> Finished:
        assert run.image is not None
        assert run.ended_at is not None
        assert run.submitted_at is not None
        async with self._reading:
            content, kind = await self._imaging.fit(await self._files.read(run.image), limit_bytes=limit_bytes)
        return Finished(run.id, content, kind, (run.ended_at - run.submitted_at).total_seconds())

    def _hold_back(self, request: RequestId) -> None:
        tries = self._retries.get(request, 0)
        self._retries[request] = tries + 1
        pause_s = min(_LONGEST_RETRY_S, _FIRST_RETRY_S * 2**tries)
        self._not_before[request] = self._clock.now() + timedelta(seconds=pause_s)
