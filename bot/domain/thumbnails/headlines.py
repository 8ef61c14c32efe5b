"""What is to be lettered, as one line of what can be seen."""

import re
import unicodedata

from bot.domain.thumbnails.errors import HeadlineTooLong

LONGEST_HEADLINE = 80  # characters; on a phone a thumbnail is 120 to 320 px wide, where more could not be read
_MOST_MARKS = 3  # on one letter, as Vietnamese and pointed Hebrew need; stacks of more climb out of the picture
_SPACES = re.compile(r"\s+")
# Persian needs the non-joiner, emoji the joiner, and the flags of countries' parts are spelled with tags.
_KEPT_FORMATS = re.compile("[\u200c\u200d\U000e0020-\U000e007f]")
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")  # Hangul fillers and the Braille blank


def parse_headline(text: str) -> str:
    """As `visible_line`. Raises: HeadlineTooLong."""
    headline = visible_line(text)
    if len(headline) > LONGEST_HEADLINE:
        raise HeadlineTooLong(len(headline), LONGEST_HEADLINE)
    return headline


def visible_line(text: str) -> str:
    """On one line, composed, without what cannot be seen; empty when nothing is left."""
    visible = "".join(character for character in _SPACES.sub(" ", text) if _may_stay(character))
    line = _calm(unicodedata.normalize("NFC", _SPACES.sub(" ", visible).strip()))
    return line if any(_is_visible(character) for character in line) else ""


def _may_stay(character: str) -> bool:
    """Controls, what changes the direction, and halves of surrogate pairs may not.

    What Python does not know yet may: a font may be newer, and have the emoji.
    """
    if character in _BLANK_LETTERS:
        return False
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs"} or _KEPT_FORMATS.match(character) is not None


def _is_visible(character: str) -> bool:
    """Spaces, marks and formatting show nothing by themselves."""
    return unicodedata.category(character)[0] not in "ZM" and unicodedata.category(character) != "Cf"


def says_something(text: str) -> bool:
    """Whether it has a letter, a digit or a symbol: what punctuation alone is left of is no headline any more."""
    return any(unicodedata.category(character)[0] in "LNS" for character in text)


def _calm(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        if marks <= _MOST_MARKS:
            kept.append(character)
    return "".join(kept)


def reads_right_to_left(text: str) -> bool:
    """By its first letter that has a direction: rules P2 and P3 of Unicode's bidirectional algorithm."""
    return next((kind != "L" for kind in map(unicodedata.bidirectional, text) if kind in {"L", "R", "AL"}), False)
