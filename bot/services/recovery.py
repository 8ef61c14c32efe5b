"""After a start: settles what a crash left between two states, and sweeps what nobody needs any more."""

import logging
from datetime import timedelta

from bot.domain.runs import EndReason, RunState
from bot.ports import Clock, EditStore, FileStore, RequestStore
from bot.services.editing import FORGET_AFTER
from bot.services.signals import Signals

log = logging.getLogger(__name__)

_SWEEP_EVERY_S = 3600.0
_SWEEP_AGE = timedelta(hours=1)  # a reference is on disk before its request is: leave young files alone


class Recovery:
    def __init__(
        self,
        *,
        keep_images: timedelta,
        clock: Clock,
        requests: RequestStore,
        edits: EditStore,
        files: FileStore,
        signals: Signals,
    ) -> None:
        self._keep_images = keep_images
        self._clock = clock
        self._edits = edits
        self._requests = requests
        self._files = files
        self._signals = signals

    async def recover(self) -> None:
        """Before anything else works. A run caught while it was being sent is never sent again."""
        await self._requests.unkeep_all()
        for run in await self._requests.stranded():
            if run.state is RunState.SUBMITTING:
                state, reason = RunState.UNCERTAIN, EndReason.LOST_TOUCH
            else:
                state, reason = RunState.CANCELLED, EndReason.NOT_ACKNOWLEDGED
            await self._requests.end(run.id, state, reason, self._clock.now())
            log.warning("run recovered run=%s state=%s reason=%s", run.id, state, reason)
        self._signals.outbox.set()

    async def turn(self) -> float:
        """Forget dead tokens and bytes that served."""
        await self._requests.forget_dead_tokens(self._clock.now())
        await self._edits.forget_opened(before=self._clock.now() - FORGET_AFTER)
        needed = await self._requests.needed_files(delivered_since=self._clock.now() - self._keep_images)
        swept = await self._files.sweep(needed, before=self._clock.now() - _SWEEP_AGE)
        log.info("files swept count=%d", swept)
        return _SWEEP_EVERY_S
