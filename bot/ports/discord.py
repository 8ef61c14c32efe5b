"""What is shown to members, and where."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.ids import (
    ChannelId,
    MessageId,
    RunId,
)
from bot.domain.ladder import Rung
from bot.domain.pacing import Curve
from bot.domain.requests import Address, Request, Spot
from bot.domain.runs import EndReason
from bot.domain.turns import Standing
from bot.ports.ledger import Attempt, Placed


@dataclass(frozen=True, slots=True)
class Waiting:
    """How far a request that is being made can honestly be said to be.

    `standing` is its place in line; `is_closing` says that its message can soon not be changed any more. Of the
    `images` that were asked for, `shown` are in the message already, in the order it shows them.
    """

    elapsed_s: float
    times: Curve
    standing: Standing | None = None
    is_closing: bool = False
    images: int = 1
    shown: tuple[RunId, ...] = ()


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished image, ready to be posted; `seconds` from when RunBase was asked until it was there."""

    run: RunId
    content: bytes
    format: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a message is to show: pictures, and why others did not become any.

    `placed` are those that it shows already and keeps, `images` come after them. `waiting` is set while others are
    being made: then this is not the last word. `seconds` is how long all that are shown took together. Not `is_quoted`
    where the words may not be repeated.
    """

    images: tuple[Finished, ...]
    problems: tuple[EndReason, ...]
    is_quoted: bool = True
    placed: tuple[Placed, ...] = ()
    seconds: float = 0.0
    waiting: Waiting | None = None

    @property
    def shown(self) -> tuple[RunId, ...]:
        """The images of the message, in the order it shows them."""
        return (*(place.run for place in self.placed), *(image.run for image in self.images))


class Membership(Protocol):
    async def is_there(self, address: Address) -> bool:
        """Whether the member still is in the server, and so is the bot; True when that cannot be known."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a member was shown first: whether it says that the request waits, and the addresses of what is attached."""

    message: MessageId
    attached: tuple[str, ...]
    is_waiting: bool = True


@dataclass(frozen=True, slots=True)
class Shown:
    """What a message says of a request: its images, and whether that was the last word."""

    spot: Spot
    places: tuple[Placed, ...]
    is_last_word: bool


class Publisher(Protocol):
    """Edits the one message that a request has, or posts one, on a rung of the delivery ladder.

    Raises: RungClosed when this way is closed for good, PostFailed when it is worth another try.
    """

    async def show_waiting(self, request: Request, rung: Rung, waiting: Waiting) -> None: ...

    async def show_outcome(self, request: Request, rung: Rung, outcome: Outcome) -> Sequence[Placed]:
        """Where each of the `images` is now, in the order given. What is posted anew carries the request's id."""

    async def shown(self, request: Request) -> Shown:
        """What the request's own message shows, as the bot itself can see it."""

    async def find(self, request: Request, attempt: Attempt) -> Shown | None:
        """The message that an earlier attempt posted, if it did."""

    async def find_answer(self, request: Request) -> Answer | None:
        """What the member was shown of a request whose answer was not written down; None when nothing is found."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """Private pictures of a request for everybody in a channel to see, in their member's name."""

    request: Request
    images: tuple[Finished, ...]
    channel: ChannelId
    shows_prompt: bool


class Noticeboard(Protocol):
    """Posts what was private. Raises: RungClosed when that is refused for good, PostFailed when nobody knows."""

    async def post(self, announcement: Announcement) -> Sequence[Placed]:
        """Where each image is now, in the order given. Repeated within minutes it is posted once."""

    async def find(
        self, request: Request, runs: Set[RunId], channel: ChannelId, *, since: datetime
    ) -> Sequence[Placed]:
        """What the message shows that was posted since then with any of the `runs`; empty when there is none."""
