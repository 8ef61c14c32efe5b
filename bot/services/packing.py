"""Reads finished images from the disk, fit to be uploaded together."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.domain.errors import FileLost
from bot.domain.requests import Request
from bot.domain.runs import Run
from bot.ports import FileStore, Finished, Imaging

# Discord takes 25 MiB in one request; some of it is the form around the files.
_MOST_TOGETHER_BYTES = 25 * 1024 * 1024 - 64 * 1024
_SMALLER = 0.45  # Discord does not say by how much a file was too large, and half of it and the form may still be


@dataclass(frozen=True, slots=True)
class Packed:
    """`lost` are those whose files are gone from the disk."""

    images: tuple[Finished, ...]
    lost: tuple[Run, ...]


class Packing:
    def __init__(self, *, imaging: Imaging, files: FileStore) -> None:
        self._imaging = imaging
        self._files = files
        self._reading = asyncio.Semaphore(1)  # a file may be much larger than what Discord takes of it

    async def pack(self, request: Request, runs: Iterable[Run]) -> Packed:
        """Raises: StorageUnavailable when the disk cannot be read now."""
        limit_bytes = min(request.upload_limit_bytes, _MOST_TOGETHER_BYTES // request.images)
        images, lost = [], []
        for run in runs:
            try:
                images.append(await self._finished(run, limit_bytes))
            except FileLost:
                lost.append(run)
        return Packed(tuple(images), tuple(lost))

    async def smaller(self, image: Finished) -> Finished:
        """What Discord found too large."""
        content, kind = await self._imaging.fit(image.content, limit_bytes=int(len(image.content) * _SMALLER))
        return replace(image, content=content, format=kind)

    async def _finished(self, run: Run, limit_bytes: int) -> Finished:
        assert run.image is not None
        async with self._reading:
            content, kind = await self._imaging.fit(await self._files.read(run.image), limit_bytes=limit_bytes)
        return Finished(run.id, content, kind, took_s(run))


def took_s(run: Run) -> float:
    """From when RunBase was asked until the image was there."""
    assert run.ended_at is not None
    assert run.submitted_at is not None
    return (run.ended_at - run.submitted_at).total_seconds()
