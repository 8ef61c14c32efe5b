"""The winner's files on the board, each edition once; and files of any candidate, whenever somebody wants some."""

import asyncio
import logging
from collections.abc import Sequence

from bot.domain.ids import ChannelId
from bot.domain.ladder import PostTooLarge
from bot.domain.thumbnails.boards import Board, Person
from bot.domain.thumbnails.headlines import parse_headline
from bot.domain.thumbnails.ids import ThumbnailId
from bot.domain.thumbnails.refusals import (
    CandidateDeleted,
    CandidateGone,
    CandidateLost,
    NotYourThumbnail,
    ThumbnailMoved,
    TooManySizes,
)
from bot.domain.thumbnails.sizes import SIZES, Size
from bot.domain.thumbnails.states import ThumbnailState, Why
from bot.domain.thumbnails.templates import template_of
from bot.domain.thumbnails.thumbnails import Candidate, Place, Thumbnail, Trouble
from bot.domain.thumbnails.wishes import parse_sizes
from bot.ports.thumbnails import BoardPublisher, Delivered
from bot.services.thumbnails.desk import Desk, channels_for, names
from bot.services.thumbnails.looks import Looks
from bot.services.thumbnails.posting_once import PostingOnce

log = logging.getLogger(__name__)

_MOST_SIZES = 5  # with and without a headline: Discord takes ten files in a message
_SMALLER = 0.45  # of what Discord called too large, two files together


class Finishing:
    def __init__(self, desk: Desk, *, looks: Looks, posting: PostingOnce, publisher: BoardPublisher) -> None:
        self._desk = desk
        self._looks = looks
        self._posting = posting
        self._publisher = publisher
        self._exporting = asyncio.Semaphore(1)

    async def tend(self, thumbnail: Thumbnail, board: Board) -> None:
        """Post the files of its newest edition, if they are not there yet; then it is done.

        Raises: RungClosed when they cannot be posted anywhere, PostFailed.
        """
        if thumbnail.posted_edition >= thumbnail.edition:
            return
        trouble = await self._post_edition(thumbnail, board)
        if thumbnail.state is ThumbnailState.CHOSEN:
            await self._desk.move(thumbnail, ThumbnailState.DONE, Why.POSTED)
        await self._desk.stores.thumbnails.note_trouble(thumbnail.id, trouble, None)
        await self._desk.stores.thumbnails.note_edition(thumbnail.id, thumbnail.edition)

    async def export(
        self, thumbnail: ThumbnailId, person: Person, candidate: int, sizes: Sequence[str], *, limit_bytes: int
    ) -> tuple[Delivered, ...]:
        """Files of any candidate, size by size, as the headline and the template are now. Costs no quota.

        Raises: ThumbnailGone, NotYourThumbnail, CandidateGone, CandidateDeleted, CandidateLost, UnknownSize,
        TooManySizes.
        """
        found = await self._desk.found(thumbnail, person.server)
        wanted = await self._candidate(found, candidate)
        if not person.is_moderator and person.member not in {found.requester, wanted.author}:
            raise NotYourThumbnail(found.requester)
        keys = parse_sizes(sizes or found.sizes)
        if len(keys) > _MOST_SIZES:
            raise TooManySizes(len(keys), _MOST_SIZES, are_those_asked_for=not sizes)
        board = await self._desk.board(found.server)
        async with self._exporting:
            return tuple([await self._made(found, board, wanted, SIZES[key], limit_bytes) for key in keys])

    async def reletter(
        self, thumbnail: ThumbnailId, person: Person, headline: str | None, *, template: str | None = None
    ) -> Thumbnail:
        """Other letters, or none where the headline is empty; None leaves it. Costs no quota.

        What is chosen already is posted once more with them.

        Raises: ThumbnailGone, NotYourThumbnail, ThumbnailMoved, CandidateDeleted, HeadlineTooLong,
        HeadlineUnlettered, UnknownTemplate.
        """
        found = await self._desk.owned(thumbnail, person)
        if found.chosen is not None:
            await self._candidate(found, found.chosen)
        words = found.headline if headline is None else parse_headline(headline)
        self._looks.check_headline(words)
        key = template_of(template or found.template).key
        if not await self._desk.stores.thumbnails.reletter(thumbnail, words, key):
            raise ThumbnailMoved(found.state)
        self._desk.wake.set()
        return await self._desk.found(thumbnail)

    async def _post_edition(self, thumbnail: Thumbnail, board: Board) -> Trouble | None:
        """Why there is nothing left that could be posted; None when all of it was."""
        try:
            for part, key in enumerate(thumbnail.sizes):
                winner = await self._candidate(thumbnail, thumbnail.chosen)
                await self._post_files(thumbnail, board, winner, SIZES[key], part)
        except CandidateDeleted:
            log.info("winner deleted %s", names(thumbnail))
            return Trouble.PICTURE_DELETED
        except (CandidateGone, CandidateLost):
            log.error("winner lost from disk %s", names(thumbnail))
            return Trouble.PICTURE_LOST
        log.info("files posted %s edition=%d sizes=%d", names(thumbnail), thumbnail.edition, len(thumbnail.sizes))
        return None

    async def _post_files(self, thumbnail: Thumbnail, board: Board, winner: Candidate, size: Size, part: int) -> None:
        async def post(channel: ChannelId, mark: str) -> Place:
            limit_bytes = thumbnail.upload_limit_bytes
            made = await self._made(thumbnail, board, winner, size, limit_bytes)
            try:
                return Place(await self._publisher.post_files(channel, made, mark))
            except PostTooLarge:
                smaller = max(len(file.content) for file in made.files) * _SMALLER
                made = await self._made(thumbnail, board, winner, size, int(smaller))
                return Place(await self._publisher.post_files(channel, made, mark))

        await self._posting.once(thumbnail, f"f{thumbnail.edition}.{part}", channels_for(thumbnail, board), post)

    async def _made(
        self, thumbnail: Thumbnail, board: Board, candidate: Candidate, size: Size, limit_bytes: int
    ) -> Delivered:
        files = await self._looks.files(thumbnail, board, candidate, size, limit_bytes=limit_bytes)
        return Delivered(thumbnail, candidate, files)

    async def _candidate(self, thumbnail: Thumbnail, number: int | None) -> Candidate:
        """Raises: CandidateGone, CandidateDeleted."""
        for one in await self._desk.stores.candidates.candidates(thumbnail.id):
            if one.number == number and one.is_deleted:
                raise CandidateDeleted
            if one.number == number and not one.is_removed:
                return one
        raise CandidateGone
