"""One font file: which characters it has, how it shapes them, and their pixels. Nobody else knows HarfBuzz.

Pillow draws letters, too, but its wheels look for FriBiDi on the machine, and without it draw Arabic in pieces and
backwards, and Latin without kerning. HarfBuzz comes whole in its wheel, so letters are the same everywhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import uharfbuzz as harfbuzz  # type: ignore[import-untyped] # it ships no types
from PIL import Image

HARFBUZZ_VERSION: str = harfbuzz.version_string()
# What all measures of letters are in: parts of an em.
EM = 10_000


class Ink(NamedTuple):
    """A box around what is drawn, y upwards from the base line."""

    left: float
    bottom: float
    right: float
    top: float

    def moved(self, x: float, y: float) -> "Ink":
        return Ink(self.left + x, self.bottom + y, self.right + x, self.top + y)

    def joined(self, other: "Ink") -> "Ink":
        return Ink(
            min(self.left, other.left),
            min(self.bottom, other.bottom),
            max(self.right, other.right),
            max(self.top, other.top),
        )


@dataclass(frozen=True, slots=True)
class Glyph:
    """A shape of a face, placed. `ink` is None for spaces."""

    face: "Face"
    number: int
    x: float
    y: float
    ink: Ink | None

    def moved(self, x: float, y: float) -> "Glyph":
        ink = None if self.ink is None else self.ink.moved(x, y)
        return Glyph(self.face, self.number, self.x + x, self.y + y, ink)


class Face:
    """`scale` makes letters that are small for their em as large as the others'."""

    def __init__(self, path: Path, *, scale: float = 1) -> None:
        self._font = harfbuzz.Font(harfbuzz.Face(harfbuzz.Blob.from_file_path(str(path))))
        self._font.scale = (round(EM * scale), round(EM * scale))

    def has(self, character: str) -> bool:
        return bool(self._font.get_nominal_glyph(ord(character)))

    def shape(self, text: str, *, is_rtl: bool, language: str) -> tuple[tuple[Glyph, ...], float]:
        """From left to right as they are drawn, and how far they reach."""
        buffer = harfbuzz.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        buffer.direction = "rtl" if is_rtl else "ltr"
        buffer.language = language
        harfbuzz.shape(self._font, buffer)
        glyphs: list[Glyph] = []
        pen = 0.0
        for shape, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            glyph = Glyph(self, shape.codepoint, 0, 0, self._ink(shape.codepoint))
            glyphs.append(glyph.moved(pen + place.x_offset, place.y_offset))
            pen += place.x_advance
        return tuple(glyphs), pen

    def _ink(self, number: int) -> Ink | None:
        box = self._font.get_glyph_extents(number)
        if box is None or not box.width:
            return None
        return Ink(box.x_bearing, box.y_bearing + box.height, box.x_bearing + box.width, box.y_bearing)

    def draw(self, canvas: "harfbuzz.RasterDraw", number: int, transform: tuple[float, ...]) -> None:
        canvas.transform = transform
        canvas.draw_glyph(self._font, number)


def rasterised(glyphs: Iterable[Glyph], size: tuple[int, int], *, em_px: float) -> Image.Image:
    """Coverage of `size` pixels. The glyphs' origin is its upper left corner, so what is on it has a negative y."""
    canvas = harfbuzz.RasterDraw()
    width, height = size
    canvas.extents = harfbuzz.RasterExtents(0, -height, width, height, 0)
    scale = em_px / EM
    for glyph in glyphs:
        glyph.face.draw(canvas, glyph.number, (scale, 0, 0, scale, glyph.x * scale, glyph.y * scale))
    drawn = canvas.render()
    return Image.frombuffer("L", size, drawn.buffer, "raw", "L", drawn.extents.stride, -1).copy()
