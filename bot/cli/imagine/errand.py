"""One call of `imagine`: asks for the picture, and waits for it and for those that an earlier call left behind."""

import secrets
from collections.abc import Set
from dataclasses import dataclass
from datetime import timedelta

import httpx
from pydantic import SecretStr
from rich.console import Console

from bot.app import App, open_app
from bot.cli.imagine.account import STOPPED, Account
from bot.cli.imagine.display import Display
from bot.cli.imagine.interruption import Interruption
from bot.cli.imagine.order import Link, LocalFile, NewPicture, Order
from bot.cli.imagine.publisher import TerminalPublisher
from bot.cli.imagine.sentences import WAITING_FOR_THE_ANSWER, receipt
from bot.config import Config
from bot.domain.errors import Refused, Unavailable
from bot.domain.ids import MessageId, RequestId
from bot.domain.requests import TERMINAL, Address, Draft, Request, Upload
from bot.domain.runs import EndReason, RunState
from bot.ports import Clock, Imaging
from bot.services.inlining import kept_address

_REFRESH_S = 0.1
_GLANCE = timedelta(seconds=10)  # for a look at a picture that was given up, and for fetching it
_NO_LIMIT_BYTES = 1_000_000_000  # a file on disk may be as large as it is
_NO_MESSAGE = MessageId(0)
_MAY_BECOME_A_PICTURE = frozenset({RunState.SUBMITTING, RunState.RUNNING, RunState.OVERDUE, RunState.READY})


@dataclass(frozen=True, slots=True)
class Service:
    """The image service to use, and the ledger to keep."""

    config: Config
    keys: tuple[SecretStr, ...]
    transport: httpx.AsyncBaseTransport | None = None
    is_offline: bool = False


async def carry_out(
    order: Order, service: Service, clock: Clock, console: Console, interruption: Interruption
) -> Account:
    """Raises: CannotStart, StorageUnavailable."""
    display = Display(console, clock)
    account = Account(display, only_fetches=order.wanted is None, is_offline=service.is_offline)

    def terminal(imaging: Imaging) -> TerminalPublisher:
        return TerminalPublisher(order, account, display, imaging)

    opening = open_app(service.config, service.keys, clock=clock, image_transport=service.transport, terminal=terminal)
    with display:
        async with opening as app:
            await _Errand(order, account, display, interruption).run(app)
    return account


@dataclass(frozen=True, slots=True)
class _Left:
    """Of earlier calls: requests that will end soon, and some that RunBase was too slow with."""

    awaited: frozenset[RequestId]
    overdue: frozenset[RequestId]


class _Errand:
    def __init__(self, order: Order, account: Account, display: Display, interruption: Interruption) -> None:
        self._order = order
        self._account = account
        self._display = display
        self._interruption = interruption

    async def run(self, app: App) -> None:
        await _call_off_unsent(app)
        async with app.working():
            left = await _left(app)
            if self._order.wanted is not None:
                await self._ask(app, self._order.wanted)
            await self._wait(app, left)
            self._display.stop()
            if self._interruption.is_there and app.is_busy:
                self._display.say(WAITING_FOR_THE_ANSWER)
        await self._conclude(app, left)

    async def _ask(self, app: App, new: NewPicture) -> None:
        submission = app.bot.services.submission
        try:
            request = await submission.submit(await _draft(app, new))
        except (Refused, Unavailable) as error:
            self._account.refuse(error)
            return
        self._account.wanted = request
        if words := receipt(request):
            self._display.say(words)
        self._display.add(request)
        if not self._interruption.is_there:  # what is not acknowledged is not sent
            attached = [kept_address(reference.sha256) for reference in request.to_attach]
            await submission.acknowledge(request.id, _NO_MESSAGE, attached=attached)

    async def _wait(self, app: App, left: _Left) -> None:
        glance_until = app.clock.now() + _GLANCE
        while not self._interruption.is_there:
            awaited = left.awaited if app.clock.now() >= glance_until else left.awaited | left.overdue
            if not self._is_awaiting(awaited):
                return
            self._display.refresh()
            await app.clock.wait(self._interruption.event, _REFRESH_S)

    def _is_awaiting(self, earlier: Set[RequestId]) -> bool:
        """Who wants a new picture is not kept waiting for old ones that take longer than usual."""
        wanted = self._account.wanted
        if wanted is None:
            awaited = set(earlier)
        else:
            awaited = {wanted.id} | {request for request in earlier if not self._display.is_slow(request)}
        return not all(map(self._account.has_ended, awaited))

    async def _conclude(self, app: App, left: _Left) -> None:
        wanted = self._account.wanted
        if wanted is not None and not self._account.has_ended(wanted.id):
            self._account.give_up(await _end_unsent(app, wanted))
        earlier = left.awaited | left.overdue
        self._account.mention([request for request in earlier if not self._account.has_ended(request)])
        if self._interruption.is_there:
            self._account.code = STOPPED


async def _draft(app: App, new: NewPicture) -> Draft:
    """`source_id` is made up, and negative, as no id of Discord is."""
    return Draft(
        source_id=-1 - secrets.randbits(62),
        address=Address.at_terminal(app.clock.now()),
        prompt=new.prompt,
        aspect=new.aspect,
        uploads=tuple([await _upload(app, reference) for reference in new.references]),
        upload_limit_bytes=_NO_LIMIT_BYTES,
        style=new.style,
    )


async def _upload(app: App, reference: LocalFile | Link) -> Upload:
    if isinstance(reference, Link):
        return Upload(reference.name, reference.url, size_bytes=None, is_link=True)
    kept = await app.files.keep(reference.content)
    return Upload(reference.name, "", len(reference.content), kept=kept)


async def _call_off_unsent(app: App) -> None:
    """What an earlier call did not get to send is not spent on now; that call's end is told instead."""
    for request in await app.requests.queued_in(TERMINAL):
        await app.bot.services.submission.withdraw(request)


async def _left(app: App) -> _Left:
    runs = await app.requests.looked_after()
    running = {run.request_id for run in runs if run.state is RunState.RUNNING}
    untold = await app.requests.undelivered()
    return _Left(frozenset({*running, *untold}), frozenset({run.request_id for run in runs} - running))


async def _end_unsent(app: App, request: Request) -> tuple[EndReason, ...]:
    """Why an interrupted request will never become a picture, which is told now and never again; empty if it may."""
    await app.bot.services.submission.withdraw(request.id)
    parcel = await app.requests.parcel(request.id)
    if parcel is None or any(run.state in _MAY_BECOME_A_PICTURE for run in parcel.runs):
        return ()
    await app.requests.deliver(request.id, (), app.clock.now())
    return tuple(run.reason for run in parcel.runs if run.reason)
