"""The writing connection: whose turn it is, and one COMMIT for those who waited for their turns together."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiosqlite

from bot.storage.statements import Transaction
from bot.storage.trouble import Trouble

# Outlasts any statement of a backup.
WAIT_MS = 5000
# They take 30 ms, and so may wait for each other; a slow disk takes 5 ms for a commit, and with more nobody would gain.
_MOST_TOGETHER = 50


@dataclass(slots=True)
class _Together:
    """Transactions that share a COMMIT; `committed` is when their work is on disk, or what kept it from there."""

    committed: asyncio.Future[None]
    changes_before: int
    transactions: int = 0

    @property
    def savepoint(self) -> str:
        """Of the next one. It has a name of its own: where it was not set, no other is gone back to."""
        return f"before_{self.transactions}"


class Writer:
    """Transactions, one after another, since coroutines that share a connection share a transaction.

    A commit waits for the disk, longer than its statements take. So a transaction that others wait for leaves its work
    in SQLite's open transaction and makes room; the last of those who waited is followed by the COMMIT for them all,
    and only then does each return. A savepoint keeps each all or nothing.

    A cancelled aiosqlite call still executes in its thread, in order: what is undone is undone after it.
    """

    def __init__(self, connection: aiosqlite.Connection, trouble: Trouble) -> None:
        self._connection = connection
        self._trouble = trouble
        self._free = asyncio.Lock()
        self._in_line = 0
        self._together: _Together | None = None
        self._committing: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """All or nothing, and on disk when it returns."""
        with self._trouble.translated():
            async with self._turn():
                together = await self._begin()
                try:
                    if together.transactions:
                        await self._connection.execute(f"SAVEPOINT {together.savepoint}")
                    yield Transaction(self._connection)
                except BaseException as error:
                    await _to_the_end(self._undo(together, error))
                    raise
                await _to_the_end(self._make_room(together))
            await asyncio.shield(together.committed)

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[aiosqlite.Connection]:
        """The connection, with no transaction open."""
        with self._trouble.translated():
            async with self._turn():
                if self._together is not None:
                    await _to_the_end(self._commit(self._together))
                yield self._connection

    async def close(self) -> None:
        async with self._free:
            if self._together is not None:
                await self._commit(self._together)
            await self._connection.close()

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """While another process holds the file, each of those before would wait its own time-out: nobody waits for
        them longer than for the file itself.
        """
        self._in_line += 1
        try:
            async with asyncio.timeout(WAIT_MS / 1000):
                await self._free.acquire()
        except TimeoutError as error:
            raise self._trouble.others_wait() from error
        finally:
            self._in_line -= 1
        try:
            yield
        finally:
            self._free.release()

    async def _begin(self) -> _Together:
        if self._together is None:
            together = _Together(asyncio.get_running_loop().create_future(), self._connection.total_changes)
            try:
                await self._connection.execute("BEGIN IMMEDIATE")
            except BaseException as error:
                await _to_the_end(self._give_up(together, error))
                raise
            self._together = together
        return self._together

    async def _undo(self, together: _Together, error: BaseException) -> None:
        """The latest alone, unless SQLite has undone all of them, as it does when it cannot write."""
        if not together.transactions:
            await self._give_up(together, error)
            return
        try:
            await self._connection.execute(f"ROLLBACK TO {together.savepoint}")
            await self._connection.execute(f"RELEASE {together.savepoint}")
        except sqlite3.Error as lost:
            await self._give_up(together, error if isinstance(error, sqlite3.OperationalError) else lost)

    async def _make_room(self, together: _Together) -> None:
        """For those in line, if there are any. Should all of them leave it, the task behind them commits."""
        together.transactions += 1
        if not self._in_line or together.transactions >= _MOST_TOGETHER:
            await self._commit(together)
        elif self._committing is None:
            self._committing = asyncio.create_task(self._commit_in_turn(), name="commit")

    async def _commit_in_turn(self) -> None:
        async with self._free:
            self._committing = None
            if self._together is not None:
                await self._commit(self._together)

    async def _commit(self, together: _Together) -> None:
        """Raises nothing: what went wrong concerns everybody who waits for it."""
        try:
            await self._connection.commit()
        except sqlite3.Error as error:
            await self._give_up(together, error)
            return
        self._together = None
        together.committed.set_result(None)
        if self._connection.total_changes > together.changes_before:
            self._trouble.note_written()

    async def _give_up(self, together: _Together, error: BaseException) -> None:
        """A rollback does nothing when no transaction is open."""
        self._together = None
        if together.transactions:
            together.committed.set_exception(error)
            together.committed.exception()  # known, also when nobody waits for it any more
        await self._connection.rollback()


async def _to_the_end(work: Coroutine[None, None, None]) -> None:
    """Whoever is cancelled meanwhile waits for it all the same: nobody else may use the connection before."""
    working = asyncio.ensure_future(work)
    interruption = None
    while not working.done():
        try:
            await asyncio.wait({working})
        except asyncio.CancelledError as cancelled:
            interruption = cancelled
    working.result()
    if interruption is not None:
        raise interruption
