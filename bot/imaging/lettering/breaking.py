"""Where lines may break: at spaces, after hyphens, between phrases where there are no spaces, inside long words."""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise
from types import MappingProxyType

import budoux
import regex

from bot.imaging.lettering.fonts import Cluster

# Written without spaces; emoji stand by themselves, too.
_WITHOUT_SPACES = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\u3000-\u303f\uff00-\uffef\p{Emoji_Presentation}]"
)
# What may not begin a line, and what may not end one: JIS X 4051, as far as headlines go.
_NEVER_FIRST = frozenset(
    "、。，．・：；？！゛゜ヽヾゝゞ々ー」』）】〕］｝〉》〗’”ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ!?,.:;)]}%…‥〜"
)
_NEVER_LAST = frozenset("「『（【〔［｛〈《〖‘“([{#$€£¥")
_HYPHENS = frozenset("-‐–—/|")
_LONG_WORD = 12  # clusters
_LEAST_PIECE = 4  # of a long word never stand alone

_PARSERS: Mapping[str, Callable[[], budoux.Parser]] = MappingProxyType(
    {
        "ja": budoux.load_default_japanese_parser,
        "zh-hans": budoux.load_default_simplified_chinese_parser,
        "zh-hant": budoux.load_default_traditional_chinese_parser,
        "th": budoux.load_default_thai_parser,
    }
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Clusters that stay on one line. `after_space` if a space stands before it, unless it begins a line."""

    start: int
    end: int
    after_space: bool
    may_hyphenate: bool = False  # when the line ends behind it


def pieces(clusters: Sequence[Cluster], language: str, *, freely: bool) -> list[Piece]:
    """`freely` also between any two ideographs and inside long words, for letters that would be tiny else."""
    if not freely:
        return list(_words(clusters, _phrase_ends(clusters, language)))
    return [piece for word in _words(clusters, None) for piece in _broken(word, clusters)]


def _words(clusters: Sequence[Cluster], phrase_ends: Set[int] | None) -> Iterator[Piece]:
    start: int | None = None
    after_space = False
    for at, cluster in enumerate(clusters):
        if cluster.text.isspace():
            if start is not None:
                yield Piece(start, at, after_space)
            start, after_space = None, True
        elif start is None:
            start = at
        elif _may_break(clusters[start:at], cluster.text, is_phrase=phrase_ends is None or at in phrase_ends):
            yield Piece(start, at, after_space)
            start, after_space = at, False
    if start is not None:
        yield Piece(start, len(clusters), after_space)


def _may_break(word: Sequence[Cluster], after: str, *, is_phrase: bool) -> bool:
    before = word[-1].text
    if after[0] in _NEVER_FIRST or before[-1] in _NEVER_LAST:
        return False
    if before in _HYPHENS:
        return len(word) > 1 and after[0].isalnum()
    return is_phrase and bool(_WITHOUT_SPACES.match(before) or _WITHOUT_SPACES.match(after))


def _phrase_ends(clusters: Sequence[Cluster], language: str) -> Set[int] | None:
    """The clusters that phrases begin with; None for a language without a model, where all may."""
    if language not in _PARSERS:
        return None
    phrases = _parser(language).parse("".join(cluster.text for cluster in clusters))
    begins = set(accumulate(len(phrase) for phrase in phrases))
    reached = accumulate((len(cluster.text) for cluster in clusters), initial=0)
    return {at for at, characters in enumerate(reached) if characters in begins}


@cache
def _parser(language: str) -> budoux.Parser:
    return _PARSERS[language]()


def _broken(word: Piece, clusters: Sequence[Cluster]) -> Iterator[Piece]:
    """A long word in single clusters, but for its first and last few."""
    if word.end - word.start <= _LONG_WORD:
        yield word
        return
    cuts = [word.start, *range(word.start + _LEAST_PIECE, word.end - _LEAST_PIECE + 1), word.end]
    for start, end in pairwise(cuts):
        may_hyphenate = end != word.end and _has_case(clusters[end - 1].text) and _has_case(clusters[end].text)
        yield Piece(start, end, word.after_space and start == word.start, may_hyphenate)


def _has_case(text: str) -> bool:
    """Latin, Cyrillic and Greek letters, whose words are torn with a hyphen."""
    return text.lower() != text.upper()
