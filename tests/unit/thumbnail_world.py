"""Pictures to make thumbnails of, and what can be measured on them."""

import io
from collections.abc import Iterator

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from bot.domain.thumbnails.areas import Area
from bot.domain.thumbnails.colours import Colour, parse_colour
from bot.domain.thumbnails.design import Design
from bot.domain.thumbnails.headlines import parse_headline
from bot.domain.thumbnails.sizes import SIZES
from bot.domain.thumbnails.templates import TEMPLATES

Pixels = tuple[int, int]
LANDSCAPE: Pixels = (1536, 1024)  # what gpt-image-1 makes; it has no 16:9

RTL = "مرحبا بكم في بطولة YouTube 2026 الكبرى"
HEBREW = "שלום עולם (hello) 2026"
JAPANESE = "初心者でもできる！最強の要塞を作る方法"


def a_design(
    headline: str = "We survived 100 days", size: str = "youtube", template: str = "outline", accent: str = ""
) -> Design:
    return Design(SIZES[size], TEMPLATES[template], parse_headline(headline), parse_colour(accent) if accent else None)


def plain(colour: str, size: Pixels = LANDSCAPE) -> Image.Image:
    return Image.new("RGB", size, colour)


def scene(size: Pixels = LANDSCAPE, subject: tuple[float, float] = (0.5, 0.5)) -> Image.Image:
    """A sky from blue to gold, with a red ball at a place given in parts of the picture."""
    sky = Image.linear_gradient("L").resize(size)
    channels = (sky.point(lambda value: 60 + value * 0.7), sky.point(lambda value: 110 + value * 0.4))
    picture = Image.merge("RGB", (*channels, ImageChops.invert(sky)))
    radius = min(size) * 0.09
    x, y = size[0] * subject[0], size[1] * subject[1]
    draw = ImageDraw.Draw(picture)
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(200, 30, 40), outline=(70, 0, 10), width=8)
    return picture


def opened(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


def in_pixels(area: Area, size: Pixels) -> tuple[float, float, float, float]:
    return area.left * size[0], area.top * size[1], area.right * size[0], area.bottom * size[1]


def colours_behind(picture: Image.Image, letters: Image.Image) -> Iterator[Colour]:
    """Of the pixels next to letters, beyond those that a letter covers in part."""
    near = letters.point(lambda value: 255 if value else 0).filter(ImageFilter.MaxFilter(3))
    beside = ImageChops.subtract(near.filter(ImageFilter.MaxFilter(3)), near)
    yield from _colours(picture, beside)


def colours_of(picture: Image.Image, letters: Image.Image) -> Iterator[Colour]:
    """Of the pixels that a letter covers whole."""
    yield from _colours(picture, letters.point(lambda value: 255 if value == 255 else 0))


def _colours(picture: Image.Image, where: Image.Image) -> Iterator[Colour]:
    """Each once."""
    shown = Image.new("RGBA", picture.size)
    shown.paste(picture, mask=where)
    shown.putalpha(where)
    for _, pixel in shown.getcolors(picture.width * picture.height) or []:
        assert isinstance(pixel, tuple)
        if pixel[3] == 255:
            yield Colour(*pixel[:3])
