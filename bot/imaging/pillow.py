"""Decoding and encoding pictures with Pillow, in threads of its own, with pixels bounded before anything is decoded."""

import asyncio
import io
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from PIL import Image

from bot.domain.errors import BrokenPicture, NotAPicture, ReferenceEmpty, ReferenceTooManyPixels
from bot.imaging.fits import fitted_apart
from bot.imaging.fitting import FORMATS, fitted
from bot.imaging.headers import is_modest
from bot.imaging.quiet import quiet
from bot.imaging.references import References
from bot.imaging.sandbox import Room
from bot.imaging.sheets import sheet_apart
from bot.ports import Cell, Picture, Prepared

P = ParamSpec("P")
T = TypeVar("T")

Image.MAX_IMAGE_PIXELS = None  # our own bounds are checked before anything is decoded, and have names
# 25 million pixels are 100 MB as RGBA: two threads at once stay within a small container, and phones' pictures fit.
MOST_PIXELS = 25_000_000
_SIGNATURES = ((b"\x89PNG\r\n\x1a\n", 0), (b"\xff\xd8\xff", 0), (b"WEBP", 8))
# 13 bytes a pixel while they are encoded. GPT Image 1's have 1.6 million; what starts a process is larger than usual.
_MOST_PIXELS_FITTED_HERE = 2_500_000
_BEST_QUALITY = 95  # Pillow's advice for JPEG: beyond it files only grow


class PillowImaging:
    """`Imaging` with Pillow."""

    def __init__(self) -> None:
        # As many as the machine is expected to have cores: more only cost memory. Finished pictures have a thread of
        # their own, so that no member's file, however long it takes, keeps them waiting.
        self._for_references = ThreadPoolExecutor(max_workers=2, thread_name_prefix="references")
        self._for_results = ThreadPoolExecutor(max_workers=1, thread_name_prefix="results")
        self._for_sandbox = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sandbox")
        self._room = Room()
        self._references = References(self._room)

    @property
    def room(self) -> Room:
        """The machine's memory for decoding, counted once for all who decode."""
        return self._room

    def close(self) -> None:
        """Waits for nothing: what is being worked on ends without a result."""
        self._room.close()
        for threads in (self._for_references, self._for_results, self._for_sandbox):
            threads.shutdown(wait=False, cancel_futures=True)

    async def prepare(self, content: bytes, *, filename: str, limit_bytes: int) -> Prepared:
        return await _run(self._for_references, self._references.prepare, content, filename, limit_bytes)

    async def inspect(self, content: bytes, *, filename: str) -> Picture:
        return await _run(self._for_results, _inspect, content, filename)

    async def fit(self, content: bytes, *, limit_bytes: int) -> tuple[bytes, str]:
        kind, pixels = _header(content)
        if len(content) <= limit_bytes:
            return content, kind
        if pixels > _MOST_PIXELS_FITTED_HERE:
            return await _run(self._for_sandbox, fitted_apart, content, limit_bytes, self._room), "webp"
        handed_over = [content]
        del content
        return await _run(self._for_results, fitted, handed_over, limit_bytes), "webp"

    async def convert(self, content: bytes, *, into: str) -> bytes:
        return await _run(self._for_results, _convert, content, into)

    async def sheet(self, cells: Sequence[Cell], *, columns: int) -> bytes:
        return await _run(self._for_sandbox, sheet_apart, cells, columns, self._room)


async def _run(threads: ThreadPoolExecutor, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    return await asyncio.get_running_loop().run_in_executor(threads, lambda: work(*args, **kwargs))


def _inspect(content: bytes, filename: str) -> Picture:
    if not content:
        raise ReferenceEmpty(filename)
    if not any(content[at : at + len(mark)] == mark for mark, at in _SIGNATURES):
        raise NotAPicture(filename)
    if not is_modest(content):
        raise BrokenPicture(filename)
    try:
        with quiet():
            return _decode(content, filename)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise BrokenPicture(filename) from error


def _decode(content: bytes, filename: str) -> Picture:
    with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
        width, height = picture.size
        if width * height > MOST_PIXELS:
            raise ReferenceTooManyPixels(filename, width, height, MOST_PIXELS)
        picture.load()
        return Picture(_format_of(picture), width, height)


def _header(content: bytes) -> tuple[str, int]:
    """Format and pixels, without decoding."""
    with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
        return _format_of(opened), opened.width * opened.height


def _convert(content: bytes, into: str) -> bytes:
    with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
        if _format_of(opened) == into:
            return content
        picture = opened.convert("RGBA" if opened.has_transparency_data else "RGB")
    if into == "jpeg" and picture.mode == "RGBA":
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")
    file = io.BytesIO()
    picture.save(file, into, quality=_BEST_QUALITY)
    return file.getvalue()


def _format_of(picture: Image.Image) -> str:
    """MPO is a JPEG with a second picture in it, as phones make them."""
    return "jpeg" if picture.format == "MPO" else str(picture.format).lower()
