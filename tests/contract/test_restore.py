"""What a restored ledger does: nothing is sent again, nothing is posted by itself, and no picture is lost."""

import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.errors import CannotStart, DatabaseInUse
from bot.domain.gallery import Wanted
from bot.domain.requests import TERMINAL
from bot.domain.runs import EndReason, RunState
from bot.storage.migrate import load_migrations, migrate
from bot.storage.restore import RestoreRefused, Settled
from tests.builders import START, a_reference, a_sha256, an_address, first_run
from tests.contract import backups
from tests.contract.backups import LATER, Home
from tests.contract.ledgers import LONG_AGO, PLENTY, Ledger, next_queued
from tests.fakes import TakeState

home, elsewhere, archive = backups.home, backups.elsewhere, backups.archive
SOMEBODY = an_address()


def names_in(folder: Path) -> list[str]:
    return sorted(str(found.relative_to(folder)) for found in folder.rglob("*") if found.is_file())


def contents_of(folder: Path) -> set[bytes]:
    return {found.read_bytes() for found in folder.rglob("*") if found.is_file()}


def forget(folder: Path) -> None:
    shutil.rmtree(folder)


async def is_kept(ledger: Ledger) -> dict[str, bool]:
    found = await ledger.gallery.page(Wanted(SOMEBODY.server_id, SOMEBODY.member_id), skip=0, most=100)
    return {past.image.request.id: past.is_kept for past in found}


# As it was


async def test_requests_quota_and_files_come_back(home: Home, archive: Path) -> None:
    async with home.ledger() as ledger:
        delivered = await home.run_in(ledger, RunState.DELIVERED, prompt="a fox that was")
        ready = await home.run_in(ledger, RunState.READY)
        before = ledger.states(), ledger.takes()
        home.back_up(archive)
        files = contents_of(home.files)
    forget(home.folder)
    restored = home.restore(archive)
    assert (restored.made_at, restored.requests, restored.files, restored.missing) == (START, 2, 4, 0)
    assert contents_of(home.files) == files
    async with home.ledger() as ledger:
        assert (ledger.states(), ledger.takes()) == before
        asked = await ledger.requests.asked(delivered.id)
        assert asked is not None
        assert asked.prompt == "a fox that was"
        assert ledger.tokens() == {delivered.id: None, ready.id: None}


async def test_nothing_but_the_database_and_its_files_is_there_afterwards(
    home: Home, elsewhere: Home, archive: Path
) -> None:
    async with home.ledger() as ledger:
        await home.run_in(ledger, RunState.DELIVERED)
        home.back_up(archive)
    elsewhere.restore(archive)
    names = names_in(elsewhere.folder)
    assert names[:2] == ["easel.sqlite3", "easel.sqlite3.lock"]
    assert {name.split("/")[0] for name in names[2:]} == {"files"}


async def test_an_interrupted_restore_is_done_again_over_the_files_it_left(home: Home, archive: Path) -> None:
    async with home.ledger() as ledger:
        await home.run_in(ledger, RunState.READY)
        home.back_up(archive)
    home.database.unlink()
    assert home.restore(archive).files == 2


# What was under way

AFTERWARDS = {
    RunState.QUEUED: (RunState.CANCELLED, TakeState.GIVEN_BACK),
    RunState.SUBMITTING: (RunState.UNCERTAIN, TakeState.GIVEN_BACK),
    RunState.RUNNING: (RunState.RUNNING, TakeState.HELD),
    RunState.OVERDUE: (RunState.OVERDUE, TakeState.GIVEN_BACK),
    RunState.READY: (RunState.READY, TakeState.HELD),
    RunState.DELIVERED: (RunState.DELIVERED, TakeState.SPENT),
    RunState.FAILED: (RunState.FAILED, TakeState.GIVEN_BACK),
    RunState.CANCELLED: (RunState.CANCELLED, TakeState.GIVEN_BACK),
    RunState.UNCERTAIN: (RunState.UNCERTAIN, TakeState.GIVEN_BACK),
}


