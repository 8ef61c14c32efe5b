"""What becomes of references: the first fills the picture, the others are pinned onto it."""

import io
import random
from collections.abc import Sequence

from PIL import Image, ImageChops, ImageFilter, ImageOps

from bot.preview.painter.palettes import Palette, Size

_DECODED_PX = 3072  # twice the longest edge of a result of gpt-image-1: more detail would not be seen


def _opened(content: bytes) -> Image.Image:
    with Image.open(io.BytesIO(content)) as source:
        source.draft("RGB", (_DECODED_PX, _DECODED_PX))  # JPEGs decode faster at a fraction of their size
        upright = ImageOps.exif_transpose(source).convert("RGBA")
    ground = Image.new("RGBA", upright.size, (236, 232, 224, 255))
    return Image.alpha_composite(ground, upright).convert("RGB")


def rework(content: bytes, size: Size, palette: Palette) -> Image.Image:
    """The reference itself, cropped to cover: dabs of flat colour, inked edges, toned towards the palette."""
    picture = ImageOps.fit(_opened(content), size, Image.Resampling.LANCZOS)
    half = picture.resize((max(1, size[0] // 2), max(1, size[1] // 2)), Image.Resampling.BOX)
    dabs = half.filter(ImageFilter.MedianFilter(5)).filter(ImageFilter.ModeFilter(5))
    flat = ImageOps.posterize(dabs, 5).filter(ImageFilter.SMOOTH_MORE).resize(size, Image.Resampling.BICUBIC)
    toned = ImageOps.colorize(flat.convert("L"), palette.near, palette.sun, palette.middle)
    ink = ImageOps.invert(dabs.convert("L").filter(ImageFilter.FIND_EDGES)).point(lambda v: 255 - (255 - v) * 0.55)
    ink = ink.filter(ImageFilter.GaussianBlur(0.8)).resize(size, Image.Resampling.BICUBIC)
    return ImageChops.multiply(Image.blend(flat, toned, 0.30), ink.convert("RGB"))


def pin_polaroids(picture: Image.Image, contents: Sequence[bytes], dice: random.Random) -> None:
    width, height = picture.size
    edge = max(8, round(min(width, height) * 0.19))
    for n, content in enumerate(contents):
        card = _polaroid(content, edge).rotate(dice.uniform(-7, 7), Image.Resampling.BICUBIC, expand=True)
        shadow = card.getchannel("A").filter(ImageFilter.GaussianBlur(edge / 22)).point(lambda v: v * 0.5)
        x = round(edge * 0.22 if n % 2 else width - edge * 1.6)
        y = round(edge * 0.18 + (n // 2) * edge * 1.5)
        picture.paste((12, 12, 20), (x + edge // 30, y + edge // 22), shadow)
        picture.paste(card, (x, y), card)


def _polaroid(content: bytes, edge: int) -> Image.Image:
    rim = max(1, edge // 14)
    card = Image.new("RGBA", (edge + 2 * rim, edge + 5 * rim), (250, 248, 243, 255))
    card.paste(ImageOps.fit(_opened(content), (edge, edge), Image.Resampling.LANCZOS), (rim, rim))
    return ImageOps.expand(card, rim, (250, 248, 243, 0))  # a clear border keeps the turned edge smooth
