"""Which colours letters and what is behind them have, so that they can be read."""

from dataclasses import dataclass

from bot.domain.thumbnails.colours import BLACK, LEAST_CONTRAST, WHITE, Colour, readable_on
from bot.domain.thumbnails.templates import Backing

INK = Colour(17, 18, 22)  # what boards are made of unless an accent says otherwise
# JPEG moves every colour by a few levels; what is painted stands out a little more than it has to.
_CONTRAST = LEAST_CONTRAST + 0.5
_STEP = 0.02
# How much of a veil covers the picture under letters: as little as they can be read on.
_OPACITIES = (0.86, 0.9, 0.94, 0.97)


@dataclass(frozen=True, slots=True)
class Palette:
    """`opacity` says how much of the picture `behind` covers."""

    letters: Colour
    behind: Colour
    opacity: float = 1.0


def palette_for(backing: Backing, accent: Colour | None) -> Palette:
    """The accent colours what is behind the letters; a light one the letters themselves where they are outlined."""
    if backing is Backing.OUTLINE:
        if accent is not None and readable_on(accent) == BLACK:
            return Palette(_apart(accent, BLACK), BLACK)
        return Palette(WHITE, _apart(accent or BLACK, WHITE))
    letters = readable_on(accent or INK)
    behind = _apart(accent or INK, letters)
    return Palette(letters, behind, _opacity(letters, behind) if backing is Backing.VEIL else 1.0)


def _apart(colour: Colour, other: Colour) -> Colour:
    """The colour, or one that is just so much darker or lighter that it stands out from black or white."""
    away = WHITE if other == BLACK else BLACK
    amount = 0.0
    while _mixed(colour, away, amount).contrast(other) < _CONTRAST:
        amount += _STEP
    return _mixed(colour, away, amount)


def _opacity(letters: Colour, behind: Colour) -> float:
    """The least that is enough on any picture: on black and on white, and all others lie between."""
    for opacity in _OPACITIES:
        if all(letters.contrast(_mixed(under, behind, opacity)) >= _CONTRAST for under in (BLACK, WHITE)):
            return opacity
    return 1.0


def _mixed(colour: Colour, other: Colour, amount: float) -> Colour:
    return Colour(*(round(own * (1 - amount) + its * amount) for own, its in zip(colour, other, strict=True)))
