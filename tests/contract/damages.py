"""What can happen to a database on its disk, for tests of what the bot says of it."""

import os
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

PAGE_BYTES = 4096


def contents(folder: Path) -> dict[str, bytes]:
    """Everything with something in it, but SQLite's index of its log, which each reader makes anew."""
    found = (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith("-shm"))
    return {str(path.relative_to(folder)): path.read_bytes() for path in found if path.stat().st_size}


def checkpoint(path: Path) -> None:
    """Everything in the one file."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0


def scribble(path: Path, at: int, content: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(content)


def _damage_header(path: Path) -> None:
    checkpoint(path)
    scribble(path, 0, bytes(range(16)))


def _damage_page(path: Path) -> None:
    checkpoint(path)
    pages = path.stat().st_size // PAGE_BYTES
    scribble(path, pages // 2 * PAGE_BYTES, b"\xa5" * PAGE_BYTES)


def _truncate(path: Path) -> None:
    checkpoint(path)
    os.truncate(path, path.stat().st_size // 2)


def _empty(path: Path) -> None:
    checkpoint(path)
    os.truncate(path, 0)


def _lose(path: Path) -> None:
    path.unlink()


def _fill_log_with_garbage(path: Path) -> None:
    log = path.with_name(f"{path.name}-wal")
    scribble(log, 0, b"\xa5" * log.stat().st_size)


def _flip_a_bit_in_log(path: Path) -> None:
    """In its first page: other commits come behind it, and SQLite would drop them without a word."""
    log = path.with_name(f"{path.name}-wal")
    scribble(log, 100, bytes([log.read_bytes()[100] ^ 1]))


@dataclass(frozen=True)
class Damage:
    """What happens to a database, and what the next start says of it."""

    happen: Callable[[Path], None]
    found: str


DAMAGES: Mapping[str, Damage] = {
    "header": Damage(_damage_header, "found it damaged (file is not a database)"),
    "page": Damage(_damage_page, "found it damaged"),
    "truncated": Damage(_truncate, "found it damaged (database disk image is malformed)"),
    "empty": Damage(_empty, "found an empty file"),
    "lost": Damage(_lose, "found nothing but its write-ahead log"),
    "garbage in the log": Damage(_fill_log_with_garbage, "found its write-ahead log damaged"),
    "a bit in the log": Damage(_flip_a_bit_in_log, "found its write-ahead log damaged"),
}
