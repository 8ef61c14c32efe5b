"""Finding a style: what to suggest while somebody types, and which one is meant by what was typed in the end."""

import re
import unicodedata
from collections.abc import Sequence
from difflib import get_close_matches
from itertools import chain, zip_longest

from bot.domain.errors import UnknownStyle
from bot.domain.styles.catalogue import GROUPS, STYLES
from bot.domain.styles.style import Style

_WORD = re.compile(r"[^\W_]+")
_MOST_TYPED = 100  # characters: no name has more, and nobody is kept waiting for the rest
_MOST_NEAR = 3
_ALIKE = 0.55


def matching_styles(typed: str, *, most: int) -> Sequence[Style]:
    """The styles in whose name, group or use every typed word is found, those found by their name first.

    Without words it is a selection of all groups in turn.
    """
    words = _words(typed)
    if not words:
        return _mixed()[:most] if not typed.strip() else ()
    found = [style for style in STYLES.values() if all(word in _searched(style) for word in words)]
    return sorted(found, key=lambda style: _distance(style, " ".join(words)))[:most]


def named_style(typed: str) -> Style:
    """By its id or its name, however it is written: `travel-poster`, `Vintage Travel Poster`.

    Raises: UnknownStyle, with the ids of what may have been meant.
    """
    name = " ".join(_words(typed))
    if name not in _BY_NAME:
        raise UnknownStyle(typed, near=tuple(style.id for style in _near(typed, name)))
    return _BY_NAME[name]


def _near(typed: str, name: str) -> Sequence[Style]:
    alike = [_BY_NAME[one] for one in get_close_matches(name, _BY_NAME, n=_MOST_NEAR, cutoff=_ALIKE)]
    found = matching_styles(typed, most=_MOST_NEAR) if name else ()
    return list(dict.fromkeys([*found, *alike]))[:_MOST_NEAR]


def _distance(style: Style, typed: str) -> int:
    name = _folded(style.name)
    if name.startswith(typed):
        return 0
    return 1 if typed in name else 2


def _mixed() -> Sequence[Style]:
    """The first of every group, then the second of each, and so on."""
    return [style for style in chain.from_iterable(zip_longest(*GROUPS.values())) if style is not None]


def _searched(style: Style) -> str:
    return _folded(f"{style.name} {style.id} {style.group.label} {style.suits}")


def _folded(text: str) -> str:
    """Words without case and accents, in one spelling, apart by one space."""
    bare = "".join(one for one in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(one))
    return " ".join(_WORD.findall(bare)).replace("colour", "color").replace("grey", "gray")


def _words(typed: str) -> Sequence[str]:
    return _folded(typed[:_MOST_TYPED]).split()


_BY_NAME = {_folded(name): style for style in STYLES.values() for name in (style.id, style.name)}
