"""After a start: settles what a crash left between two states. Later: what nobody was answered about."""

import logging
from datetime import timedelta

from bot.domain.ids import RequestId
from bot.domain.ladder import PostFailed
from bot.domain.requests import Request
from bot.domain.runs import EndReason, RunState
from bot.operations import Meter
from bot.ports import Answer, Clock, Publisher, RequestStore
from bot.services.names import names, run_names
from bot.services.signals import Signals

log = logging.getLogger(__name__)

_LOOK_EVERY_S = 60.0
_LOOK_AGAIN_S = 15.0  # while Discord could not say what its member was shown
_UNANSWERED_AFTER = timedelta(minutes=3)  # an answer takes seconds, and discord.py repeats it for half a minute
_KEPT_LATELY = timedelta(days=1)
_MOST_UNKEPT = 20


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
        self._interrupted: set[RequestId] = set()

    async def recover(self) -> None:
        """Before anything else works. A run caught while it was being sent is never sent again."""
        await self._requests.unkeep(since=self._clock.now() - _KEPT_LATELY, most=_MOST_UNKEPT)
        for run in await self._requests.stranded():
            log.warning("run recovered %s was=%s", run_names(run), run.state)
            if run.state is RunState.SUBMITTING:
                await self._requests.end(run.id, RunState.UNCERTAIN, EndReason.LOST_TOUCH, self._clock.now())
                self._meter.ended(RunState.UNCERTAIN, EndReason.LOST_TOUCH)
            else:
                self._interrupted.add(run.request_id)
        self._signals.outbox.set()

    async def turn(self) -> float:
        """Take up what was interrupted, or never answered. Returns the seconds until the next turn."""
        for run in await self._requests.stranded():
            if run.state is RunState.QUEUED and self._clock.now() - run.queued_at >= _UNANSWERED_AFTER:
                self._interrupted.add(run.request_id)
        await self._take_up()
        return _LOOK_AGAIN_S if self._interrupted else _LOOK_EVERY_S

    async def _take_up(self) -> None:
        """The bot was answering when it went down: what the member was shown decides whether it goes on."""
        for request_id in tuple(self._interrupted):
            parcel = await self._requests.parcel(request_id)
            try:
                if parcel is not None:
                    await self._conclude(parcel.request, await self._publisher.find_answer(parcel.request))
            except PostFailed:
                log.info("answer not found yet request=%s", request_id)
                continue
            self._interrupted.discard(request_id)

    async def _conclude(self, request: Request, answer: Answer | None) -> None:
        """A request whose member sees it waiting is made; any other is called off and its member told."""
        attached = answer.attached if answer is not None else ()
        is_whole = answer is not None and answer.is_waiting and len(attached) >= len(request.to_attach)
        log.warning("request taken up %s goes_on=%s", names(request), is_whole)
        message, now = answer.message if answer is not None else None, self._clock.now()
        if is_whole:
            await self._requests.acknowledge(request.id, message, now, attached=attached[: len(request.to_attach)])
            self._signals.queued.set()
        else:
            await self._requests.call_off(request.id, message, EndReason.NOT_ACKNOWLEDGED, now)
            self._meter.ended(RunState.CANCELLED, EndReason.NOT_ACKNOWLEDGED)
            self._signals.outbox.set()
