"""Brings references to disk: fetched, made fit for the model, each once; and says what became of every picture."""

import asyncio
import hashlib
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
from bot.ports import Downloads, FileStore, Imaging

# Well above what phones make and Discord takes from most members, and little enough to decode one after the other.
MOST_FETCHED_BYTES = 25_000_000
_AT_ONCE = 4  # each may hold a whole file in memory
_MOST_LEFT_OUT = 5  # then no more pictures of a message are tried
_MARKS = ((b"\xff\xd8\xff", 0, "jpg"), (b"WEBP", 8, "webp"))


class References:
    """`limit_bytes` is what the model takes of one reference."""

    def __init__(self, *, limit_bytes: int, downloads: Downloads, imaging: Imaging, files: FileStore) -> None:
        self._limit_bytes = limit_bytes
        self._downloads = downloads
        self._imaging = imaging
        self._files = files
        self._at_once = asyncio.Semaphore(_AT_ONCE)

    async def gather(self, draft: Draft, *, most: int) -> tuple[tuple[Reference, ...], tuple[LeftOut, ...]]:
        """The references of a draft, and what was left out of the pictures that were there.

        What a member chose themselves has to be usable. Of what a message shows, the first pictures that can be used
        are, as many as there is room for.
        Raises: ReferenceRefused, ReferencesUnreachable.
        """
        used: list[Reference] = []
        left_out: list[LeftOut] = []
        refusal: ReferenceRefused | None = None
        for upload in (*draft.seen, *draft.uploads):
            is_chosen = upload in draft.uploads
            if not is_chosen and len(used) + len(draft.uploads) >= most:
                left_out.append(LeftOut(upload.filename, Omission.TOO_MANY))
                continue
            if len(left_out) >= _MOST_LEFT_OUT:
                left_out.append(LeftOut(upload.filename, Omission.TOO_MANY))
                continue
            try:
                async with self._at_once:
                    reference = await self._bring(upload)
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
        return tuple(used), tuple(left_out)

    async def files(self, references: tuple[Reference, ...]) -> list[tuple[str, bytes]]:
        """Names and bytes, for attaching them."""
        named = []
        for reference in references:
            content = await self._files.read(reference.sha256)
            named.append((_file_name(reference, content), content))
        return named

    async def _bring(self, upload: Upload) -> Reference:
        """Fetched at once, since Discord removes what was attached to a command, and decoded before it counts."""
        if upload.is_link:
            return _linked(upload)
        content = await self._kept(upload, upload.kept) if upload.kept else await self._fetch(upload)
        ready = await self._imaging.prepare(content, filename=upload.filename, limit_bytes=self._limit_bytes)
        is_as_uploaded = ready.change is Change.NONE and upload.kept is None
        return Reference(
            filename=upload.filename,
            url=upload.url if is_as_uploaded else None,
            sha256=await self._files.keep(ready.content),
            size_bytes=len(ready.content),
            width_px=ready.picture.width_px,
            height_px=ready.picture.height_px,
            change=ready.change,
        )

    async def _kept(self, upload: Upload, sha256: Sha256) -> bytes:
        try:
            return await self._files.read(sha256)
        except FileLost as error:
            if upload.url:
                return await self._fetch(upload)
            raise ReferenceGone(upload.filename) from error

    async def _fetch(self, upload: Upload) -> bytes:
        try:
            return await self._downloads.reference(upload.url, limit_bytes=MOST_FETCHED_BYTES)
        except DownloadTooLarge as error:
            raise ReferenceTooLarge(upload.filename, upload.size_bytes, MOST_FETCHED_BYTES) from error
        except DownloadRefused as error:
            raise ForeignReference(upload.filename) from error
        except DownloadGone as error:
            raise ReferenceGone(upload.filename) from error
        except DownloadFailed as error:
            raise ReferencesUnreachable(upload.filename) from error


def _linked(upload: Upload) -> Reference:
    """Known by its address alone, which also stands for the content when the same is given twice."""
    address_hash = Sha256(hashlib.sha256(upload.url.encode()).hexdigest())
    return Reference(upload.filename, upload.url, address_hash, size_bytes=0, width_px=0, height_px=0)


def _file_name(reference: Reference, content: bytes) -> str:
    """The member's name with the ending of what it is by now: Discord tells the type of a file by its name."""
    ending = next((ending for mark, at, ending in _MARKS if content[at : at + len(mark)] == mark), "png")
    return f"{PurePosixPath(reference.filename).stem or 'picture'}.{ending}"
