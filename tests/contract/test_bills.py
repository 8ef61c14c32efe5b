"""What the report and the metrics read: every run once, beside a bot at work, and nothing changed by reading."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.errors import CannotStart
from bot.domain.ids import RunId
from bot.domain.runs import EndReason, RunState
from bot.domain.spending import BilledRun, Charge
from bot.storage.bills import read_bills
from bot.storage.sqlite import SqliteDatabase
from bot.storage.tally import SqliteTally
from tests.builders import START, an_address
from tests.contract.ledgers import KEY, Ledger, request_of, sqlite_ledger

DAY = timedelta(days=1)
OPEN = {
    RunState.QUEUED,
    RunState.SUBMITTING,
    RunState.RUNNING,
    RunState.OVERDUE,
    RunState.READY,
    RunState.UNCERTAIN,
}


@asynccontextmanager
async def with_runs_in_every_state(folder: Path) -> AsyncIterator[tuple[Ledger, dict[RunState, RunId]]]:
    async with sqlite_ledger(folder) as ledger:
        yield ledger, {state: await ledger.run_in(state) for state in RunState}


def bills(folder: Path) -> dict[RunId, BilledRun]:
    found = read_bills(folder / "easel.sqlite3", since=START - DAY, until=START + DAY)
    assert len({run.id for run in found}) == len(found)
    return {run.id: run for run in found}


async def test_runs_in_every_state_are_billed_as_they_stand(tmp_path: Path) -> None:
    async with with_runs_in_every_state(tmp_path) as (_, runs):
        found = bills(tmp_path)
    assert {run.state for run in found.values()} == set(RunState)
    assert {state for state, run in runs.items() if found[run].charge is Charge.PAID} == {
        RunState.RUNNING,
        RunState.OVERDUE,
        RunState.READY,
        RunState.DELIVERED,
    }
    assert {state for state, run in runs.items() if found[run].charge is Charge.PERHAPS} == {
        RunState.SUBMITTING,
        RunState.UNCERTAIN,
    }


async def test_a_run_is_known_by_everything_that_helps_to_find_it_on_a_bill(tmp_path: Path) -> None:
    async with sqlite_ledger(tmp_path) as ledger:
        run = await ledger.run_in(RunState.DELIVERED, address=an_address())
        found = bills(tmp_path)[run]
    assert (found.request, found.key, found.provider_id) == (request_of(run), KEY, f"provider-{run}")
    assert (found.server, found.member) == (an_address().server_id, an_address().member_id)
    assert (found.asked_at, found.submitted_at, found.quota) == (START, START, "spent")


async def test_a_late_picture_is_a_gift(tmp_path: Path) -> None:
    async with sqlite_ledger(tmp_path) as ledger:
        run = await ledger.run_in(RunState.OVERDUE)
        for state in (RunState.READY, RunState.DELIVERED):
            assert await ledger.move(run, state)
        found = bills(tmp_path)[run]
    assert found.is_gift
    assert found.charge is Charge.PAID


async def test_a_run_that_failed_at_runbase_is_refunded(tmp_path: Path) -> None:
    async with sqlite_ledger(tmp_path) as ledger:
        run = await ledger.run_in(RunState.RUNNING)
        await ledger.requests.end(run, RunState.FAILED, EndReason.DECLINED, START)
        found = bills(tmp_path)[run]
    assert found.charge is Charge.REFUNDED
    assert found.is_given_back


async def test_the_time_runbase_was_asked_decides_and_the_end_is_left_out(tmp_path: Path) -> None:
    async with sqlite_ledger(tmp_path) as ledger:
        await ledger.run_in(RunState.RUNNING, created_at=START - DAY)
        path = tmp_path / "easel.sqlite3"
        assert len(read_bills(path, since=START, until=START + DAY)) == 1
        assert not read_bills(path, since=START - DAY, until=START)
        assert not read_bills(path, since=START + DAY, until=START + 2 * DAY)


async def test_reading_changes_nothing_and_works_after_the_bot_has_ended(tmp_path: Path) -> None:
    async with with_runs_in_every_state(tmp_path):
        pass
    path = tmp_path / "easel.sqlite3"
    before = path.read_bytes()
    assert len(bills(tmp_path)) == len(RunState)
    assert path.read_bytes() == before


def test_without_a_database_it_says_so_and_makes_none(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="found no file"):
        bills(tmp_path)
    assert not list(tmp_path.iterdir())


def test_what_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "easel.sqlite3").write_text("a letter to my aunt\n" * 100)
    with pytest.raises(CannotStart, match="file is not a database"):
        bills(tmp_path)


@pytest.mark.parametrize(
    ("change", "cure"),
    [
        ("DELETE FROM schema_migrations WHERE version > 1", "migrate"),
        ("INSERT INTO schema_migrations (version, name, applied_at) VALUES (9999, 'later', '2099')", "newer version"),
    ],
)
async def test_a_schema_of_another_version_is_told_with_its_cure(tmp_path: Path, change: str, cure: str) -> None:
    async with sqlite_ledger(tmp_path):
        pass
    with closing(sqlite3.connect(tmp_path / "easel.sqlite3")) as connection:
        connection.execute(change)
        connection.commit()
    with pytest.raises(CannotStart, match=cure):
        bills(tmp_path)


async def test_open_and_uncertain_runs_are_counted_by_state(tmp_path: Path) -> None:
    async with with_runs_in_every_state(tmp_path):
        pass
    database = await SqliteDatabase.open(tmp_path / "easel.sqlite3", at=START)
    try:
        assert await SqliteTally(database).open_runs() == dict.fromkeys(OPEN, 1)
    finally:
        await database.close()
    empty = await SqliteDatabase.open(tmp_path / "other.sqlite3", at=START)
    try:
        assert await SqliteTally(empty).open_runs() == dict.fromkeys(OPEN, 0)
    finally:
        await empty.close()
