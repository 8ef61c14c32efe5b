"""The three ways in which a request of the terminal ends."""

from dataclasses import dataclass
from pathlib import Path

from bot.domain.requests import Request
from bot.domain.runs import EndReason
from bot.ports import Picture


@dataclass(frozen=True, slots=True)
class Saved:
    request: Request
    path: Path
    picture: Picture
    seconds: float


@dataclass(frozen=True, slots=True)
class Unmade:
    request: Request
    reasons: tuple[EndReason, ...]


@dataclass(frozen=True, slots=True)
class Unsaved:
    """It is paid for and on the bot's own disk, and the next call tries to save it again."""

    request: Request
    path: Path
    why: str


Ending = Saved | Unmade | Unsaved
