"""Climbs the delivery ladder: one rung after the other until the outcome of a request stands in a message."""

import logging
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace

from bot.domain.ids import MessageId, RunId
from bot.domain.ladder import EDITS, NotPosted, PostBlocked, PostTooLarge, Rung, RungClosed, rungs
from bot.domain.requests import Request, Spot
from bot.domain.runs import RunState
from bot.operations import Meter
from bot.ports import Attempt, Clock, Finished, Outcome, Parcel, Placed, Publisher, RequestStore, Shown
from bot.ports.ledger import in_order
from bot.services.names import names
from bot.services.packing import Packing

log = logging.getLogger(__name__)

_OBJECTIONS = 2


@dataclass(frozen=True, slots=True)
class _Rest:
    """What a new message is to show, after a look at the old one; `seen` is there already, though not written down."""

    outcome: Outcome
    seen: tuple[Placed, ...]
    is_told: bool


class Ladder:
    def __init__(
        self,
        *,
        clock: Clock,
        meter: Meter,
        publisher: Publisher,
        packing: Packing,
        requests: RequestStore,
    ) -> None:
        self._clock = clock
        self._meter = meter
        self._publisher = publisher
        self._packing = packing
        self._requests = requests

    async def fill_in(self, parcel: Parcel, outcome: Outcome) -> tuple[Placed, ...] | None:
        """Show images while others are being made, in the message that waits; None when it cannot be edited.

        Raises: PostFailed when it is worth another try.
        """
        request = parcel.request
        for rung in rungs(request.address, self._clock.now()):
            if rung in EDITS:
                try:
                    return await self._show(parcel, rung, _beside(parcel, request.address.message_id, outcome))
                except RungClosed as closed:
                    await self._note_closed(request, rung, closed)
        return None

    async def climb(self, parcel: Parcel, outcome: Outcome) -> tuple[Placed, ...] | None:
        """Where the images are now; None when every rung is closed.

        Raises: PostFailed or StorageUnavailable when it is worth another try.
        """
        request, is_gone = parcel.request, False
        try:
            found = await self._found(parcel, outcome)
        except RungClosed:
            return None
        if found is not None:
            with suppress(RungClosed):
                return await self._into_found(parcel, found, outcome)
        rest: _Rest | None = None
        for rung in rungs(request.address, self._clock.now()):
            try:
                if rung in EDITS:
                    return await self._post(parcel, rung, _beside(parcel, request.address.message_id, outcome))
                rest = rest or await self._rest(parcel, outcome, is_gone=is_gone)
                return await self._post_anew(parcel, rung, rest)
            except RungClosed as closed:
                is_gone = is_gone or (rung in EDITS and closed.reason == "gone")
                await self._note_closed(request, rung, closed)
        return None

    async def _note_closed(self, request: Request, rung: Rung, closed: RungClosed) -> None:
        log.info("rung closed %s rung=%s why=%s", names(request), rung, closed.reason)
        if rung is Rung.TOKEN and closed.reason == "token":
            await self._requests.forget_token(request.id)

    async def _found(self, parcel: Parcel, outcome: Outcome) -> Shown | None:
        """A message that was posted before a crash, or before Discord's answer was lost.

        Raises: RungClosed where nobody may look for pictures that may be there: they are not posted a second time.
        """
        request, attempt = parcel.request, parcel.attempt
        if attempt is None:
            return None
        try:
            return await self._publisher.find(request, attempt)
        except RungClosed as closed:
            log.info("posted message not found %s rung=%s why=%s", names(request), attempt.rung, closed.reason)
            if closed.reason == "permission" and _may_be_there(parcel, attempt, outcome):
                raise
            return None

    async def _into_found(self, parcel: Parcel, found: Shown, outcome: Outcome) -> tuple[Placed, ...]:
        shown = {place.run: place for place in found.places}
        known = [place for place in parcel.placed_in(found.spot.message) if place.run not in shown]
        there = replace(outcome, placed=in_order([*known, *found.places]), images=_without(outcome.images, shown))
        moved = replace(parcel, request=_moved(parcel.request, found.spot))
        posted = await self._post(moved, Rung.MESSAGE, there)
        return (*found.places, *posted)

    async def _rest(self, parcel: Parcel, outcome: Outcome, *, is_gone: bool) -> _Rest:
        """The old message may say it already, if the bot went down right after. If it is gone, all in it is gone.

        Raises: RungClosed where nobody may look at it, and it may show these pictures.
        """
        if not is_gone and not parcel.request.address.private:
            try:
                return _beyond(parcel, await self._publisher.shown(parcel.request), outcome)
            except RungClosed as closed:
                is_gone = closed.reason == "gone"
        if is_gone:
            lost = {place.run for place in parcel.placed_in(parcel.request.address.message_id)}
            packed = await self._packing.pack(parcel.request, [run for run in parcel.runs if run.id in lost])
            return _Rest(replace(outcome, images=(*packed.images, *outcome.images)), (), is_told=False)
        if any(image.run in parcel.perhaps_shown for image in outcome.images):
            log.info("message may show it already %s", names(parcel.request))
            raise RungClosed("permission")
        return _Rest(outcome, (), is_told=False)

    async def _post_anew(self, parcel: Parcel, rung: Rung, rest: _Rest) -> tuple[Placed, ...]:
        if rest.is_told:
            return rest.seen
        await self._requests.note_attempt(parcel.request.id, Attempt(rung, self._clock.now()))
        return (*rest.seen, *await self._post(parcel, rung, rest.outcome))

    async def _post(self, parcel: Parcel, rung: Rung, outcome: Outcome) -> tuple[Placed, ...]:
        placed = await self._show(parcel, rung, outcome)
        self._meter.delivered(rung)
        return placed

    async def _show(self, parcel: Parcel, rung: Rung, outcome: Outcome) -> tuple[Placed, ...]:
        """An edit is written down first: where nobody may look at the message, nobody knows what came of it."""
        request, before = parcel.request, parcel.perhaps_shown
        if rung not in EDITS or not outcome.images:
            return await self._offer(request, rung, outcome)
        shown = before | {image.run for image in outcome.images}
        await self._requests.note_edit(request.id, perhaps_shown=shown)
        try:
            return await self._offer(request, rung, outcome)
        except (RungClosed, NotPosted):
            await self._requests.note_edit(request.id, perhaps_shown=before)
            raise

    async def _offer(self, request: Request, rung: Rung, outcome: Outcome) -> tuple[Placed, ...]:
        """What Discord calls too large is sent smaller, what AutoMod blocks without the prompt; it may say both."""
        for _ in range(_OBJECTIONS):
            try:
                return tuple(await self._publisher.show_outcome(request, rung, outcome))
            except PostTooLarge:
                log.info("post too large %s rung=%s", names(request), rung)
                outcome = replace(
                    outcome, images=tuple([await self._packing.smaller(image) for image in outcome.images])
                )
            except PostBlocked:
                log.info("post blocked %s rung=%s", names(request), rung)
                outcome = replace(outcome, is_quoted=False)
        return tuple(await self._publisher.show_outcome(request, rung, outcome))


