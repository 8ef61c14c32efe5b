"""Brings a database to the newest schema: forward only, a backup first, each migration all or nothing."""

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path

from bot.domain.errors import CannotStart
from bot.storage.files import sync_folder
from bot.storage.soundness import check_whole
from bot.storage.trouble import with_cure

_FILE_NAME = re.compile(r"^(\d{4})_(\w+)\.sql$")

_VERSIONS = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    version    INTEGER PRIMARY KEY,
    name       TEXT NOT NULL,
    applied_at TEXT NOT NULL
)
"""


class MigrationFailed(CannotStart):
    """The database is not at the newest schema; it stands where the last migration that worked left it."""


@dataclass(frozen=True, slots=True)
class Migration:
    version: int
    name: str
    sql: str


@dataclass(frozen=True, slots=True)
class Migrated:
    """What was done: the migrations applied, and where the copy from before lies (None for a new database)."""

    applied: tuple[Migration, ...]
    backup: Path | None


def load_migrations() -> tuple[Migration, ...]:
    found = []
    for entry in files("bot.storage").joinpath("migrations").iterdir():
        if match := _FILE_NAME.match(entry.name):
            found.append(Migration(int(match[1]), match[2], entry.read_text(encoding="utf-8")))
    return tuple(sorted(found, key=lambda migration: migration.version))


def migrate(path: Path, *, at: datetime, migrations: tuple[Migration, ...] | None = None) -> Migrated:
    """Apply what is missing. A database from a newer bot is refused rather than guessed at.

    Raises: MigrationFailed or DatabaseDamaged, naming the file and the reason.
    """
    wanted = load_migrations() if migrations is None else migrations
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        check_whole(path)
        if not path.exists():
            return _make(path, at, wanted)
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            return _migrate(connection, path, at, wanted)
    except (sqlite3.Error, OSError) as error:
        raise MigrationFailed(
            f"storage.path {path}: expected a database I can bring up to date, found: {with_cure(error)}"
        ) from error


def _make(path: Path, at: datetime, wanted: tuple[Migration, ...]) -> Migrated:
    """Under another name until it is complete: so an empty database is never one that was just begun."""
    with _half(path) as half:
        with closing(sqlite3.connect(half, isolation_level=None)) as connection:
            migrated = _migrate(connection, path, at, wanted)
        _put(half, path)
    return migrated


def _migrate(connection: sqlite3.Connection, path: Path, at: datetime, wanted: tuple[Migration, ...]) -> Migrated:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if tables and "schema_migrations" not in tables:
        raise MigrationFailed(f"{path}: holds something else than a database of this bot")
    connection.execute(_VERSIONS)
    present = {version for (version,) in connection.execute("SELECT version FROM schema_migrations")}
    if unknown := present - {migration.version for migration in wanted}:
        raise MigrationFailed(f"{path}: made by a newer version of the bot (schema {max(unknown)})")
    missing = tuple(migration for migration in wanted if migration.version not in present)
    backup = _back_up(connection, path, at) if missing and present else None
    for migration in missing:
        try:
            _apply(connection, migration, at)
        except BaseException:
            if backup is not None and migration is missing[0]:
                backup.unlink()  # nothing has changed since, and supervisors try again and again
            raise
    return Migrated(missing, backup)


def _back_up(connection: sqlite3.Connection, path: Path, at: datetime) -> Path:
    backup = path.with_name(f"{path.name}.before-{at:%Y%m%dT%H%M%S}")
    with _half(path) as half:
        connection.execute("VACUUM INTO ?", (str(half),))
        _put(half, backup)
    return backup


@contextmanager
def _half(path: Path) -> Iterator[Path]:
    """A file beside the database that is not there afterwards, nor what a crash left of an earlier one."""
    half = path.with_name(f"{path.name}.half")
    remains = (half, half.with_name(f"{half.name}-journal"))
    for one in remains:
        one.unlink(missing_ok=True)
    try:
        yield half
    finally:
        for one in remains:
            one.unlink(missing_ok=True)


def _put(half: Path, path: Path) -> None:
    """SQLite does not sync what it vacuums into."""
    with half.open("rb") as file:
        os.fsync(file.fileno())
    half.rename(path)
    sync_folder(path.parent)


def _apply(connection: sqlite3.Connection, migration: Migration, at: datetime) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statement in _statements(migration.sql):
            connection.execute(statement)
        connection.execute(
            "INSERT INTO schema_migrations (version, name, applied_at) VALUES (?, ?, ?)",
            (migration.version, migration.name, at.isoformat()),
        )
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise


def _statements(sql: str) -> Iterator[str]:
    """One by one: `executescript` would commit before it starts and half-apply on failure."""
    statement = ""
    for line in sql.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement  # without its semicolon it is still meant
