"""The delivery ladder: in which order to try to put a picture in front of the member."""

from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.requests import Address

# Discord honours a token for 15 minutes; the last one is left for slow uploads and clocks that differ.
TOKEN_MARGIN = timedelta(minutes=1)


class Rung(StrEnum):
    TOKEN = "token"  # noqa: S105 - the name of a rung, not a secret
    """Edit the answer with the interaction's own token: repeatable, and the only way to a private answer."""

    MESSAGE = "message"
    """Edit the same message as the bot."""


def rungs(address: Address, now: datetime) -> tuple[Rung, ...]:
    """The rungs open to this answer. A private one never leaves privacy, so the bot's own edit is not for it."""
    by_token = address.token is not None and now < address.token_expires_at - TOKEN_MARGIN
    return (Rung.TOKEN,) * by_token + (Rung.MESSAGE,) * (not address.private)
