"""Deletes what has had its time from the ledger in SQLite, a batch in a transaction, and from its files."""

import logging
from datetime import datetime

from bot.domain.ids import Sha256
from bot.storage.rows import from_ms, number, text, to_ms
from bot.storage.sqlite import SqliteDatabase

log = logging.getLogger(__name__)

# At about 4 ms a megabyte writers wait for half a second: nobody's answer is late, since Discord gives three.
_QUICKLY_REBUILT_BYTES = 128 * 1024 * 1024


class SqliteRecords:
    """`Records` on SQLite. Which requests are over is said once, in the view `over_requests`."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._database = database

    async def forget_tokens(self, at: datetime) -> int:
        return len(await self._database.write("forget_tokens", at_ms=to_ms(at)))

    async def next_token_death(self) -> datetime | None:
        (row,) = await self._database.read("find_next_token_death")
        return None if row["at_ms"] is None else from_ms(number(row, "at_ms"))

    async def forget_prompts(self, *, over_before: datetime, most: int) -> int:
        async with self._database.transaction() as transaction:
            before_ms = to_ms(over_before)
            await transaction.run("forget_references", before_ms=before_ms, most=most)
            await transaction.run("forget_left_out", before_ms=before_ms, most=most)
            return len(await transaction.run("forget_prompts", before_ms=before_ms, most=most))

    async def delete_requests(self, *, over_before: datetime, most: int) -> int:
        return len(await self._database.write("delete_requests", before_ms=to_ms(over_before), most=most))

    async def delete_takes(self, *, taken_before: datetime, most: int) -> int:
        async with self._database.transaction() as transaction:
            before_ms = to_ms(taken_before)
            counted = await transaction.run("delete_takes", before_ms=before_ms, most=most)
            given_back = await transaction.run("delete_given_back_takes", before_ms=before_ms, most=most)
            return len(counted) + len(given_back)

    async def delete_forms(self, *, opened_before: datetime, most: int) -> int:
        return len(await self._database.write("delete_forms", before_ms=to_ms(opened_before), most=most))

    async def delete_hints(self, *, shown_before: datetime, most: int) -> int:
        return len(await self._database.write("delete_hints", before_ms=to_ms(shown_before), most=most))

    async def forget_wishes(self, *, ended_before: datetime, most: int) -> int:
        async with self._database.transaction() as transaction:
            before_ms = to_ms(ended_before)
            await transaction.run("forget_wish_references", before_ms=before_ms, most=most)
            await transaction.run("forget_round_words", before_ms=before_ms, most=most)
            await transaction.run("forget_reasons", before_ms=before_ms, most=most)
            return len(await transaction.run("forget_wishes", before_ms=before_ms, most=most))

    async def delete_thumbnails(self, *, ended_before: datetime, most: int) -> int:
        return len(await self._database.write("delete_thumbnails", before_ms=to_ms(ended_before), most=most))

    async def needed_files(self, *, delivered_since: datetime) -> frozenset[Sha256]:
        rows = await self._database.read("list_needed_files", delivered_since_ms=to_ms(delivered_since))
        return frozenset(Sha256(text(row, "sha256")) for row in rows)

    async def erase(self) -> None:
        """SQLite overwrites what is deleted; the write-ahead log, with older copies of its pages, is emptied here."""
        if not await self._database.empty_log():
            log.info("write-ahead log not emptied why=somebody_reads")

    async def rebuild(self) -> None:
        """Where pages were split, unused space may hold copies of rows that moved; nothing but this overwrites it."""
        size_bytes = await self._database.size_bytes()
        if size_bytes > _QUICKLY_REBUILT_BYTES:
            log.info("database not rebuilt why=too_large bytes=%d", size_bytes)
            return
        await self._database.rebuild()
        await self.erase()
