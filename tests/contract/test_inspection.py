"""Looking at databases in every condition, and leaving each as it was."""

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot.domain.condition import Schema
from bot.storage import inspection
from bot.storage.inspection import inspect_database, sqlite_library
from bot.storage.migrate import load_migrations, migrate
from bot.storage.sqlite import SqliteDatabase
from tests.builders import START


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "easel.sqlite3"


def everything_below(folder: Path) -> dict[str, bytes | None]:
    return {str(one): one.read_bytes() if one.is_file() else None for one in folder.rglob("*")}


def execute(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(sql)


@contextmanager
def held(path: Path) -> Iterator[None]:
    with path.with_name(path.name + ".lock").open("ab") as lock_file:
        fcntl.flock(lock_file, fcntl.LOCK_EX)
        yield


def test_where_nothing_is_nothing_is_made(path: Path, tmp_path: Path) -> None:
    found = inspect_database(path)
    assert (found.schema, found.in_use, found.trouble) == (Schema.ABSENT, False, None)
    assert found.free_bytes > 0
    assert everything_below(tmp_path) == {}


def test_an_empty_file_is_damage_as_at_a_start(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    found = inspect_database(path)
    assert (found.schema, found.trouble) == (Schema.DAMAGED, "an empty file")
    assert path.read_bytes() == b""


def test_a_database_of_this_version_is_current_and_stays_as_it_is(path: Path, tmp_path: Path) -> None:
    migrate(path, at=START)
    before = everything_below(tmp_path)
    found = inspect_database(path)
    assert (found.schema, found.in_use, found.trouble) == (Schema.CURRENT, False, None)
    assert everything_below(tmp_path) == before


def test_older_and_newer_databases_are_told_apart(path: Path) -> None:
    migrate(path, at=START, migrations=load_migrations()[:1])
    assert inspect_database(path).schema is Schema.OLDER
    migrate(path, at=START)
    execute(path, "INSERT INTO schema_migrations (version, name, applied_at) VALUES (9999, 'later', '2099')")
    assert inspect_database(path).schema is Schema.NEWER


def test_somebody_elses_database_is_foreign(path: Path) -> None:
    path.parent.mkdir()
    execute(path, "CREATE TABLE recipes (name TEXT)")
    assert inspect_database(path).schema is Schema.FOREIGN


def test_a_page_that_was_overwritten_is_damage(path: Path) -> None:
    migrate(path, at=START)
    content = bytearray(path.read_bytes())
    content[4096:8192] = b"\xff" * 4096
    path.write_bytes(content)
    assert inspect_database(path).schema is Schema.DAMAGED


def test_a_file_that_is_no_database_is_damage(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("Dear diary, this is no database.\n" * 100)
    found = inspect_database(path)
    assert (found.schema, found.trouble) == (Schema.DAMAGED, "it damaged (file is not a database)")


def test_a_folder_in_its_place_is_trouble(path: Path) -> None:
    path.mkdir(parents=True)
    found = inspect_database(path)
    assert found.trouble == "unable to open database file"


@pytest.mark.parametrize("below", ["", "files"])
def test_a_file_where_a_folder_should_be_is_trouble(tmp_path: Path, below: str) -> None:
    (tmp_path / "data").write_text("") if not below else (tmp_path / "data").mkdir()
    if below:
        (tmp_path / "data" / below).write_text("")
    found = inspect_database(tmp_path / "data" / "easel.sqlite3")
    assert found.trouble == f"{tmp_path / 'data' / below} cannot be written (Not a directory)"


def test_a_disk_that_cannot_be_written_is_trouble() -> None:
    found = inspect_database(Path("/proc/nowhere/easel.sqlite3"))
    assert (found.schema, found.trouble) == (Schema.ABSENT, "/proc cannot be written (No such file or directory)")


def test_a_transaction_that_does_not_end_is_trouble(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    migrate(path, at=START)
    monkeypatch.setattr(inspection, "_PATIENCE_S", 0.0)
    with closing(sqlite3.connect(path, isolation_level=None)) as somebody:
        somebody.execute("PRAGMA journal_mode = WAL")  # as the bot leaves it: reading goes on beside a writer
        somebody.execute("BEGIN IMMEDIATE")
        assert inspect_database(path).trouble == "database is locked"


async def test_beside_a_bot_that_writes_it_is_read_and_not_written(path: Path) -> None:
    database = await SqliteDatabase.open(path, at=START)
    try:
        async with database.transaction() as transaction:
            await transaction.run("put_setting", name="fox", value="red")
            found = inspect_database(path)
            assert (found.schema, found.in_use, found.trouble) == (Schema.CURRENT, True, None)
        rows = await database.read("get_setting", name="fox")
        assert rows[0]["value"] == "red"
    finally:
        await database.close()
    assert not inspect_database(path).in_use


def test_looking_does_not_keep_the_lock(path: Path) -> None:
    migrate(path, at=START)
    with held(path):
        assert inspect_database(path).in_use
    assert not inspect_database(path).in_use
    with held(path):
        assert inspect_database(path).in_use


def test_the_sqlite_of_this_python_is_new_enough() -> None:
    assert sqlite_library().version == sqlite3.sqlite_version


def test_a_sqlite_without_returning_counts_as_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
    assert sqlite_library().version is None
