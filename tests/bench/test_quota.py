"""The table of the quota store: its windows are full, and it sees who lets too many in."""

from pathlib import Path

import pytest

from bot.domain.errors import QuotaExceeded
from bot.storage.quotas import SqliteQuotaStore
from bot.storage.requests import SqliteRequestStore
from bot.storage.sqlite import SqliteDatabase
from tests.bench.quota.full import Full
from tests.bench.quota.rates import BURST, PLACES, rates
from tests.bench.quota.stores import Easel, Naive
from tests.builders import START, a_request

FULL = Full(200)


async def test_the_windows_are_full_to_their_limits_and_each_request_just_fits(tmp_path: Path) -> None:
    async with Easel.opened(tmp_path, FULL) as store:
        coming = FULL.requests()
        for request in (next(coming) for _ in range(40)):
            assert await store.submit(request)
            assert not await store.submit(a_request(created_at=request.created_at))


async def test_a_member_who_made_five_has_to_wait_for_the_hour(tmp_path: Path) -> None:
    last = FULL.day_before()[-1]
    async with Easel.opened(tmp_path, FULL):
        pass
    database = await SqliteDatabase.open(tmp_path / "easel.sqlite3", at=START)
    await SqliteQuotaStore(database).configure(FULL.windows[:1])
    with pytest.raises(QuotaExceeded):
        await SqliteRequestStore(database).accept(
            a_request(address=last.address, created_at=last.created_at), queue_length=10
        )
    await database.close()


def test_easel_lets_in_as_many_as_fit_however_many_ask_at_once(tmp_path: Path) -> None:
    found = rates(Easel.opened, FULL, at_once=20, submissions=500, within=tmp_path)
    assert (found.refused, found.accepted_of_burst) == (0, PLACES)
    assert found.reads_s


def test_who_counts_first_and_inserts_later_lets_all_in(tmp_path: Path) -> None:
    found = rates(Naive.opened, FULL, at_once=1, submissions=500, within=tmp_path)
    assert (found.refused, found.accepted_of_burst) == (0, BURST)
