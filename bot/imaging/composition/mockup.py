"""The mock-up sheet: every candidate as people will meet it, small, beside a title, on a light and on a dark page."""

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from bot.domain.thumbnails.colours import Colour
from bot.imaging.composition.masks import board
from bot.imaging.lettering.bundle import Weight
from bot.imaging.lettering.writing import Pen, width_of, write

LARGE_PX, SMALL_PX = 320, 120  # how wide lists show thumbnails: large screens, and phones or the column beside a video
_GUTTER_PX = 84
_MARGIN_PX = 28
_GAP_PX = 18
_TEXT_PX = 190
_LEAST_HEIGHT_PX = 172  # what title, channel and the small picture need below each other
_ROUND = 0.035  # of a picture's width
_FACE_PX = 22
_GUTTER = Colour(32, 34, 40)
_NUMBER = Pen(46, Colour(250, 250, 252), Weight.HEADLINE)
_BETWEEN_PX = 2
_SHOWN_PX = (550, 350)


@dataclass(frozen=True, slots=True)
class _Page:
    """Colours as video platforms have them in their two themes."""

    ground: Colour
    title: Colour
    channel: Colour
    face: Colour


_LIGHT = _Page(Colour(255, 255, 255), Colour(15, 15, 15), Colour(96, 96, 96), Colour(199, 203, 212))
_DARK = _Page(Colour(15, 15, 15), Colour(241, 241, 241), Colour(170, 170, 170), Colour(74, 78, 88))
_PAGES = (_LIGHT, _DARK)
_CELL_PX = 2 * _MARGIN_PX + LARGE_PX + 2 * _GAP_PX + SMALL_PX + _TEXT_PX


def mockup(tiles: Sequence[tuple[int, Image.Image]], *, title: str, channel: str) -> Image.Image:
    """The tiles have numbers and are `LARGE_PX` wide."""
    rows = [_row(number, tile, title, channel) for number, tile in tiles]
    width, height = (max(row.width for row in rows) + _BETWEEN_PX, max(row.height for row in rows) + _BETWEEN_PX)
    columns = max((1, 2), key=lambda count: _shown_at(width * count, height * -(-len(rows) // count)))
    sheet = Image.new("RGB", (width * columns - _BETWEEN_PX, height * -(-len(rows) // columns) - _BETWEEN_PX), _GUTTER)
    for place, row in enumerate(rows):
        down, across = divmod(place, columns)
        sheet.paste(row, (across * width, down * height))
    return sheet


def _shown_at(width: int, height: int) -> float:
    """How large Discord shows a picture before it is opened."""
    return min(_SHOWN_PX[0] / width, _SHOWN_PX[1] / height)


def _row(number: int, tile: Image.Image, title: str, channel: str) -> Image.Image:
    height = max(tile.height, _LEAST_HEIGHT_PX) + 2 * _MARGIN_PX
    row = Image.new("RGB", (_GUTTER_PX + len(_PAGES) * _CELL_PX, height), _GUTTER)
    left = round((_GUTTER_PX - width_of(str(number), _NUMBER)) / 2)
    write(row, str(number), _NUMBER, at=(left, round((height - _NUMBER.em_px * 0.73) / 2)), width_px=_GUTTER_PX)
    for column, page in enumerate(_PAGES):
        row.paste(_cell(tile, page, height, title, channel), (_GUTTER_PX + column * _CELL_PX, 0))
    return row


def _cell(tile: Image.Image, page: _Page, height: int, title: str, channel: str) -> Image.Image:
    cell = Image.new("RGB", (_CELL_PX, height), page.ground)
    _paste_rounded(cell, tile, (_MARGIN_PX, _MARGIN_PX))
    left = _MARGIN_PX + LARGE_PX + _GAP_PX
    width = _CELL_PX - _MARGIN_PX - left
    below = write(cell, title, Pen(22, page.title), at=(left, _MARGIN_PX + 2), width_px=width, most_lines=2)
    cell.paste(page.face, (left, below), board((_FACE_PX, _FACE_PX), _FACE_PX // 2))
    beside = left + _FACE_PX + 8
    write(cell, channel, Pen(16, page.channel), at=(beside, below + 5), width_px=width - _FACE_PX - 8)
    _write_small(cell, tile, page, title, channel, at=(left, height - _MARGIN_PX))
    return cell


def _write_small(
    cell: Image.Image, tile: Image.Image, page: _Page, title: str, channel: str, *, at: tuple[int, int]
) -> None:
    """`at` is the lower left corner."""
    small = tile.resize((SMALL_PX, round(tile.height * SMALL_PX / tile.width)), Image.Resampling.LANCZOS)
    left, top = at[0], at[1] - small.height
    _paste_rounded(cell, small, (left, top))
    beside = left + SMALL_PX + 12
    width = _CELL_PX - _MARGIN_PX - beside
    below = write(cell, title, Pen(15, page.title), at=(beside, top + 2), width_px=width, most_lines=2)
    write(cell, channel, Pen(13, page.channel), at=(beside, below + 2), width_px=width)


def _paste_rounded(cell: Image.Image, tile: Image.Image, at: tuple[int, int]) -> None:
    cell.paste(tile, at, board(tile.size, round(tile.width * _ROUND)))
