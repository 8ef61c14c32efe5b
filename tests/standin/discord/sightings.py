"""What the bot ever showed: each version of each of its messages, and how it got there."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto

from tests.standin.discord.seen import SeenMessage


class Way(StrEnum):
    ANSWER = auto()  # posted by an interaction: its first answer or a followup
    TOKEN = auto()  # edited with an interaction's token
    EDIT = auto()  # edited with the bot's own token
    POST = auto()  # posted in a channel with the bot's own token
    DIRECT = auto()  # posted in direct messages with the bot's own token
    REMOVED = auto()  # gone, whoever removed it


@dataclass(frozen=True)
class Sighting:
    """One version of a message, as those who may see it see it; with `REMOVED` the last one."""

    at: datetime
    way: Way
    message: SeenMessage
    dm_with: int | None
