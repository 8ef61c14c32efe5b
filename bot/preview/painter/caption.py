"""The band at the foot of a preview: the prompt, as far as the bundled font has letters for it, and the mark."""

import re
import unicodedata

from PIL import Image, ImageDraw, ImageFont

from bot.preview.painter.palettes import Palette, mix

MARK = ("Preview", "not made by an AI model")  # lettered with a drawn dash between: the bundled font has none
UNLETTERABLE = "(a prompt in letters that this preview has no font for)"

_LINES = 3
_CHARACTERS = 600  # more than three lines can hold, so that wrapping need not measure 4,000
# What the bundled font lacks and Unicode does not decompose.
_NEAREST = str.maketrans(
    {"\u2013": "-", "\u2014": "-", "\u00d7": "x", "•": "·", "ß": "ss"}
    | {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "AE"}
)


def letter(picture: Image.Image, prompt: str, palette: Palette) -> None:
    """A dark band along the bottom with the prompt and the mark."""
    width, height = picture.size
    em = max(8, round(min(width, height) / 40))
    text, small = _font(em), _font(max(7, round(em * 0.72)))
    margin = em * 1.3
    lines = _wrapped(letterable(prompt), text, width - 2 * margin)
    band = round(margin * 1.5 + em * 1.35 * len(lines) + em)
    draw = ImageDraw.Draw(picture, "RGBA")
    draw.rectangle((0, height - band, width, height), fill=(*mix(palette.near, (0, 0, 0), 0.55), 205))
    for n, line in enumerate(lines):
        draw.text((margin, height - band + margin * 0.7 + n * em * 1.35), line, (255, 255, 255, 240), text)
    _letter_mark(draw, (margin, height - margin * 0.75 - em * 0.72), small)


def _font(size_px: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size=size_px)
    assert isinstance(font, ImageFont.FreeTypeFont)  # Pillow's wheels all come with FreeType
    return font


def _letter_mark(draw: ImageDraw.ImageDraw, at: tuple[float, float], font: ImageFont.FreeTypeFont) -> None:
    x, y = at
    colour = (255, 255, 255, 190)
    draw.text((x, y), MARK[0], colour, font)
    x += font.getlength(MARK[0]) + font.size * 0.35
    middle = y + font.size * 0.66
    draw.line((x, middle, x + font.size * 0.85, middle), colour, max(1, round(font.size / 14)))
    draw.text((x + font.size * 1.2, y), MARK[1], colour, font)


def letterable(prompt: str) -> str:
    """The prompt in the letters the bundled font has: accents dropped, what has no letter shown as an ellipsis."""
    start = prompt[:_CHARACTERS].translate(_NEAREST)
    plain = [c for c in unicodedata.normalize("NFKD", start) if not unicodedata.combining(c)]
    font = _font(20)
    missing = bytes(font.getmask("\uffff"))
    known = {c for c in set(plain) if c.isprintable() and bytes(font.getmask(c)) != missing}
    shown = "".join(c if c in known or c.isspace() else "…" for c in plain)
    shown = " ".join(re.sub(r"…[\s…]*…", "…", shown).split())
    return shown if re.search(r"\w", shown) else UNLETTERABLE


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    lines = [""]
    for word in re.findall(r"\S{1,24}", text):  # longer words are broken: a line always takes one piece
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    if len(lines) > _LINES:
        lines = [*lines[: _LINES - 1], lines[_LINES - 1].rstrip(" .,") + " …"]
    return lines
