"""A channel's messages as far as private pictures are posted to it, and the ways in which Discord refuses."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from bot.domain.errors import BotError, PostTooLarge, RungClosed
from bot.domain.ids import AttachmentId, ChannelId, MessageId
from bot.domain.requests import Request
from bot.ports import Announcement, Clock, Placed


@dataclass(frozen=True, slots=True)
class Posted:
    announcement: Announcement
    at: datetime
    places: tuple[Placed, ...]


class FakeNoticeboard:
    """`Noticeboard` that keeps what was posted. `refuses` raises before a post, `loses_answers` after it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.posted: list[Posted] = []
        self.refuses: list[BotError] = []
        self.loses_answers: list[BotError] = []
        self.cannot_look: RungClosed | None = None
        self.most_bytes = 100_000_000
        self._messages, self._attachments = count(7000), count(8000)
        self._open = asyncio.Event()
        self._open.set()

    def hang(self) -> None:
        self._open.clear()

    def go_on(self) -> None:
        self._open.set()

    async def post(self, announcement: Announcement) -> Sequence[Placed]:
        await asyncio.sleep(0)
        if self.refuses:
            raise self.refuses.pop(0)
        if sum(len(image.content) for image in announcement.images) > self.most_bytes:
            raise PostTooLarge
        message = MessageId(next(self._messages))
        places = tuple(
            Placed(image.run, announcement.channel, message, AttachmentId(next(self._attachments)))
            for image in announcement.images
        )
        self.posted.append(Posted(announcement, self._clock.now(), places))
        await self._open.wait()
        if self.loses_answers:
            raise self.loses_answers.pop(0)
        return places

    async def find(self, request: Request, channel: ChannelId, *, since: datetime) -> Sequence[Placed]:
        await asyncio.sleep(0)
        if self.cannot_look is not None:
            raise self.cannot_look
        for posted in self.posted:
            announcement = posted.announcement
            if (announcement.request.id, announcement.channel) == (request.id, channel) and posted.at >= since:
                return posted.places
        return ()
