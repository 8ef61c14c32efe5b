"""Posts messages on a board exactly once, crashes and lost answers included: attempts are written down first."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from bot.domain.ids import ChannelId
from bot.domain.ladder import RungClosed
from bot.domain.thumbnails.thumbnails import Place, Thumbnail
from bot.ports import Clock
from bot.ports.thumbnails import BoardPublisher, ThumbnailStore
from bot.services.thumbnails.desk import names

log = logging.getLogger(__name__)

CARD = "c"


class PostingOnce:
    def __init__(self, *, clock: Clock, thumbnails: ThumbnailStore, publisher: BoardPublisher) -> None:
        self._clock = clock
        self._thumbnails = thumbnails
        self._publisher = publisher

    def mark(self, thumbnail: Thumbnail, key: str) -> str:
        """What is posted can be found by it: at most 25 characters, as many as a nonce has."""
        return f"{thumbnail.id}.{key}"

    async def once(
        self,
        thumbnail: Thumbnail,
        key: str,
        channels: Sequence[ChannelId],
        post: Callable[[ChannelId, str], Awaitable[Place]],
    ) -> Place:
        """Where it stands: found, or posted in the first channel that takes it.

        Raises: RungClosed when none does, or where it may be there and nobody may look; PostFailed when it is worth
        another try.
        """
        known = await self._thumbnails.post(thumbnail.id, key)
        if known is not None and known.place is not None:
            return known.place
        await self._thumbnails.attempt(thumbnail.id, key, self._clock.now())
        if known is not None or thumbnail.restored_at is not None:
            since = thumbnail.asked_at if known is None else known.attempted_at
            if found := await self._find(thumbnail, key, channels, since):
                return await self._noted(thumbnail, key, found)
        try:
            place = await self._post(thumbnail, key, channels, post)
        except RungClosed:
            await self._thumbnails.forget_post(thumbnail.id, key)  # it is nowhere, for certain
            raise
        return await self._noted(thumbnail, key, place)

    async def _find(
        self, thumbnail: Thumbnail, key: str, channels: Sequence[ChannelId], since: datetime
    ) -> Place | None:
        """Raises: RungClosed where it may be, but nobody may look."""
        unseen: RungClosed | None = None
        for channel in channels:
            try:
                found = await self._publisher.find(channel, thumbnail, self.mark(thumbnail, key), since=since)
            except RungClosed as closed:
                if closed.reason == "permission":
                    log.info("board post not found %s post=%s channel=%s", names(thumbnail), key, channel)
                    unseen = closed
                continue
            if found is not None:
                log.info("board post found %s post=%s", names(thumbnail), key)
                return found
        if unseen is not None:
            raise unseen
        return None

    async def _post(
        self,
        thumbnail: Thumbnail,
        key: str,
        channels: Sequence[ChannelId],
        post: Callable[[ChannelId, str], Awaitable[Place]],
    ) -> Place:
        refusals: list[RungClosed] = []
        for channel in channels:
            try:
                return await post(channel, self.mark(thumbnail, key))
            except RungClosed as closed:
                log.info(
                    "board post refused %s post=%s channel=%s why=%s", names(thumbnail), key, channel, closed.reason
                )
                refusals.append(closed)
        raise refusals[-1]

    async def _noted(self, thumbnail: Thumbnail, key: str, place: Place) -> Place:
        await self._thumbnails.note_post(thumbnail.id, key, place)
        return place
