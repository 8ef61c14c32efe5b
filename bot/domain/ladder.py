"""The delivery ladder: in which order to try to put a picture in front of the member, and why a rung may be closed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from bot.domain.errors import BotError
from bot.domain.requests import Address

# Discord honours a token for 15 minutes; the last one is left for slow uploads and clocks that differ.
TOKEN_MARGIN = timedelta(minutes=1)
# One minute earlier the waiting message says that the picture may come another way.
CLOSING_MARGIN = timedelta(minutes=2)


class Rung(StrEnum):
    TOKEN = "token"  # noqa: S105 - the name of a rung, not a secret
    """Edit the answer with the interaction's own token: repeatable, and the only way to a private answer."""

    MESSAGE = "message"
    """Edit the same message as the bot."""

    CHANNEL = "channel"
    """A new message in the channel, which pings the member."""

    DM = "dm"
    """A direct message to the member."""


EDITS = frozenset({Rung.TOKEN, Rung.MESSAGE})
"""Rungs that change a message that is there. They may be repeated; what is new may be there already, unknown to us."""


def rungs(address: Address, now: datetime) -> tuple[Rung, ...]:
    """The rungs open to this answer, first to last. A private one never leaves privacy."""
    in_public = () if address.private else (Rung.MESSAGE, Rung.CHANNEL)
    return (Rung.TOKEN,) * has_token(address, now) + in_public + (Rung.DM,)


def has_token(address: Address, now: datetime) -> bool:
    return address.token is not None and now < address.token_expires_at - TOKEN_MARGIN


def is_closing(address: Address, now: datetime) -> bool:
    """Whether the answer's token will soon be dead."""
    return address.token is not None and now >= address.token_expires_at - CLOSING_MARGIN


# `gone`: there is no such message any more, for certain.
ClosedReason = Literal["token", "gone", "message", "permission", "channel", "dm", "content"]


@dataclass(eq=False)
class RungClosed(BotError):
    reason: ClosedReason


@dataclass(eq=False)
class PostTooLarge(RungClosed):
    reason: ClosedReason = "content"


@dataclass(eq=False)
class PostBlocked(RungClosed):
    """By AutoMod or Discord's own filters, which look at the words."""

    reason: ClosedReason = "content"


class PostFailed(BotError):
    """The same rung is worth another try. Discord did not answer, or answered 5xx: it may have done it."""


class NotPosted(PostFailed):
    """Discord was not reached, or put the bot off: it certainly did nothing."""
