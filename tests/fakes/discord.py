"""The messages members see, and the ways in which Discord refuses to show them."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count

from bot.domain.errors import BotError
from bot.domain.ids import AttachmentId, ChannelId, MemberId, MessageId, RequestId, RunId, ServerId
from bot.domain.ladder import EDITS, ClosedReason, PostBlocked, PostFailed, PostTooLarge, Rung, RungClosed
from bot.domain.requests import Address, Request, Spot
from bot.domain.runs import EndReason
from bot.ports import Answer, Attempt, Outcome, Placed, Shown, Waiting


@dataclass(frozen=True, slots=True)
class Seen:
    """What stands in a message after an edit, and on which rung the edit came."""

    rung: Rung
    waiting: Waiting | None = None
    images: tuple[bytes, ...] = ()
    seconds: tuple[float, ...] = ()
    attachments: tuple[AttachmentId, ...] = ()
    problems: tuple[EndReason, ...] = ()
    is_quoted: bool = True

    @property
    def is_last_word(self) -> bool:
        return self.waiting is None


@dataclass(frozen=True, slots=True)
class _File:
    run: RunId
    content: bytes
    seconds: float


class FakeMembership:
    """Everybody is there but those who left."""

    def __init__(self) -> None:
        self.left: set[tuple[ServerId, MemberId]] = set()

    async def is_there(self, address: Address) -> bool:
        await asyncio.sleep(0)
        return (address.server_id, address.member_id) not in self.left


class FakePublisher:
    """`Publisher` that keeps every state of every message. An edit removes every file that it does not name.

    What is posted on the rungs CHANNEL and DM becomes a message of its own, which `find` finds by its request.
    `uploads` are the images that were sent, each time they were. `may_look` tells whether the channel can be read.
    """

    def __init__(self) -> None:
        self.posted: dict[RequestId, list[tuple[Rung, Spot]]] = {}
        self.blocks_words = False
        self.loses_answers = False
        self.loses_posts = False
        self.may_look = True
        self.history: dict[MessageId, list[Seen]] = {}
        self.uploads: list[RunId] = []
        self.files: dict[MessageId, dict[AttachmentId, _File]] = {}
        self.edited_at_once: set[MessageId] = set()
        self.unwritten: dict[RequestId, Answer] = {}
        self.most_bytes = 100_000_000
        self._closed: dict[Rung, RungClosed] = {}
        self._failures = 0
        self._failure = PostFailed
        self._editing: set[MessageId] = set()
        self._open = asyncio.Event()
        self._open.set()
        self._hanging: set[MessageId | None] = set()
        self._attachments = count(5000)
        self._new_messages = count(7000)

    def close(self, rung: Rung, reason: ClosedReason) -> None:
        self._closed[rung] = RungClosed(reason)

    def open(self, rung: Rung) -> None:
        del self._closed[rung]

    def fail_next(self, times: int = 1, failure: type[PostFailed] = PostFailed) -> None:
        self._failures, self._failure = times, failure

    def hang(self, *messages: MessageId | None) -> None:
        """Finish no edit of these messages (without any: of no message) until `go_on`."""
        self._hanging = set(messages)
        self._open.clear()

    def go_on(self) -> None:
        self._open.set()

    @property
    def is_editing(self) -> bool:
        return bool(self._editing)

    async def show_waiting(self, request: Request, rung: Rung, waiting: Waiting) -> None:
        async with self._edit(request, rung) as message:
            files = self.files.get(message, {})
            images = tuple(file.content for file in files.values())
            seconds = tuple(file.seconds for file in files.values())
            self._show(message, Seen(rung, waiting, images, seconds, attachments=tuple(files)))

    async def show_outcome(self, request: Request, rung: Rung, outcome: Outcome) -> Sequence[Placed]:
        async with self._edit(request, rung) as message:
            if sum(len(image.content) for image in outcome.images) > self.most_bytes:
                raise PostTooLarge
            if self.blocks_words and outcome.is_quoted:
                raise PostBlocked
            if self.loses_posts and rung not in EDITS:
                raise PostFailed
            spot = Spot(_channel(request, rung), message)
            attachments = self._replace_files(message, outcome)
            self._show(message, _seen(rung, outcome, self.files[message]))
            if rung not in EDITS:
                self.posted.setdefault(request.id, []).append((rung, spot))
            if self.loses_answers:
                raise PostFailed
            runs = [image.run for image in outcome.images]
            places = zip(runs, attachments, strict=True)
            return [Placed(run, spot.channel, message, attachment) for run, attachment in places]

    def _replace_files(self, message: MessageId, outcome: Outcome) -> list[AttachmentId]:
        before = self.files.get(message, {})
        kept = {place.attachment: before[place.attachment] for place in outcome.placed if place.attachment}
        new = {
            AttachmentId(next(self._attachments)): _File(image.run, image.content, image.seconds)
            for image in outcome.images
        }
        self.files[message] = {**kept, **new}
        self.uploads += [image.run for image in outcome.images]
        return list(new)

    async def shown(self, request: Request) -> Shown:
        await asyncio.sleep(0)
        address = request.address
        if address.message_id is None or address.private:
            raise RungClosed("message")
        if (closed := self._closed.get(Rung.MESSAGE)) is not None and closed.reason in {"gone", "permission"}:
            raise closed
        return self._shown(Spot(address.channel_id, address.message_id))

    async def find(self, request: Request, attempt: Attempt) -> Shown | None:
        await asyncio.sleep(0)
        if error := self._closed.get(attempt.rung):
            raise error
        if attempt.rung is Rung.CHANNEL and not self.may_look:
            raise RungClosed("permission")
        spots = [spot for rung, spot in self.posted.get(request.id, []) if rung is attempt.rung]
        return self._shown(spots[0]) if spots else None

    def _shown(self, spot: Spot) -> Shown:
        files = self.files.get(spot.message, {})
        places = tuple(Placed(file.run, spot.channel, spot.message, attachment) for attachment, file in files.items())
        history = self.history.get(spot.message, [])
        return Shown(spot, places, is_last_word=bool(history) and history[-1].is_last_word)

    async def find_answer(self, request: Request) -> Answer | None:
        await asyncio.sleep(0)
        if self._failures:
            self._failures -= 1
            raise PostFailed
        return self.unwritten.get(request.id)

    @asynccontextmanager
    async def _edit(self, request: Request, rung: Rung) -> AsyncIterator[MessageId]:
        message = request.address.message_id if rung in EDITS else MessageId(next(self._new_messages))
        if message is None:
            raise RungClosed("message")
        if message in self._editing:
            self.edited_at_once.add(message)
        self._editing.add(message)
        try:
            if not self._hanging or message in self._hanging:
                await self._open.wait()
            if error := self._refusal(request, rung):
                raise error
            yield message
        finally:
            self._editing.discard(message)

    def _refusal(self, request: Request, rung: Rung) -> BotError | None:
        if self._failures:
            self._failures -= 1
            return self._failure()
        if rung is Rung.TOKEN and request.address.token is None:
            return RungClosed("token")
        return self._closed.get(rung)

    def _show(self, message: MessageId, seen: Seen) -> None:
        self.history.setdefault(message, []).append(seen)


def _seen(rung: Rung, outcome: Outcome, files: Mapping[AttachmentId, _File]) -> Seen:
    return Seen(
        rung,
        waiting=outcome.waiting,
        images=tuple(file.content for file in files.values()),
        seconds=tuple(file.seconds for file in files.values()),
        attachments=tuple(files),
        problems=outcome.problems,
        is_quoted=outcome.is_quoted,
    )


def _channel(request: Request, rung: Rung) -> ChannelId:
    return ChannelId(request.address.member_id) if rung is Rung.DM else request.address.channel_id
