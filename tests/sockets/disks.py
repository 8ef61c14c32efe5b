"""Disks in every kind of trouble, under a real process: full, held by somebody else, not to be written, damaged."""

import asyncio
import os
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
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
    return [path for path in house.folder.rglob("*") if path.name.endswith((".staged", ".half", "-journal"))]


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


class ClosedFolder:
    """The database can be written, and pictures cannot."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, _: House) -> None:
        (self.folder / "files").mkdir()
        (self.folder / "files").chmod(0o555)

    def make_room(self, _: House) -> None:
        (self.folder / "files").chmod(0o755)


Disk = CappedDisk | SmallDisk | ClosedFolder


@contextmanager
def capped_disk(folder: Path) -> Iterator[Disk]:
    folder.mkdir()
    yield CappedDisk(folder)


@contextmanager
def closed_folder(folder: Path) -> Iterator[Disk]:
    folder.mkdir()
    yield ClosedFolder(folder)


@contextmanager
def small_disk(folder: Path) -> Iterator[Disk]:
    disk = SmallDisk(folder)
    disk.folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk.folder], check=True)
    try:
        yield disk
    finally:
        subprocess.run(["umount", disk.folder], check=True)


def _may_mount() -> bool:
    """Whether this user may; a namespace of its own changes nothing."""
    return not subprocess.run(["unshare", "--mount", "true"], stderr=subprocess.DEVNULL, check=False).returncode


OpenDisk = Callable[[Path], AbstractContextManager[Disk]]
DISKS: list[OpenDisk] = [capped_disk, closed_folder, *([small_disk] if _may_mount() else [])]
UNPRIVILEGED = (sys.executable, str(Path(__file__).with_name("unprivileged.py")))


# ---- silent ---------------------------------------------------------------------------------------------------------


def a_pipe_in_place_of(file: Path) -> Path:
    """Whoever opens it waits for somebody at its other end, and reading waits for what is written there."""
    file.unlink(missing_ok=True)
    os.mkfifo(file)
    return file


# ---- at the worst moment --------------------------------------------------------------------------------------------


class Moments(Faults):
    """Something happens between what RunBase does and what it answers."""

    def __init__(self) -> None:
        super().__init__()
        self.has_come = asyncio.Event()
        self._once_created: Callable[[], object] | None = None

    def once_created(self, happen: Callable[[], object]) -> None:
        """When the next run exists and is charged for."""
        self._once_created = happen

    def take(self, place: Place, among: frozenset[Fault]) -> Fault | None:
        if place is Place.CREATE and among == AFTER and self._once_created is not None:
            happen, self._once_created = self._once_created, None
            happen()
            self.has_come.set()
        return super().take(place, among)


# ---- at the start ---------------------------------------------------------------------------------------------------


async def failed_start(house: House, path: Path, *, wrapper: Sequence[str] = ()) -> str:
    """The one line that a start says which comes to nothing."""
    process = await asyncio.create_subprocess_exec(
        *(*wrapper, *house.standin.command("bot", "run")),
        env={**house.environment, "EASEL__STORAGE__PATH": str(path)},
        stderr=asyncio.subprocess.PIPE,
    )
    telling = asyncio.create_task(process.communicate())
    await asyncio.wait({telling}, timeout=_ENDS_WITHIN_S)
    if not telling.done():
        process.kill()
    _, errors = await telling
    assert process.returncode == 1, f"{path}: {errors.decode()}"
    (line,) = errors.decode().splitlines()
    return line
