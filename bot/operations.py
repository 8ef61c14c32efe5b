"""What the services tell and ask for the operator's sake, as Protocols, like those of `bot.ports`."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.domain.ladder import Rung
from bot.domain.requests import Request
from bot.domain.runs import EndReason, RunState


class Phase(StrEnum):
    """The three waits that a picture is made of."""

    QUEUE = "queue"
    """From the member's words until RunBase had them."""

    RUNBASE = "runbase"
    """From there until the bot noticed that the picture was finished."""

    DELIVERY = "delivery"
    """From there until it stood in the channel."""


class Meter(Protocol):
    """Counts what happens. Telling it never waits and never fails."""

    def accepted(self, request: Request) -> None: ...

    def refused(self, error: BaseException) -> None:
        """A member was told that something cannot be done, or went wrong."""

    def waited(self, phase: Phase, seconds: float) -> None: ...

    def created(self) -> None:
        """RunBase made a run and charged for it."""

    def refunded(self) -> None:
        """RunBase says that a run it made has failed; it pays for those."""

    def ended(self, state: RunState, reason: EndReason | None = None) -> None:
        """A run is delivered, or the bot has given up on it."""

    def delivered(self, rung: Rung) -> None:
        """A request's outcome stands in front of its member."""

    def kept(self) -> None:
        """No rung was open: a request's outcome waits on disk."""

    def put_aside(self, key: int, *, why: str) -> None:
        """`key` is a key's place in RUNBASE_API_KEYS, from 1."""

    def slowed_down(self, key: int) -> None:
        """RunBase answered that the key made too many requests."""


@dataclass(frozen=True, slots=True)
class KeyStanding:
    """A key as it stands: `number` is its place in RUNBASE_API_KEYS, from 1.

    A key that was put aside is usable again once a run was created with it, not before.
    """

    number: int
    requests_left: int
    is_usable: bool


class Tally(Protocol):
    async def open_runs(self) -> Mapping[RunState, int]:
        """How many runs are in each state that is not final, and how many are uncertain. Raises: StorageUnavailable."""


class Gateway(Protocol):
    @property
    def is_connected(self) -> bool:
        """Whether Discord can reach the bot just now."""


class News(StrEnum):
    """What an operator wants to hear without looking."""

    OUT_OF_CREDIT = "out_of_credit"
    """Every key is out of money, or over its limit."""

    KEYS_REFUSED = "keys_refused"
    """No key is usable, and at least one is refused."""

    MODEL_GONE = "model_gone"
    WORKING = "working"


class Operator(Protocol):
    """Whoever runs the bot. Telling them never waits and never fails."""

    def tell(self, news: News) -> None:
        """They hear it unless it is what they heard last, restarts included."""
