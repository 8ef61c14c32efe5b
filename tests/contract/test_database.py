"""The SQLite file: transactions under cancellation, the lock, files that cannot be used, and the named queries."""

import ast
import asyncio
import resource
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.domain.errors import CannotStart, DatabaseInUse, StorageUnavailable
from bot.storage.queries import load_queries
from bot.storage.settings import SqliteSettingStore
from bot.storage.sqlite import SqliteDatabase, bring_up_to_date
from tests.builders import START
from tests.fakes import eventually

STORAGE = Path(__file__).parents[2] / "bot" / "storage"


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


async def _write_both(database: SqliteDatabase, name: str, *, then_fail: bool = False) -> None:
    """Two statements that belong together."""
    async with database.transaction() as transaction:
        await transaction.run("put_setting", name=f"{name} left", value="x")
        await transaction.run("put_setting", name=f"{name} right", value="x")
        if then_fail:
            raise Refusal


async def _written(database: SqliteDatabase, name: str) -> tuple[bool, bool]:
    settings = SqliteSettingStore(database)
    left, right = await settings.get(f"{name} left"), await settings.get(f"{name} right")
    return left is not None, right is not None


# Transactions


async def test_settings_are_kept_and_replaced(database: SqliteDatabase) -> None:
    settings = SqliteSettingStore(database)
    assert await settings.get("last") is None
    await settings.put("last", "one")
    await settings.put("last", "two")
    await settings.put("first", "zero")
    assert (await settings.get("last"), await settings.get("first")) == ("two", "zero")


async def test_what_was_written_outlives_the_process(path: Path) -> None:
    for expected in (None, "x"):
        database = await SqliteDatabase.open(path, at=START)
        assert await SqliteSettingStore(database).get("kept") == expected
        await SqliteSettingStore(database).put("kept", "x")
        await database.close()


async def test_a_transaction_that_fails_leaves_nothing(database: SqliteDatabase) -> None:
    with pytest.raises(Refusal):
        await _write_both(database, "fox", then_fail=True)
    assert await _written(database, "fox") == (False, False)


async def test_a_rollback_erases_nothing_of_its_neighbours(database: SqliteDatabase) -> None:
    writing = [_write_both(database, f"fox {number}", then_fail=number % 2 == 1) for number in range(40)]
    answers = await asyncio.gather(*writing, return_exceptions=True)
    for number in range(40):
        fails = number % 2 == 1
        assert isinstance(answers[number], Refusal) is fails
        assert await _written(database, f"fox {number}") == (not fails, not fails)


async def test_readers_see_nothing_that_is_not_committed(database: SqliteDatabase) -> None:
    async with database.transaction() as transaction:
        await transaction.run("put_setting", name="fox left", value="x")
        assert await _written(database, "fox") == (False, False)
    assert await _written(database, "fox") == (True, False)


async def test_tasks_cancelled_at_any_moment_leave_no_half_work(database: SqliteDatabase) -> None:
    outcomes = set()
    for steps in (*range(40), *range(40, 2000, 60)):
        one, other = (asyncio.create_task(_write_both(database, f"{name} {steps}")) for name in ("fox", "hare"))
        for _ in range(steps):
            await asyncio.sleep(0)
        one.cancel()
        other.cancel()
        await asyncio.gather(one, other, return_exceptions=True)
        await _write_both(database, f"next {steps}")
        assert await _written(database, f"next {steps}") == (True, True)
        for name in ("fox", "hare"):
            left, right = await _written(database, f"{name} {steps}")
            assert left == right, f"{name} after {steps} steps"
            outcomes.add(left)
    assert outcomes == {True, False}  # else no cancellation ever came in between


async def test_a_task_cancelled_twice_leaves_no_half_work(database: SqliteDatabase) -> None:
    for steps in range(0, 400, 7):
        writing = asyncio.create_task(_write_both(database, f"fox {steps}"))
        for _ in range(steps):
            await asyncio.sleep(0)
        writing.cancel()
        for _ in range(steps % 5):
            await asyncio.sleep(0)
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
        await _write_both(database, f"next {steps}")
        left, right = await _written(database, f"fox {steps}")
        assert left == right, f"after {steps} steps"


async def test_a_task_cancelled_while_it_waits_its_turn_writes_nothing(database: SqliteDatabase) -> None:
    async with database.transaction() as transaction:
        waiting = asyncio.create_task(_write_both(database, "fox"))
        await asyncio.sleep(0)
        waiting.cancel()
        await eventually(waiting.done)
        await transaction.run("put_setting", name="hare left", value="x")
    assert await _written(database, "fox") == (False, False)
    assert await _written(database, "hare") == (True, False)


