"""Keeps each card on the board as its thumbnail stands: seldom enough, and never an older state over a newer one."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar

from bot.domain.ids import ChannelId
from bot.domain.ladder import PostBlocked, PostTooLarge
from bot.domain.thumbnails.ballots import tally
from bot.domain.thumbnails.boards import Board
from bot.domain.thumbnails.ids import ThumbnailId
from bot.domain.thumbnails.refusals import CandidateLost
from bot.domain.thumbnails.states import COLLECTING, DROPPED, ThumbnailState
from bot.domain.thumbnails.thumbnails import Candidate, Place, Thumbnail
from bot.ports.thumbnails import BoardPublisher, Card, CardPicture
from bot.services.thumbnails.desk import Desk, names
from bot.services.thumbnails.looks import Looks, look
from bot.services.thumbnails.posting_once import CARD, PostingOnce

log = logging.getLogger(__name__)

_Shown = TypeVar("_Shown")
_WINNER = frozenset({ThumbnailState.CHOSEN, ThumbnailState.DONE})


class Cards:
    def __init__(self, desk: Desk, *, looks: Looks, posting: PostingOnce, publisher: BoardPublisher) -> None:
        self._desk = desk
        self._looks = looks
        self._posting = posting
        self._publisher = publisher

    async def put_up(self, thumbnail: Thumbnail, board: Board) -> None:
        """Post its card if it has none. Raises: RungClosed, PostFailed."""
        if thumbnail.card is not None or thumbnail.state in DROPPED:
            return
        picture = await self._picture(thumbnail, board, is_new=True)
        card = replace(await self.card(thumbnail, board), picture=picture)
        posted: list[Card] = []

        async def post(_: ChannelId, mark: str) -> Place:
            place, shown = await self._unless_refused(card, lambda one: self._publisher.post_card(one, mark))
            posted.append(shown)
            return place

        await self._posting.once(thumbnail, CARD, (board.channel,), post)
        self._desk.pace.edited(thumbnail.id, self._desk.clock.elapsed_s())
        for shown in posted:
            log.info("card posted %s", names(thumbnail))
            await self._note(shown)

    async def show(self, thumbnail_id: ThumbnailId, board: Board) -> None:
        """Edit its card if it is behind, and it is time. Raises: RungClosed, PostFailed."""
        thumbnail, now_s = await self._desk.found(thumbnail_id), self._desk.clock.elapsed_s()
        if thumbnail.shown_revision >= thumbnail.revision or not self._desk.pace.may_edit(thumbnail_id, now_s):
            return
        if thumbnail.card is None:
            if thumbnail.state in DROPPED:  # it ended before it had one
                await self._desk.stores.thumbnails.note_shown(thumbnail_id, thumbnail.revision, "")
            return
        picture = await self._picture(thumbnail, board)
        card = replace(await self.card(thumbnail, board), picture=picture)
        self._desk.pace.edited(thumbnail_id, now_s)
        _, shown = await self._unless_refused(card, self._publisher.show_card)
        await self._note(shown)

    async def card(self, thumbnail: Thumbnail, board: Board) -> Card:
        """What it says, without its picture."""
        candidates = await self._desk.candidates(thumbnail.id)
        rounds = await self._desk.stores.candidates.open_rounds(thumbnail.id)
        counted = tally((one.number for one in candidates), await self._desk.stores.votes.votes(thumbnail.id))
        return Card(
            thumbnail=thumbnail,
            board=board,
            candidates=candidates,
            tally=counted,
            making=sum(one.pictures for one in rounds),
            used=await self._desk.stores.candidates.quota_used(thumbnail.id),
            left_out=self._looks.left_out(thumbnail),
            reason=await self._reason(thumbnail),
            leaders=counted.leaders if thumbnail.state is ThumbnailState.DECIDING else (),
        )

    async def forget(self, thumbnail: Thumbnail) -> None:
        """Its card is not there any more: another is posted if that can be."""
        log.info("card lost %s", names(thumbnail))
        await self._desk.stores.thumbnails.forget_post(thumbnail.id, CARD)

    async def _reason(self, thumbnail: Thumbnail) -> str:
        """Why it was declined: of its moves that is the last."""
        if thumbnail.state is not ThumbnailState.DECLINED:
            return ""
        moves = await self._desk.stores.thumbnails.moves(thumbnail.id)
        return moves[-1].reason if moves else ""

    async def _note(self, card: Card) -> None:
        """What changed since it was made is shown next time."""
        picture = card.picture.name if card.picture is not None else ""
        await self._desk.stores.thumbnails.note_shown(card.thumbnail.id, card.thumbnail.revision, picture)
        await self._desk.works(card.board)

    async def _unless_refused(self, card: Card, show: Callable[[Card], Awaitable[_Shown]]) -> tuple[_Shown, Card]:
        """What Discord calls too large is shown without the picture, what AutoMod blocks without the words."""
        try:
            return await show(card), card
        except PostTooLarge:
            log.info("card too large %s", names(card.thumbnail))
            less = replace(card, picture=None)
        except PostBlocked:
            log.info("card blocked %s", names(card.thumbnail))
            less = replace(card, is_quoted=False)
        return await show(less), less

    async def _picture(self, thumbnail: Thumbnail, board: Board, *, is_new: bool = False) -> CardPicture | None:
        """The winner, or all candidates on one sheet; made only where the card does not show it already."""
        candidates = await self._desk.candidates(thumbnail.id)
        winner = next((one for one in candidates if one.number == thumbnail.chosen), None)
        name = _name(thumbnail, board, candidates)
        if name == thumbnail.shown_picture and not is_new:
            return CardPicture(name, None) if name else None
        if thumbnail.state in _WINNER and winner is not None:
            return await self._winner(name, thumbnail, board, winner)
        return await self._sheet(name, thumbnail, board, candidates) if name else None

    async def _sheet(
        self, name: str, thumbnail: Thumbnail, board: Board, candidates: Sequence[Candidate]
    ) -> CardPicture | None:
        """A server that is called something else by now shows that with the next change."""
        server = self._publisher.name_of(board.server)
        content = await self._looks.sheet(thumbnail, board, candidates, server=server)
        return None if content is None else CardPicture(name, content)

    async def _winner(self, name: str, thumbnail: Thumbnail, board: Board, winner: Candidate) -> CardPicture | None:
        with suppress(CandidateLost):
            file = await self._looks.lettered(thumbnail, board, winner, limit_bytes=thumbnail.upload_limit_bytes)
            return CardPicture(name, file.content)
        return None


def _name(thumbnail: Thumbnail, board: Board, candidates: Sequence[Candidate]) -> str:
    """Of the picture its card shows; empty where it shows none."""
    if thumbnail.state in _WINNER:
        is_there = any(one.number == thumbnail.chosen for one in candidates)
        return f"winner-{thumbnail.chosen}-{thumbnail.edition}" if is_there else ""
    if thumbnail.state in COLLECTING and candidates:
        return f"sheet-{look(thumbnail, board, candidates)}"
    return ""
