"""Decoding and encoding pictures with Pillow, in threads of its own, with pixels bounded before anything is decoded."""

import asyncio
import io
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from PIL import Image

from bot.domain.errors import BrokenPicture, NotAPicture, ReferenceEmpty, ReferenceTooManyPixels
from bot.imaging.headers import is_modest
from bot.imaging.pixels import raw_of
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
_FORMATS = ("PNG", "JPEG", "WEBP")
_SIGNATURES = ((b"\x89PNG\r\n\x1a\n", 0), (b"\xff\xd8\xff", 0), (b"WEBP", 8))
_QUALITIES = (92, 80)
# From 3 on, the encoder remembers all it could write: 22 bytes a pixel instead of 9, for files hardly smaller.
_WEBP_METHOD = 2
_LONGEST_PX = 4096
_BEST_QUALITY = 95  # Pillow's advice for JPEG: beyond it files only grow
_SHRINK = 0.75
_SMALLEST_PX = 64


class PillowImaging:
    """`Imaging` with Pillow."""

    def __init__(self) -> None:
        # As many as the machine is expected to have cores: more only cost memory. Finished pictures have a thread of
        # their own, so that no member's file, however long it takes, keeps them waiting.
        self._for_references = ThreadPoolExecutor(max_workers=2, thread_name_prefix="references")
        self._for_results = ThreadPoolExecutor(max_workers=1, thread_name_prefix="results")
        self._for_sheets = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sheets")
        self._room = Room()
        self._references = References(self._room)

    @property
    def room(self) -> Room:
        """The machine's memory for decoding, counted once for all who decode."""
        return self._room

    def close(self) -> None:
        self._for_references.shutdown(wait=True, cancel_futures=True)
        self._for_results.shutdown(wait=True, cancel_futures=True)
        self._for_sheets.shutdown(wait=True, cancel_futures=True)

    async def prepare(self, content: bytes, *, filename: str, limit_bytes: int) -> Prepared:
        return await _run(self._for_references, self._references.prepare, content, filename, limit_bytes)

    async def inspect(self, content: bytes, *, filename: str) -> Picture:
        return await _run(self._for_results, _inspect, content, filename)

    async def fit(self, content: bytes, *, limit_bytes: int) -> tuple[bytes, str]:
        handed_over = [content]
        del content  # encoding takes more memory than anything else here: by then the file is gone
        return await _run(self._for_results, _fit, handed_over, limit_bytes)

    async def convert(self, content: bytes, *, into: str) -> bytes:
        return await _run(self._for_results, _convert, content, into)

    async def sheet(self, cells: Sequence[Cell], *, columns: int) -> bytes:
        return await _run(self._for_sheets, sheet_apart, cells, columns, self._room)


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
    with Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
        width, height = picture.size
        if width * height > MOST_PIXELS:
            raise ReferenceTooManyPixels(filename, width, height, MOST_PIXELS)
        picture.load()
        return Picture(_format_of(picture), width, height)


def _fit(handed_over: list[bytes], limit_bytes: int) -> tuple[bytes, str]:
    content = handed_over.pop()
    with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
        if len(content) <= limit_bytes:
            return content, _format_of(opened)
    picture = _encodable(content)
    del content
    while True:
        for quality in _QUALITIES:
            smaller = io.BytesIO()
            picture.save(smaller, "WEBP", quality=quality, method=_WEBP_METHOD)
            if smaller.tell() <= limit_bytes:
                return smaller.getvalue(), "webp"
        if min(picture.size) <= _SMALLEST_PX:
            raise ValueError(f"no picture fits into {limit_bytes} bytes")
        picture = picture.resize(
            (int(picture.width * _SHRINK), int(picture.height * _SHRINK)), Image.Resampling.LANCZOS
        )


def _encodable(content: bytes) -> Image.Image:
    """In RGB or RGBA. One beyond 4K is made smaller on the way, so that it is in memory once and not twice."""
    with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
        picture: Image.Image = opened
        mode = "RGBA" if opened.has_transparency_data else "RGB"
        if opened.mode != mode or max(opened.size) > _LONGEST_PX:
            picture = raw_of(opened).image
        else:
            picture.load()
    return picture if picture.mode == mode else picture.convert(mode)


def _convert(content: bytes, into: str) -> bytes:
    with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
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
