"""Writes a finished picture as a file that fits."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image

from bot.imaging.signatures import JPEG, PNG, WEBP

# What a GIF or a palette can hold: drawings, logos and pixel art, which JPEG would smear.
_FLAT_COLOURS = 256
_QUALITIES = (90, 80, 70)
_SHRINK = 0.75


@dataclass(frozen=True, slots=True)
class Written:
    content: bytes
    format: str
    size: tuple[int, int]


def written(image: Image.Image, limit_bytes: int) -> Written | None:
    """As large as fits; None when not even a pixel does."""
    while True:
        for content, kind in _attempts(image):
            if len(content) <= limit_bytes:
                return Written(content, kind, image.size)
        if image.size == (1, 1):
            return None
        size = (max(1, int(image.width * _SHRINK)), max(1, int(image.height * _SHRINK)))
        image = image.resize(size, Image.Resampling.LANCZOS)


def _attempts(image: Image.Image) -> Iterator[tuple[bytes, str]]:
    """From what looks best to what is smallest; without losses where that pays, and never without transparency."""
    if image.mode == "RGBA":
        yield _saved(image, PNG), PNG
        for quality in _QUALITIES:
            yield _saved(image, WEBP, quality=quality), WEBP
        return
    if image.getcolors(_FLAT_COLOURS) is not None:
        yield _saved(image, PNG), PNG
    for quality in _QUALITIES:
        yield _saved(image, JPEG, quality=quality, subsampling=0), JPEG  # 4:4:4: thin red lines stay red


def _saved(image: Image.Image, kind: str, **options: int) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()
