"""A picture with all that the ledger knows of it, and who may see how much of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.domain.ids import AttachmentId, ChannelId, MemberId, MessageId, RunId, ServerId
from bot.domain.requests import Request, Spot
from bot.domain.runs import Run, RunState


class Sight(StrEnum):
    """How much of a picture somebody may see."""

    WHOLE = "whole"
    PICTURE = "picture"
    """The picture, but not the words: it was posted from private without them."""
    NOTHING = "nothing"


class Viewer(Protocol):
    """A member who looks, in a server. Everything but their own is hidden with the channel it is in."""

    @property
    def server(self) -> ServerId: ...

    @property
    def member(self) -> MemberId: ...

    async def ask_about(self, channels: Sequence[ChannelId]) -> bool:
        """First of all, since archived threads are not known; the first ones first, as many as there is time for.

        False when some are not known yet: they count as closed.
        """

    def may_enter(self, channel: ChannelId) -> bool: ...

    def may_moderate(self, channel: ChannelId) -> bool: ...


@dataclass(frozen=True, slots=True)
class Post:
    """Where a private picture was posted for everybody, in its member's name."""

    run: RunId
    channel: ChannelId
    message: MessageId | None
    attachment: AttachmentId | None
    shows_prompt: bool
    posted_at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """A file in a message on Discord."""

    spot: Spot
    attachment: AttachmentId | None


@dataclass(frozen=True, slots=True)
class Image:
    """`post` is where a private picture was posted, if it was."""

    request: Request
    run: Run
    post: Post | None = None

    @property
    def id(self) -> RunId:
        return self.run.id

    @property
    def is_deleted(self) -> bool:
        return self.run.deleted_at is not None

    @property
    def is_shown(self) -> bool:
        """There is a picture, and it reached its member."""
        return self.run.state is RunState.DELIVERED

    @property
    def own_place(self) -> Place | None:
        """Where its member got it."""
        return None if self.run.spot is None else Place(self.run.spot, self.run.attachment)

    @property
    def open_place(self) -> Place | None:
        """Where others can see it: not what is private, nor what only its member got, as a direct message."""
        address = self.request.address
        if not address.private:
            is_there = self.run.spot is not None and self.run.spot.channel == address.channel_id
            return self.own_place if is_there else None
        if self.post is None or self.post.message is None:
            return None
        return Place(Spot(self.post.channel, self.post.message), self.post.attachment)

    def place_at(self, spot: Spot) -> Place | None:
        """Which file of that message it is, or was before it was deleted."""
        return next((place for place in (self.own_place, self.open_place) if place and place.spot == spot), None)

    def may_be_deleted_by(self, viewer: Viewer) -> bool:
        """By its member, and by moderators of the channel in which others see it."""
        place = self.open_place
        return self.request.address.member_id == viewer.member or (
            place is not None and viewer.may_moderate(place.spot.channel)
        )

    def depends_on(self, viewer: Viewer) -> tuple[ChannelId, ...]:
        """What has to be known before `sight_of` somebody who looks."""
        address = self.request.address
        is_known = address.member_id == viewer.member or address.server_id != viewer.server
        return () if is_known or self.seen_in is None else (self.seen_in,)

    def sight_of(self, viewer: Viewer) -> Sight:
        address = self.request.address
        if address.member_id == viewer.member:
            return Sight.WHOLE
        channel = self.seen_in
        if address.server_id != viewer.server or channel is None or not viewer.may_enter(channel):
            return Sight.NOTHING
        if self.post is not None and not self.post.shows_prompt:
            return Sight.PICTURE
        return Sight.WHOLE

    @property
    def seen_in(self) -> ChannelId | None:
        """Where others can see it. Discord shows a picture a moment before it is written down where."""
        if self.open_place is not None:
            return self.open_place.spot.channel
        address = self.request.address
        is_being_shown = self.run.state is RunState.READY and not address.private
        return address.channel_id if is_being_shown else None
