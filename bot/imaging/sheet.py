"""Draws small labelled pictures on one sheet. Pictures are decoded one after the other: run it in the sandbox."""

import io
import struct
import zlib
from collections.abc import Iterable
from functools import cache

from PIL import Image, ImageDraw, ImageFont

from bot.imaging.pixels import finished, raw_of
from bot.imaging.signatures import JPEG, PNG, WEBP
from bot.ports import Cell

MOST_PIXELS = 25_000_000  # as many as a finished picture may have
_FORMATS = (PNG, JPEG, WEBP)

# Discord shows a picture 550 px wide, and twice that on fine screens.
_WIDTH_PX = 1000
_LARGEST_TILE_PX = 316
_MARGIN_PX = 16
_GAP_PX = 12
_SHEET_RADIUS_PX = 18
_TILE_RADIUS_PX = 12
# A dark card stands apart from Discord's light theme and lies quietly in its dark ones.
_SHEET = (30, 31, 36)
_TILE = (43, 45, 52)
_WORD = (181, 186, 196)
_CHIP, _CHIP_EDGE, _LABEL = (250, 250, 252), (24, 25, 29), (24, 25, 29)
# Parts of a tile's side.
_CHIP_HEIGHT = 0.12
_CHIP_INSET = 0.035
_WORD_SIZE = 0.085
_LEAST_CHIP_PX = 28
# Parts of a chip's height.
_LABEL_SIZE = 0.64
_CHIP_PADDING = 0.32
_SMOOTH = 4  # drawn so many times larger, and then reduced: Pillow's own edges are jagged
_QUALITIES = (92, 80, 60)
_MOST_BYTES = 300_000

_DAMAGED = (
    *(OSError, EOFError, SyntaxError, ValueError, TypeError, RuntimeError, LookupError, ArithmeticError),
    *(MemoryError, struct.error, zlib.error),
)


class TooLarge(Exception):
    """A picture has more pixels than fit into the room there is."""


def sheet(cells: Iterable[Cell], count: int, *, columns: int, most_pixels: int = MOST_PIXELS) -> bytes:
    """A WebP file, transparent around its corners; of `count` cells, one in memory at a time. Raises: TooLarge."""
    columns = max(1, min(columns, count))
    tile_px = min(_LARGEST_TILE_PX, (_WIDTH_PX - 2 * _MARGIN_PX - (columns - 1) * _GAP_PX) // columns)
    rows = max(1, -(-count // columns))
    card = Image.new("RGB", (_extent(columns, tile_px), _extent(rows, tile_px)), _SHEET)
    for number, cell in enumerate(cells):
        row, column = divmod(number, columns)
        at = (_MARGIN_PX + column * (tile_px + _GAP_PX), _MARGIN_PX + row * (tile_px + _GAP_PX))
        card.paste(_tile(cell, tile_px, most_pixels), at, _rounded((tile_px, tile_px), _TILE_RADIUS_PX))
    card.putalpha(_rounded(card.size, _SHEET_RADIUS_PX))
    return _written(card)


def _extent(tiles: int, tile_px: int) -> int:
    return 2 * _MARGIN_PX + tiles * tile_px + (tiles - 1) * _GAP_PX


def _tile(cell: Cell, side_px: int, most_pixels: int) -> Image.Image:
    tile = Image.new("RGB", (side_px, side_px), _TILE)
    picture = None if cell.content is None else _small(cell.content, side_px, most_pixels)
    if picture is None:
        ImageDraw.Draw(tile).text(
            (side_px / 2, side_px / 2), cell.word, _WORD, _font(round(side_px * _WORD_SIZE)), anchor="mm"
        )
    else:
        at = ((side_px - picture.width) // 2, (side_px - picture.height) // 2)
        tile.paste(picture, at, picture if picture.mode == "RGBA" else None)
    _label(tile, cell.label)
    return tile


def _small(content: bytes, side_px: int, most_pixels: int) -> Image.Image | None:
    """The whole picture, as large as fits; None when it cannot be read. Raises: TooLarge."""
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
            pixels = opened.width * opened.height
            if pixels > MOST_PIXELS:
                return None
            if pixels > most_pixels:
                raise TooLarge
            opened.draft(None, (side_px, side_px))
            opened.load()
            picture = finished(raw_of(opened, side_px))
    except _DAMAGED:
        return None
    scale = min(side_px / picture.width, side_px / picture.height)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture.resize(size, Image.Resampling.LANCZOS)


def _label(tile: Image.Image, text: str) -> None:
    """Dark on light with a dark edge: it stands out from any picture."""
    height = max(_LEAST_CHIP_PX, round(tile.height * _CHIP_HEIGHT))
    inset = round(tile.height * _CHIP_INSET)
    font = _font(round(height * _LABEL_SIZE))
    width = max(height, round(font.getlength(text) + 2 * height * _CHIP_PADDING))
    for edge, colour in ((2, _CHIP_EDGE), (0, _CHIP)):
        size = (width + 2 * edge, height + 2 * edge)
        at = inset - edge
        tile.paste(colour, (at, at, at + size[0], at + size[1]), _rounded(size, size[1] // 2))
    middle = (inset + width / 2, inset + height / 2)
    ImageDraw.Draw(tile).text(middle, text, _LABEL, font, anchor="mm", stroke_width=0.5)


@cache
def _font(size_px: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size_px)
    assert isinstance(font, ImageFont.FreeTypeFont)  # `check` says so where FreeType is missing
    return font


@cache
def _rounded(size: tuple[int, int], radius_px: int) -> Image.Image:
    large = Image.new("L", (size[0] * _SMOOTH, size[1] * _SMOOTH), 0)
    ImageDraw.Draw(large).rounded_rectangle((0, 0, large.width - 1, large.height - 1), radius_px * _SMOOTH, fill=255)
    return large.resize(size, Image.Resampling.LANCZOS)


def _written(card: Image.Image) -> bytes:
    content = b""
    for quality in _QUALITIES:
        file = io.BytesIO()
        card.save(file, "WEBP", quality=quality, alpha_quality=100, method=4)
        content = file.getvalue()
        if len(content) <= _MOST_BYTES:
            break
    return content
