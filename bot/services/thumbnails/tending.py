"""The loop that brings thumbnails on: cards, rounds of pictures, the ends of votes, files. Members only press."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress

from bot.domain.errors import StorageUnavailable
from bot.domain.ladder import PostFailed, RungClosed
from bot.domain.thumbnails.boards import Board
from bot.domain.thumbnails.ids import ThumbnailId
from bot.domain.thumbnails.refusals import BoardMissing, ThumbnailGone, ThumbnailMoved
from bot.domain.thumbnails.thumbnails import Round, Thumbnail, Trouble
from bot.services.thumbnails.approving import Approving
from bot.services.thumbnails.cards import Cards
from bot.services.thumbnails.desk import Desk
from bot.services.thumbnails.finishing import Finishing
from bot.services.thumbnails.ordering import Ordering
from bot.services.work import SHORT_GRACE_S, Hands

log = logging.getLogger(__name__)

_IDLE_S = 10.0  # a fallback only: whoever presses wakes the loop
_SHORTEST_PAUSE_S = 0.05
_AT_ONCE = 3  # each may hold a picture or two in memory
_LOOK_FOR_REQUESTERS_EVERY_S = 60 * 60.0
_FOR_EACH_ROUND_S = 30.0  # at the start: five references are 20 MB at most
_PRESENCE = "requesters"


class Tending:
    """One piece of work on a thumbnail at a time."""

    def __init__(
        self, desk: Desk, *, approving: Approving, cards: Cards, finishing: Finishing, ordering: Ordering
    ) -> None:
        self._desk = desk
        self._approving = approving
        self._cards = cards
        self._finishing = finishing
        self._ordering = ordering
        self._hands = Hands("thumbnails", most=_AT_ONCE)
        self._look_at_s = desk.clock.elapsed_s() + _LOOK_FOR_REQUESTERS_EVERY_S

    async def recover(self) -> None:
        """Before recovery: what was being ordered when the bot went down, each round on its own.

        Whatever one of them runs into, the bot starts; the loop and recovery bring it to an end.
        """
        for order in await self._interrupted():
            self._hands.take(order.thumbnail, self._take_up(order), self._desk.wake.set)
            await self._hands.finish(grace_s=_FOR_EACH_ROUND_S)

    async def turn(self) -> float:
        """Work on whatever is due. Returns the seconds until the next thing is."""
        now, now_s = self._desk.clock.now(), self._desk.clock.elapsed_s()
        self._look_for_requesters(now_s)
        deadline = await self._desk.stores.thumbnails.next_deadline(now)
        pauses_s = [_IDLE_S if deadline is None else (deadline - now).total_seconds()]
        for one in await self._desk.stores.thumbnails.to_tend(now):
            if due_in_s := self._desk.pace.due_in_s(one, now_s):
                pauses_s.append(due_in_s)
            elif not self._hands.holds(one.id) and not self._hands.are_full:
                self._desk.pace.begun(one.id, now_s)
                self._hands.take(one.id, self._tend(one.id), self._desk.wake.set)
        return min(_IDLE_S, max(_SHORTEST_PAUSE_S, min(pauses_s)))

    @property
    def wake(self) -> asyncio.Event:
        """Set when somebody pressed something."""
        return self._desk.wake

    @property
    def is_busy(self) -> bool:
        return self._hands.are_busy

    async def finish(self, *, grace_s: float = SHORT_GRACE_S) -> None:
        await self._hands.finish(grace_s=grace_s)

    async def _interrupted(self) -> Sequence[Round]:
        try:
            return await self._ordering.unanswered()
        except StorageUnavailable as error:
            log.warning("rounds not recovered why=%s", error.why)
            return ()

    async def _take_up(self, order: Round) -> None:
        try:
            await self._ordering.answer(order)
        except (RungClosed, PostFailed):
            log.warning("board not answering thumbnail=%s", order.thumbnail)

    def _look_for_requesters(self, now_s: float) -> None:
        if now_s >= self._look_at_s and not self._hands.holds(_PRESENCE):
            self._look_at_s = now_s + _LOOK_FOR_REQUESTERS_EVERY_S
            self._hands.take(_PRESENCE, self._approving.look_for_requesters(), self._desk.wake.set)

    async def _tend(self, thumbnail_id: ThumbnailId) -> None:
        is_done = False
        try:
            with suppress(ThumbnailGone, BoardMissing, ThumbnailMoved):
                await self._bring_on(thumbnail_id)
            is_done = True
        except PostFailed:
            log.warning("board not answering thumbnail=%s", thumbnail_id)
        finally:
            if is_done:
                self._desk.pace.worked(thumbnail_id)
            else:
                self._desk.pace.hold_back(thumbnail_id, self._desk.clock.elapsed_s())

    async def _bring_on(self, thumbnail_id: ThumbnailId) -> None:
        """Moves go on whether its board can be posted on or not."""
        thumbnail = await self._desk.found(thumbnail_id)
        board = await self._desk.board(thumbnail.server)
        try:
            await self._cards.put_up(thumbnail, board)
        except RungClosed as closed:
            await self._shut(thumbnail, board, closed)
        await self._ordering.tend(await self._desk.found(thumbnail_id))
        thumbnail = await self._desk.go_on(thumbnail_id)
        await self._finish(thumbnail, board)
        await self._show(thumbnail, board)

    async def _finish(self, thumbnail: Thumbnail, board: Board) -> None:
        try:
            await self._finishing.tend(thumbnail, board)
        except RungClosed as closed:
            await self._desk.stores.thumbnails.note_trouble(thumbnail.id, Trouble.BOARD_CLOSED, None)
            await self._shut(thumbnail, board, closed)

    async def _show(self, thumbnail: Thumbnail, board: Board) -> None:
        try:
            await self._cards.show(thumbnail.id, board)
        except RungClosed as closed:
            if closed.reason in {"gone", "message"}:
                await self._cards.forget(thumbnail)
            else:
                await self._lose_card(thumbnail, board, closed)

    async def _lose_card(self, thumbnail: Thumbnail, board: Board, closed: RungClosed) -> None:
        """With its channel the card is gone; on a board that was set up elsewhere since, it gets another."""
        is_elsewhere = thumbnail.card is not None and thumbnail.card.spot.channel != board.channel
        if closed.reason == "channel" or is_elsewhere:
            await self._cards.forget(thumbnail)
        if not is_elsewhere:
            await self._shut(thumbnail, board, closed)

    async def _shut(self, thumbnail: Thumbnail, board: Board, closed: RungClosed) -> None:
        await self._desk.shut(board, closed)
        self._desk.pace.hold_back(thumbnail.id, self._desk.clock.elapsed_s(), for_long=True)
