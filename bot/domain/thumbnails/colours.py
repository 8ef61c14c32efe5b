"""Colours as people write them, and how well one reads on another."""

import re
from typing import NamedTuple

from bot.domain.thumbnails.errors import UnknownColour

_HEX = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)
# WCAG 2.2, success criterion 1.4.3: what text of any size needs. https://www.w3.org/TR/WCAG22/#contrast-minimum
LEAST_CONTRAST = 4.5


class Colour(NamedTuple):
    """8-bit sRGB."""

    red: int
    green: int
    blue: int

    def __str__(self) -> str:
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"

    @property
    def luminance(self) -> float:
        """WCAG's relative luminance: 0 is black, 1 is white."""
        red, green, blue = (_linear(channel / 255) for channel in self)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    def contrast(self, other: "Colour") -> float:
        """WCAG's ratio, from 1 to 21."""
        darker, lighter = sorted((self.luminance, other.luminance))
        return (lighter + 0.05) / (darker + 0.05)


BLACK = Colour(0, 0, 0)
WHITE = Colour(255, 255, 255)


def parse_colour(text: str) -> Colour:
    """`#ffd400`, `ffd400` or `#fd0`. Raises: UnknownColour."""
    found = _HEX.fullmatch(text.strip())
    if found is None:
        raise UnknownColour(text)
    digits = found[1] if len(found[1]) == 6 else "".join(digit * 2 for digit in found[1])
    return Colour(*bytes.fromhex(digits))


def readable_on(background: Colour) -> Colour:
    """Black or white, whichever stands out more: the better one always has a contrast above 4.58."""
    return max(WHITE, BLACK, key=background.contrast)


def _linear(channel: float) -> float:
    """As in IEC 61966-2-1."""
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
