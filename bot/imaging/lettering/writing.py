"""Writes plain text onto a canvas: lines of one size that end in an ellipsis where there is no more room."""

from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image

from bot.domain.thumbnails.colours import Colour
from bot.imaging.lettering.breaking import pieces
from bot.imaging.lettering.bundle import Weight
from bot.imaging.lettering.faces import EM, rasterised
from bot.imaging.lettering.lines import Headline, Line

_LEADING = 1.3
_ASCENT = 0.74  # of Inter's capitals
_MOST_CHARACTERS = 300  # more than any line can hold
_ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Pen:
    em_px: float
    colour: Colour
    weight: Weight = Weight.TEXT


def write(
    canvas: Image.Image,
    text: str,
    pen: Pen,
    *,
    at: tuple[int, int],
    width_px: int,
    most_lines: int = 1,
) -> int:
    """All lines begin at the left. `at` is where capitals begin; returns where those of a next line would."""
    headline = Headline.of(text[:_MOST_CHARACTERS], pen.weight)
    left, top = at
    if headline.is_blank:
        return top
    for line in _lines(headline, width_px / pen.em_px * EM, most_lines):
        _draw(canvas, line, pen, (left, top))
        top += round(_LEADING * pen.em_px)
    return top


def width_of(text: str, pen: Pen) -> float:
    headline = Headline.of(text, pen.weight)
    return headline.line(0, len(headline.clusters)).width * pen.em_px / EM


def _draw(canvas: Image.Image, line: Line, pen: Pen, at: tuple[float, float]) -> None:
    left, top = (place * EM / pen.em_px for place in at)
    glyphs = [glyph.moved(left - line.ink.left, -top - _ASCENT * EM) for glyph in line.glyphs]
    canvas.paste(pen.colour, mask=rasterised(glyphs, canvas.size, em_px=pen.em_px))


def _lines(headline: Headline, most: float, most_lines: int) -> Iterator[Line]:
    words = pieces(headline.clusters, headline.language, freely=False)
    start = 0
    for number in range(1, most_lines + 1):
        if start == len(words):
            return
        end = start + 1
        while end < len(words) and headline.line(words[start].start, words[end].end).width <= most:
            end += 1
        whole = headline.line(words[start].start, words[end - 1].end)
        if whole.width > most or (number == most_lines and end < len(words)):
            yield _shortened(headline, words[start].start, most)
            return
        yield whole
        start = end


def _shortened(headline: Headline, start: int, most: float) -> Line:
    for end in range(len(headline.clusters), start + 1, -1):
        line = headline.line(start, end, ending=_ELLIPSIS)
        if line.width <= most:
            return line
    return headline.line(start, start + 1, ending=_ELLIPSIS)