async def test_our_own_mistakes_are_not_taken_for_trouble_with_the_disk(database: SqliteDatabase) -> None:
    with pytest.raises(KeyError):
        await database.read("no_such_query")
    with pytest.raises(Exception, match="binding") as mistake:
        await database.read("get_setting")
    assert not isinstance(mistake.value, StorageUnavailable)


async def test_a_database_that_is_damaged_while_it_works_is_trouble_from_then_on(
    database: SqliteDatabase, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = SqliteSettingStore(database)
    for number in range(300):
        await settings.put(f"setting {number}", "x" * 200)
    assert await database.empty_log()
    _scribble_over_the_end(path)
    for attempt in (settings.get("setting 299"), settings.get("setting 0"), settings.put("new", "x")):
        with pytest.raises(StorageUnavailable) as trouble:
            await attempt
        assert (trouble.value.path, trouble.value.why) == (path, "database disk image is malformed")
    assert [one.getMessage() for one in caplog.records if one.name.startswith("bot.")] == [
        f"database damaged: stop the bot and restore a backup why=SQLITE_CORRUPT path={path}"
    ]


async def test_trouble_is_told_once_and_so_is_its_end(
    database: SqliteDatabase, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = SqliteSettingStore(database)
    await settings.put("before", "x")
    with _disk_is_full():
        for _ in range(3):
            with pytest.raises(StorageUnavailable):
                await settings.put("during", "x")
        assert await settings.get("before") == "x"
    await settings.put("after", "x")
    assert await settings.get("during") is None
    refuses, works = [one.getMessage() for one in caplog.records if one.name.startswith("bot.")]
    assert refuses.startswith("database refuses: see its disk, and who else uses it why=SQLITE_IOERR")
    assert works == f"database works again path={path}"


async def test_nobody_waits_longer_for_others_who_write_than_for_the_file_itself(
    database: SqliteDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.storage.writer.WAIT_MS", 10)
    settings = SqliteSettingStore(database)
    async with database.transaction():
        with pytest.raises(StorageUnavailable) as trouble:
            await settings.put("fox", "x")
    assert trouble.value.why == "others wait to write, too"
    await settings.put("fox", "x")


@contextmanager
def _disk_is_full() -> Iterator[None]:
    """No file of this process may grow, whoever runs it."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


# Opening


async def test_a_database_belongs_to_one_bot_at_a_time(database: SqliteDatabase, path: Path) -> None:
    refusal = await _refusal_to_open(path)
    assert isinstance(refusal, DatabaseInUse)
    assert str(refusal).removeprefix("storage.path ").startswith(f"{path}: ")
    with pytest.raises(DatabaseInUse):
        bring_up_to_date(path, at=START)
    await SqliteSettingStore(database).put("still", "works")


async def test_a_closed_database_is_free_again(path: Path) -> None:
    assert await _refusal_to_open(path) is None
    assert await _refusal_to_open(path) is None
    assert bring_up_to_date(path, at=START).applied == ()


async def test_a_database_that_cannot_be_opened_is_not_locked(path: Path) -> None:
    _block(path, "garbage")
    assert isinstance(await _refusal_to_open(path), CannotStart)
    _unblock(path)
    assert await _refusal_to_open(path) is None


@pytest.mark.parametrize("obstacle", ["garbage", "folder", "no folder"])
async def test_what_cannot_be_opened_is_named_for_the_operator(tmp_path: Path, obstacle: str) -> None:
    path = tmp_path / "data" / "easel.sqlite3"
    _block(path, obstacle)
    refusal = str(await _refusal_to_open(path))
    assert refusal.removeprefix("storage.path ").startswith(f"{path}: ")
    assert refusal.count("\n") == 0


async def _refusal_to_open(path: Path) -> CannotStart | None:
    """None when it opens; it is closed again, since an open one would outlive a failing test."""
    try:
        database = await SqliteDatabase.open(path, at=START)
    except CannotStart as refusal:
        return refusal
    await database.close()
    return None


def _block(path: Path, obstacle: str) -> None:
    if obstacle == "garbage":
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"a letter to my aunt\n" * 100)
    elif obstacle == "folder":
        path.mkdir(parents=True)
    else:
        path.parent.write_text("in the way")


def _unblock(path: Path) -> None:
    path.unlink()


def _scribble_over_the_end(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:-20_000].ljust(len(content), b"\xff"))


# Queries


def test_every_query_is_used_and_every_name_that_is_used_exists() -> None:
    assert set(_used_names()) == set(load_queries())


def _used_names() -> Iterator[str]:
    """The first argument of everything that runs a query by name."""
    for source in STORAGE.glob("*.py"):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _is_runner(node.func) and node.args:
                name = node.args[0]
                if isinstance(name, ast.Constant) and isinstance(name.value, str):
                    yield name.value


def _is_runner(function: ast.expr) -> bool:
    name = getattr(function, "attr", None) or getattr(function, "id", None)
    return name in {"read", "write", "run", "query"}
