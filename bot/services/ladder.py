"""Climbs the delivery ladder: one rung after the other until the outcome of a request stands in a message."""

import logging
from contextlib import suppress
from dataclasses import replace

from bot.domain.errors import PostBlocked, PostTooLarge, RungClosed
from bot.domain.ladder import EDITS, Rung, rungs
from bot.domain.requests import Request, Spot
from bot.operations import Meter
from bot.ports import Attempt, Clock, Finished, Imaging, Outcome, Parcel, Placed, Publisher, RequestStore
from bot.services.names import names

log = logging.getLogger(__name__)

_SMALLER = 0.9  # Discord counts the whole form, so a file at the very limit may still be refused


class Ladder:
    def __init__(
        self, *, clock: Clock, meter: Meter, publisher: Publisher, imaging: Imaging, requests: RequestStore
    ) -> None:
        self._clock = clock
        self._meter = meter
        self._publisher = publisher
        self._imaging = imaging
        self._requests = requests

    async def climb(self, parcel: Parcel, outcome: Outcome) -> tuple[Placed, ...] | None:
        """Where the images are now; None when every rung is closed.

        Raises: PostFailed or StorageUnavailable when it is worth another try.
        """
        request, attempt = parcel.request, parcel.attempt
        if attempt is not None and (found := await self._found(request, attempt)) is not None:
            with suppress(RungClosed):
                return await self._post(_moved(request, found), Rung.MESSAGE, outcome)
        for rung in rungs(request.address, self._clock.now()):
            if rung not in EDITS and (shown := await self._shown(request, outcome)) is not None:
                return shown
            try:
                return await self._step(request, rung, outcome)
            except RungClosed as closed:
                log.info("rung closed %s rung=%s why=%s", names(request), rung, closed.reason)
                if rung is Rung.TOKEN and closed.reason == "token":
                    await self._requests.forget_token(request.id)
        return None

    async def _found(self, request: Request, attempt: Attempt) -> Spot | None:
        """A message that was posted before a crash, or before Discord's answer was lost."""
        try:
            return await self._publisher.find(request, attempt)
        except RungClosed as closed:
            log.info("posted message not found %s rung=%s why=%s", names(request), attempt.rung, closed.reason)
            return None

    async def _shown(self, request: Request, outcome: Outcome) -> tuple[Placed, ...] | None:
        """A message that cannot be edited any more may say it already, if the bot went down right after it did."""
        try:
            shown = await self._publisher.shown(request, outcome)
        except RungClosed:
            return None
        return None if shown is None else tuple(shown)

    async def _step(self, request: Request, rung: Rung, outcome: Outcome) -> tuple[Placed, ...]:
        if rung not in EDITS:
            await self._requests.note_attempt(request.id, Attempt(rung, self._clock.now()))
        return await self._post(request, rung, outcome)

    async def _post(self, request: Request, rung: Rung, outcome: Outcome) -> tuple[Placed, ...]:
        placed = await self._show(request, rung, outcome)
        self._meter.delivered(rung)
        return placed

    async def _show(self, request: Request, rung: Rung, outcome: Outcome) -> tuple[Placed, ...]:
        """Discord's word is final: what it calls too large is sent smaller, what AutoMod blocks without the prompt."""
        try:
            return tuple(await self._publisher.show_outcome(request, rung, outcome))
        except PostTooLarge:
            log.info("post too large %s rung=%s", names(request), rung)
            acceptable = replace(outcome, images=tuple([await self._smaller(image) for image in outcome.images]))
        except PostBlocked:
            log.info("post blocked %s rung=%s", names(request), rung)
            acceptable = replace(outcome, is_quoted=False)
        return tuple(await self._publisher.show_outcome(request, rung, acceptable))

    async def _smaller(self, image: Finished) -> Finished:
        limit_bytes = int(len(image.content) * _SMALLER / 2)
        content, kind = await self._imaging.fit(image.content, limit_bytes=limit_bytes)
        return replace(image, content=content, format=kind)


def _moved(request: Request, spot: Spot) -> Request:
    return replace(request, address=replace(request.address, channel_id=spot.channel, message_id=spot.message))
