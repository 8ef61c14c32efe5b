"""Approving, declining and withdrawing what was asked for."""

from contextlib import suppress
from datetime import timedelta

from bot.domain.errors import RequestGone, TooLateToCancel
from bot.domain.ids import MemberId, ServerId
from bot.domain.thumbnails.boards import Person
from bot.domain.thumbnails.ids import ThumbnailId
from bot.domain.thumbnails.refusals import ModeratorsOnly, ThumbnailMoved
from bot.domain.thumbnails.states import ThumbnailState, Why, is_legal
from bot.domain.thumbnails.thumbnails import Thumbnail
from bot.domain.thumbnails.wishes import parse_reason
from bot.ports import Membership
from bot.services.submission import Submission
from bot.services.thumbnails.desk import Desk, address_of
from bot.services.thumbnails.making import Making

_MAY_HAVE_LEFT_AFTER = timedelta(hours=1)


class Approving:
    def __init__(self, desk: Desk, *, making: Making, membership: Membership, submission: Submission) -> None:
        self._desk = desk
        self._making = making
        self._membership = membership
        self._submission = submission

    async def approve(self, thumbnail: ThumbnailId, person: Person) -> Thumbnail:
        """Its pictures are ordered from the requester's quota; `trouble` of what is returned says why they were not.

        Raises: ThumbnailGone, ModeratorsOnly, ThumbnailMoved.
        """
        found = await self._moderated(thumbnail, person)
        await self._desk.move(found, ThumbnailState.APPROVED, Why.PRESSED, by=person.member)
        await self._making.begin(await self._desk.found(thumbnail), by=person.member)
        return await self._desk.found(thumbnail)

    async def to_decline(self, thumbnail: ThumbnailId, person: Person) -> Thumbnail:
        """What can be refused is refused before anybody types.

        Raises: ThumbnailGone, ModeratorsOnly, ThumbnailMoved.
        """
        found = await self._moderated(thumbnail, person)
        if not is_legal(found.state, ThumbnailState.DECLINED):
            raise ThumbnailMoved(found.state)
        return found

    async def decline(self, thumbnail: ThumbnailId, person: Person, reason: str = "") -> Thumbnail:
        """`reason` is what the person wrote about it, as it came.

        Raises: ThumbnailGone, ModeratorsOnly, ThumbnailMoved, ReasonTooLong.
        """
        found, words = await self._moderated(thumbnail, person), parse_reason(reason)
        await self._desk.move(found, ThumbnailState.DECLINED, Why.PRESSED, by=person.member, reason=words)
        return await self._desk.found(thumbnail)

    async def withdraw(self, thumbnail: ThumbnailId, person: Person) -> Thumbnail:
        """What is still in line is called off and costs nothing.

        Raises: ThumbnailGone, NotYourThumbnail, ThumbnailMoved.
        """
        found = await self._desk.owned(thumbnail, person)
        await self._withdraw(found, Why.PRESSED, by=person.member)
        return await self._desk.found(thumbnail)

    async def leave(self, server: ServerId) -> None:
        """The bot is not in the server any more."""
        for thumbnail in await self._desk.stores.thumbnails.open_ones(
            asked_before=self._desk.clock.now() + timedelta(days=1), server=server
        ):
            await self._give_up(thumbnail)

    async def look_for_requesters(self) -> None:
        """Withdraw what those asked for who are not in its server any more."""
        before = self._desk.clock.now() - _MAY_HAVE_LEFT_AFTER
        for thumbnail in await self._desk.stores.thumbnails.open_ones(asked_before=before):
            channel = (
                thumbnail.card.spot.channel if thumbnail.card else (await self._desk.board(thumbnail.server)).channel
            )
            if not await self._membership.is_there(address_of(thumbnail, channel, self._desk.clock)):
                await self._give_up(thumbnail)

    async def _give_up(self, thumbnail: Thumbnail) -> None:
        with suppress(ThumbnailMoved):
            await self._withdraw(thumbnail, Why.MEMBER_GONE)

    async def _withdraw(self, thumbnail: Thumbnail, why: Why, *, by: MemberId | None = None) -> None:
        await self._desk.move(thumbnail, ThumbnailState.WITHDRAWN, why, by=by)
        for order in await self._desk.stores.candidates.open_rounds(thumbnail.id):
            if order.request is not None:
                with suppress(RequestGone, TooLateToCancel):
                    await self._submission.cancel(order.request, thumbnail.server, thumbnail.requester)

    async def _moderated(self, thumbnail: ThumbnailId, person: Person) -> Thumbnail:
        found = await self._desk.found(thumbnail, person.server)
        if not person.is_moderator:
            raise ModeratorsOnly
        return found
