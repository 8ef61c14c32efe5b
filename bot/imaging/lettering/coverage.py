"""Which characters the bundled fonts have, read from their own lists: for the bot, which loads nothing that draws.

The list is the table `cmap`: https://learn.microsoft.com/typography/opentype/spec/cmap
"""

import struct
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from bot.imaging.lettering.bundle import FOLDER, Weight, fonts_of
from bot.imaging.lettering.spelling import spelled
from bot.ports import Lettering

_LONG, _SHORT = 12, 4  # formats: the first is for characters beyond U+FFFF as well
_NO_CHARACTER = 0xFFFF  # ends every list in the short format

Range = tuple[int, int]


class Coverage:
    """The characters of one font file, in ranges."""

    def __init__(self, path: Path) -> None:
        ranges = sorted(_ranges(_table(path, b"cmap")))
        self._firsts = array("I", (first for first, _ in ranges))
        self._lasts = array("I", (last for _, last in ranges))

    def has(self, character: str) -> bool:
        place = bisect_right(self._firsts, ord(character)) - 1
        return place >= 0 and ord(character) <= self._lasts[place]


def lettering(headline: str) -> Lettering:
    found = spelled(headline, _coverages())
    return Lettering("".join(text for text, _ in found.clusters), found.left_out)


@cache
def _coverages() -> Sequence[Coverage]:
    return [Coverage(FOLDER / name) for name in fonts_of(Weight.HEADLINE)]


def _table(path: Path, wanted: bytes) -> bytes:
    """Without the rest of the font, which may be megabytes of shapes."""
    with path.open("rb") as font:
        (count,) = struct.unpack(">4xH6x", font.read(12))
        tables = [struct.unpack(">4s4xII", font.read(16)) for _ in range(count)]
        start, length = next((start, length) for name, start, length in tables if name == wanted)
        font.seek(start)
        return font.read(length)


def _ranges(table: bytes) -> Iterable[Range]:
    (count,) = struct.unpack_from(">H", table, 2)
    starts = (struct.unpack_from(">I", table, 8 + 8 * place)[0] for place in range(count))
    by_format = {struct.unpack_from(">H", table, start)[0]: start for start in starts}
    if _LONG in by_format:
        return _long_ranges(table, by_format[_LONG])
    return _short_ranges(table, by_format[_SHORT])


def _long_ranges(table: bytes, start: int) -> Iterable[Range]:
    (count,) = struct.unpack_from(">I", table, start + 12)
    return (struct.unpack_from(">II", table, start + 16 + 12 * place) for place in range(count))


def _short_ranges(table: bytes, start: int) -> Iterable[Range]:
    (twice,) = struct.unpack_from(">H", table, start + 6)
    lasts = struct.unpack_from(f">{twice // 2}H", table, start + 14)
    firsts = struct.unpack_from(f">{twice // 2}H", table, start + 16 + twice)
    return (one for one in zip(firsts, lasts, strict=True) if one[0] != _NO_CHARACTER)
