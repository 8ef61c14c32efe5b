"""Brings a backup back where there is nothing, and settles what the bot may have gone on with after the backup.

Nothing is put in place before all of it was checked, and the database comes last: whatever interrupts a restore, it can
be done again.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.domain.errors import CannotStart
from bot.domain.runs import EndReason
from bot.storage.archive import DATABASE, FILES, unpack
from bot.storage.files import path_within, sync_folder
from bot.storage.migrate import load_migrations, migrate
from bot.storage.queries import query
from bot.storage.rows import to_ms
from bot.storage.sqlite import lock_database


class RestoreRefused(CannotStart):
    """Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of that which was under way: pictures cancelled, uncertain and still looked at; requests kept."""

    cancelled: int
    uncertain: int
    looked_after: int
    kept: int


@dataclass(frozen=True, slots=True)
class Restored:
    """`missing` counts files that are needed and were not in the archive."""

    made_at: datetime
    requests: int
    files: int
    missing: int
    settled: Settled


def restore(archive: Path, path: Path, files: Path, *, at: datetime) -> Restored:
    """Raises: CannotStart."""
    with lock_database(path):
        _check_vacant(path)
        with _told(archive, path), TemporaryDirectory(prefix=".easel-restore-", dir=path.parent) as folder:
            staged = Path(folder)
            database = staged / DATABASE
            contents = unpack(archive, staged)
            _check_database(archive, database, at)
            migrate(database, at=at)
            settled = _settle(database, at)
            requests, needed = _contents_of(database, at)
            present = sorted((staged / FILES).glob("*/*"))
            missing = len(needed - {file.name for file in present})
            _put_in_place(database, path, present, files)
    return Restored(contents.made_at, requests, len(present), missing, settled)


def _check_vacant(path: Path) -> None:
    """A log that another database left would be taken for this one's."""
    for found in (path, *(path.with_name(path.name + rest) for rest in ("-wal", "-shm", "-journal"))):
        if found.exists() or found.is_symlink():
            raise RestoreRefused(f"storage.path {path}: expected no database there, found {found}; move it away first")


def _check_database(archive: Path, database: Path, at: datetime) -> None:
    """Ours, of a schema we know, and whole."""
    migrations = load_migrations()
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA trusted_schema = OFF")
        present = [version for (version,) in connection.execute("SELECT version FROM schema_migrations ORDER BY 1")]
        if present and present[-1] > len(migrations):
            raise RestoreRefused(
                f"{archive}: made by a newer version of the bot (schema {present[-1]}); update it first"
            )
        known = migrations[: len(present)]
        if not present or present != [one.version for one in known]:
            raise RestoreRefused(f"{archive}: expected a backup, found another database in it")
        fresh = database.with_name("fresh.sqlite3")
        migrate(fresh, at=at, migrations=known)
        with closing(sqlite3.connect(fresh)) as other:
            if _schema(connection) != _schema(other):
                raise RestoreRefused(f"{archive}: expected a backup, found a database that was changed")
        if _damage(connection):
            raise RestoreRefused(f"{archive}: expected a backup, found that its database is damaged")


def _schema(connection: sqlite3.Connection) -> set[tuple[str, str, str]]:
    """What there is, by kind and name; the text of it may differ between versions of SQLite."""
    return set(connection.execute("SELECT type, name, tbl_name FROM sqlite_schema"))


def _damage(connection: sqlite3.Connection) -> bool:
    is_whole = connection.execute("PRAGMA integrity_check(1)").fetchall() == [("ok",)]
    return not is_whole or connection.execute("PRAGMA foreign_key_check").fetchone() is not None


def _settle(database: Path, at: datetime) -> Settled:
    """The bot went on after the backup: what it was to send then, it may have sent; what it was to post, posted.

    So nothing is sent, and nothing is posted unless its member fetches it.
    """
    values = {"at_ms": to_ms(at), "reason": EndReason.LOST_TOUCH}
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(query("drop_tokens"))
        connection.execute(query("give_back_unsent"))
        cancelled = connection.execute(query("cancel_queued"), values).fetchall()
        uncertain = connection.execute(query("give_up_submitting"), values).fetchall()
        kept = connection.execute(query("keep_restored"), values).fetchall()
        connection.execute(query("settle_restored"), values)
        connection.execute(query("settle_restored_rounds"), values)
        connection.execute(query("mark_restored_thumbnails"), values)
        ((looked_after,),) = connection.execute(query("count_looked_after")).fetchall()
        connection.execute("COMMIT")
    return Settled(len(cancelled), len(uncertain), looked_after, len(kept))


def _contents_of(database: Path, at: datetime) -> tuple[int, set[str]]:
    """How many requests, and the files of what was not delivered."""
    with closing(sqlite3.connect(database)) as connection:
        ((requests, _),) = connection.execute(query("count_requests"))
        needed = connection.execute(query("list_needed_files"), {"delivered_since_ms": to_ms(at)})
        return requests, {sha256 for (sha256,) in needed}


def _put_in_place(database: Path, path: Path, present: list[Path], files: Path) -> None:
    """Files that are there already are the same ones: their names say what is in them."""
    for file in present:
        target = files / path_within(file.name)
        target.parent.mkdir(parents=True, exist_ok=True)
        file.replace(target)
    for folder in {(files / path_within(file.name)).parent for file in present}:
        sync_folder(folder)
    with database.open("rb") as whole:
        os.fsync(whole.fileno())
    database.rename(path)
    sync_folder(path.parent)


@contextmanager
def _told(archive: Path, path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise RestoreRefused(f"{archive}: expected a backup, found: {error}") from error
    except OSError as error:
        raise RestoreRefused(
            f"storage.path {path}: expected room to write, found: {error.strerror or error}"
        ) from error
