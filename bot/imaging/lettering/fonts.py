"""Which bundled fonts there are, and which of them letters what. What no font has is told, and never drawn as a box."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType

import regex

from bot.imaging.lettering.faces import Face

FOLDER = Path(__file__).parents[1] / "fonts"
_CLUSTERS = regex.compile(r"\X")  # what people take for one character: Unicode's extended grapheme clusters
# Joiners, selectors of a presentation and tags change how their neighbours look, if the font knows how.
_SILENT = regex.compile("[\u200c\u200d\ufe00-\ufe0f\U000e0020-\U000e007f]")


class Weight(StrEnum):
    HEADLINE = "headline"
    TEXT = "text"  # for the small lines of a mock-up


_LATIN = MappingProxyType({Weight.HEADLINE: "Inter-ExtraBold.ttf", Weight.TEXT: "Inter-Medium.ttf"})
# In the order they are asked; `fonts/README.md` tells what each is for and where it comes from.
_OTHERS = (
    "NotoSansArabic-ExtraBold.ttf",
    "NotoSansHebrew-ExtraBold.ttf",
    "NotoSansThai-ExtraBold.ttf",
    "NotoSansDevanagari-ExtraBold.ttf",
    "NotoSansCJK-Black.otf",
    "NotoEmoji-Bold.ttf",
)
FONTS = (*_LATIN.values(), *_OTHERS)
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
    return tuple(_face(name) for name in (_LATIN[weight], *_OTHERS))


@cache
def _face(name: str) -> Face:
    return Face(FOLDER / name, scale=_SCALES.get(name, 1))


def are_all_there() -> bool:
    return all((FOLDER / name).is_file() for name in FONTS)


def lettered(text: str, weight: Weight = Weight.HEADLINE) -> Lettered:
    """The text in clusters. What no font has is replaced by its plain form (𝕊 by S), else by its base letter."""
    faces = _faces(weight)
    clusters: list[Cluster] = []
    left_out: list[str] = []
    for given in _CLUSTERS.findall(text):
        found = _found(_ways_to_write(given), faces)
        clusters.extend(found)
        if not found:
            left_out.append(given)
    return Lettered(tuple(clusters), "".join(left_out))


def _ways_to_write(given: str) -> Iterable[str]:
    yield given
    plain = unicodedata.normalize("NFKC", given)
    yield plain
    yield "".join(one for one in unicodedata.normalize("NFKD", plain) if not unicodedata.category(one).startswith("M"))


def _found(ways: Iterable[str], faces: Sequence[Face]) -> tuple[Cluster, ...]:
    """Of the first way that can be lettered whole; a plain form may be several clusters."""
    for way in ways:
        clusters = [(text, _face_for(text, faces)) for text in _CLUSTERS.findall(way)]
        if clusters and all(face is not None for _, face in clusters):
            return tuple(Cluster(text, face) for text, face in clusters if face is not None)
    return ()


def _face_for(cluster: str, faces: Sequence[Face]) -> Face | None:
    heard = [character for character in cluster if not _SILENT.match(character)]
    return next((face for face in faces if heard and all(face.has(character) for character in heard)), None)
