"""The boards of servers in SQLite."""

from datetime import datetime, timedelta
from typing import get_args

from bot.domain.ids import ChannelId, MemberId, ServerId
from bot.domain.ladder import ClosedReason
from bot.domain.thumbnails.boards import Approval, Board
from bot.domain.thumbnails.colours import parse_colour
from bot.storage.rows import number, text, to_ms
from bot.storage.sqlite import SqliteDatabase
from bot.storage.statements import Row

_MILLISECOND = timedelta(milliseconds=1)
_REASONS: tuple[ClosedReason, ...] = get_args(ClosedReason)


class SqliteBoardStore:
    """`BoardStore` on SQLite."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._database = database

    async def board(self, server: ServerId) -> Board | None:
        rows = await self._database.read("find_board", server_id=server)
        return _board_from(rows[0]) if rows else None

    async def set_up(self, board: Board, by: MemberId, at: datetime) -> None:
        await self._database.write(
            "put_board",
            server_id=board.server,
            channel_id=board.channel,
            approval=board.approval,
            voters_role=board.voters,
            vote_ms=board.vote_for // _MILLISECOND,
            takes_entries=board.takes_entries,
            template=board.template,
            accent=str(board.accent),
            open_each=board.open_each,
            changed_by=by,
            changed_at_ms=to_ms(at),
        )

    async def close(self, board: Board, reason: ClosedReason | None) -> None:
        await self._database.write("close_board", server_id=board.server, channel_id=board.channel, reason=reason)


def _board_from(row: Row) -> Board:
    return Board(
        server=ServerId(number(row, "server_id")),
        channel=ChannelId(number(row, "channel_id")),
        approval=Approval(text(row, "approval")),
        voters=None if row["voters_role"] is None else number(row, "voters_role"),
        vote_for=number(row, "vote_ms") * _MILLISECOND,
        takes_entries=bool(row["takes_entries"]),
        template=text(row, "template"),
        accent=parse_colour(text(row, "accent")),
        open_each=number(row, "open_each"),
        closed=next((reason for reason in _REASONS if reason == row["closed"]), None),
    )
