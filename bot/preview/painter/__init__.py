"""Pictures for the preview: a landscape after the prompt, or the references' own pixels reworked; lettered and marked.

It knows nothing of RunBase or Discord; the same prompt, number, size and references always give the same bytes.
"""

import hashlib
import io
import random
from collections.abc import Sequence

from PIL import Image, ImageChops

from bot.preview.painter.caption import letter
from bot.preview.painter.landscape import landscape
from bot.preview.painter.palettes import PALETTES, Size
from bot.preview.painter.reworking import pin_polaroids, rework

__all__ = ["paint"]

_DRAWN_PX = 1536  # the longest edge anything is drawn at: gpt-image-1's own; larger pictures are enlarged from it


def paint(prompt: str, size: Size, references: Sequence[bytes] = (), number: int = 0) -> bytes:
    """Returns: a PNG of exactly `size`, another one for every `number` of the same prompt.

    Raises: OSError when a reference is no picture Pillow can read.
    """
    seed = f"{prompt}\n{number}" if number else prompt
    dice = random.Random(hashlib.sha256(seed.encode("utf-8", "replace")).digest())  # noqa: S311 - to be the same every time
    palette = dice.choice(PALETTES)
    drawn = _no_larger(size, _DRAWN_PX)
    if references:
        picture = rework(references[0], drawn, palette)
        pin_polaroids(picture, references[1:], dice)
    else:
        picture = landscape(drawn, prompt, palette, dice)
    if drawn != size:
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    picture = _grain(picture, dice)
    letter(picture, prompt, palette)
    return _png(picture)


def _no_larger(size: Size, longest: int) -> Size:
    factor = min(1.0, longest / max(size))
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


def _png(picture: Image.Image) -> bytes:
    target = io.BytesIO()
    picture.save(target, "PNG", compress_level=4)
    return target.getvalue()


def _grain(picture: Image.Image, dice: random.Random) -> Image.Image:
    """A fine even grain hides the banding of gradients; one small tile repeated keeps the PNG small."""
    edge = 128
    tile = Image.frombytes("L", (edge, edge), dice.randbytes(edge * edge)).point(lambda v: v * 7 // 256)
    sheet = Image.new("L", picture.size)
    for x in range(0, picture.width, edge):
        for y in range(0, picture.height, edge):
            sheet.paste(tile, (x, y))
    return ImageChops.add(picture, Image.merge("RGB", (sheet,) * 3), offset=-3)
