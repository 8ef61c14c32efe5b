"""A word in every prompt that its picture carries in its pixels, so that both are known wherever they turn up."""

import io
import random
import re
from collections.abc import Sequence

from PIL import Image, UnidentifiedImageError

Mark = str

MARK = re.compile(r"z[0-9a-f]{8}(?![0-9a-z])")
_CELLS = 8  # 64 cells, black or white: 32 bits, then their complement
_CELL_PX = 24  # large enough to survive being made smaller and saved as WebP or JPEG
_NOISE = 40  # incompressible, so that files are large enough to be too large


def new_mark(dice: random.Random) -> Mark:
    return f"z{dice.getrandbits(32):08x}"


def marks_in(text: str) -> frozenset[Mark]:
    return frozenset(MARK.findall(text.lower()))


def paint(prompt: str, size: tuple[int, int], references: Sequence[bytes] = ()) -> bytes:
    """A small PNG that carries the prompt's mark; the same prompt gives the same bytes."""
    (mark,) = marks_in(prompt)
    bits = f"{int(mark[1:], 16):032b}"
    bits += bits.translate(str.maketrans("01", "10"))
    cells = Image.frombytes("L", (_CELLS, _CELLS), bytes(190 if bit == "1" else 20 for bit in bits))
    edge = _CELLS * _CELL_PX
    noise = random.Random(mark).randbytes(3 * edge * edge)
    grain = Image.frombytes("RGB", (edge, edge), bytes(value % _NOISE for value in noise))
    picture = Image.merge("RGB", [cells.resize((edge, edge), Image.Resampling.NEAREST)] * 3)
    file = io.BytesIO()
    Image.blend(picture, grain, 0.3).save(file, "PNG", compress_level=1)
    return file.getvalue()


def mark_of(content: bytes) -> Mark | None:
    """The mark that a picture carries; None for any other file."""
    try:
        with Image.open(io.BytesIO(content)) as opened:
            cells = opened.convert("L").resize((_CELLS, _CELLS), Image.Resampling.BOX)
    except (UnidentifiedImageError, OSError):
        return None
    values = cells.tobytes()
    middle = (min(values) + max(values)) / 2
    bits = "".join("1" if value > middle else "0" for value in values)
    if bits[32:] != bits[:32].translate(str.maketrans("01", "10")):
        return None
    return f"z{int(bits[:32], 2):08x}"
