"""Says whether a database is whole before anything is written to it: what is damaged stays as it was found."""

import sqlite3
from contextlib import closing
from pathlib import Path

from bot.domain.errors import CannotStart
from bot.storage.trouble import is_damage
from bot.storage.wal import is_whole


class DatabaseDamaged(CannotStart):
    """Nothing was changed."""

    def __init__(self, path: Path, found: str) -> None:
        self.found = found
        super().__init__(
            f"storage.path {path}: expected the bot's whole database, found {found}. Nothing was changed. Move it and "
            "the files whose names begin like its own away, and restore a backup: `python -m bot restore FILE`"
        )


def check_whole(path: Path) -> None:
    """Reads all of it, about 4 ms a megabyte; nothing is wrong with a database that is not there yet.

    Raises: DatabaseDamaged, sqlite3.Error, OSError.
    """
    log = path.with_name(f"{path.name}-wal")
    if not path.exists():
        if log.exists() and log.stat().st_size:
            raise DatabaseDamaged(path, "nothing but its write-ahead log")
        return
    if not path.is_file():
        return  # whoever opens it is told
    if not path.stat().st_size:
        raise DatabaseDamaged(path, "an empty file")  # a new one is put there once it is complete
    if log.exists() and not is_whole(log):
        raise DatabaseDamaged(path, "its write-ahead log damaged")
    try:
        _check_pages(path)
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
        raise DatabaseDamaged(path, f"it damaged ({error})") from error


def _check_pages(path: Path) -> None:
    """Read-only, unless SQLite has to take back first what was cut off by a crash."""
    mode = "rw" if path.with_name(f"{path.name}-journal").exists() else "ro"
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True)) as connection:
        if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise DatabaseDamaged(path, "it damaged")
