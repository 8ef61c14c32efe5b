"""Sets up a server's board, and says how it stands."""

import logging

from bot.domain.ids import ServerId
from bot.domain.thumbnails.boards import Board, Person
from bot.domain.thumbnails.refusals import BoardClosed, ManagersOnly
from bot.services.thumbnails.desk import Desk

log = logging.getLogger(__name__)


class Boards:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def board(self, server: ServerId) -> Board:
        """Raises: BoardMissing. Whether it is closed, and why, stands in `closed`."""
        return await self._desk.board(server)

    async def open_board(self, server: ServerId) -> Board:
        """Raises: BoardMissing, BoardClosed."""
        board = await self._desk.board(server)
        if board.closed is not None:
            raise BoardClosed(board.channel, board.closed)
        return board

    async def set_up(self, board: Board, person: Person) -> None:
        """What waits for a board that was closed is tried again at once. Raises: ManagersOnly, BoardSettingUnfit."""
        if not person.is_manager:
            raise ManagersOnly
        board.check()
        await self._desk.stores.boards.set_up(board, person.member, self._desk.clock.now())
        await self._desk.stores.thumbnails.show_again(board.server)
        log.info("board set up server=%s channel=%s member=%s", board.server, board.channel, person.member)
        self._desk.pace.hurry()
        self._desk.wake.set()
