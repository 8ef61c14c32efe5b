"""The bundled fonts as what draws: which of them letters what. What no font has is told, and never drawn as a box."""

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from bot.imaging.lettering.bundle import FOLDER, Weight, fonts_of
from bot.imaging.lettering.faces import Face
from bot.imaging.lettering.spelling import spelled

# What looks small beside Inter's tall letters.
_SCALES = MappingProxyType({"NotoSansArabic-ExtraBold.ttf": 1.12})


@dataclass(frozen=True, slots=True)
class Cluster:
    """What people take for one character, and the face that has all of it."""

    text: str
    face: Face


@dataclass(frozen=True, slots=True)
class Lettered:
    """`left_out` is what no font has."""

    clusters: tuple[Cluster, ...]
    left_out: str


@cache
def _faces(weight: Weight) -> tuple[Face, ...]:
    return tuple(_face(name) for name in fonts_of(weight))


@cache
def _face(name: str) -> Face:
    return Face(FOLDER / name, scale=_SCALES.get(name, 1))


def lettered(text: str, weight: Weight = Weight.HEADLINE) -> Lettered:
    """The text in clusters, in the plain forms that the fonts have."""
    found = spelled(text, _faces(weight))
    return Lettered(tuple(Cluster(one, face) for one, face in found.clusters), found.left_out)
