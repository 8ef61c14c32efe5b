"""Trouble with the database: what it means, told in the log once when it begins and once when it is over."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.domain.errors import StorageUnavailable

log = logging.getLogger(__name__)

_PRIMARY = 0xFF  # SQLite's codes say more in their upper bytes
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_CURES = {
    sqlite3.SQLITE_BUSY: "End the program that holds it.",
    sqlite3.SQLITE_FULL: "Make room on its disk.",
    sqlite3.SQLITE_IOERR: "See that its disk has room and is in order.",
    sqlite3.SQLITE_READONLY: "Let the bot's user write the file and its folder.",
    sqlite3.SQLITE_CANTOPEN: "Let the bot's user write the file and its folder.",
}


class Trouble:
    """Stands between SQLite and whoever asks. Damage does not pass: what guards say may be wrong from then on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._why = ""
        self._damage: BaseException | None = None

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Raises: StorageUnavailable when SQLite cannot (locked, full, read-only, damaged)."""
        if self._damage is not None:
            raise StorageUnavailable(self._path, with_cure(self._damage)) from self._damage
        try:
            yield
        except (sqlite3.OperationalError, sqlite3.DatabaseError, OSError) as error:
            if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError):
                raise  # a bug of ours, not trouble with the disk
            self._note(error)
            raise StorageUnavailable(self._path, with_cure(error)) from error

    def others_wait(self) -> StorageUnavailable:
        """Whoever is first in line will be told what they all wait for."""
        return StorageUnavailable(self._path, "others wait to write, too")

    def note_written(self) -> None:
        if self._why:
            log.warning("database works again path=%s", self._path)
            self._why = ""

    def _note(self, error: BaseException) -> None:
        why = getattr(error, "sqlite_errorname", type(error).__name__)
        if is_damage(error):
            self._damage = error
            log.error("database damaged: stop the bot and restore a backup why=%s path=%s", why, self._path)
        elif not self._why:
            log.error("database refuses: see its disk, and who else uses it why=%s path=%s", why, self._path)
        self._why = self._why or why


def is_damage(error: BaseException) -> bool:
    return _code(error) in _DAMAGE


def with_cure(error: BaseException) -> str:
    """What SQLite or the system says, and for an operator what to do about it."""
    cure = _CURES.get(_code(error), "")
    return f"{error}. {cure}" if cure else str(error)


def _code(error: BaseException) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & _PRIMARY
