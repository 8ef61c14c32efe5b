"""What can go wrong while members leaf through a history or post from private: more of the family in `errors.py`."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.errors import Refused, Unavailable
from bot.domain.ids import ChannelId, ServerId
from bot.domain.requests import Spot


class NotModerator(Refused):
    """Only moderators see what everybody in the server asked for."""


class NoChannelHere(Refused):
    """In a direct message there is nothing to post to."""


class MayNotWriteHere(Refused):
    """The member may not post in this channel, so the bot does not for them."""


@dataclass(eq=False)
class AlreadyPosted(Refused):
    server: ServerId
    spot: Spot


class CopyGone(Refused):
    """The bytes of a private picture had their time, so that it cannot be posted any more."""


class WordsBlocked(Refused):
    """AutoMod, or Discord itself, does not let the prompt be shown here."""


class BringingUnclear(Unavailable):
    """Nobody knows whether Discord took the answer that a kept picture was to be shown in."""


@dataclass(eq=False)
class NotPosted(Unavailable):
    """Discord does not let the bot post in the channel."""

    channel: ChannelId


@dataclass(eq=False)
class PostingUnclear(Unavailable):
    """Nobody knows whether Discord took it. Where that cannot be looked up, it is not tried again before `again_at`."""

    channel: ChannelId
    again_at: datetime | None = None
