"""Bytes on disk by their SHA-256: references and finished pictures, written whole or not at all."""

import asyncio
import hashlib
import logging
import os
import secrets
from collections.abc import Iterator, Set
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from bot.domain.errors import FileLost, StorageUnavailable
from bot.domain.ids import Sha256
from bot.ports import Clock, Staged

log = logging.getLogger(__name__)


def path_within(sha256: str) -> Path:
    """Where a file stands in the folder, and in an archive of it."""
    return Path(sha256[:2], sha256)


class DiskFileStore:
    """A folder of files named by content: the same picture twice is one file."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._refused_bytes: int | None = None

    async def keep(self, content: bytes) -> Sha256:
        """Raises: StorageUnavailable when the disk refuses."""
        return await asyncio.to_thread(self._keep, content)

    async def check_room(self) -> None:
        """Raises: StorageUnavailable."""
        if self._refused_bytes is not None:
            self._discard(await self.stage(os.urandom(self._refused_bytes)))

    async def stage(self, content: bytes) -> Staged:
        """Raises: StorageUnavailable when the disk refuses."""
        return await asyncio.to_thread(self._stage, content)

    async def keep_staged(self, staged: Staged) -> None:
        """Raises: StorageUnavailable."""
        await asyncio.to_thread(self._keep_staged, staged)

    async def discard(self, staged: Staged) -> None:
        await asyncio.to_thread(self._discard, staged)

    async def read(self, sha256: Sha256) -> bytes:
        """Raises: FileLost when the file is gone or not what its name promises, StorageUnavailable."""
        return await asyncio.to_thread(self._read, sha256)

    async def sweep(self, needed: Set[Sha256], *, before: datetime) -> int:
        """Delete what is not needed and was last kept before a moment. Returns how many files went."""
        return await asyncio.to_thread(self._sweep, needed, before.timestamp())

    def _path(self, sha256: str) -> Path:
        return self._folder / path_within(sha256)

    def _keep(self, content: bytes) -> Sha256:
        staged = self._stage(content)
        try:
            self._keep_staged(staged)
        except BaseException:
            self._discard(staged)
            raise
        return staged.sha256

    def _stage(self, content: bytes) -> Staged:
        sha256 = Sha256(hashlib.sha256(content).hexdigest())
        path = self._path(sha256).with_name(f"{sha256}.{secrets.token_hex(4)}.staged")
        try:
            with _trouble():
                path.parent.mkdir(parents=True, exist_ok=True)
                _write_whole(path, content)
        except StorageUnavailable as error:
            self._note_refused(len(content), error)
            raise
        self._note_kept()
        return Staged(sha256, path.name)

    def _keep_staged(self, staged: Staged) -> None:
        path = self._path(staged.sha256)
        now_s = self._clock.now().timestamp()
        with _trouble():
            path.with_name(staged.name).replace(path)
            os.utime(path, (now_s, now_s))
            sync_folder(path.parent)

    def _note_refused(self, size_bytes: int, error: StorageUnavailable) -> None:
        if self._refused_bytes is None:
            log.error("files refuse: see their disk, and who may write there why=%s", error.why)
        self._refused_bytes = size_bytes

    def _note_kept(self) -> None:
        if self._refused_bytes is not None:
            log.warning("files are kept again path=%s", self._folder)
        self._refused_bytes = None

    def _discard(self, staged: Staged) -> None:
        with suppress(OSError):  # what cannot be deleted now is swept later
            self._path(staged.sha256).with_name(staged.name).unlink(missing_ok=True)

    def _read(self, sha256: Sha256) -> bytes:
        try:
            content = self._path(sha256).read_bytes()
        except FileNotFoundError as error:
            raise FileLost from error
        except OSError as error:
            raise StorageUnavailable from error
        if hashlib.sha256(content).hexdigest() != sha256:
            raise FileLost
        return content

    def _sweep(self, needed: Set[Sha256], before_s: float) -> int:
        gone = 0
        with _trouble():
            for path in self._folder.glob("??/*"):
                # Looked at right before it goes: what was old at the start may have been kept again meanwhile.
                if path.name not in needed and _is_older(path, before_s):
                    path.unlink(missing_ok=True)
                    gone += 1
        return gone


def _is_older(path: Path, before_s: float) -> bool:
    try:
        return path.stat().st_mtime < before_s
    except FileNotFoundError:
        return False


@contextmanager
def _trouble() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageUnavailable(why=str(error)) from error


def _write_whole(path: Path, content: bytes) -> None:
    """To a name of its own, so that nobody ever sees half a file under its final one."""
    try:
        with path.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def sync_folder(folder: Path) -> None:
    """A rename is durable once its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
