"""Looks at a database without changing it, also beside a running bot: is it ours, of which schema, can it be used."""

import fcntl
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from bot.domain.condition import DatabaseCondition, Library, Schema
from bot.storage.migrate import load_migrations
from bot.storage.soundness import DatabaseDamaged, check_whole
from bot.storage.trouble import is_damage

# With RETURNING, which the queries need.
_OLDEST_SQLITE = (3, 35, 0)
_PATIENCE_S = 5.0  # as the bot itself waits for somebody else's transaction


def inspect_database(path: Path) -> DatabaseCondition:
    """Nothing is made or migrated. Where no bot runs, writing is tried in a transaction that is rolled back."""
    in_use = _is_held(path)
    try:
        if not in_use and not path.is_dir():
            check_whole(path)
        schema = _schema(path, is_writing=not in_use)
        trouble = None if in_use else _trouble_around(path)
    except DatabaseDamaged as error:
        schema, trouble = Schema.DAMAGED, error.found
    except (sqlite3.Error, OSError) as error:
        schema, trouble = Schema.DAMAGED if is_damage(error) else Schema.UNKNOWN, str(error)
    return DatabaseCondition(path, schema, in_use, shutil.disk_usage(_nearest(path)).free, trouble)


def sqlite_library() -> Library:
    is_enough = sqlite3.sqlite_version_info >= _OLDEST_SQLITE
    return Library("SQLite", sqlite3.sqlite_version if is_enough else None)


def _is_held(path: Path) -> bool:
    """Whether another process holds the lock. It is taken for an instant at most, and never made."""
    try:
        with path.with_name(path.name + ".lock").open("rb") as lock_file:
            fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _schema(path: Path, *, is_writing: bool) -> Schema:
    if not _is_there(path) or (path.is_file() and not path.stat().st_size):
        return Schema.ABSENT
    address = f"{path.absolute().as_uri()}?mode={'rw' if is_writing else 'ro'}"
    with closing(sqlite3.connect(address, uri=True, isolation_level=None, timeout=_PATIENCE_S)) as connection:
        if is_writing:
            connection.execute("BEGIN IMMEDIATE")  # refused where nothing can be written; rolled back by closing
        return _schema_in(connection)


def _schema_in(connection: sqlite3.Connection) -> Schema:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if not tables:
        return Schema.ABSENT
    if "schema_migrations" not in tables:
        return Schema.FOREIGN
    present = {version for (version,) in connection.execute("SELECT version FROM schema_migrations")}
    known = {migration.version for migration in load_migrations()}
    if present - known:
        return Schema.NEWER
    return Schema.OLDER if known - present else Schema.CURRENT


def _trouble_around(path: Path) -> str | None:
    """The database's folder and the one for pictures, or the folder they would be made in: tried with a file that has
    no name and is gone at once."""
    for folder in dict.fromkeys((_nearest(path.parent), _nearest(path.parent / "files"))):
        try:
            tempfile.TemporaryFile(dir=folder).close()
        except OSError as error:
            return f"{folder} cannot be written ({error.strerror or error})"
    return None


def _nearest(path: Path) -> Path:
    """The path, or the first above it that is there."""
    return next(one for one in (path, *path.absolute().parents) if _is_there(one))


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False  # in a folder that may not be looked into
