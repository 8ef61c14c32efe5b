"""Bringing databases of every age to the newest schema, or leaving them as they were."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.errors import CannotStart
from bot.storage.migrate import Migration, MigrationFailed, load_migrations, migrate
from bot.storage.soundness import DatabaseDamaged
from tests.builders import START

FIRST = Migration(1, "foxes", "-- One table.\nCREATE TABLE foxes (\n    name TEXT NOT NULL -- not ';'\n);\n")
SECOND = Migration(2, "snow", "ALTER TABLE foxes ADD COLUMN snow INTEGER;\nCREATE INDEX by_snow ON foxes (snow);\n")
BROKEN = Migration(
    2, "broken", "CREATE TABLE hares (name TEXT);\nDELETE FROM foxes;\nINSERT INTO nowhere VALUES (1);\n"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "easel.sqlite3"


def query(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection, connection:
        return connection.execute(sql).fetchall()


def schema(path: Path) -> list[tuple[object, ...]]:
    return query(path, "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name")


def neighbours(path: Path) -> list[str]:
    return sorted(found.name for found in path.parent.iterdir() if found != path)


def test_migrations_are_numbered_without_gaps() -> None:
    versions = [migration.version for migration in load_migrations()]
    assert versions == list(range(1, len(versions) + 1))


@pytest.mark.parametrize("known", range(len(load_migrations()) + 1))
def test_an_upgraded_database_is_like_a_fresh_one(path: Path, known: int) -> None:
    migrate(path, at=START, migrations=load_migrations()[:known])
    migrate(path, at=START)
    fresh = path.with_name("fresh.sqlite3")
    migrate(fresh, at=START)
    assert schema(path) == schema(fresh)


def test_a_new_database_gets_everything_and_no_backup(path: Path) -> None:
    migrated = migrate(path, at=START, migrations=(FIRST, SECOND))
    assert migrated.applied == (FIRST, SECOND)
    assert migrated.backup is None
    assert neighbours(path) == []


def test_an_old_database_gets_what_is_missing_and_is_copied_first(path: Path) -> None:
    migrate(path, at=START, migrations=(FIRST,))
    query(path, "INSERT INTO foxes VALUES ('Reynard')")
    before = schema(path)
    migrated = migrate(path, at=START + timedelta(days=1), migrations=(FIRST, SECOND))
    assert migrated.applied == (SECOND,)
    assert query(path, "SELECT name, snow FROM foxes") == [("Reynard", None)]
    assert migrated.backup is not None
    assert neighbours(path) == [migrated.backup.name] == ["easel.sqlite3.before-20260102T120000"]
    assert schema(migrated.backup) == before
    assert query(migrated.backup, "SELECT * FROM foxes") == [("Reynard",)]


def test_an_up_to_date_database_is_left_alone(path: Path) -> None:
    migrate(path, at=START, migrations=(FIRST, SECOND))
    migrated = migrate(path, at=START + timedelta(days=1), migrations=(FIRST, SECOND))
    assert (migrated.applied, migrated.backup) == ((), None)
    assert neighbours(path) == []


def test_when_what_was_applied_is_written_down(path: Path) -> None:
    migrate(path, at=START, migrations=(FIRST,))
    migrate(path, at=START + timedelta(days=1), migrations=(FIRST, SECOND))
    assert query(path, "SELECT version, name, applied_at FROM schema_migrations ORDER BY version") == [
        (1, "foxes", "2026-01-01T12:00:00+00:00"),
        (2, "snow", "2026-01-02T12:00:00+00:00"),
    ]


def test_a_migration_that_fails_changes_nothing(path: Path) -> None:
    migrate(path, at=START, migrations=(FIRST,))
    query(path, "INSERT INTO foxes VALUES ('Reynard')")
    before = schema(path)
    with pytest.raises(MigrationFailed, match=f"^storage.path {path}: .* found: no such table: nowhere$"):
        migrate(path, at=START, migrations=(FIRST, BROKEN))
    assert schema(path) == before
    assert query(path, "SELECT * FROM foxes") == [("Reynard",)]
    assert query(path, "SELECT version FROM schema_migrations") == [(1,)]


def test_a_migration_that_fails_again_and_again_does_not_fill_the_disk_with_copies(path: Path) -> None:
    migrate(path, at=START, migrations=(FIRST,))
    for days in range(3):
        with pytest.raises(MigrationFailed):
            migrate(path, at=START + timedelta(days=days), migrations=(FIRST, BROKEN))
    assert neighbours(path) == []


def test_the_copy_stays_when_some_of_the_migrations_were_applied(path: Path) -> None:
    migrate(path, at=START, migrations=(FIRST,))
    broken_third = Migration(3, "broken", BROKEN.sql)
    with pytest.raises(MigrationFailed):
        migrate(path, at=START, migrations=(FIRST, SECOND, broken_third))
    assert neighbours(path) == ["easel.sqlite3.before-20260101T120000"]


@pytest.mark.parametrize("known", [(), (FIRST,)])
def test_what_a_crash_left_half_written_goes(path: Path, known: tuple[Migration, ...]) -> None:
    if known:
        migrate(path, at=START, migrations=known)
    path.parent.mkdir(exist_ok=True)
    for half in ("easel.sqlite3.half", "easel.sqlite3.half-journal"):
        path.with_name(half).write_bytes(b"half of something")
    migrate(path, at=START, migrations=(FIRST, SECOND))
    assert neighbours(path) == ["easel.sqlite3.before-20260101T120000"] * len(known)
    assert query(path, "SELECT * FROM foxes") == []


def test_a_migration_can_be_mended_and_applied_again(path: Path) -> None:
    migrate(path, at=START, migrations=(FIRST,))
    with pytest.raises(MigrationFailed):
        migrate(path, at=START, migrations=(FIRST, BROKEN))
    migrate(path, at=START + timedelta(seconds=1), migrations=(FIRST, SECOND))
    assert query(path, "SELECT snow FROM foxes") == []


@pytest.mark.parametrize("known", [(), (FIRST,)])
def test_a_database_of_a_newer_bot_is_refused_untouched(path: Path, known: Iterable[Migration]) -> None:
    migrate(path, at=START, migrations=(FIRST, SECOND))
    before = schema(path)
    with pytest.raises(MigrationFailed, match=r"newer version of the bot \(schema 2\)"):
        migrate(path, at=START, migrations=tuple(known))
    assert schema(path) == before
    assert neighbours(path) == []


def test_a_file_that_is_no_database_is_named_and_left_as_it_is(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"a letter to my aunt\n" * 100)
    with pytest.raises(DatabaseDamaged, match=rf"^storage.path {path}: .* \(file is not a database\)"):
        migrate(path, at=START)
    assert path.read_bytes() == b"a letter to my aunt\n" * 100


def test_a_folder_in_the_way_is_named(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(CannotStart, match=f"^storage.path {path}: "):
        migrate(path, at=START)


def test_a_file_where_the_folder_should_be_is_named(path: Path) -> None:
    path.parent.write_text("in the way")
    with pytest.raises(CannotStart, match=f"^storage.path {path}: "):
        migrate(path, at=START)


def test_a_forgotten_last_semicolon_loses_no_statement(path: Path) -> None:
    unended = Migration(1, "unended", "CREATE TABLE foxes (name TEXT);\nCREATE TABLE hares (name TEXT)\n")
    migrate(path, at=START, migrations=(unended,))
    assert query(path, "SELECT * FROM hares") == []
