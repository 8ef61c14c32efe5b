"""Private first: posting private pictures to a channel, once and never twice; and discarding them."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence, Set
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

from bot.domain.errors import ImageDeleted, NotYours, RequestGone
from bot.domain.ids import ChannelId, MemberId, RequestId, RunId, ServerId
from bot.domain.images import Image, Post
from bot.domain.ladder import PostBlocked, PostFailed, PostTooLarge, RungClosed
from bot.domain.posting import AlreadyPosted, CopyGone, NotPosted, PostingUnclear, WordsBlocked
from bot.domain.requests import Request, Spot
from bot.domain.runs import RunState
from bot.ports import Announcement, Clock, ImageStore, Noticeboard, Placed, PostStore
from bot.services.names import names, run_names
from bot.services.packing import Packing

log = logging.getLogger(__name__)

_THERE = frozenset({RunState.READY, RunState.DELIVERED})
_AT_ONCE = 4  # each holds its pictures in memory while they are uploaded
# Discord knows a repetition by its nonce for some minutes. After that only looking in the channel helps.
_UNCLEAR_FOR = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Selection:
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
        packing: Packing,
        board: Noticeboard,
    ) -> None:
        self._clock = clock
        self._images = images
        self._posts = posts
        self._packing = packing
        self._board = board
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._turns: WeakValueDictionary[RequestId, asyncio.Lock] = WeakValueDictionary()

    async def check(self, selection: Selection) -> Sequence[Image]:
        """What there is to post. Raises: RequestGone, NotYours, ImageDeleted, AlreadyPosted."""
        images = await self._own(selection)
        posted = [place for image in images if (place := image.open_place) is not None]
        if len(posted) == len(images):
            raise AlreadyPosted(selection.server, posted[-1].spot)
        return [image for image in images if image.open_place is None]

    async def post(self, selection: Selection, channel: ChannelId, *, shows_prompt: bool) -> Spot:
        """Where they are now. Who comes second waits for the first, and is told where.

        Raises: what `check` raises, CopyGone, WordsBlocked, NotPosted, PostingUnclear, StorageUnavailable.
        """
        async with self._turn(selection.request), self._room:
            images = await self.check(selection)
            if left_behind := [image.post for image in images if image.post is not None]:
                await self._settle(images[0].request, left_behind)
                images = await self.check(selection)
            return await self._post(images, channel, shows_prompt=shows_prompt)

    async def discard(self, selection: Selection) -> Spot | None:
        """Let go of what was not posted. Where the rest was posted, if it was. Raises: RequestGone, NotYours."""
        async with self._turn(selection.request):
            images = await self._own(selection, deleted=True)
            for image in images:
                if image.open_place is None:
                    await self._images.delete(image.id, self._clock.now())
                    log.info("picture discarded %s", run_names(image.run))
        return next((place.spot for image in images if (place := image.open_place) is not None), None)

    async def _own(self, selection: Selection, *, deleted: bool = False) -> Sequence[Image]:
        """The member's own private pictures, also those whose delivery is just being written down."""
        images = await self._images.images_of(selection.request)
        if not images or images[0].request.address.server_id != selection.server:
            raise RequestGone
        if images[0].request.address.member_id != selection.member:
            raise NotYours
        shown = [image for image in images if image.run.state in _THERE and selection.run in (None, image.id)]
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

    async def _settle(self, request: Request, left_behind: Sequence[Post]) -> None:
        """A crash, or answers that were lost: look whether they are there before anything is posted again."""
        together: defaultdict[tuple[ChannelId, datetime], set[RunId]] = defaultdict(set)
        for post in left_behind:
            together[post.channel, post.posted_at].add(post.run)
        for (channel, posted_at), runs in together.items():
            found = await self._find(request, runs, channel, posted_at)
            await self._posts.fill(found)
            await self._posts.release(sorted(runs - {place.run for place in found}))

    async def _find(
        self, request: Request, runs: Set[RunId], channel: ChannelId, posted_at: datetime
    ) -> Sequence[Placed]:
        """Where nobody may look, nothing counts as found, once it is too late for a repetition by Discord itself."""
        try:
            return await self._board.find(request, runs, channel, since=posted_at)
        except PostFailed as error:
            raise PostingUnclear(channel) from error
        except RungClosed as error:
            again_at = posted_at + _UNCLEAR_FOR
            if self._clock.now() < again_at:
                raise PostingUnclear(channel, again_at) from error
            return ()

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
            smaller = tuple([await self._packing.smaller(image) for image in announcement.images])
            return await self._board.post(replace(announcement, images=smaller))


def _is_about_words(error: RungClosed, announcement: Announcement) -> bool:
    return isinstance(error, PostBlocked) and announcement.shows_prompt
