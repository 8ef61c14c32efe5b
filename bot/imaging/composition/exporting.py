"""Writes a picture as the best file that a size allows: in its exact pixels, in sRGB, and nothing but pixels in it."""

import io
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache

from PIL import Image

# Pillow's advice for JPEG: beyond 95 files only grow. Below 40 the blocks show.
_QUALITIES = range(40, 96)
# From here on thin coloured edges keep their colour (4:4:4), which below would cost more than it gives.
_FULL_COLOUR = 70


@dataclass(frozen=True, slots=True)
class Exported:
    """`format` is `png` or `jpeg`; `quality` that of the JPEG."""

    content: bytes
    format: str
    quality: int | None = None


def exported(picture: Image.Image, most_bytes: int, *, as_png: bool) -> Exported:
    """A PNG if it was asked for and fits; else the JPEG of the highest quality that does."""
    if as_png:
        content = _saved(picture, "PNG", optimize=True)
        if len(content) <= most_bytes:
            return Exported(content, "png")
    return _best_jpeg(_fitting(picture, most_bytes), most_bytes)


def _fitting(picture: Image.Image, most_bytes: int) -> Image.Image:
    """Noise may fit in no quality: then it is made softer, as often as it takes, and keeps its size."""
    softened, factor = picture, 1
    while len(_jpeg(softened, _QUALITIES[0])) > most_bytes:
        factor *= 2
        softened = picture.reduce(factor).resize(picture.size, Image.Resampling.BICUBIC)
    return softened


def _best_jpeg(picture: Image.Image, most_bytes: int) -> Exported:
    @cache
    def written(quality: int) -> bytes:
        return _jpeg(picture, quality)

    best = _QUALITIES[-1]
    if len(written(best)) > most_bytes:
        best = _QUALITIES[bisect_right(_QUALITIES, most_bytes, key=lambda quality: len(written(quality))) - 1]
    return Exported(written(best), "jpeg", best)


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    subsampling = "4:4:4" if quality >= _FULL_COLOUR else "4:2:0"
    return _saved(picture, "JPEG", quality=quality, subsampling=subsampling)


def _saved(picture: Image.Image, kind: str, **options: int | str) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()
