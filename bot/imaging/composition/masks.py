"""Shapes to paint through: letters grown by a pen's width, boards with round corners, veils that fade."""

import math
from collections.abc import Iterator

from PIL import Image, ImageChops, ImageDraw

_SMOOTH = 4  # drawn so many times larger and then reduced: Pillow's own edges are jagged
_STEP_PX = 1.5  # between two places of the pen on its way round


def grown(mask: Image.Image, radius_px: int) -> Image.Image:
    """As if a round pen had been drawn along every edge; of the same size, so leave room around."""
    wide = mask
    for x, y in _around(radius_px):
        wide = ImageChops.lighter(wide, ImageChops.offset(mask, x, y))
    return wide


def _around(radius_px: int) -> Iterator[tuple[int, int]]:
    """The pen's edge and a ring half-way, so that no hole is left behind thin strokes."""
    for radius in {radius_px, (radius_px + 1) // 2} - {0}:
        steps = max(8, math.ceil(2 * math.pi * radius / _STEP_PX))
        turns = (2 * math.pi * step / steps for step in range(steps))
        yield from dict.fromkeys((round(radius * math.cos(turn)), round(radius * math.sin(turn))) for turn in turns)


def board(size: tuple[int, int], radius_px: int) -> Image.Image:
    width, height = size
    large = Image.new("L", (width * _SMOOTH, height * _SMOOTH))
    ImageDraw.Draw(large).rounded_rectangle((0, 0, large.width - 1, large.height - 1), radius_px * _SMOOTH, fill=255)
    return large.reduce(_SMOOTH)


def veil(length_px: int, solid_px: int, fade_px: int, opacity: float) -> Image.Image:
    """One pixel high: solid from the left, then fading smoothly to nothing."""
    strip = Image.new("L", (length_px, 1))
    strip.putdata([round(255 * opacity * _faded((x - solid_px) / max(1, fade_px))) for x in range(length_px)])
    return strip


def _faded(way: float) -> float:
    """From 1 to 0 without a visible beginning or end."""
    way = min(1.0, max(0.0, way))
    return 1 - way * way * (3 - 2 * way)
