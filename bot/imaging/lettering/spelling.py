"""Which of several fonts letters what of a text: the same for who draws and for who only asks."""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

import regex

_CLUSTERS = regex.compile(r"\X")  # what people take for one character: Unicode's extended grapheme clusters
# Joiners, selectors of a presentation and tags change how their neighbours look, if the font knows how.
_SILENT = regex.compile("[\u200c\u200d\ufe00-\ufe0f\U000e0020-\U000e007f]")


class Font(Protocol):
    def has(self, character: str) -> bool: ...


F = TypeVar("F", bound=Font)


class Spelled(NamedTuple, Generic[F]):
    """Clusters with the font that has all of each; `left_out` is what no font has."""

    clusters: list[tuple[str, F]]
    left_out: str


def spelled(text: str, fonts: Sequence[F]) -> Spelled[F]:
    """What no font has is replaced by its plain form (𝕊 by S), else by its base letter."""
    clusters: list[tuple[str, F]] = []
    left_out: list[str] = []
    for given in _CLUSTERS.findall(text):
        found = _found(_ways_to_write(given), fonts)
        clusters.extend(found)
        if not found:
            left_out.append(given)
    return Spelled(clusters, "".join(left_out))


def _ways_to_write(given: str) -> Iterable[str]:
    yield given
    plain = unicodedata.normalize("NFKC", given)
    yield plain
    yield "".join(one for one in unicodedata.normalize("NFKD", plain) if not unicodedata.category(one).startswith("M"))


def _found(ways: Iterable[str], fonts: Sequence[F]) -> Sequence[tuple[str, F]]:
    """Of the first way that can be lettered whole; a plain form may be several clusters."""
    for way in ways:
        clusters = [(text, _font_for(text, fonts)) for text in _CLUSTERS.findall(way)]
        found = [(text, font) for text, font in clusters if font is not None]
        if found and len(found) == len(clusters):
            return found
    return ()


def _font_for(cluster: str, fonts: Sequence[F]) -> F | None:
    heard = [character for character in cluster if not _SILENT.match(character)]
    return next((font for font in fonts if heard and all(font.has(character) for character in heard)), None)
