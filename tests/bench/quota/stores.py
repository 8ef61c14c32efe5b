"""The stores that are compared: Easel's, and one as it is usually written."""

import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from pathlib import Path
from typing import Protocol

import aiosqlite

from bot.domain.errors import QuotaExceeded, QuotaScope
from bot.domain.quotas import Window
from bot.domain.requests import Request
from bot.storage.quotas import SqliteQuotaStore
from bot.storage.requests import SqliteRequestStore
from bot.storage.rows import to_ms
from bot.storage.sqlite import SqliteDatabase
from tests.bench.quota.full import Full
from tests.builders import START

_NO_LIMIT = 1_000_000


class Store(Protocol):
    async def submit(self, request: Request) -> bool:
        """Whether it was accepted; then it is on disk."""

    async def look(self, request: Request) -> None:
        """What its member may still make."""

    def clear_line(self) -> None: ...


class Easel:
    """Every check of a submission, the request, its run and its take: what `/imagine` writes before it is answered."""

    def __init__(self, database: SqliteDatabase, path: Path) -> None:
        self._requests = SqliteRequestStore(database)
        self._quotas = SqliteQuotaStore(database)
        self._path = path

    @classmethod
    @asynccontextmanager
    async def opened(cls, folder: Path, full: Full) -> AsyncIterator[Store]:
        path = folder / "easel.sqlite3"
        database = await SqliteDatabase.open(path, at=START)
        try:
            await SqliteQuotaStore(database).configure(full.windows)
            _fill(path, full)
            yield cls(database, path)
        finally:
            await database.close()

    async def submit(self, request: Request) -> bool:
        try:
            await self._requests.accept(request, queue_length=_NO_LIMIT)
        except QuotaExceeded:
            return False
        return True

    async def look(self, request: Request) -> None:
        await self._quotas.usage(request.address.server_id, request.address.member_id, request.created_at)

    def clear_line(self) -> None:
        """What was submitted was made and delivered meanwhile: the line is as short as it usually is."""
        with closing(sqlite3.connect(self._path)) as connection:
            connection.execute("UPDATE runs SET state = 'delivered' WHERE state = 'queued'")
            connection.commit()


def _fill(path: Path, full: Full) -> None:
    rows = [(one.id, one.address.member_id, to_ms(one.created_at)) for one in full.day_before()]
    with closing(sqlite3.connect(path)) as connection:
        connection.executemany(
            "INSERT INTO takes (id, request_id, server_id, member_id, taken_at_ms, state)"
            " VALUES (?1, ?1, 10, ?2, ?3, 'spent')",
            rows,
        )
        connection.commit()


_NAIVE_SCHEMA = """
CREATE TABLE images (id TEXT PRIMARY KEY, member_id BIGINT, prompt TEXT, made_at_ms BIGINT);
CREATE INDEX images_of_member ON images (member_id, made_at_ms);
CREATE INDEX images_of_all ON images (made_at_ms);
"""


class Naive:
    """Counts, compares, inserts, commits: four calls on one connection, with SQLite as it comes."""

    def __init__(self, connection: aiosqlite.Connection, windows: Sequence[Window]) -> None:
        self._connection = connection
        self._windows = windows

    @classmethod
    @asynccontextmanager
    async def opened(cls, folder: Path, full: Full) -> AsyncIterator[Store]:
        path = folder / "naive.sqlite3"
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(_NAIVE_SCHEMA)
            rows = [(one.id, one.address.member_id, to_ms(one.created_at)) for one in full.day_before()]
            connection.executemany("INSERT INTO images (id, member_id, made_at_ms) VALUES (?, ?, ?)", rows)
            connection.commit()
        async with aiosqlite.connect(path) as opened:
            yield cls(opened, full.windows)

    async def submit(self, request: Request) -> bool:
        for window in self._windows:
            if await self._used(window, request) >= window.images:
                return False
        values = (request.id, request.address.member_id, request.prompt, to_ms(request.created_at))
        await self._connection.execute("INSERT INTO images VALUES (?, ?, ?, ?)", values)
        await self._connection.commit()
        return True

    async def look(self, request: Request) -> None:
        for window in self._windows:
            await self._used(window, request)

    def clear_line(self) -> None:
        """It has none."""

    async def _used(self, window: Window, request: Request) -> int:
        since_ms = to_ms(request.created_at - window.per)
        sql, values = "SELECT COUNT(*) FROM images WHERE made_at_ms > ?", [since_ms]
        if window.scope is QuotaScope.MEMBER:
            sql, values = f"{sql} AND member_id = ?", [since_ms, request.address.member_id]
        async with self._connection.execute(sql, values) as cursor:
            ((used,),) = await cursor.fetchall()
        return int(used)


class Opened(Protocol):
    def __call__(self, folder: Path, full: Full) -> AbstractAsyncContextManager[Store]: ...
