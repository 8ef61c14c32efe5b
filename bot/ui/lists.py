"""Lists of requests that fit into one message: shorter prompts first, then fewer lines."""

from collections.abc import Callable, Sequence

_MOST_CHARACTERS = 2000  # Discord's limit for a message
_PROMPTS = (50, 30, 15)


def fitted(head: str, lines: Callable[[int], Sequence[str]], rest: Callable[[int], str]) -> str:
    """`lines` are made of prompts of so many characters; `rest` says that so many lines were left out."""
    for characters in _PROMPTS:
        text = _joined(head, lines(characters), rest(0))
        if len(text) <= _MOST_CHARACTERS:
            return text
    return _with_fewer(head, lines(_PROMPTS[-1]), rest)


def _with_fewer(head: str, lines: Sequence[str], rest: Callable[[int], str]) -> str:
    texts = (_joined(head, lines[:count], rest(len(lines) - count)) for count in range(len(lines), -1, -1))
    return next(text for text in texts if len(text) <= _MOST_CHARACTERS)


def _joined(head: str, lines: Sequence[str], rest: str) -> str:
    return "\n".join(filter(None, [head, *lines, rest]))
