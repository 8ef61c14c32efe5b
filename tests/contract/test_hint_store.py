"""A member is shown a hint once in a while, however many ask at once; on every ledger."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.ids import MemberId
from bot.ports.hints import HintStore
from bot.records import Records
from bot.storage.hints import SqliteHintStore
from bot.storage.records import SqliteRecords
from bot.storage.sqlite import SqliteDatabase
from tests.builders import START
from tests.fakes import MemoryHintStore, MemoryLedger, MemoryRecords

ALICE, BOB = MemberId(1), MemberId(2**62)
DAY = timedelta(days=1)
A_MOMENT = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Stores:
    hints: HintStore
    records: Records

    async def note(self, member: MemberId, at: datetime) -> bool:
        return await self.hints.note(member, at, after=at - DAY)


@pytest.fixture(params=["memory", "sqlite"])
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stores]:
    if request.param == "memory":
        memory = MemoryLedger()
        yield Stores(MemoryHintStore(memory), MemoryRecords(memory))
        return
    database = await SqliteDatabase.open(tmp_path / "easel.sqlite3", at=START)
    try:
        yield Stores(SqliteHintStore(database), SqliteRecords(database))
    finally:
        await database.close()


async def test_a_member_is_shown_one_a_day(stores: Stores) -> None:
    assert await stores.note(ALICE, START)
    assert not await stores.note(ALICE, START)
    assert not await stores.note(ALICE, START + DAY - A_MOMENT)
    assert await stores.note(ALICE, START + DAY)
    assert not await stores.note(ALICE, START + DAY + A_MOMENT)


async def test_what_was_refused_puts_nothing_off(stores: Stores) -> None:
    assert await stores.note(ALICE, START)
    assert not await stores.note(ALICE, START + DAY / 2)
    assert await stores.note(ALICE, START + DAY)


async def test_members_do_not_share_theirs(stores: Stores) -> None:
    assert await stores.note(ALICE, START)
    assert await stores.note(BOB, START)


async def test_of_many_at_once_one_is_shown(stores: Stores) -> None:
    for at in (START, START + DAY):
        shown = await asyncio.gather(*(stores.note(ALICE, at) for _ in range(50)))
        assert sorted(shown) == [*[False] * 49, True]


async def test_what_has_had_its_time_is_deleted_in_batches(stores: Stores) -> None:
    for number in range(5):
        await stores.note(MemberId(10 + number), START + number * A_MOMENT)
    until = START + 3 * A_MOMENT
    assert [await stores.records.delete_hints(shown_before=until, most=3) for _ in range(3)] == [3, 1, 0]
    assert not await stores.note(MemberId(14), START + 5 * A_MOMENT)
    assert await stores.note(MemberId(13), START + 5 * A_MOMENT)
