"""What is shown to members, and where."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.domain.ids import (
    MessageId,
    RunId,
)
from bot.domain.ladder import Rung
from bot.domain.pacing import RunTimes
from bot.domain.requests import Address, Request, Spot
from bot.domain.runs import EndReason
from bot.domain.turns import Standing
from bot.ports.ledger import Attempt, Placed


@dataclass(frozen=True, slots=True)
class Waiting:
    """How far a request that is being made can honestly be said to be.

    `standing` is its place in line; `is_closing` says that its message can soon not be changed any more.
    """

    elapsed_s: float
    times: RunTimes
    standing: Standing | None = None
    is_closing: bool = False


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished image, ready to be posted; `seconds` from when RunBase was asked until it was there."""

    run: RunId
    content: bytes
    format: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """Pictures to show, and why others did not become any; not `is_quoted` where the words may not be repeated."""

    images: tuple[Finished, ...]
    problems: tuple[EndReason, ...]
    is_quoted: bool = True


class Membership(Protocol):
    async def is_there(self, address: Address) -> bool:
        """Whether the member still is in the server, and so is the bot; True when that cannot be known."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a member was shown first: whether it says that the request waits, and the addresses of what is attached."""

    message: MessageId
    attached: tuple[str, ...]
    is_waiting: bool = True


class Publisher(Protocol):
    """Edits the one message that a request has, or posts one, on a rung of the delivery ladder.

    Raises: RungClosed when this way is closed for good, PostFailed when it is worth another try.
    """

    async def show_waiting(self, request: Request, rung: Rung, waiting: Waiting) -> None: ...

    async def show_outcome(self, request: Request, rung: Rung, outcome: Outcome) -> Sequence[Placed]:
        """Where each image is now, in the order given. What is posted anew carries the request's id."""

    async def shown(self, request: Request, outcome: Outcome) -> Sequence[Placed] | None:
        """Where the images are if the request's message shows this outcome already; None when it does not."""

    async def find(self, request: Request, attempt: Attempt) -> Spot | None:
        """The message that an earlier attempt posted, if it did."""

    async def find_answer(self, request: Request) -> Answer | None:
        """What the member was shown of a request whose answer was not written down; None when nothing is found."""
