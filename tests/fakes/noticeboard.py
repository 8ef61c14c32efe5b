"""A channel's messages as far as private pictures are posted to it, and the ways in which Discord refuses."""

import asyncio
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from bot.domain.errors import BotError
from bot.domain.ids import AttachmentId, ChannelId, MessageId, RunId
from bot.domain.ladder import PostTooLarge
from bot.domain.requests import Request
from bot.ports import Announcement, Clock, Placed

_CLOCKS_DIFFER = timedelta(minutes=1)  # Discord's and the bot's: what was posted a little earlier is looked at too


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
        self.cannot_look: BotError | None = None
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

    async def find(
        self, request: Request, runs: Set[RunId], channel: ChannelId, *, since: datetime
    ) -> Sequence[Placed]:
        await asyncio.sleep(0)
        if self.cannot_look is not None:
            raise self.cannot_look
        for posted in self.posted:
            announcement = posted.announcement
            is_there = (announcement.request.id, announcement.channel) == (request.id, channel)
            is_sought = any(place.run in runs for place in posted.places)
            if is_there and is_sought and posted.at >= since - _CLOCKS_DIFFER:
                return posted.places
        return ()
