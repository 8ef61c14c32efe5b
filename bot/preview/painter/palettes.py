"""The colours a preview is painted in."""

from collections.abc import Sequence
from typing import NamedTuple

from PIL import Image

Size = tuple[int, int]
Colour = tuple[int, int, int]


class Palette(NamedTuple):
    top: Colour
    middle: Colour
    horizon: Colour
    sun: Colour
    far: Colour
    near: Colour


def _rgb(code: str) -> Colour:
    red, green, blue = bytes.fromhex(code)
    return red, green, blue


PALETTES = [
    Palette(*map(_rgb, line.split()))
    for line in (
        "2b2d5b 8a5a83 f4b393 ffe3b8 b98a9a 1f1f3f",  # rose dusk
        "3d5a80 98c1d9 fde2b3 fff3d0 9fb8c4 1d3557",  # golden morning
        "0b3954 3f88a5 f7d6bf ffe8d0 7fb0b8 062c3f",  # teal dawn
        "33214f 7c5fa5 f6c1d0 fff0e6 a88fc2 231640",  # lavender
        "2f4f4f 7fa99b f1e8c9 fff8dc 93b5a2 16302b",  # forest mist
        "2a1a2e a0404f f6a55a ffd99a b8606a 1c1020",  # ember
        "1f3b5c 6fa0c8 e6eff5 ffffff 9dbcd4 17304b",  # ice
        "5a3e5a d08770 f7d9a8 fff1c9 d9a077 4a2a33",  # desert
        "070b24 1b2a5e 5a6fa5 f4f1de 3c4a80 05081a",  # moonlight
        "20524d 5fb3a1 ffd9c0 fff4e3 86b8a6 0f2f33",  # mint and peach
    )
]


def mix(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def gradient(size: Size, stops: Sequence[Colour]) -> Image.Image:
    """Colours from top to bottom, evenly spread."""
    column = Image.new("RGB", (1, 256))
    for y in range(256):
        at = y / 255 * (len(stops) - 1)
        left = min(int(at), len(stops) - 2)
        column.putpixel((0, y), mix(stops[left], stops[left + 1], at - left))
    return column.resize(size, Image.Resampling.BILINEAR)