def _may_be_there(parcel: Parcel, attempt: Attempt, outcome: Outcome) -> bool:
    """Whether an attempt can have posted any of these pictures in the channel: what came later it did not know yet."""
    if attempt.rung is not Rung.CHANNEL:
        return False  # direct messages are refused as a whole, with all that might be in them
    known = {run.id for run in parcel.runs if run.ended_at is not None and run.ended_at <= attempt.at}
    return any(image.run in known for image in outcome.images)


def _beside(parcel: Parcel, message: MessageId | None, outcome: Outcome) -> Outcome:
    """Beside what a message shows already."""
    return replace(outcome, placed=parcel.placed_in(message))


def _beyond(parcel: Parcel, shown: Shown, outcome: Outcome) -> _Rest:
    """What a message does not show yet, nor has to say."""
    there = {place.run: place for place in shown.places}
    missing = _without(outcome.images, there)
    seen = tuple(there[run.id] for run in parcel.runs if run.state is RunState.READY and run.id in there)
    is_told = not missing and (shown.is_last_word or not outcome.problems)
    return _Rest(replace(outcome, images=missing), seen, is_told)


def _without(images: Iterable[Finished], shown: Iterable[RunId]) -> tuple[Finished, ...]:
    known = set(shown)
    return tuple(image for image in images if image.run not in known)


def _moved(request: Request, spot: Spot) -> Request:
    return replace(request, address=replace(request.address, channel_id=spot.channel, message_id=spot.message))
