"""The board that members see, and thumbnails without a decoder."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from bot.domain.errors import BrokenPicture
from bot.domain.ids import ChannelId, MessageId, ServerId
from bot.domain.ladder import ClosedReason, PostBlocked, PostFailed, PostTooLarge, RungClosed
from bot.domain.requests import Request, Spot
from bot.domain.thumbnails.design import Design
from bot.domain.thumbnails.thumbnails import Place, Round, Thumbnail
from bot.ports import Composed, Lettering
from bot.ports.thumbnails import Card, Delivered
from tests.fakes.clock import FakeClock


@dataclass(slots=True)
class OnBoard:
    """A message on the board: one of card, round or files, and how a card's picture looks now."""

    channel: ChannelId
    mark: str
    at: datetime
    card: Card | None = None
    picture: bytes | None = None
    order: Round | None = None
    request: Request | None = None
    files: Delivered | None = None


class FakeBoard:
    """`BoardPublisher` that keeps every message, and every state of every card with the moment it was shown."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self.messages: dict[MessageId, OnBoard] = {}
        self.numbered: list[tuple[MessageId, tuple[int, ...], bool]] = []
        self.edits: dict[MessageId, list[tuple[datetime, Card]]] = {}
        self.server_name = "The Easel Studio"
        self.opens_threads = True
        self.may_look = True
        self.loses_answers = False
        self.blocks_words = False
        self.attaches_nothing = False
        self.most_bytes = 1_000_000
        self._closed: dict[ChannelId, ClosedReason] = {}
        self._parents: dict[ChannelId, ChannelId] = {}
        self._failures = 0
        self._ids = count(40_000_000)

    def close(self, channel: ChannelId, reason: ClosedReason = "channel") -> None:
        self._closed[channel] = reason

    def open(self, channel: ChannelId) -> None:
        self._closed.pop(channel, None)

    def fail_next(self, times: int = 1) -> None:
        self._failures = times

    def delete(self, message: MessageId) -> None:
        del self.messages[message]

    # What a test looks at

    def cards(self) -> list[OnBoard]:
        return [one for one in self.messages.values() if one.card is not None]

    def waiting(self) -> list[OnBoard]:
        return [one for one in self.messages.values() if one.order is not None]

    def files(self) -> list[Delivered]:
        return [one.files for one in self.messages.values() if one.files is not None]

    # The port

    async def post_card(self, card: Card, mark: str) -> Place:
        self._check(card)
        spot = await self._post(OnBoard(card.board.channel, mark, self._clock.now(), card, _content(card)))
        self.edits[spot.message] = [(self._clock.now(), card)]
        place = self._place(spot, is_card=True)
        if place.thread is not None:
            self._parents[place.thread] = spot.channel
        return place

    async def show_card(self, card: Card) -> None:
        place = card.thumbnail.card
        assert place is not None
        await self._knock(place.spot.channel)
        if place.spot.message not in self.messages:
            raise RungClosed("gone")
        self._check(card)
        message = self.messages[place.spot.message]
        kept = message.picture if card.picture is not None else None
        message.card, message.picture = card, _content(card) or kept
        self.edits[place.spot.message].append((self._clock.now(), card))

    async def post_waiting(self, channel: ChannelId, thumbnail: Thumbnail, order: Round, mark: str) -> Spot:
        return await self._post(OnBoard(channel, mark, self._clock.now(), order=order))

    async def show_ordered(self, spot: Spot, request: Request, files: Sequence[tuple[str, bytes]]) -> Sequence[str]:
        await self._knock(spot.channel)
        if self.attaches_nothing:
            raise PostFailed
        if spot.message not in self.messages:
            raise RungClosed("gone")
        self.messages[spot.message].request = request
        return [f"https://cdn.test/attached/{name}" for name, _ in files]

    async def tell_numbers(self, spot: Spot, thumbnail: Thumbnail, numbers: Sequence[int], *, is_vote: bool) -> None:
        await self._knock(spot.channel)
        self.numbered.append((spot.message, tuple(numbers), is_vote))

    async def post_files(self, channel: ChannelId, post: Delivered, mark: str) -> Spot:
        if sum(len(file.content) for file in post.files) > self.most_bytes:
            raise PostTooLarge
        return await self._post(OnBoard(channel, mark, self._clock.now(), files=post))

    async def remove(self, spot: Spot) -> None:
        await self._knock(spot.channel)
        self.messages.pop(spot.message, None)

    async def find(self, channel: ChannelId, thumbnail: Thumbnail, mark: str, *, since: datetime) -> Place | None:
        await self._knock(channel)
        if not self.may_look:
            raise RungClosed("permission")
        for message, one in self.messages.items():
            if (one.channel, one.mark) == (channel, mark) and one.at >= since:
                return self._place(Spot(channel, message), is_card=one.card is not None)
        return None

    def name_of(self, server: ServerId) -> str:
        return self.server_name

    def _place(self, spot: Spot, *, is_card: bool) -> Place:
        """A thread that was opened on a message has its id."""
        return Place(spot, ChannelId(int(spot.message)) if is_card and self.opens_threads else None)

    async def _post(self, message: OnBoard) -> Spot:
        await self._knock(message.channel)
        spot = Spot(message.channel, MessageId(next(self._ids)))
        self.messages[spot.message] = message
        if self.loses_answers:
            raise PostFailed
        return spot

    async def _knock(self, channel: ChannelId) -> None:
        await asyncio.sleep(0)
        if self._failures:
            self._failures -= 1
            raise PostFailed
        for one in (channel, self._parents.get(channel)):
            if one in self._closed:
                raise RungClosed(self._closed[one])

    def _check(self, card: Card) -> None:
        if self.blocks_words and card.is_quoted:
            raise PostBlocked
        if len(_content(card) or b"") > self.most_bytes:
            raise PostTooLarge


def _content(card: Card) -> bytes | None:
    return card.picture.content if card.picture is not None else None


class FakeComposer:
    """`Composer` whose files say what they are made of. `breaks` are the pictures that it cannot read.

    `channels` are the names that stand on its sheets.

    Its font has all characters but the runes.
    """

    def __init__(self) -> None:
        self.breaks: set[bytes] = set()
        self.channels: list[str] = []

    def lettering(self, headline: str) -> Lettering:
        left_out = [one for one in headline if "\u16a0" <= one <= "\u16ff"]
        return Lettering("".join(one for one in headline if one not in left_out), "".join(left_out))

    async def compose(self, content: bytes, design: Design, *, filename: str, as_png: bool = False) -> Composed:
        self._check(content, filename)
        words = f" {design.headline!r} as {design.template.key}" if design.headline else ""
        size = "x".join(map(str, design.size.pixels))
        made = f"{size}{words} of {_sum(content)}".encode()[: design.size.most_bytes]
        return Composed(made, "jpeg", 90, self.lettering(design.headline).left_out)

    async def mock_up(
        self,
        candidates: Sequence[tuple[str, bytes]],
        design: Design,
        *,
        title: str,
        channel: str,
        numbers: Sequence[int] = (),
    ) -> bytes:
        for filename, content in candidates:
            self._check(content, filename)
        self.channels.append(channel)
        return f"sheet {title!r}: {', '.join(map(str, numbers))} as {design.template.key}".encode()

    async def small(self, content: bytes, *, filename: str, longest_px: int) -> bytes:
        return content

    def _check(self, content: bytes, filename: str) -> None:
        if content in self.breaks:
            raise BrokenPicture(filename)


def _sum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:6]
