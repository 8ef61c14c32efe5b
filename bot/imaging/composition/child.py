"""The sandbox's inside for thumbnails: a process that reads an order from its input and writes the answer.

A line of JSON, then the file.
"""

import io
import json
import sys
from collections.abc import Mapping
from dataclasses import astuple, replace
from typing import Any

from PIL import AvifImagePlugin, Image

from bot.domain.errors import BrokenPicture, ReferenceRefused
from bot.domain.thumbnails.sizes import Size
from bot.imaging.composition.exporting import exported
from bot.imaging.composition.mockup import LARGE_PX, mockup
from bot.imaging.composition.orders import Order, understood
from bot.imaging.composition.painting import composed
from bot.imaging.confinement import confine
from bot.imaging.conversion import MOST_PIXELS, decoded
from bot.imaging.pixels import LONGEST_PX

# A picture 320 px wide shows nothing of what more than this would add.
_TILE_FROM_PX = 1280
_SMALL_QUALITY = 88

Answer = tuple[Mapping[str, Any], bytes]


def main() -> None:
    room_bytes, share = map(int, sys.argv[1:])
    confine(room_bytes)
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # each would take memory of its own
    line, file = _answer(Order.read(sys.stdin.buffer), share)
    sys.stdout.buffer.write(json.dumps(line).encode() + b"\n" + file)


def _answer(order: Order, share: int) -> Answer:
    try:
        return _MAKERS[order.kind](order, share)
    except ReferenceRefused as refused:
        _, *details = astuple(refused)
        return {"refused": type(refused).__name__, "details": details}, b""
    except (MemoryError, OSError):  # Pillow's encoders do not tell a lack of memory from other troubles
        return {"refused": BrokenPicture.__name__, "details": []}, b""


def _compose(order: Order, share: int) -> Answer:
    design = understood(order.words["design"])
    made = composed(_picture(order, share, max(LONGEST_PX, *design.size.pixels)), design)
    picture, left_out = made.picture, made.left_out
    del made  # the mask of the letters is as large as the picture
    file = exported(picture, design.size.most_bytes, as_png=order.words["as_png"])
    return {"format": file.format, "quality": file.quality, "left_out": left_out}, file.content


def _tile(order: Order, share: int) -> Answer:
    design = understood(order.words["design"])
    smaller = _no_wider(design.size, _TILE_FROM_PX)
    made = composed(_picture(order, share, LONGEST_PX), replace(design, size=smaller)).picture
    return {}, _png(made.resize((LARGE_PX, round(made.height * LARGE_PX / made.width)), Image.Resampling.LANCZOS))


def _mockup(order: Order, share: int) -> Answer:
    pictures = (Image.open(io.BytesIO(content), formats=(form,)) for form, content in order.pictures)
    tiles = list(zip(order.words["numbers"], pictures, strict=True))
    return {}, _png(mockup(tiles, title=order.words["title"], channel=order.words["channel"]))


def _small(order: Order, share: int) -> Answer:
    longest_px = order.words["longest_px"]
    picture = _picture(order, share, 2 * longest_px)
    picture.thumbnail((longest_px, longest_px), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=_SMALL_QUALITY)
    return {}, file.getvalue()


_MAKERS = {"compose": _compose, "tile": _tile, "mockup": _mockup, "small": _small}


def _picture(order: Order, share: int, longest_px: int) -> Image.Image:
    """The order's only picture, which is taken out of it, in RGB: what is transparent becomes white."""
    form, content = order.pictures.pop()
    picture = _decoded(content, form, share, longest_px)
    if picture.mode != "RGBA":
        return picture
    return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")


def _decoded(content: bytes, form: str, share: int, longest_px: int) -> Image.Image:
    """With fewer pixels where there is not enough memory for all that are useful."""
    most_pixels = {form: MOST_PIXELS[form] // share}
    try:
        return decoded(content, form, filename="", longest_px=longest_px, most_pixels=most_pixels)
    except MemoryError:
        if longest_px <= LONGEST_PX:
            raise
    return _decoded(content, form, share, LONGEST_PX)


def _no_wider(size: Size, width_px: int) -> Size:
    scale = min(1, width_px / size.width_px)
    return replace(size, width_px=round(size.width_px * scale), height_px=round(size.height_px * scale))


def _png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


if __name__ == "__main__":
    main()
