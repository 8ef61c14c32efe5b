"""Results as large as the model's, each with bytes of its own, at hardly any cost to the look-alike."""

import random
import struct
import zlib
from collections.abc import Sequence
from functools import cache
from io import BytesIO

from PIL import Image

from bot.preview.emulator.rules import Size

_SIGNATURE_AND_HEADER_BYTES = 8 + 25
_GRAIN = 24  # of 255: 2 MB, as results of GPT Image 1 are


def picture(prompt: str, size: Size, references: Sequence[bytes], number: int = 0) -> bytes:
    """One painting for all, with the prompt in a chunk of its own behind the header."""
    png = _painting(size)
    return png[:_SIGNATURE_AND_HEADER_BYTES] + _text(prompt) + png[_SIGNATURE_AND_HEADER_BYTES:]


def clip() -> bytes:
    """A picture that has to be converted."""
    file = BytesIO()
    Image.effect_mandelbrot((800, 600), (-2.0, -1.2, 1.0, 1.2), 50).save(file, "GIF")
    return file.getvalue()


@cache
def _painting(size: Size) -> bytes:
    width, height = size
    grain = Image.frombytes("RGB", (width, height), random.Random(1).randbytes(3 * width * height))
    slope = Image.merge("RGB", [Image.linear_gradient("L").resize((width, height))] * 3)
    file = BytesIO()
    Image.blend(slope, grain, _GRAIN / 255).save(file, "PNG")
    return file.getvalue()


def _text(words: str) -> bytes:
    body = b"tEXt" + b"prompt\0" + words.encode("latin-1", "replace")
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
