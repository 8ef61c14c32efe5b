"""Where on a picture a headline stands, and how large."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bot.domain.thumbnails.areas import Area
from bot.domain.thumbnails.design import Design
from bot.domain.thumbnails.templates import Anchor, Backing
from bot.imaging.lettering.faces import EM, Glyph
from bot.imaging.lettering.fitting import Block, Box, fitted
from bot.imaging.lettering.lines import Headline

# What the backing needs around the letters, beside and above them, in ems: the outline's pen, the panel's margins.
OUTLINE = 0.085
MARGINS: Mapping[Backing, tuple[float, float]] = MappingProxyType(
    {
        Backing.OUTLINE: (OUTLINE, OUTLINE),
        Backing.PANEL: (0.4, 0.34),
        Backing.BAND: (0, 0.1),
        Backing.VEIL: (0, 0),
    }
)


@dataclass(frozen=True, slots=True)
class Layout:
    """`left` and `top` are where the drawn part of the letters begins, in pixels.

    `at` is how lines stand among each other: 0 to begin together at the left, 1 to end together at the right.
    """

    block: Block
    em_px: float
    left: float
    top: float
    at: float
    is_rtl: bool
    is_wide: bool

    @classmethod
    def of(cls, headline: Headline, design: Design) -> "Layout":
        room = _pixels(design.room, design.size.pixels)
        template = design.template
        beside, above = MARGINS[template.backing]
        tallest_px = template.tallest * min(design.size.pixels)
        box = Box(room.right - room.left, room.bottom - room.top, tallest_px, beside, above)
        block, em_px = fitted(headline, box, most_lines=template.most_lines)
        at = (1.0 if headline.is_rtl else 0.0) if design.size.is_wide else 0.5
        inner = Area(
            room.left + beside * em_px,
            room.top + above * em_px,
            room.right - beside * em_px,
            room.bottom - above * em_px,
        )
        free_x = inner.right - inner.left - block.width * em_px / EM
        free_y = inner.bottom - inner.top - block.height * em_px / EM
        down = {Anchor.TOP: 0.0, Anchor.MIDDLE: 0.5, Anchor.BOTTOM: 1.0}[template.anchor]
        return cls(
            block,
            em_px,
            left=inner.left + free_x * at,
            top=inner.top + free_y * down,
            at=at,
            is_rtl=headline.is_rtl,
            is_wide=design.size.is_wide,
        )

    @property
    def right(self) -> float:
        return self.left + self.block.width * self.em_px / EM

    @property
    def bottom(self) -> float:
        return self.top + self.block.height * self.em_px / EM

    def glyphs(self) -> Iterator[Glyph]:
        """Placed on the picture, as `rasterised` wants them."""
        scale = EM / self.em_px
        base = self.top * scale + self.block.lines[0].ink.top
        for line in self.block.lines:
            indent = (self.block.width - line.width) * self.at - line.ink.left
            for glyph in line.glyphs:
                yield glyph.moved(self.left * scale + indent, -base)
            base += self.block.leading


def _pixels(area: Area, size: tuple[int, int]) -> Area:
    """Whole pixels, and one less on each side: letters reach into the pixels around them."""
    width, height = size
    return Area(
        math.ceil(area.left * width) + 1,
        math.ceil(area.top * height) + 1,
        math.floor(area.right * width) - 1,
        math.floor(area.bottom * height) - 1,
    )
