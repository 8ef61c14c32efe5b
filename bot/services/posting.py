"""Private first: posting private pictures to a channel, once and never twice; and discarding them."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from weakref import WeakValueDictionary

from bot.domain.errors import ImageDeleted, NotYours, PostBlocked, PostFailed, PostTooLarge, RequestGone, RungClosed
from bot.domain.ids import ChannelId, MemberId, RequestId, RunId, ServerId
from bot.domain.images import Image, Post
from bot.domain.posting import AlreadyPosted, CopyGone, NotPosted, PostingUnclear, WordsBlocked
from bot.domain.requests import Spot
from bot.domain.runs import RunState
from bot.ports import Announcement, Clock, Finished, ImageStore, Imaging, Noticeboard, Placed, PostStore
from bot.services.names import names, run_names
from bot.services.packing import Packing

log = logging.getLogger(__name__)

_THERE = frozenset({RunState.READY, RunState.DELIVERED})
_AT_ONCE = 4  # each holds its pictures in memory while they are uploaded
# Discord knows a repetition by its nonce for some minutes. After that only looking in the channel helps.
_UNCLEAR_FOR = timedelta(minutes=10)
_SMALLER = 0.45  # Discord counts the whole form, so a file at the very limit may still be refused


@dataclass(frozen=True, slots=True)
class Wish:
    """What `member` wants to post or discard: one picture of a request, or all of them where `run` is None."""

    request: RequestId
    run: RunId | None
    server: ServerId
    member: MemberId


class Posting:
    def __init__(
        self,
        *,
        clock: Clock,
        images: ImageStore,
        posts: PostStore,
        imaging: Imaging,
        packing: Packing,
        board: Noticeboard,
    ) -> None:
        self._clock = clock
        self._images = images
        self._posts = posts
        self._imaging = imaging
        self._packing = packing
        self._board = board
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._turns: WeakValueDictionary[RequestId, asyncio.Lock] = WeakValueDictionary()

    async def check(self, wish: Wish) -> Sequence[Image]:
        """What there is to post. Raises: RequestGone, NotYours, ImageDeleted, AlreadyPosted."""
        images = await self._own(wish)
        posted = [place for image in images if (place := image.open_place) is not None]
        if len(posted) == len(images):
            raise AlreadyPosted(wish.server, posted[-1].spot)
        return [image for image in images if image.open_place is None]

    async def post(self, wish: Wish, channel: ChannelId, *, shows_prompt: bool) -> Spot:
        """Where they are now. Who comes second waits for the first, and is told where.

        Raises: what `check` raises, CopyGone, WordsBlocked, NotPosted, PostingUnclear, StorageUnavailable.
        """
        async with self._turn(wish.request), self._room:
            images = await self.check(wish)
            if left_behind := [image.post for image in images if image.post is not None]:
                await self._settle(wish, images[0], left_behind)
            return await self._post(images, channel, shows_prompt=shows_prompt)

    async def discard(self, wish: Wish) -> Spot | None:
        """Let go of what was not posted. Where the rest was posted, if it was. Raises: RequestGone, NotYours."""
        async with self._turn(wish.request):
            images = await self._own(wish, deleted=True)
            for image in images:
                if image.open_place is None:
                    await self._images.delete(image.id, self._clock.now())
                    log.info("picture discarded %s", run_names(image.run))
        return next((place.spot for image in images if (place := image.open_place) is not None), None)

    async def _own(self, wish: Wish, *, deleted: bool = False) -> Sequence[Image]:
        """The member's own private pictures, also those whose delivery is just being written down."""
        images = await self._images.images_of(wish.request)
        if not images or images[0].request.address.server_id != wish.server:
            raise RequestGone
        if images[0].request.address.member_id != wish.member:
            raise NotYours
        shown = [image for image in images if image.run.state in _THERE and wish.run in (None, image.id)]
        if not shown or not images[0].request.address.private:
            raise RequestGone
        there = [image for image in shown if deleted or not image.is_deleted]
        if not there:
            raise ImageDeleted
        return there

    @asynccontextmanager
    async def _turn(self, request: RequestId) -> AsyncIterator[None]:
        """One at a time for each request; forgotten when nobody waits any more."""
        lock = self._turns.setdefault(request, asyncio.Lock())
        async with lock:
            yield

    async def _settle(self, wish: Wish, image: Image, left_behind: Sequence[Post]) -> None:
        """A crash, or an answer that was lost: look whether it is there before it is posted again."""
        first = min(left_behind, key=lambda post: post.posted_at)
        again_at = first.posted_at + _UNCLEAR_FOR
        try:
            found = await self._board.find(image.request, first.channel, since=first.posted_at)
        except (RungClosed, PostFailed) as error:
            if self._clock.now() < again_at:
                raise PostingUnclear(first.channel, again_at) from error
            found = ()
        if found:
            await self._posts.fill(found)
            raise AlreadyPosted(wish.server, Spot(found[0].channel, found[0].message))
        await self._posts.release([post.run for post in left_behind])

    async def _post(self, images: Sequence[Image], channel: ChannelId, *, shows_prompt: bool) -> Spot:
        request = images[0].request
        packed = await self._packing.pack(request, [image.run for image in images])
        if not packed.images:
            raise CopyGone
        announcement = Announcement(request, packed.images, channel, shows_prompt and bool(request.prompt))
        runs, now = [image.run for image in packed.images], self._clock.now()
        if not await self._posts.reserve(runs, channel, shows_prompt=announcement.shows_prompt, at=now):
            raise PostingUnclear(channel)
        try:
            placed = await self._announce(announcement)
        except RungClosed as error:
            await self._posts.release(runs)
            log.warning("picture not posted %s why=%s", names(request), error.reason)
            raise WordsBlocked if _is_about_words(error, announcement) else NotPosted(channel) from error
        except PostFailed as error:
            log.warning("picture perhaps posted %s", names(request))
            raise PostingUnclear(channel) from error
        await self._posts.fill(placed)
        log.info("picture posted %s images=%d shows_prompt=%s", names(request), len(runs), announcement.shows_prompt)
        return Spot(placed[0].channel, placed[0].message)

    async def _announce(self, announcement: Announcement) -> Sequence[Placed]:
        """What Discord calls too large is posted smaller."""
        try:
            return await self._board.post(announcement)
        except PostTooLarge:
            smaller = tuple([await self._smaller(image) for image in announcement.images])
            return await self._board.post(replace(announcement, images=smaller))

    async def _smaller(self, image: Finished) -> Finished:
        content, kind = await self._imaging.fit(image.content, limit_bytes=int(len(image.content) * _SMALLER))
        return replace(image, content=content, format=kind)


def _is_about_words(error: RungClosed, announcement: Announcement) -> bool:
    return isinstance(error, PostBlocked) and announcement.shows_prompt
