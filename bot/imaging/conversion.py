"""Decides what a reference needs and does it: checks its pixels before decoding, then leaves it or makes it anew."""

import io
import math
import struct
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType

import pillow_heif
from PIL import AvifImagePlugin, Image, ImageFile, PngImagePlugin, TiffImagePlugin, WebPImagePlugin

from bot.domain.errors import BrokenPicture, NotAPicture, ReferenceTooLarge, ReferenceTooManyPixels
from bot.domain.requests import Change
from bot.imaging.encoding import Written, written
from bot.imaging.pixels import LONGEST_PX, Raw, finished, raw_of, turn_of
from bot.imaging.signatures import AVIF, BMP, GIF, HEIF, JPEG, PNG, TIFF, WEBP
from bot.ports import Picture, Prepared

# Pillow would import all of its plugins to find one of these.
_PLUGINS = (AvifImagePlugin, TiffImagePlugin, WebPImagePlugin)
# One thread, so that memory does not grow with the machine; nothing but the picture itself is wanted.
pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)
# A few kB unpack to a megabyte of text, as often as they stand there. Pillow keeps 64 MB of that; captions are short.
PngImagePlugin.MAX_TEXT_MEMORY = 8_000_000

# What can be decoded in the sandbox's larger room, by the bytes a pixel takes at the peak, as measured with Pillow 13:
# PNG and BMP 4, WebP 16, GIF 2, TIFF 7, HEIF 7 to 9, AVIF 9 to 14. JPEG leaves pixels out while decoding.
MOST_PIXELS: Mapping[str, int] = MappingProxyType(
    {
        PNG: 40_000_000,
        JPEG: 100_000_000,
        WEBP: 12_500_000,  # a phone's 12 megapixels
        GIF: 100_000_000,
        BMP: 40_000_000,
        TIFF: 28_000_000,
        HEIF: 25_000_000,  # an iPhone's 24 megapixels
        AVIF: 20_000_000,
    }
)
_MOST_PIXELS_PROGRESSIVE = 28_000_000  # libjpeg holds the coefficients of all of it: up to 6 bytes a pixel

# What the model takes as it is.
_USABLE_FORMATS = (PNG, JPEG, WEBP)
_USABLE_MODES = ("L", "LA", "P", "RGB", "RGBA")
_USABLE_PX = 4096
# The pages of a TIFF and the second picture in a phone's JPEG are no animation.
_ANIMATED_FORMATS = (PNG, WEBP, GIF, HEIF, AVIF)
_PNG_DEPTH_AT = 24  # after signature, length, "IHDR", width and height
_SMALLEST_SCALE = 8  # the most libjpeg can leave out
# Tags of TIFF.
_NEW_SUBFILE_TYPE = 254
_A_PREVIEW = 1
_BITS_PER_SAMPLE = 258


@dataclass(frozen=True, slots=True)
class _Read:
    """A file that turned out whole: its size, and its pixels unless it can stay as it is."""

    size: tuple[int, int]
    is_animated: bool
    raw: Raw | None


# What Pillow's and pillow-heif's decoders raise on damaged files, beside their own errors.
_DAMAGED = (
    *(OSError, EOFError, SyntaxError, ValueError, TypeError, RuntimeError, LookupError, ArithmeticError),
    *(MemoryError, struct.error, zlib.error),
)


def prepared(
    content: bytes, kind: str, *, filename: str, limit_bytes: int, most_pixels: Mapping[str, int] = MOST_PIXELS
) -> Prepared:
    """The reference for the model; blocks, and needs as much memory as the picture asks for.

    Raises: ReferenceRefused.
    """
    read = _read(content, kind, filename=filename, limit_bytes=limit_bytes, most_pixels=most_pixels)
    if read.raw is None:
        return Prepared(content, Picture(kind.lower(), *read.size), Change.NONE)
    file = written(finished(read.raw), limit_bytes)
    if file is None:
        raise ReferenceTooLarge(filename, len(content), limit_bytes)
    return Prepared(file.content, Picture(file.format.lower(), *file.size), _change(read, file, content, limit_bytes))


def decoded(
    content: bytes, kind: str, *, filename: str, longest_px: int, most_pixels: Mapping[str, int] = MOST_PIXELS
) -> Image.Image:
    """To be painted on: upright, in sRGB, as RGB or RGBA, its longest side `longest_px` at most. Blocks.

    Raises: ReferenceRefused; MemoryError where there is not enough for so many pixels, though there may be for fewer.
    """
    return finished(_decoded(content, kind, filename, longest_px, most_pixels), longest_px)


