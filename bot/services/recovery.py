"""After a start: settles what a crash left between two states. Later: gives back what was never answered."""

import logging
from datetime import timedelta

from bot.domain.errors import PostFailed, RungClosed
from bot.domain.ladder import Rung, rungs
from bot.domain.runs import EndReason, Run, RunState
from bot.operations import Meter
from bot.ports import Clock, Publisher, RequestStore
from bot.services.names import run_names
from bot.services.signals import Signals

log = logging.getLogger(__name__)

_LOOK_EVERY_S = 300.0
_UNANSWERED_AFTER = timedelta(minutes=20)  # Discord's 15 minutes for an answer are over


class Recovery:
    def __init__(
        self,
        *,
        clock: Clock,
        meter: Meter,
        publisher: Publisher,
        requests: RequestStore,
        signals: Signals,
    ) -> None:
        self._clock = clock
        self._meter = meter
        self._publisher = publisher
        self._requests = requests
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
        """Give back what was never answered. Returns the seconds until the next turn."""
        for run in await self._requests.stranded():
            if run.state is RunState.QUEUED and self._clock.now() - run.queued_at >= _UNANSWERED_AFTER:
                await self._requests.withdraw(run.request_id, EndReason.NOT_ACKNOWLEDGED, self._clock.now())
                self._meter.ended(RunState.CANCELLED, EndReason.NOT_ACKNOWLEDGED)
                log.warning("request withdrawn %s why=never_answered", run_names(run))
        return _LOOK_EVERY_S
