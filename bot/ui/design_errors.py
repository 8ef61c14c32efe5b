"""The sentences for what is wrong with how a thumbnail is to look; `ui/errors.py` has those for everything else."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.domain.errors import BotError
from bot.domain.thumbnails import errors
from bot.ui.words import plain

SENTENCES: Mapping[type[BotError], str | Callable[[Any], str]] = {
    errors.HeadlineTooLong: lambda error: (
        f"The headline has {error.length} characters; {error.limit} fit. Cut {error.length - error.limit}."
    ),
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
