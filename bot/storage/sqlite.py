"""The SQLite file: one writing connection, one reading connection, one process. The only aiosqlite."""

import asyncio
import fcntl
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Self

import aiosqlite

from bot.domain.errors import CannotStart, DatabaseInUse
from bot.storage.migrate import Migrated, migrate
from bot.storage.queries import query
from bot.storage.trouble import Trouble, with_cure

Row = Mapping[str, int | str | None]
Value = int | str | None

# Outlasts any statement of a backup.
_WAIT_MS = 5000
_WAIT_FOR_READERS_MS = 100


class SqliteDatabase:
    """Statements by name. Two statements belong together only inside one `transaction()`.

    Raises: StorageUnavailable when SQLite cannot (locked, full, read-only, damaged).
    """

    def __init__(
        self, writer: aiosqlite.Connection, reader: aiosqlite.Connection, lock_file: IO[bytes], trouble: Trouble
    ) -> None:
        self._writer = writer
        self._reader = reader
        self._lock_file = lock_file
        self._trouble = trouble
        self._writing = asyncio.Lock()

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
            return await _fetch(self._reader, name, values)

    async def write(self, name: str, /, **values: Value) -> list[Row]:
        """One statement as its own transaction; the rows are what it RETURNs."""
        async with self.transaction() as transaction:
            return await transaction.run(name, **values)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["Transaction"]:
        """All or nothing. Coroutines that share a connection share a transaction, hence the lock.

        A cancelled aiosqlite call still executes in its thread: whatever happens in here is followed by a COMMIT or a
        ROLLBACK (which does nothing when no transaction is open).
        """
        async with self._turn():
            changes = self._writer.total_changes
            try:
                await self._writer.execute("BEGIN IMMEDIATE")
                yield Transaction(self._writer)
                await asyncio.shield(self._writer.commit())
            except BaseException:
                await asyncio.shield(self._writer.rollback())
                raise
            if self._writer.total_changes > changes:
                self._trouble.note_written()

    async def empty_log(self) -> bool:
        """Bring what stands in the write-ahead log into the file and empty it. False when somebody reads for longer."""
        async with self._turn():
            # A backup may read for a minute, and whoever wants to write would wait with us.
            await _set(self._writer, f"busy_timeout = {_WAIT_FOR_READERS_MS}")
            try:
                async with self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)") as cursor:
                    ((is_busy, *_),) = await cursor.fetchall()
            finally:
                await _set(self._writer, f"busy_timeout = {_WAIT_MS}")
        return not is_busy

    async def rebuild(self) -> None:
        """Write the file anew without unused space. Readers go on, writers wait: about 4 ms a megabyte."""
        async with self._turn():
            await self._writer.execute("VACUUM")

    async def size_bytes(self) -> int:
        size = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
        with self._trouble.translated():
            async with self._reader.execute(size) as cursor:
                ((size_bytes,),) = await cursor.fetchall()
        return int(size_bytes)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """The writing connection, for one. While somebody else holds the file, each of those before would wait its own
        time-out: nobody waits for them longer than for the file itself.
        """
        with self._trouble.translated():
            try:
                async with asyncio.timeout(_WAIT_MS / 1000):
                    await self._writing.acquire()
            except TimeoutError as error:
                raise self._trouble.others_wait() from error
            try:
                yield
            finally:
                self._writing.release()


class Transaction:
    """Named statements inside an open transaction."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    async def run(self, name: str, /, **values: Value) -> list[Row]:
        return await _fetch(self._connection, name, values)


async def _fetch(connection: aiosqlite.Connection, name: str, values: Mapping[str, Value]) -> list[Row]:
    async with connection.execute(query(name), values) as cursor:
        return [dict(row) for row in await cursor.fetchall()]


async def _connect(path: Path) -> aiosqlite.Connection:
    """`isolation_level=None`: transactions begin where the code says so, not where the driver guesses."""
    connection = await aiosqlite.connect(path, isolation_level=None)
    connection.row_factory = sqlite3.Row
    try:
        # FULL: a commit survives a power cut; what was paid for must. secure_delete: what is deleted is overwritten.
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "secure_delete = ON",
            "foreign_keys = ON",
            f"busy_timeout = {_WAIT_MS}",
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
