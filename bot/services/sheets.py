"""Sheets of small pictures: one at a time, however many members leaf through theirs at once."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.errors import FileLost
from bot.domain.ids import Sha256
from bot.ports import Cell, FileStore, Imaging

_MOST_WAITING = 20  # each takes about half a second, and nobody waits for more than ten
_MOST_BYTES = 8_000_000  # four times what a picture has; of a larger one only the word is shown


@dataclass(frozen=True, slots=True)
class Frame:
    """A place on a sheet: the picture on disk, and the word that stands there when there is none, or none any more."""

    label: str
    picture: Sha256 | None
    word: str


class Sheets:
    def __init__(self, *, files: FileStore, imaging: Imaging) -> None:
        self._files = files
        self._imaging = imaging
        self._drawing = asyncio.Semaphore(1)
        self._waiting = 0

    async def of(self, frames: Sequence[Frame], *, columns: int) -> bytes | None:
        """A WebP file; None when nothing is to be seen on it, or too many are waiting for theirs.

        Raises: StorageUnavailable.
        """
        if all(frame.picture is None for frame in frames) or self._waiting >= _MOST_WAITING:
            return None
        self._waiting += 1
        try:
            async with self._drawing:
                cells = [await self._cell(frame) for frame in frames]
                if all(cell.content is None for cell in cells):
                    return None
                return await self._imaging.sheet(cells, columns=columns)
        finally:
            self._waiting -= 1

    async def _cell(self, frame: Frame) -> Cell:
        if frame.picture is None:
            return Cell(frame.label, word=frame.word)
        try:
            content = await self._files.read(frame.picture)
        except FileLost:
            return Cell(frame.label, word=frame.word)
        return Cell(frame.label, content if len(content) <= _MOST_BYTES else None, frame.word)
