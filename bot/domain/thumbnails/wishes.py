"""What members wrote for a thumbnail or about it, checked and made fit to be stored."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.errors import TooManyReferences
from bot.domain.prompts import legible, parse_prompt
from bot.domain.styles import named_style
from bot.domain.thumbnails.boards import Board
from bot.domain.thumbnails.headlines import parse_headline
from bot.domain.thumbnails.refusals import PicturesOutOfRange, ReasonTooLong, TooManySizes
from bot.domain.thumbnails.sizes import SIZES, size_of
from bot.domain.thumbnails.templates import template_of
from bot.domain.thumbnails.thumbnails import (
    FEWEST_PICTURES,
    LONGEST_REASON,
    LONGEST_WISH,
    MOST_PICTURES,
    MOST_REFERENCES,
    Wish,
)


@dataclass(frozen=True, slots=True)
class Wording:
    """What of a wish was parsed: in the words that are stored and sent."""

    shows: str
    headline: str
    style: str | None
    sizes: tuple[str, ...]
    template: str


def parse_wish(wish: Wish, board: Board) -> Wording:
    """Raises: PromptEmpty, PromptTooLong, HeadlineTooLong, UnknownStyle, UnknownSize, UnknownTemplate, TooManySizes,
    TooManyReferences, PicturesOutOfRange.
    """
    if len(wish.uploads) > MOST_REFERENCES:
        raise TooManyReferences(given=len(wish.uploads), limit=MOST_REFERENCES)
    if not FEWEST_PICTURES <= wish.pictures <= MOST_PICTURES:
        raise PicturesOutOfRange(wish.pictures, FEWEST_PICTURES, MOST_PICTURES)
    return Wording(
        shows=parse_prompt(wish.shows, limit=LONGEST_WISH),
        headline=parse_headline(wish.headline),
        style=named_style(wish.style).id if wish.style else None,
        sizes=parse_sizes(wish.sizes),
        template=template_of(wish.template or board.template).key,
    )


def parse_reason(text: str) -> str:
    """Why it is declined; empty where nobody says why. Raises: ReasonTooLong."""
    reason = legible(text)
    if len(reason) > LONGEST_REASON:
        raise ReasonTooLong(len(reason), LONGEST_REASON)
    return reason


def parse_sizes(words: Sequence[str]) -> tuple[str, ...]:
    """Their keys, each once, in the order given. Raises: UnknownSize, TooManySizes."""
    if len(words) > len(SIZES):
        raise TooManySizes(len(words), len(SIZES))
    return tuple(dict.fromkeys(size_of(word).key for word in words or ("youtube",)))
