"""Composes a thumbnail: the crop, what lies behind the letters, and the letters."""

import math
from dataclasses import dataclass

from PIL import Image, ImageFilter

from bot.domain.thumbnails.design import Design
from bot.domain.thumbnails.templates import Backing
from bot.imaging.composition.cropping import cropped
from bot.imaging.composition.layout import MARGINS, OUTLINE, Layout
from bot.imaging.composition.masks import board, grown, veil
from bot.imaging.composition.palette import INK, Palette, palette_for
from bot.imaging.lettering.faces import rasterised
from bot.imaging.lettering.lines import Headline

Corners = tuple[int, int, int, int]

# In ems.
_PANEL_RADIUS = 0.26
_BAND_MARGIN = 0.36
_SHADOW_BLUR = 0.14
_SHADOW_DROP = 0.05
_AROUND = 0.6  # room for outline and shadow
_VEIL_MARGIN = 0.4
_SHADOW_STRENGTH = 0.6
# Of the picture's width or height.
_FADE = 0.22
# A band whose foot is nearer to the picture's edge than this reaches down to it.
_NEAR_THE_EDGE = 0.08


@dataclass(frozen=True, slots=True)
class Composition:
    """`letters` is where they are, over the whole picture; None without lettering. `left_out` no font has."""

    picture: Image.Image
    palette: Palette
    letters: Image.Image | None = None
    left_out: str = ""


def composed(picture: Image.Image, design: Design) -> Composition:
    """From a picture in RGB."""
    canvas = cropped(picture, design.size)
    palette = palette_for(design.template.backing, design.accent)
    headline = Headline.of(design.headline)
    if headline.is_blank:
        return Composition(canvas, palette, left_out=headline.left_out)
    layout = Layout.of(headline, design)
    letters = rasterised(layout.glyphs(), design.size.pixels, em_px=layout.em_px)
    _BACKINGS[design.template.backing](canvas, layout, letters, palette)
    canvas.paste(palette.letters, mask=letters)
    return Composition(canvas, palette, letters, headline.left_out)


def _draw_outline(canvas: Image.Image, layout: Layout, letters: Image.Image, palette: Palette) -> None:
    around = _around(layout, layout.em_px * _AROUND, layout.em_px * _AROUND)
    pen_px = max(1, round(layout.em_px * OUTLINE))
    edge = grown(letters.crop(around), pen_px)
    _cast_shadow(canvas, edge, around, layout.em_px)
    canvas.paste(palette.behind, around, edge)


def _draw_panel(canvas: Image.Image, layout: Layout, letters: Image.Image, palette: Palette) -> None:
    beside, above = MARGINS[Backing.PANEL]
    corners = _around(layout, layout.em_px * beside, layout.em_px * above)
    shape = board((corners[2] - corners[0], corners[3] - corners[1]), round(layout.em_px * _PANEL_RADIUS))
    reach = round(layout.em_px * _AROUND)
    around = (corners[0] - reach, corners[1] - reach, corners[2] + reach, corners[3] + reach)
    raised = Image.new("L", (around[2] - around[0], around[3] - around[1]))
    raised.paste(shape, (reach, reach))
    _cast_shadow(canvas, raised, around, layout.em_px)
    canvas.paste(palette.behind, corners, shape)


def _draw_band(canvas: Image.Image, layout: Layout, letters: Image.Image, palette: Palette) -> None:
    margin = layout.em_px * _BAND_MARGIN
    below = canvas.height - layout.bottom
    if below - margin < canvas.height * _NEAR_THE_EDGE:
        margin = below
    corners = (0, math.floor(layout.top - margin), canvas.width, math.ceil(layout.bottom + margin))
    canvas.paste(palette.behind, corners)


def _draw_veil(canvas: Image.Image, layout: Layout, letters: Image.Image, palette: Palette) -> None:
    margin = layout.em_px * _VEIL_MARGIN
    if layout.is_wide:
        solid = canvas.width - layout.left if layout.is_rtl else layout.right
        strip = veil(canvas.width, round(solid + margin), round(canvas.width * _FADE), palette.opacity)
        strip = strip.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if layout.is_rtl else strip
    else:
        solid = layout.bottom
        strip = veil(canvas.height, round(solid + margin), round(canvas.height * _FADE), palette.opacity)
        strip = strip.transpose(Image.Transpose.ROTATE_270)
    canvas.paste(palette.behind, mask=strip.resize(canvas.size))


_BACKINGS = {
    Backing.OUTLINE: _draw_outline,
    Backing.PANEL: _draw_panel,
    Backing.BAND: _draw_band,
    Backing.VEIL: _draw_veil,
}


def _cast_shadow(canvas: Image.Image, shape: Image.Image, around: Corners, em_px: float) -> None:
    soft = shape.filter(ImageFilter.GaussianBlur(em_px * _SHADOW_BLUR)).point(lambda value: value * _SHADOW_STRENGTH)
    drop = round(em_px * _SHADOW_DROP)
    canvas.paste(INK, (around[0], around[1] + drop), soft)


def _around(layout: Layout, beside: float, above: float) -> Corners:
    return (
        math.floor(layout.left - beside),
        math.floor(layout.top - above),
        math.ceil(layout.right + beside),
        math.ceil(layout.bottom + above),
    )
