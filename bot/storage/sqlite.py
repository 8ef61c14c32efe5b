"""The SQLite file: one writing connection, one reading connection, one process. The only aiosqlite."""

import asyncio
import fcntl
import sqlite3
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path
from typing import IO, Self

import aiosqlite

from bot.domain.errors import CannotStart, DatabaseInUse
from bot.storage.migrate import Migrated, migrate
from bot.storage.statements import Row, Transaction, Value, fetch
from bot.storage.trouble import Trouble, with_cure
from bot.storage.writer import WAIT_MS, Writer

_WAIT_FOR_READERS_MS = 100


class SqliteDatabase:
    """Statements by name. Two statements belong together only inside one `transaction()`.

    Raises: StorageUnavailable when SQLite cannot (locked, full, read-only, damaged).
    """

    def __init__(
        self, writer: aiosqlite.Connection, reader: aiosqlite.Connection, lock_file: IO[bytes], trouble: Trouble
    ) -> None:
        self._writer = Writer(writer, trouble)
        self._reader = reader
        self._lock_file = lock_file
        self._trouble = trouble

    @classmethod
    async def open(cls, path: Path, *, at: datetime) -> Self:
        """Lock the database, bring it to the newest schema and connect. Raises: CannotStart."""
        lock_file = lock_database(path)
        try:
            await asyncio.to_thread(migrate, path, at=at)
            return await cls._connected(path, lock_file)
        except (sqlite3.Error, OSError) as error:
            lock_file.close()
            raise CannotStart(
                f"storage.path {path}: expected a database I can write, found: {with_cure(error)}"
            ) from error
        except BaseException:
            lock_file.close()
            raise

    @classmethod
    async def _connected(cls, path: Path, lock_file: IO[bytes]) -> Self:
        writer = await _connect(path)
        try:
            return cls(writer, await _connect(path), lock_file, Trouble(path))
        except BaseException:
            await writer.close()
            raise

    async def close(self) -> None:
        await self._reader.close()
        await self._writer.close()
        self._lock_file.close()

    async def read(self, name: str, /, **values: Value) -> list[Row]:
        """Rows as last committed; never waits for a writer."""
        with self._trouble.translated():
            return await fetch(self._reader, name, values)

    async def write(self, name: str, /, **values: Value) -> list[Row]:
        """One statement as its own transaction; the rows are what it RETURNs."""
        async with self.transaction() as transaction:
            return await transaction.run(name, **values)

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """All or nothing, and on disk when it returns."""
        return self._writer.transaction()

    async def empty_log(self) -> bool:
        """Bring what stands in the write-ahead log into the file and empty it. False when somebody reads for longer."""
        async with self._writer.alone() as connection:
            # A backup may read for a minute, and whoever wants to write would wait with us.
            await _set(connection, f"busy_timeout = {_WAIT_FOR_READERS_MS}")
            try:
                async with connection.execute("PRAGMA wal_checkpoint(TRUNCATE)") as cursor:
                    ((is_busy, *_),) = await cursor.fetchall()
            finally:
                await _set(connection, f"busy_timeout = {WAIT_MS}")
        return not is_busy

    async def rebuild(self) -> None:
        """Write the file anew without unused space. Readers go on, writers wait: about 4 ms a megabyte."""
        async with self._writer.alone() as connection:
            await connection.execute("VACUUM")

    async def size_bytes(self) -> int:
        size = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
        with self._trouble.translated():
            async with self._reader.execute(size) as cursor:
                ((size_bytes,),) = await cursor.fetchall()
        return int(size_bytes)


async def _connect(path: Path) -> aiosqlite.Connection:
    """`isolation_level=None`: transactions begin where the code says so, not where the driver guesses."""
    connection = await aiosqlite.connect(path, isolation_level=None)
    connection.row_factory = sqlite3.Row
    try:
        # SQLite's own knows the letters of English alone.
        await connection.create_function("lower", 1, str.lower, deterministic=True)
        # FULL: a commit survives a power cut; what was paid for must. secure_delete: what is deleted is overwritten.
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "secure_delete = ON",
            "foreign_keys = ON",
            f"busy_timeout = {WAIT_MS}",
        ):
            await _set(connection, pragma)
    except BaseException:
        await connection.close()
        raise
    return connection


async def _set(connection: aiosqlite.Connection, pragma: str) -> None:
    """It answers with a row, and while that waits to be read nothing can be rebuilt."""
    async with connection.execute(f"PRAGMA {pragma}"):
        pass


def lock_database(path: Path) -> IO[bytes]:
    """An advisory lock beside the database; the operating system drops it when the process dies.

    Raises: CannotStart.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock_file = path.with_name(path.name + ".lock").open("ab")
    except OSError as error:
        raise CannotStart(
            f"storage.path {path}: expected a file I can write, found {error.strerror or error}"
        ) from error
    try:
        fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock_file.close()
        raise DatabaseInUse(f"{path}: another process works on this database") from error
    return lock_file


def bring_up_to_date(path: Path, *, at: datetime) -> Migrated:
    """Migrate without starting anything. Raises: CannotStart."""
    with lock_database(path):
        return migrate(path, at=at)
