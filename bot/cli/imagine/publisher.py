"""Answers at the terminal: waiting becomes a bar, a picture becomes a file."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from bot.cli.imagine.account import Account
from bot.cli.imagine.display import Display
from bot.cli.imagine.endings import Saved, Unmade, Unsaved
from bot.cli.imagine.order import Order
from bot.cli.imagine.targets import Target, put, target_in
from bot.domain.ids import ChannelId, MessageId
from bot.domain.ladder import Rung, RungClosed
from bot.domain.requests import Address, Request
from bot.operations import News
from bot.ports import Answer, Attempt, Finished, Imaging, Outcome, Placed, Shown, Waiting

_NO_CHANNEL, _NO_MESSAGE = ChannelId(0), MessageId(0)


class TerminalPublisher:
    """`Publisher` with a single rung, `Membership` of somebody who cannot leave, `Operator` who reads the sentences."""

    def __init__(self, order: Order, account: Account, display: Display, imaging: Imaging) -> None:
        self._order = order
        self._account = account
        self._display = display
        self._imaging = imaging

    async def is_there(self, address: Address) -> bool:
        return True

    def tell(self, news: News) -> None:
        """The sentence about the picture says it."""

    async def show_waiting(self, request: Request, rung: Rung, waiting: Waiting) -> None:
        self._display.show(request, waiting)

    async def show_outcome(self, request: Request, rung: Rung, outcome: Outcome) -> Sequence[Placed]:
        if rung is not Rung.MESSAGE:
            raise RungClosed("channel")  # it is tried first, and there is no other way to a terminal
        if not outcome.images:
            self._account.note(Unmade(request, outcome.problems))
        return [await self._save(request, image) for image in outcome.images]

    async def shown(self, request: Request) -> Shown:
        raise RungClosed("message")

    async def find(self, request: Request, attempt: Attempt) -> Shown | None:
        return None

    async def find_answer(self, request: Request) -> Answer | None:
        return None

    async def _save(self, request: Request, image: Finished) -> Placed:
        target, taken = self._target(request, image.format)
        content = await self._imaging.convert(image.content, into=target.format)
        picture = await self._imaging.inspect(content, filename=target.path.name)
        try:
            path = await asyncio.to_thread(put, content, target, taken, mode=self._order.mode)
        except OSError as error:
            self._account.note(Unsaved(request, target.path, error.strerror or str(error)))
            raise RungClosed("message") from error
        self._account.note(Saved(request, path, picture, image.seconds))
        return Placed(image.run, _NO_CHANNEL, _NO_MESSAGE, attachment=None)

    def _target(self, request: Request, kind: str) -> tuple[Target, frozenset[Path]]:
        """And the names that are promised: a picture of an earlier call never takes that of the new one."""
        new, wanted = self._order.wanted, self._account.wanted
        if new is None:
            return target_in(self._order.folder, request.prompt, kind), frozenset()
        if wanted is not None and request.id == wanted.id:
            return new.target, frozenset()
        return target_in(self._order.folder, request.prompt, kind), frozenset({new.target.path})
