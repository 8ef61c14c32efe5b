"""Transactions that wait for their turns together share a COMMIT, and each is all or nothing all the same."""

import asyncio
import resource
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot.domain.errors import StorageUnavailable
from bot.storage.settings import SqliteSettingStore
from bot.storage.sqlite import SqliteDatabase
from tests.builders import START

MANY = 70  # more than ever share one COMMIT


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "easel.sqlite3"


@pytest.fixture
async def database(path: Path) -> AsyncIterator[SqliteDatabase]:
    opened = await SqliteDatabase.open(path, at=START)
    yield opened
    await opened.close()


class Refusal(Exception):
    pass


def on_disk(path: Path) -> set[str]:
    """The names of all settings that another process would find."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM settings")}


async def put(database: SqliteDatabase, name: str, *, then: BaseException | None = None) -> None:
    async with database.transaction() as transaction:
        await transaction.run("put_setting", name=f"{name} left", value="x")
        await transaction.run("put_setting", name=f"{name} right", value="x")
        if then is not None:
            raise then


@contextmanager
def disk_is_full() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_whoever_returns_has_it_on_disk(database: SqliteDatabase, path: Path) -> None:
    missing: list[str] = []

    async def put_and_look(name: str) -> None:
        await put(database, name)
        missing.extend({f"{name} left", f"{name} right"} - on_disk(path))

    await asyncio.gather(*(put_and_look(f"fox {number}") for number in range(MANY)))
    assert missing == []


async def test_what_waits_for_the_commit_is_seen_by_nobody_yet(database: SqliteDatabase, path: Path) -> None:
    async with database.transaction() as first:
        one = asyncio.create_task(put(database, "fox"))
        other = asyncio.create_task(database.write("put_setting", name="hare", value="x"))
        await asyncio.sleep(0)
        await first.run("put_setting", name="owl", value="x")
        assert on_disk(path) == set()
    await asyncio.gather(one, other)
    assert on_disk(path) == {"owl", "fox left", "fox right", "hare"}


@pytest.mark.parametrize("failing", [range(0, MANY, 2), range(1, MANY, 2), range(1), range(MANY - 1, MANY)])
async def test_one_that_fails_harms_no_other(database: SqliteDatabase, path: Path, failing: range) -> None:
    writing = [put(database, f"fox {one}", then=Refusal() if one in failing else None) for one in range(MANY)]
    answers = await asyncio.gather(*writing, return_exceptions=True)
    assert [one for one, answer in enumerate(answers) if isinstance(answer, Refusal)] == list(failing)
    assert [answer for answer in answers if answer is not None and not isinstance(answer, Refusal)] == []
    kept = {f"fox {one}" for one in range(MANY) if one not in failing}
    assert on_disk(path) == {f"{name} {side}" for name in kept for side in ("left", "right")}


async def test_a_statement_that_fails_undoes_its_own_transaction_alone(database: SqliteDatabase, path: Path) -> None:
    async def mistake() -> None:
        async with database.transaction() as transaction:
            await transaction.run("put_setting", name="hare", value="x")
            await transaction.run("put_setting", name="hare twice", value=None)

    answers = await asyncio.gather(put(database, "fox"), mistake(), put(database, "owl"), return_exceptions=True)
    assert [type(answer) for answer in answers] == [type(None), sqlite3.IntegrityError, type(None)]
    assert on_disk(path) == {"fox left", "fox right", "owl left", "owl right"}


async def test_a_commit_that_fails_is_told_to_all_who_share_it(database: SqliteDatabase, path: Path) -> None:
    await put(database, "before")
    with disk_is_full():
        answers = await asyncio.gather(*(put(database, f"fox {one}") for one in range(MANY)), return_exceptions=True)
    assert {type(answer) for answer in answers} == {StorageUnavailable}
    assert on_disk(path) == {"before left", "before right"}
    await asyncio.gather(*(put(database, f"after {one}") for one in range(MANY)))
    assert len(on_disk(path)) == 2 + 2 * MANY


async def test_what_sqlite_undoes_for_all_is_told_to_all(database: SqliteDatabase, path: Path) -> None:
    await _let_sqlite_undo_everything_for("hare left", path)
    answers = await asyncio.gather(
        put(database, "fox"), put(database, "hare"), put(database, "owl"), return_exceptions=True
    )
    assert [type(answer) for answer in answers] == [StorageUnavailable, sqlite3.IntegrityError, type(None)]
    assert on_disk(path) == {"owl left", "owl right"}


async def _let_sqlite_undo_everything_for(name: str, path: Path) -> None:
    """It does so by itself when it runs out of disk or memory in the middle of a statement."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            f"CREATE TRIGGER undo BEFORE INSERT ON settings WHEN NEW.name = '{name}'"
            " BEGIN SELECT RAISE(ROLLBACK, 'all of it'); END"
        )


async def test_those_who_leave_the_line_keep_nobody_from_the_disk(database: SqliteDatabase, path: Path) -> None:
    async with database.transaction() as first:
        await first.run("put_setting", name="owl", value="x")
        leaving = asyncio.create_task(put(database, "fox"))
        await asyncio.sleep(0)
    committed = asyncio.create_task(put(database, "hare"))
    leaving.cancel()
    await asyncio.wait({leaving, committed})
    assert {"owl", "hare left", "hare right"} <= on_disk(path)


async def test_the_one_before_is_on_disk_though_all_in_line_give_up(database: SqliteDatabase, path: Path) -> None:
    for steps in range(40):
        name = f"owl {steps}"
        one, others = (
            asyncio.create_task(put(database, name)),
            [asyncio.create_task(put(database, f"fox {steps} {number}")) for number in range(3)],
        )
        for _ in range(steps):
            await asyncio.sleep(0)
        for other in others:
            other.cancel()
        await one
        assert f"{name} right" in on_disk(path)
        await asyncio.gather(*others, return_exceptions=True)


async def test_whoever_is_cancelled_while_waiting_for_the_commit_leaves_no_half_work(
    database: SqliteDatabase, path: Path
) -> None:
    for steps in (*range(60), *range(60, 1000, 40)):
        writing = [asyncio.create_task(put(database, f"fox {steps} {number}")) for number in range(6)]
        for _ in range(steps):
            await asyncio.sleep(0)
        for one in writing[::2]:
            one.cancel()
        await asyncio.gather(*writing, return_exceptions=True)
        await put(database, f"next {steps}")
        found = on_disk(path)
        for number in range(6):
            left, right = (f"fox {steps} {number} {side}" in found for side in ("left", "right"))
            assert left == right
            assert left or number % 2 == 0


async def test_the_log_is_emptied_and_the_file_rebuilt_between_commits(database: SqliteDatabase, path: Path) -> None:
    def some(name: str) -> list[asyncio.Task[None]]:
        return [asyncio.create_task(put(database, f"{name} {number}")) for number in range(5)]

    before, emptying = some("fox"), asyncio.create_task(database.empty_log())
    between, rebuilding = some("hare"), asyncio.create_task(database.rebuild())
    await asyncio.gather(*before, *between, *some("owl"), rebuilding)
    assert await emptying
    assert len(on_disk(path)) == 3 * 5 * 2
    assert await SqliteSettingStore(database).get("hare 0 left") == "x"


async def test_closing_waits_for_those_in_line(path: Path) -> None:
    database = await SqliteDatabase.open(path, at=START)
    writing = [asyncio.create_task(put(database, f"fox {number}")) for number in range(5)]
    await asyncio.sleep(0)
    await database.close()
    await asyncio.gather(*writing)
    assert len(on_disk(path)) == 5 * 2
