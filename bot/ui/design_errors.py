"""The sentences for what is wrong with how a thumbnail is to look; `ui/errors.py` has those for everything else."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.domain.errors import BotError
from bot.domain.thumbnails import errors
from bot.ui.words import plain

_GIVEN_BACK = (1500, 800)  # all of it, or as much as surely fits when every character is escaped
_MOST_CHARACTERS = 1700  # of a message's 2,000


def _unlettered(error: errors.HeadlineUnlettered) -> str:
    """What a member wrote into the same form is given back."""
    refused = (
        "I have no font for this headline. Latin, Greek, Cyrillic, Arabic, Hebrew, Thai, Devanagari, Chinese, Japanese "
        "and Korean work."
    )
    if not error.shows:
        return refused
    words = (plain(error.shows, limit=limit) for limit in _GIVEN_BACK)
    fitting = next(text for text in words if len(text) <= _MOST_CHARACTERS)
    return f"{refused} Your other words, to use again: “{fitting}”."


SENTENCES: Mapping[type[BotError], str | Callable[[Any], str]] = {
    errors.HeadlineTooLong: lambda error: (
        f"The headline has {error.length} characters; {error.limit} fit. Cut {error.length - error.limit}."
    ),
    errors.HeadlineUnlettered: _unlettered,
    errors.UnknownSize: lambda error: (
        f"{plain(error.given, limit=20)} is no size I know. Choose among {', '.join(error.offered)}."
    ),
    errors.UnknownTemplate: lambda error: (
        f"{plain(error.given, limit=20)} is no template I know. Choose one of {', '.join(error.offered)}."
    ),
    errors.UnknownColour: lambda error: (
        f"{plain(error.given, limit=20)} is no colour I can read. Write it like `#ffd400`."
    ),
}
