"""From what a member wishes for to a thumbnail on the board: every check, and the references on disk."""

import asyncio
import logging

from bot.domain.requests import Draft
from bot.domain.thumbnails.boards import Approval, Board
from bot.domain.thumbnails.course import EXPIRES_AFTER
from bot.domain.thumbnails.ids import new_thumbnail_id
from bot.domain.thumbnails.refusals import TooManyThumbnails
from bot.domain.thumbnails.states import ThumbnailState, Why
from bot.domain.thumbnails.thumbnails import MOST_REFERENCES, Thumbnail, Wish
from bot.domain.thumbnails.wishes import Wording, parse_wish
from bot.services.references import Gathered, References
from bot.services.thumbnails.boards import Boards
from bot.services.thumbnails.desk import Desk, names
from bot.services.thumbnails.looks import Looks
from bot.services.thumbnails.making import Making

log = logging.getLogger(__name__)

_MOST_LOOKED_AT = 50


class Asking:
    def __init__(self, desk: Desk, *, boards: Boards, looks: Looks, making: Making, references: References) -> None:
        self._desk = desk
        self._boards = boards
        self._looks = looks
        self._making = making
        self._references = references
        self._one_by_one = asyncio.Lock()

    async def ask(self, wish: Wish) -> Thumbnail:
        """Put it on the board; where nobody approves, its pictures are ordered at once from the requester's quota.

        `trouble` of what is returned says why they were not. Its card appears in a moment.
        Raises: BoardMissing, BoardClosed, TooManyThumbnails, AlreadyAsked, what `parse_wish` raises, QuotaTooSmall,
        HeadlineUnlettered, ReferenceRefused, ReferencesUnreachable, StorageUnavailable; then nothing is stored.
        """
        board = await self._boards.open_board(wish.address.server_id)
        wording = parse_wish(wish, board)
        self._looks.check_headline(wording.headline, shows=wording.shows)
        await self._making.check_ever(wish.address, wish.pictures)
        await self._check_open(wish, board)
        async with self._references.gathered(_draft(wish), most=MOST_REFERENCES) as gathered, self._one_by_one:
            thumbnail = self._thumbnail(wish, wording, gathered, board.approval)
            # Once more, since fetching took its time: what is refused is not kept.
            await self._check_open(wish, board)
            # First, so that there is no thumbnail without them.
            await self._references.keep(gathered)
            await self._desk.stores.thumbnails.ask(thumbnail, most_open=board.open_each)
        log.info("thumbnail asked %s references=%d", names(thumbnail), len(thumbnail.references))
        self._desk.wake.set()
        if board.approval is Approval.NOBODY:
            await self._making.begin(await self._desk.found(thumbnail.id), by=thumbnail.requester)
        return await self._desk.found(thumbnail.id)

    async def _check_open(self, wish: Wish, board: Board) -> None:
        """Storing it is what decides; this refuses before anything is fetched or kept."""
        address = wish.address
        mine = await self._desk.stores.thumbnails.listed(
            address.server_id, of=address.member_id, only_open=True, most=_MOST_LOOKED_AT
        )
        if sum(one.is_open for one in mine) >= board.open_each:
            raise TooManyThumbnails(board.open_each)

    def _thumbnail(self, wish: Wish, wording: Wording, gathered: Gathered, approval: Approval) -> Thumbnail:
        now, address = self._desk.clock.now(), wish.address
        is_approved = approval is Approval.NOBODY
        return Thumbnail(
            id=new_thumbnail_id(),
            number=0,
            source_id=wish.source_id,
            application_id=address.application_id,
            server=address.server_id,
            requester=address.member_id,
            shows=wording.shows,
            headline=wording.headline,
            style=wording.style,
            sizes=wording.sizes,
            template=wording.template,
            pictures=wish.pictures,
            references=tuple(gathered.references),
            upload_limit_bytes=wish.upload_limit_bytes,
            asked_at=now,
            state=ThumbnailState.APPROVED if is_approved else ThumbnailState.ASKED,
            moved_at=now,
            moved_by=address.member_id,
            why=Why.AUTOMATIC if is_approved else Why.PRESSED,
            deadline=now + EXPIRES_AFTER,
        )


def _draft(wish: Wish) -> Draft:
    """As far as gathering references looks at it."""
    return Draft(wish.source_id, wish.address, wish.shows, None, wish.uploads, wish.upload_limit_bytes)
