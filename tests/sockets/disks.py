"""Disks in every kind of trouble, under a real process: full, held by somebody else, not to be written, damaged."""

import asyncio
import json
import resource
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.preview.emulator import Fault, Faults, Place
from bot.preview.emulator.faults import AFTER
from tests.sockets.house import House

REFUSAL = "I cannot write down requests right now, so I take none. No quota used. Try again in a few minutes."
_ENDS_WITHIN_S = 40.0
# More than the log of a short test, less than what the ledger has written by its first request.
_FULL_AT_BYTES = 24 * 1024
_UNPRIVILEGED = str(Path(__file__).with_name("unprivileged.py"))


def ledger(house: House, question: str) -> list[tuple[object, ...]]:
    """What the bot wrote down, read beside it."""
    path = house.environment["EASEL__STORAGE__PATH"]
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return connection.execute(question).fetchall()


def half_files(house: House) -> list[Path]:
    """What was begun and is not whole."""
    return [path for path in house.folder.rglob("*") if path.name.endswith((".half", ".new", ".before", "-journal"))]


# ---- full -----------------------------------------------------------------------------------------------------------


class CappedDisk:
    """The kernel lets the bot make no file longer: on every machine, whoever runs the tests."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, house: House) -> None:
        self._cap(house, _FULL_AT_BYTES)

    def make_room(self, house: House) -> None:
        self._cap(house, resource.RLIM_INFINITY)

    def _cap(self, house: House, size_bytes: int) -> None:
        assert house.process is not None
        _, hard = resource.prlimit(house.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(house.process.pid, resource.RLIMIT_FSIZE, (size_bytes, hard))


class SmallDisk:
    """A file system of a few megabytes, filled up to the last byte."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "small"

    def fill(self, _: House) -> None:
        with (self.folder / "filler").open("ab", buffering=0) as filler:
            for size in (1 << 16, 1):
                try:
                    while True:
                        filler.write(bytes(size))
                except OSError:
                    continue

    def make_room(self, _: House) -> None:
        (self.folder / "filler").unlink()


Disk = CappedDisk | SmallDisk


@contextmanager
def capped_disk(folder: Path) -> Iterator[Disk]:
    yield CappedDisk(folder)


@contextmanager
def small_disk(folder: Path) -> Iterator[Disk]:
    disk = SmallDisk(folder)
    disk.folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk.folder], check=True)
    try:
        yield disk
    finally:
        subprocess.run(["umount", disk.folder], check=True)
