"""Quota windows and their use in SQLite; the taking itself is part of accepting a request."""

from collections.abc import Awaitable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.errors import QuotaScope
from bot.domain.ids import MemberId, ServerId
from bot.domain.quotas import Usage, Window
from bot.storage.rows import from_ms, number, text, to_ms
from bot.storage.sqlite import Row, SqliteDatabase, Value

_MILLISECOND = timedelta(milliseconds=1)


class _Run(Protocol):
    """How to run a named query: on the reading connection, or inside a transaction."""

    def __call__(self, name: str, /, **values: Value) -> Awaitable[list[Row]]: ...


class SqliteQuotaStore:
    def __init__(self, database: SqliteDatabase) -> None:
        self._database = database

    async def configure(self, windows: Sequence[Window]) -> None:
        async with self._database.transaction() as transaction:
            await transaction.run("clear_windows")
            for window in windows:
                await transaction.run(
                    "insert_window", scope=window.scope, per_ms=window.per // _MILLISECOND, images=window.images
                )

    async def usage(self, server: ServerId, member: MemberId, at: datetime) -> tuple[Usage, ...]:
        return await usages(self._database.read, server, member, at)


async def usages(run: _Run, server: ServerId, member: MemberId, at: datetime) -> tuple[Usage, ...]:
    """Every window as it stands for this member, member windows first."""
    standing = []
    for row in await run("list_windows"):
        window = _window_from(row)
        since_ms = to_ms(at - window.per)
        rows = await _takes(run, window.scope, server, member, since_ms)
        standing.append(Usage(window, tuple(from_ms(number(take, "taken_at_ms")) for take in rows)))
    order = list(QuotaScope)
    return tuple(sorted(standing, key=lambda usage: (order.index(usage.window.scope), usage.window.per)))


async def _takes(run: _Run, scope: QuotaScope, server: ServerId, member: MemberId, since_ms: int) -> list[Row]:
    match scope:
        case QuotaScope.MEMBER:
            return await run("list_member_takes", server_id=server, member_id=member, since_ms=since_ms)
        case QuotaScope.SERVER:
            return await run("list_server_takes", server_id=server, since_ms=since_ms)
        case QuotaScope.GLOBAL:
            return await run("list_global_takes", since_ms=since_ms)


def _window_from(row: Row) -> Window:
    return Window(QuotaScope(text(row, "scope")), number(row, "images"), number(row, "per_ms") * _MILLISECOND)
