"""Makes one archive of everything that cannot be made again, also beside a running bot: nothing waits for it."""

import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.domain.errors import CannotStart
from bot.domain.ids import Sha256
from bot.storage.archive import DATABASE, ArchiveWriter, is_compressed
from bot.storage.files import path_within, sync_folder
from bot.storage.migrate import load_migrations, migrate
from bot.storage.queries import query
from bot.storage.rows import to_ms

_CANNOT_WRITE = {"SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC"}


class BackupFailed(CannotStart):
    """No archive was made."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What an archive holds. `left_out` counts files that were gone or damaged on the disk."""

    size_bytes: int
    requests: int
    unsettled: int
    files: int
    files_bytes: int
    left_out: int


def back_up(path: Path, files: Path, archive: Path, *, keep_images: timedelta, at: datetime) -> Backup:
    """The database first and then its files: what it needs may still go meanwhile, but only once it was delivered.

    Raises: CannotStart.
    """
    compressed = is_compressed(archive)
    _check(path, archive)
    with _told(path, archive), TemporaryDirectory(prefix=".easel-backup-", dir=archive.parent) as folder:
        half = Path(folder, "archive")
        database = _copy_database(path, Path(folder))
        with ArchiveWriter.open(half, at, compressed=compressed) as writer:
            writer.add_database(database)
            needed = _needed(database, at - keep_images, at=at)
            sizes = [_add_file(writer, files, sha256) for sha256 in needed]
            writer.finish()
        requests, unsettled = _count(database)
        kept = [size for size in sizes if size is not None]
        backup = Backup(half.stat().st_size, requests, unsettled, len(kept), sum(kept), len(sizes) - len(kept))
        _check(path, archive)
        half.rename(archive)
        sync_folder(archive.parent)
    return backup


def _check(path: Path, archive: Path) -> None:
    if archive.exists() or archive.is_symlink():
        raise BackupFailed(f"{archive}: expected a new file, found that there is one already")
    if not path.is_file():
        raise BackupFailed(f"storage.path {path}: expected the bot's database, found no file")


def _copy_database(path: Path, folder: Path) -> Path:
    """Copied twice, since the tokens are to be nowhere in it: not even in the unused space of its pages."""
    whole, copy = folder / "whole.sqlite3", folder / DATABASE
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        connection.execute("VACUUM INTO ?", (str(whole),))
    with closing(sqlite3.connect(whole, isolation_level=None)) as connection:
        connection.execute(query("drop_tokens"))
        connection.execute("VACUUM INTO ?", (str(copy),))
    whole.unlink()
    return copy


def _needed(database: Path, delivered_since: datetime, *, at: datetime) -> list[Sha256]:
    """Asked of the newest schema: the database may still be an older bot's, and stays so."""
    asked = database
    if _is_older(database):
        asked = database.with_name("newest.sqlite3")
        shutil.copyfile(database, asked)
        migrate(asked, at=at)
    with closing(sqlite3.connect(asked)) as connection:
        rows = connection.execute(query("list_needed_files"), {"delivered_since_ms": to_ms(delivered_since)})
        return sorted(Sha256(sha256) for (sha256,) in rows)


def _is_older(database: Path) -> bool:
    known = [migration.version for migration in load_migrations()]
    with closing(sqlite3.connect(database)) as connection:
        present = [version for (version,) in connection.execute("SELECT version FROM schema_migrations ORDER BY 1")]
    return 0 < len(present) < len(known) and present == known[: len(present)]


def _count(database: Path) -> tuple[int, int]:
    with closing(sqlite3.connect(database)) as connection:
        ((requests, unsettled),) = connection.execute(query("count_requests"))
    return requests, unsettled


def _add_file(writer: ArchiveWriter, files: Path, sha256: Sha256) -> int | None:
    """Its size; None when it is gone or damaged, which the bot deals with as it would without a backup."""
    try:
        content = (files / path_within(sha256)).read_bytes()
    except FileNotFoundError:
        return None
    if hashlib.sha256(content).hexdigest() != sha256:
        return None
    writer.add_file(sha256, content)
    return len(content)


@contextmanager
def _told(path: Path, archive: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorname", "") in _CANNOT_WRITE:
            raise BackupFailed(f"{archive}: expected room for it on the disk, found: {error}") from error
        raise BackupFailed(f"storage.path {path}: expected the bot's database, found: {error}") from error
    except OSError as error:
        raise BackupFailed(f"{archive}: expected a file I can write, found: {error.strerror or error}") from error