@pytest.mark.parametrize("state", RunState)
async def test_nothing_is_sent_and_no_message_is_touched(
    home: Home, elsewhere: Home, archive: Path, state: RunState
) -> None:
    async with home.ledger() as ledger:
        run = first_run(await home.run_in(ledger, state))
        home.back_up(archive)
    elsewhere.restore(archive)
    async with elsewhere.ledger() as ledger:
        for _ in range(2):  # and at every start after it
            await ledger.requests.unkeep(since=LONG_AGO, most=20)
            assert (ledger.states()[run], ledger.takes()[run]) == AFTERWARDS[state]
            assert await next_queued(ledger.requests) is None
            assert list(await ledger.requests.stranded()) == []
            assert list(await ledger.requests.undelivered()) == []
            assert list(await ledger.requests.being_made(closing_before=LATER + timedelta(days=1))) == []
        looked_after = [one.id for one in await ledger.requests.looked_after()]
        assert looked_after == ([run] if state in {RunState.RUNNING, RunState.OVERDUE} else [])
        assert list((await is_kept(ledger)).values()) == [state is RunState.READY]


async def test_what_nobody_was_answered_yet_is_cancelled_too(home: Home, elsewhere: Home, archive: Path) -> None:
    async with home.ledger() as ledger:
        run = first_run(await ledger.accepted())
        home.back_up(archive)
    assert elsewhere.restore(archive).settled == Settled(cancelled=1, uncertain=0, looked_after=0, kept=0)
    async with elsewhere.ledger() as ledger:
        assert (ledger.states()[run], ledger.takes()[run]) == (RunState.CANCELLED, TakeState.GIVEN_BACK)


async def test_what_was_settled_how_is_counted(home: Home, elsewhere: Home, archive: Path) -> None:
    async with home.ledger() as ledger:
        for state in RunState:
            await home.run_in(ledger, state)
        await home.run_in(ledger, RunState.QUEUED)
        home.back_up(archive)
    assert elsewhere.restore(archive).settled == Settled(cancelled=2, uncertain=1, looked_after=2, kept=3)


@pytest.mark.parametrize("state", [RunState.RUNNING, RunState.OVERDUE])
@pytest.mark.parametrize("is_told", [False, True])
async def test_a_picture_that_arrives_after_all_is_kept_until_its_member_fetches_it(
    home: Home, elsewhere: Home, archive: Path, state: RunState, is_told: bool
) -> None:
    async with home.ledger() as ledger:
        request = await home.run_in(ledger, state)
        if is_told and state is RunState.OVERDUE:
            await ledger.requests.deliver(request.id, [], START)
        home.back_up(archive)
    elsewhere.restore(archive)
    async with elsewhere.ledger() as ledger:
        assert await ledger.requests.finish(first_run(request), a_sha256("result"), LATER)
        await ledger.requests.unkeep(since=LONG_AGO, most=20)
        assert list(await ledger.requests.undelivered()) == []
        assert await is_kept(ledger) == {request.id: True}
        assert await ledger.requests.readdress(request.id, an_address(token="fresh"))
        assert list(await ledger.requests.undelivered()) == [request.id]


async def test_a_kept_picture_whose_file_was_lost_is_counted(home: Home, elsewhere: Home, archive: Path) -> None:
    async with home.ledger() as ledger:
        await home.run_in(ledger, RunState.READY)
        for file in sorted(home.files.glob("*/*")):
            file.unlink()
        home.back_up(archive)
    assert elsewhere.restore(archive).missing == 2


async def test_what_came_to_nothing_is_over_and_goes_in_time(home: Home, elsewhere: Home, archive: Path) -> None:
    async with home.ledger() as ledger:
        for state in (RunState.QUEUED, RunState.SUBMITTING, RunState.FAILED):
            await home.run_in(ledger, state)
        home.back_up(archive)
    elsewhere.restore(archive)
    async with elsewhere.ledger() as ledger:
        assert await ledger.records.delete_requests(over_before=LATER, most=PLENTY) == 0
        assert await ledger.records.delete_requests(over_before=LATER + timedelta(seconds=1), most=PLENTY) == 3


