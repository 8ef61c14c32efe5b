"""Brings references to disk: fetched, made fit for the model, each once; and says what became of every picture."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from bot.domain.errors import (
    DownloadFailed,
    DownloadGone,
    DownloadRefused,
    DownloadTooLarge,
    FileLost,
    ForeignReference,
    ReferenceGone,
    ReferenceRefused,
    ReferencesUnreachable,
    ReferenceTooLarge,
)
from bot.domain.ids import Sha256
from bot.domain.requests import Change, Draft, LeftOut, Omission, Reference, Upload
from bot.ports import Downloads, FileStore, Imaging, Prepared, Staged

# Well above what phones make and Discord takes from most members, and little enough to decode one after the other.
MOST_FETCHED_BYTES = 25_000_000
_ORDINARY_BYTES = 4_000_000
_AT_ONCE = 4  # of ordinary size: each is in memory as a whole. Larger ones come one after the other.
_MOST_LEFT_OUT = 5  # then no more pictures of a message are tried
_MARKS = ((b"\xff\xd8\xff", 0, "jpg"), (b"WEBP", 8, "webp"))


@dataclass(slots=True)
class Gathered:
    """What a draft's pictures became."""

    references: list[Reference] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    staged: list[Staged] = field(default_factory=list)


class References:
    """`limit_bytes` is what the model takes of one reference."""

    def __init__(self, *, limit_bytes: int, downloads: Downloads, imaging: Imaging, files: FileStore) -> None:
        self._limit_bytes = limit_bytes
        self._downloads = downloads
        self._imaging = imaging
        self._files = files
        self._ordinary = asyncio.Semaphore(_AT_ONCE)
        self._large = asyncio.Semaphore(1)

    @asynccontextmanager
    async def gathered(self, draft: Draft, *, most: int) -> AsyncIterator[Gathered]:
        """The references of a draft, and what was left out of the pictures that were there.

        What a member chose themselves has to be usable. Of what a message shows, the first pictures that can be used
        are, as many as there is room for. They are on disk, out of memory, and at the end deleted unless they were
        kept: what comes to no request takes no room.
        Raises: ReferenceRefused, ReferencesUnreachable.
        """
        gathered = Gathered()
        try:
            await self._gather(draft, gathered, most)
            yield gathered
        finally:
            for staged in gathered.staged:
                await self._files.discard(staged)

    async def keep(self, gathered: Gathered) -> None:
        """Raises: StorageUnavailable."""
        for staged in gathered.staged:
            await self._files.keep_staged(staged)

    async def _gather(self, draft: Draft, gathered: Gathered, most: int) -> None:
        used, left_out = gathered.references, gathered.left_out
        refusal: ReferenceRefused | None = None
        for upload in (*draft.seen, *draft.uploads):
            is_chosen = upload in draft.uploads
            has_room = is_chosen or len(used) + len(draft.uploads) < most
            if not has_room or len(left_out) >= _MOST_LEFT_OUT:
                left_out.append(LeftOut(upload.filename, Omission.TOO_MANY))
                continue
            try:
                reference = await self._bring(upload, gathered.staged)
            except ReferenceRefused as error:
                if is_chosen:
                    raise
                refusal = refusal or error
                left_out.append(LeftOut(upload.filename, Omission.UNREADABLE))
                continue
            if any(reference.sha256 == other.sha256 for other in used):
                left_out.append(LeftOut(upload.filename, Omission.DUPLICATE))
            else:
                used.append(reference)
        if refusal is not None and not used:
            raise refusal

    async def files(self, references: tuple[Reference, ...]) -> list[tuple[str, bytes]]:
        """Names and bytes, for attaching them."""
        named = []
        for reference in references:
            content = await self._files.read(reference.sha256)
            named.append((_file_name(reference, content), content))
        return named

    async def _bring(self, upload: Upload, staged: list[Staged]) -> Reference:
        """Fetched at once, since Discord removes what was attached to a command, and decoded before it counts."""
        if upload.is_link:
            return _linked(upload)
        if _seems_ordinary(upload):
            with suppress(DownloadTooLarge):
                async with self._ordinary:
                    return await self._stage(upload, staged, _ORDINARY_BYTES)
        try:
            async with self._large:
                return await self._stage(upload, staged, MOST_FETCHED_BYTES)
        except DownloadTooLarge as error:  # though Discord said it is smaller
            raise ReferenceTooLarge(upload.filename, None, MOST_FETCHED_BYTES) from error

    async def _stage(self, upload: Upload, staged: list[Staged], limit_bytes: int) -> Reference:
        """Where a message shows it, RunBase can fetch it there; else a copy of what is kept has to be attached."""
        if upload.is_shown and upload.kept is not None:
            with suppress(ReferenceGone, ReferencesUnreachable):
                return await self._staged(replace(upload, kept=None), staged, limit_bytes)
        return await self._staged(upload, staged, limit_bytes)

    async def _staged(self, upload: Upload, staged: list[Staged], limit_bytes: int) -> Reference:
        ready = await self._prepared(upload, limit_bytes)
        on_disk = await self._files.stage(ready.content)
        staged.append(on_disk)
        is_as_uploaded = ready.change is Change.NONE and upload.kept is None
        return Reference(
            filename=upload.filename,
            url=upload.url if is_as_uploaded else None,
            sha256=on_disk.sha256,
            size_bytes=len(ready.content),
            width_px=ready.picture.width_px,
            height_px=ready.picture.height_px,
            change=ready.change,
        )

    async def _prepared(self, upload: Upload, limit_bytes: int) -> Prepared:
        """A refusal lives until it is answered, and would remember the file by every place it came through."""
        fetched = self._kept(upload, upload.kept, limit_bytes) if upload.kept else self._fetch(upload, limit_bytes)
        content = await fetched
        try:
            return await self._imaging.prepare(content, filename=upload.filename, limit_bytes=self._limit_bytes)
        except ReferenceRefused as error:
            error.__context__ = None
            raise error.with_traceback(None) from None
        finally:
            del content

    async def _kept(self, upload: Upload, sha256: Sha256, limit_bytes: int) -> bytes:
        try:
            return await self._files.read(sha256)
        except FileLost as error:
            if upload.url:
                return await self._fetch(upload, limit_bytes)
            raise ReferenceGone(upload.filename) from error

    async def _fetch(self, upload: Upload, limit_bytes: int) -> bytes:
        """Raises: DownloadTooLarge, ReferenceRefused, ReferencesUnreachable."""
        try:
            return await self._downloads.reference(upload.url, limit_bytes=limit_bytes)
        except DownloadTooLarge:
            raise
        except DownloadRefused as error:
            raise ForeignReference(upload.filename) from error
        except DownloadGone as error:
            raise ReferenceGone(upload.filename) from error
        except DownloadFailed as error:
            raise ReferencesUnreachable(upload.filename) from error


def _seems_ordinary(upload: Upload) -> bool:
    """By what Discord says of its size; the bot's own pictures, which are read whole, only if it is known."""
    if upload.size_bytes is None:
        return upload.kept is None
    return upload.size_bytes <= _ORDINARY_BYTES


def _linked(upload: Upload) -> Reference:
    """Known by its address alone, which also stands for the content when the same is given twice."""
    address_hash = Sha256(hashlib.sha256(upload.url.encode()).hexdigest())
    return Reference(upload.filename, upload.url, address_hash, size_bytes=0, width_px=0, height_px=0)


def _file_name(reference: Reference, content: bytes) -> str:
    """The member's name with the ending of what it is by now: Discord tells the type of a file by its name."""
    ending = next((ending for mark, at, ending in _MARKS if content[at : at + len(mark)] == mark), "png")
    return f"{PurePosixPath(reference.filename).stem or 'picture'}.{ending}"