def _decoded(content: bytes, kind: str, filename: str, longest_px: int, most_pixels: Mapping[str, int]) -> Raw:
    """As `_read`, it leaves nothing of the decoder behind."""
    with _decoding(filename):
        picture = Image.open(io.BytesIO(content), formats=(kind,))
    with picture:
        with _decoding(filename):
            _check(picture, kind, filename, most_pixels)
            _load(picture, content, kind, longest_px=longest_px)
        return raw_of(picture, longest_px)


def _change(read: _Read, file: Written, content: bytes, limit_bytes: int) -> Change:
    if read.is_animated:
        return Change.FIRST_FRAME
    has_fewer_pixels = math.prod(file.size) < math.prod(read.size)
    return Change.MADE_SMALLER if has_fewer_pixels or len(content) > limit_bytes else Change.CONVERTED


def _read(content: bytes, kind: str, *, filename: str, limit_bytes: int, most_pixels: Mapping[str, int]) -> _Read:
    """Everything that touches the file. Leaves nothing of the decoder behind, which may hold twice the picture."""
    with _decoding(filename):
        picture = Image.open(io.BytesIO(content), formats=(kind,))
    with picture:
        with _decoding(filename):
            _check(picture, kind, filename, most_pixels)
            size = picture.size
            is_animated = kind in _ANIMATED_FORMATS and bool(getattr(picture, "is_animated", False))
            is_fine = not is_animated and len(content) <= limit_bytes and _is_usable(picture, content, kind)
            _load(picture, content, kind, longest_px=max(size) // _SMALLEST_SCALE if is_fine else LONGEST_PX)
        return _Read(size, is_animated, None if is_fine else raw_of(picture))


@contextmanager
def _decoding(filename: str) -> Iterator[None]:
    try:
        yield
    except Image.DecompressionBombError as error:
        # Pillow's own bound, which does not say the size; the sandbox does without it.
        raise ReferenceTooManyPixels(filename, 0, 0, max(MOST_PIXELS.values())) from error
    except _DAMAGED as error:
        raise BrokenPicture(filename) from error


def _check(picture: ImageFile.ImageFile, kind: str, filename: str, most_pixels: Mapping[str, int]) -> None:
    width, height = picture.size
    limit_px = most_pixels[kind]
    if kind == JPEG and "progressive" in picture.info:
        limit_px = min(limit_px, _MOST_PIXELS_PROGRESSIVE)
    limit_px = int(limit_px / _weight(picture))
    if width * height > limit_px:
        raise ReferenceTooManyPixels(filename, width, height, limit_px)
    if isinstance(picture, TiffImagePlugin.TiffImageFile) and picture.tag_v2.get(_NEW_SUBFILE_TYPE) == _A_PREVIEW:
        raise NotAPicture(filename)  # a camera's raw file, of which only a small preview could be read


def _weight(picture: ImageFile.ImageFile) -> float:
    """How many times more memory than usual for its format a pixel takes, as measured."""
    if isinstance(picture, TiffImagePlugin.TiffImageFile):
        return float(max(8, *picture.tag_v2.get(_BITS_PER_SAMPLE, ())) / 8)
    if picture.format not in (HEIF, AVIF):
        return 1
    return (2 if picture.info.get("bit_depth", 8) > 8 else 1) * (1.5 if picture.mode == "RGBA" else 1)


def _is_usable(picture: ImageFile.ImageFile, content: bytes, kind: str) -> bool:
    is_plain = kind in _USABLE_FORMATS and picture.mode in _USABLE_MODES and max(picture.size) <= _USABLE_PX
    return is_plain and not (kind == PNG and _png_depth(content) > 8) and turn_of(picture) is None


def _png_depth(content: bytes) -> int:
    return content[_PNG_DEPTH_AT]


def _load(picture: ImageFile.ImageFile, content: bytes, kind: str, *, longest_px: int) -> None:
    """Decode the whole file, a JPEG only as finely as is needed to be `longest_px` wide or high."""
    scale = max(1, max(picture.size) // max(1, longest_px))
    if kind == JPEG:
        picture.draft(None, (max(1, picture.width // scale), max(1, picture.height // scale)))
    picture.load()
    transparent = picture.info.get("transparency")
    if kind == PNG and _png_depth(content) > 8 and transparent is not None:
        # Pillow makes the pixels 8-bit here, but not the colour that stands for nothing.
        is_grey = isinstance(transparent, int)
        picture.info["transparency"] = transparent >> 8 if is_grey else tuple(value >> 8 for value in transparent)