async def test_pictures_of_the_terminal_are_not_sent_again_either_and_wait_for_it(
    home: Home, elsewhere: Home, archive: Path
) -> None:
    terminal = an_address(server_id=TERMINAL, token=None)
    async with home.ledger() as ledger:
        queued, ready = [
            await home.run_in(ledger, state, address=terminal) for state in (RunState.QUEUED, RunState.READY)
        ]
        home.back_up(archive)
    elsewhere.restore(archive)
    async with elsewhere.ledger() as ledger:
        assert await next_queued(ledger.terminal) is None
        assert set(await ledger.terminal.undelivered()) == {queued.id, ready.id}


async def test_what_was_given_up_has_a_reason_its_member_can_read(home: Home, elsewhere: Home, archive: Path) -> None:
    async with home.ledger() as ledger:
        for state in (RunState.QUEUED, RunState.SUBMITTING):
            await home.run_in(ledger, state)
        home.back_up(archive)
    elsewhere.restore(archive)
    async with elsewhere.ledger() as ledger:
        found = await ledger.gallery.page(Wanted(SOMEBODY.server_id, SOMEBODY.member_id), skip=0, most=2)
        assert [past.image.run.reason for past in found] == [EndReason.LOST_TOUCH, EndReason.LOST_TOUCH]


# What is refused


async def test_a_database_is_never_replaced(home: Home, archive: Path) -> None:
    async with home.ledger() as ledger:
        await home.run_in(ledger, RunState.READY)
        home.back_up(archive)
    before = contents_of(home.folder)
    with pytest.raises(RestoreRefused, match=f"^storage.path {home.database}: expected no database there, found "):
        home.restore(archive)
    assert contents_of(home.folder) == before


@pytest.mark.parametrize("left", ["-wal", "-shm", "-journal"])
async def test_the_log_of_another_database_is_not_taken_for_its_own(
    home: Home, elsewhere: Home, archive: Path, left: str
) -> None:
    async with home.ledger():
        home.back_up(archive)
    log = elsewhere.database.with_name(elsewhere.database.name + left)
    log.parent.mkdir()
    log.write_bytes(b"pages")
    with pytest.raises(RestoreRefused, match=f"found {log}; move it away first$"):
        elsewhere.restore(archive)


async def test_while_the_bot_runs_nothing_is_restored(home: Home, archive: Path) -> None:
    async with home.ledger():
        home.back_up(archive)
        with pytest.raises(DatabaseInUse):
            home.restore(archive)


async def test_a_backup_of_a_newer_bot_is_refused(home: Home, elsewhere: Home, archive: Path) -> None:
    async with home.ledger():
        pass
    _change(home.database, "INSERT INTO schema_migrations (version, name, applied_at) VALUES (9999, 'later', '2099')")
    home.back_up(archive)
    with pytest.raises(RestoreRefused, match=r"made by a newer version of the bot \(schema 9999\); update it first$"):
        elsewhere.restore(archive)
    assert names_in(elsewhere.folder) == ["easel.sqlite3.lock"]


@pytest.mark.parametrize("known", range(1, len(load_migrations())))
async def test_a_backup_of_an_older_bot_is_brought_up_to_date(
    home: Home, elsewhere: Home, archive: Path, known: int
) -> None:
    home.folder.mkdir()
    migrate(home.database, at=START, migrations=load_migrations()[:known])
    home.back_up(archive)
    elsewhere.restore(archive)
    assert names_in(elsewhere.folder) == ["easel.sqlite3", "easel.sqlite3.lock"]
    async with elsewhere.ledger() as ledger:
        await ledger.acknowledged(references=(a_reference(),))


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TRIGGER evil AFTER INSERT ON requests BEGIN DELETE FROM takes; END",
        "DROP INDEX takes_of_all",
        "INSERT INTO runs (id, request_id, number, state, queued_at_ms) VALUES ('x.0', 'nobody', 0, 'queued', 0)",
        "DELETE FROM schema_migrations",
    ],
)
async def test_a_database_that_is_not_as_the_bot_makes_it_is_refused(
    home: Home, elsewhere: Home, archive: Path, change: str
) -> None:
    async with home.ledger():
        pass
    _change(home.database, change)
    home.back_up(archive)
    with pytest.raises(CannotStart, match=f"^{archive}: expected a backup, found "):
        elsewhere.restore(archive)
    assert names_in(elsewhere.folder) == ["easel.sqlite3.lock"]


def _change(database: Path, sql: str) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(sql)
