"""Bytes, pictures and downloads without a disk, a decoder or a network."""

import hashlib
import re
from collections.abc import Sequence, Set
from datetime import datetime
from itertools import count

from bot.domain.errors import (
    BrokenPicture,
    DownloadFailed,
    DownloadGone,
    DownloadTooLarge,
    FileLost,
    NotAPicture,
    ReferenceEmpty,
    StorageUnavailable,
)
from bot.domain.ids import Sha256
from bot.domain.requests import Change
from bot.ports import Cell, Clock, Picture, Prepared, Staged


class MemoryFileStore:
    """`FileStore` in a dictionary. `is_full` makes it refuse what is new, `is_unreadable` what is there."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept_at: dict[Sha256, datetime] = {}
        self.contents: dict[Sha256, bytes] = {}
        self.staged: dict[Staged, bytes] = {}
        self._numbers = count()
        self.is_full = False
        self.is_unreadable = False
        self.keeps_nothing_staged = False

    async def keep(self, content: bytes) -> Sha256:
        if self.is_full:
            raise StorageUnavailable
        sha256 = Sha256(hashlib.sha256(content).hexdigest())
        self.contents[sha256] = content
        self._kept_at[sha256] = self._clock.now()
        return sha256

    async def check_room(self) -> None:
        if self.is_full:
            raise StorageUnavailable

    async def stage(self, content: bytes) -> Staged:
        if self.is_full:
            raise StorageUnavailable
        staged = Staged(Sha256(hashlib.sha256(content).hexdigest()), f"staged {next(self._numbers)}")
        self.staged[staged] = content
        return staged

    async def keep_staged(self, staged: Staged) -> None:
        if self.keeps_nothing_staged or staged not in self.staged:
            raise StorageUnavailable
        await self.keep(self.staged.pop(staged))

    async def discard(self, staged: Staged) -> None:
        self.staged.pop(staged, None)

    async def read(self, sha256: Sha256) -> bytes:
        if self.is_unreadable:
            raise StorageUnavailable
        if sha256 not in self.contents:
            raise FileLost
        return self.contents[sha256]

    async def sweep(self, needed: Set[Sha256], *, before: datetime) -> int:
        gone = [name for name, kept_at in self._kept_at.items() if name not in needed and kept_at < before]
        for name in gone:
            del self.contents[name], self._kept_at[name]
        return len(gone)


class FakeImaging:
    """`Imaging` for `builders.a_picture`; smaller is shorter, and GIFs (they begin with `GIF`) become pictures."""

    async def prepare(self, content: bytes, *, filename: str, limit_bytes: int) -> Prepared:
        if content.startswith(b"GIF"):
            return Prepared(b"PICTURE of " + content[3:], Picture("png", 8, 8), Change.FIRST_FRAME)
        picture = await self.inspect(content, filename=filename)
        if len(content) <= limit_bytes:
            return Prepared(content, picture, Change.NONE)
        return Prepared(content[:limit_bytes], picture, Change.MADE_SMALLER)

    async def inspect(self, content: bytes, *, filename: str) -> Picture:
        if not content:
            raise ReferenceEmpty(filename)
        if not content.startswith(b"PICTURE"):
            raise NotAPicture(filename)
        if b";" not in content:
            raise BrokenPicture(filename)
        return Picture("png", *_size(content))

    async def fit(self, content: bytes, *, limit_bytes: int) -> tuple[bytes, str]:
        return (content, "png") if len(content) <= limit_bytes else (content[:limit_bytes], "webp")

    async def convert(self, content: bytes, *, into: str) -> bytes:
        return content if into == "png" else content + f" as {into}".encode()

    async def sheet(self, cells: Sequence[Cell], *, columns: int) -> bytes:
        """Legible: `1=PICTURE of fox 8x8;|2=gone`."""
        shown = (cell.content.rstrip(b".") if cell.content is not None else cell.word.encode() for cell in cells)
        return b"|".join(f"{cell.label}=".encode() + one for cell, one in zip(cells, shown, strict=True))


def _size(content: bytes) -> tuple[int, int]:
    """As `builders.a_picture` wrote it."""
    width, height = re.findall(rb"(\d+)x(\d+)", content)[0]
    return int(width), int(height)


class FakeDownloads:
    """`Downloads` from a dictionary of what each address holds, or how it fails. Unknown addresses are gone."""

    def __init__(self) -> None:
        self.web: dict[str, bytes | DownloadFailed] = {}
        self.asked: list[str] = []

    async def reference(self, url: str, *, limit_bytes: int) -> bytes:
        return self._fetch(url, limit_bytes)

    async def result(self, url: str, *, limit_bytes: int) -> bytes:
        return self._fetch(url, limit_bytes)

    def _fetch(self, url: str, limit_bytes: int) -> bytes:
        self.asked.append(url)
        found = self.web.get(url, DownloadGone())
        if isinstance(found, DownloadFailed):
            raise found
        if len(found) > limit_bytes:
            raise DownloadTooLarge
        return found
