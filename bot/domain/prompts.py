"""What a member wrote, made fit to be sent: the same words, without what no reader can see."""

import re
import unicodedata

from bot.domain.errors import PromptEmpty, PromptTooLong
from bot.domain.guidance import Guidance

# Control characters (Cc, but for line ends and tabs) mean nothing to a model; half a surrogate pair (Cs) is no JSON.
_UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_LINE_ENDS = re.compile(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]")
_NO_GUIDANCE = Guidance()


def parse_prompt(text: str, *, limit: int, guidance: Guidance = _NO_GUIDANCE) -> str:
    """The prompt as it is stored, so short that `guidance` around it fits into the limit as well.

    Raises: PromptEmpty when nothing visible is left, PromptTooLong with the length in characters.
    """
    prompt = legible(text)
    if not prompt:
        raise PromptEmpty
    if len(guidance.around(prompt)) > limit:
        raise PromptTooLong(len(prompt), limit, guidance.style_characters, guidance.picture_characters)
    return prompt


def legible(text: str) -> str:
    """Without control characters; empty when nothing visible is left."""
    words = _UNWANTED.sub("", _LINE_ENDS.sub("\n", text)).strip()
    return words if any(_is_visible(character) for character in words) else ""


def _is_visible(character: str) -> bool:
    """Letters, numbers, punctuation and symbols. Spaces, formatting and marks show nothing by themselves."""
    return unicodedata.category(character)[0] in "LNPS" and character not in _BLANK_LETTERS


_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")  # Hangul fillers and the Braille blank
