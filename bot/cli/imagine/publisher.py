"""Answers at the terminal: waiting becomes a bar, a picture becomes a file."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.cli.imagine.display import Display
from bot.cli.imagine.order import Order
from bot.cli.imagine.targets import Target, put, target_in
from bot.domain.errors import RungClosed
from bot.domain.ids import ChannelId, MessageId, RequestId
from bot.domain.ladder import Rung
from bot.domain.requests import Address, Request, Spot
from bot.domain.runs import EndReason
from bot.ports import Attempt, Finished, Imaging, Outcome, Picture, Placed, Waiting

_NO_CHANNEL, _NO_MESSAGE = ChannelId(0), MessageId(0)


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


class TerminalPublisher:
    """`Publisher` with a single rung, and `Membership` of somebody who cannot leave.

    The request `wanted` goes to the target of the order. Pictures of earlier calls are named by the words of their
    prompts and never take that name. `ended` is called with whatever became of each.
    """

    def __init__(self, order: Order, display: Display, imaging: Imaging, ended: Callable[[Ending], None]) -> None:
        self._order = order
        self._display = display
        self._imaging = imaging
        self._ended = ended
        self.wanted: RequestId | None = None

    async def is_there(self, address: Address) -> bool:
        return True

    async def show_waiting(self, request: Request, rung: Rung, waiting: Waiting) -> None:
        self._display.show(request, waiting)

    async def show_outcome(self, request: Request, rung: Rung, outcome: Outcome) -> Sequence[Placed]:
        if rung is not Rung.MESSAGE:
            raise RungClosed("channel")  # it is tried first; there is no other way to a terminal
        if not outcome.images:
            self._ended(Unmade(request, outcome.problems))
        return [await self._save(request, image) for image in outcome.images]

    async def find(self, request: Request, attempt: Attempt) -> Spot | None:
        return None

    async def show_interrupted(self, request: Request) -> None:
        raise RungClosed("token")

    async def _save(self, request: Request, image: Finished) -> Placed:
        target, taken = self._target(request, image.format)
        content = await self._imaging.convert(image.content, into=target.format)
        picture = await self._imaging.inspect(content, filename=target.path.name)
        try:
            path = await asyncio.to_thread(put, content, target, taken)
        except OSError as error:
            self._ended(Unsaved(request, target.path, error.strerror or str(error)))
            raise RungClosed("message") from error
        self._ended(Saved(request, path, picture, image.seconds))
        return Placed(image.run, _NO_CHANNEL, _NO_MESSAGE, attachment=None)

    def _target(self, request: Request, kind: str) -> tuple[Target, frozenset[Path]]:
        """And the names that are promised to another."""
        new = self._order.wanted
        if new is not None and request.id == self.wanted:
            return new.target, frozenset()
        return target_in(self._order.folder, request.prompt, kind), frozenset([new.target.path] if new else [])
