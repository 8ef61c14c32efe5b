"""Quota windows and their use in SQLite; the taking itself is part of accepting a request."""

from collections.abc import Awaitable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.errors import QuotaScope
from bot.domain.ids import MemberId, ServerId
from bot.domain.quotas import MOST_AT_ONCE, Usage, Window
from bot.storage.rows import from_ms, number, text, to_ms
from bot.storage.sqlite import SqliteDatabase
from bot.storage.statements import Row, Value

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
    rows = await run("list_usage", server_id=server, member_id=member, now_ms=to_ms(at))
    standing = [await _usage(run, row, server, member, at) for row in rows]
    order = list(QuotaScope)
    return tuple(sorted(standing, key=lambda usage: (order.index(usage.window.scope), usage.window.per)))


async def _usage(run: _Run, row: Row, server: ServerId, member: MemberId, at: datetime) -> Usage:
    """When the second one leaves, and those behind it, is asked for only where not all may fit."""
    window = Window(QuotaScope(text(row, "scope")), number(row, "images"), number(row, "per_ms") * _MILLISECOND)
    used = number(row, "used")
    if not used:
        return Usage(window, used, ())
    if used + MOST_AT_ONCE <= window.images:
        return Usage(window, used, (from_ms(number(row, "oldest_at_ms")),))
    return Usage(window, used, await _leaving(run, window, used, server, member, at))


async def _leaving(
    run: _Run, window: Window, used: int, server: ServerId, member: MemberId, at: datetime
) -> tuple[datetime, ...]:
    values = {"since_ms": to_ms(at - window.per), "too_many": max(0, used - window.images), "most": MOST_AT_ONCE}
    match window.scope:
        case QuotaScope.MEMBER:
            rows = await run("list_member_takes", server_id=server, member_id=member, **values)
        case QuotaScope.SERVER:
            rows = await run("list_server_takes", server_id=server, **values)
        case QuotaScope.GLOBAL:
            rows = await run("list_global_takes", **values)
    return tuple(from_ms(number(take, "taken_at_ms")) for take in rows)
