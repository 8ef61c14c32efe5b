"""Makes a finished picture take fewer bytes, and fewer pixels only where that is not enough."""

import io
import math

from PIL import Image

from bot.imaging.pixels import reduced

FORMATS = ("PNG", "JPEG", "WEBP")
LONGEST_PX = 4096
_QUALITIES = (92, 80)
# From 3 on, the encoder remembers all it could write: 22 bytes a pixel instead of 9, for files hardly smaller.
_WEBP_METHOD = 2
_SHRINK = 0.75
_SMALLEST_PX = 64


def fitted(handed_over: list[bytes], limit_bytes: int, *, longest_px: int = LONGEST_PX) -> bytes:
    """As WebP. Takes the file out of the list: encoding needs memory, and by then the file is gone.

    Raises: ValueError when no size is small enough.
    """
    picture = _encodable(handed_over.pop(), longest_px)
    while True:
        for quality in _QUALITIES:
            smaller = io.BytesIO()
            picture.save(smaller, "WEBP", quality=quality, method=_WEBP_METHOD)
            if smaller.tell() <= limit_bytes:
                return smaller.getvalue()
        if min(picture.size) <= _SMALLEST_PX:
            raise ValueError(f"no picture fits into {limit_bytes} bytes")
        picture = picture.resize(
            (int(picture.width * _SHRINK), int(picture.height * _SHRINK)), Image.Resampling.LANCZOS
        )


def _encodable(content: bytes, longest_px: int) -> Image.Image:
    """In RGB or RGBA. One that is too long is made smaller on the way, so that it is in memory once and not twice."""
    with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
        picture: Image.Image = opened
        mode = "RGBA" if opened.has_transparency_data else "RGB"
        if opened.mode != mode or max(opened.size) > longest_px:
            picture = reduced(opened, math.ceil(max(opened.size) / longest_px))
        else:
            picture.load()
    return picture if picture.mode == mode else picture.convert(mode)
