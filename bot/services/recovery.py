"""After a start: settles what a crash left between two states, and sweeps what nobody needs any more."""

import logging
from datetime import timedelta

from bot.domain.errors import PostFailed, RungClosed
from bot.domain.ladder import Rung, rungs
from bot.domain.runs import EndReason, Run, RunState
from bot.operations import Meter
from bot.ports import Clock, EditStore, FileStore, Publisher, RequestStore
from bot.services.editing import FORGET_AFTER
from bot.services.names import run_names
from bot.services.signals import Signals

log = logging.getLogger(__name__)

_SWEEP_EVERY_S = 300.0
_UNANSWERED_AFTER = timedelta(minutes=20)  # Discord's 15 minutes for an answer are over
_SWEEP_AGE = timedelta(hours=1)  # a reference is on disk before its request is: leave young files alone


class Recovery:
    def __init__(
        self,
        *,
        keep_images: timedelta,
        clock: Clock,
        meter: Meter,
        publisher: Publisher,
        requests: RequestStore,
        edits: EditStore,
        files: FileStore,
        signals: Signals,
    ) -> None:
        self._keep_images = keep_images
        self._clock = clock
        self._meter = meter
        self._publisher = publisher
        self._edits = edits
        self._requests = requests
        self._files = files
        self._signals = signals

    async def recover(self) -> None:
        """Before anything else works. A run caught while it was being sent is never sent again."""
        await self._requests.unkeep_all()
        for run in await self._requests.stranded():
            log.warning("run recovered %s was=%s", run_names(run), run.state)
            if run.state is RunState.SUBMITTING:
                await self._requests.end(run.id, RunState.UNCERTAIN, EndReason.LOST_TOUCH, self._clock.now())
                self._meter.ended(RunState.UNCERTAIN, EndReason.LOST_TOUCH)
            else:
                await self._say_interrupted(run)
                await self._requests.withdraw(run.request_id, EndReason.NOT_ACKNOWLEDGED, self._clock.now())
                self._meter.ended(RunState.CANCELLED, EndReason.NOT_ACKNOWLEDGED)
        self._signals.outbox.set()

    async def _say_interrupted(self, run: Run) -> None:
        """The member may see a waiting message that nobody would ever change."""
        parcel = await self._requests.parcel(run.request_id)
        if parcel is None or Rung.TOKEN not in rungs(parcel.request.address, self._clock.now()):
            return
        try:
            await self._publisher.show_interrupted(parcel.request)
        except (PostFailed, RungClosed) as error:
            log.info("interruption not shown %s why=%s", run_names(run), type(error).__name__)

    async def turn(self) -> float:
        """Give back what was never answered; forget dead tokens, forms and bytes that served."""
        for run in await self._requests.stranded():
            if run.state is RunState.QUEUED and self._clock.now() - run.queued_at >= _UNANSWERED_AFTER:
                await self._requests.withdraw(run.request_id, EndReason.NOT_ACKNOWLEDGED, self._clock.now())
                self._meter.ended(RunState.CANCELLED, EndReason.NOT_ACKNOWLEDGED)
                log.warning("request withdrawn %s why=never_answered", run_names(run))
        await self._requests.forget_dead_tokens(self._clock.now())
        await self._edits.forget_opened(before=self._clock.now() - FORGET_AFTER)
        needed = await self._requests.needed_files(delivered_since=self._clock.now() - self._keep_images)
        swept = await self._files.sweep(needed, before=self._clock.now() - _SWEEP_AGE)
        log.info("files swept count=%d", swept)
        return _SWEEP_EVERY_S
