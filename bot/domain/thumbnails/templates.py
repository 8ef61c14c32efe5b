"""How a headline stands on a picture, as data: where its letters go and what is drawn behind them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from bot.domain.thumbnails.areas import Area
from bot.domain.thumbnails.errors import UnknownTemplate


class Backing(StrEnum):
    OUTLINE = "outline"  # a line around every letter
    PANEL = "panel"  # a rounded board under the letters
    BAND = "band"  # a strip from edge to edge
    VEIL = "veil"  # one side of the picture in one colour that fades towards the other


class Anchor(StrEnum):
    """Where in its place the block of lines stands."""

    TOP = "top"
    MIDDLE = "middle"
    BOTTOM = "bottom"


@dataclass(frozen=True, slots=True)
class Template:
    """`wide` and `upright` are parts of the size's safe area, for lines that run from left to right.

    `tallest` bounds the letters: their em by the picture's shorter side. `calm` tells whoever writes a prompt which
    part of the picture will be lettered over.
    """

    key: str
    name: str
    backing: Backing
    wide: Area
    upright: Area
    anchor: Anchor
    most_lines: int
    tallest: float
    calm_wide: str
    calm_upright: str

    def place(self, *, is_wide: bool) -> Area:
        return self.wide if is_wide else self.upright

    def calm(self, *, is_wide: bool) -> str:
        return self.calm_wide if is_wide else self.calm_upright


_LOWER = "the lower third"

_TEMPLATES = (
    Template(
        key="outline",
        name="Outlined letters",
        backing=Backing.OUTLINE,
        wide=Area(0, 0.42, 1, 1),
        upright=Area(0, 0.5, 1, 1),
        anchor=Anchor.BOTTOM,
        most_lines=5,
        tallest=0.27,
        calm_wide=_LOWER,
        calm_upright=_LOWER,
    ),
    Template(
        key="panel",
        name="Letters on a panel",
        backing=Backing.PANEL,
        wide=Area(0, 0.45, 0.8, 1),
        upright=Area(0, 0.5, 1, 1),
        anchor=Anchor.BOTTOM,
        most_lines=4,
        tallest=0.17,
        calm_wide="the lower left",
        calm_upright=_LOWER,
    ),
    Template(
        key="band",
        name="Letters on a band",
        backing=Backing.BAND,
        wide=Area(0, 0.62, 1, 1),
        upright=Area(0, 0.62, 1, 1),
        anchor=Anchor.BOTTOM,
        most_lines=3,
        tallest=0.18,
        calm_wide=_LOWER,
        calm_upright=_LOWER,
    ),
    Template(
        key="side",
        name="Letters at the side",
        backing=Backing.VEIL,
        wide=Area(0, 0, 0.5, 1),
        upright=Area(0, 0, 1, 0.45),
        anchor=Anchor.MIDDLE,
        most_lines=6,
        tallest=0.2,
        calm_wide="the left half",
        calm_upright="the upper third",
    ),
)

TEMPLATES: Mapping[str, Template] = MappingProxyType({template.key: template for template in _TEMPLATES})
DEFAULT_TEMPLATE = "outline"


def template_of(word: str) -> Template:
    """Raises: UnknownTemplate."""
    found = TEMPLATES.get(word.strip().casefold())
    if found is None:
        raise UnknownTemplate(word, tuple(TEMPLATES))
    return found
