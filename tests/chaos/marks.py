"""A word in every prompt that its pictures carry in their pixels, so that all are known wherever they turn up."""

import io
import random
import re
from collections.abc import Sequence
from typing import NamedTuple

from PIL import Image, UnidentifiedImageError

Mark = str

MARK = re.compile(r"z[0-9a-f]{8}(?![0-9a-z])")
_COLUMNS, _ROWS = 8, 10  # cells, black or white: 32 bits of the mark and 8 of a number, then their complement
_BITS = _COLUMNS * _ROWS // 2
_CELL_PX = 24  # large enough to survive being made smaller and saved as WebP or JPEG
_NOISE = 40  # incompressible, so that files are large enough to be too large


def new_mark(dice: random.Random) -> Mark:
    return f"z{dice.getrandbits(32):08x}"


def marks_in(text: str) -> frozenset[Mark]:
    return frozenset(MARK.findall(text.lower()))


class Pictured(NamedTuple):
    """What a picture carries: its prompt's mark, and which of the pictures of that prompt it is."""

    mark: Mark
    number: int


def paint(prompt: str, size: tuple[int, int], references: Sequence[bytes] = (), number: int = 0) -> bytes:
    """A small PNG that carries the prompt's mark and the number; the same of both gives the same bytes."""
    (mark,) = marks_in(prompt)
    bits = f"{int(mark[1:], 16):032b}{number % 256:08b}"
    bits += bits.translate(str.maketrans("01", "10"))
    cells = Image.frombytes("L", (_COLUMNS, _ROWS), bytes(190 if bit == "1" else 20 for bit in bits))
    edges = (_COLUMNS * _CELL_PX, _ROWS * _CELL_PX)
    noise = random.Random(f"{mark} {number}").randbytes(3 * edges[0] * edges[1])
    grain = Image.frombytes("RGB", edges, bytes(value % _NOISE for value in noise))
    picture = Image.merge("RGB", [cells.resize(edges, Image.Resampling.NEAREST)] * 3)
    file = io.BytesIO()
    Image.blend(picture, grain, 0.3).save(file, "PNG", compress_level=1)
    return file.getvalue()


def pictured(content: bytes) -> Pictured | None:
    """What a picture carries; None for any other file."""
    try:
        with Image.open(io.BytesIO(content)) as opened:
            cells = opened.convert("L").resize((_COLUMNS, _ROWS), Image.Resampling.BOX)
    except (UnidentifiedImageError, OSError):
        return None
    values = cells.tobytes()
    middle = (min(values) + max(values)) / 2
    bits = "".join("1" if value > middle else "0" for value in values)
    carried = bits[:_BITS]
    if bits[_BITS:] != carried.translate(str.maketrans("01", "10")):
        return None
    return Pictured(f"z{int(carried[:32], 2):08x}", int(carried[32:], 2))
