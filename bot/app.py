"""The composition root: wires the parts to services, and runs the loops."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import httpx
from pydantic import SecretStr

from bot.beside import keep, links
from bot.client import ImageBot, Services
from bot.clock import SystemClock
from bot.community import open_community
from bot.config import Config
from bot.domain.catalogue import CATALOGUE
from bot.domain.ids import ServerId
from bot.front import Terminal
from bot.parts import Parts, open_parts
from bot.ports import Clock, FileStore, Imaging, RequestStore
from bot.services.allowance import Allowance
from bot.services.delivery import Delivery
from bot.services.dispatch import Dispatch
from bot.services.editing import Editing
from bot.services.gate import Gate
from bot.services.health import Health
from bot.services.hints import Hints
from bot.services.history import History
from bot.services.inlining import Inlining
from bot.services.intake import Intake
from bot.services.overview import Overview
from bot.services.pacing import Pacing
from bot.services.presence import Presence
from bot.services.recovery import Recovery
from bot.services.references import References
from bot.services.reports import Reports
from bot.services.retention import Retention
from bot.services.signals import Signals
from bot.services.submission import House, Submission
from bot.services.thumbnails.tending import Tending
from bot.services.tracking import Patience, Tracking
from bot.services.work import keep_working
from bot.status import Status, open_status
from bot.ui.gateway import DiscordGateway


@dataclass(frozen=True, slots=True)
class App:
    """The bot with everything it needs, not yet logged in; or, with `terminal`, what the command line needs of it."""

    bot: ImageBot
    clock: Clock
    grace: timedelta
    intake: Intake
    files: FileStore
    requests: RequestStore
    signals: Signals
    pacing: Pacing
    dispatch: Dispatch
    tracking: Tracking
    delivery: Delivery
    recovery: Recovery
    retention: Retention
    tending: Tending | None

    @property
    def is_busy(self) -> bool:
        """Whether a request to RunBase, a look or an edit is under way just now."""
        return any(one.is_busy for one in self._workers)

    @property
    def _workers(self) -> tuple[Dispatch | Tracking | Delivery | Tending, ...]:
        return (self.dispatch, self.tracking, self.delivery) + ((self.tending,) if self.tending else ())

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """The loops run inside. Enter after login, leave before the bot closes: delivery needs its connection."""
        if self.tending is not None:
            await self.tending.recover()
        await self.recovery.recover()
        self.pacing.keys.take_over()
        await self.tracking.follow()
        loops: tuple[tuple[str, Callable[[], Awaitable[float]], asyncio.Event], ...] = (
            ("dispatch", self.dispatch.turn, self.signals.queued),
            ("tracking", self.tracking.turn, self.signals.running),
            ("delivery", self.delivery.turn, self.signals.outbox),
            ("recovery", self.recovery.turn, asyncio.Event()),
            ("retention", self.retention.turn, asyncio.Event()),
            *((("thumbnails", self.tending.turn, self.tending.wake),) if self.tending else ()),
        )
        stopping = asyncio.Event()
        working = [
            asyncio.create_task(keep_working(name, turn, self.clock, wake, stopping), name=name)
            for name, turn, wake in loops
        ]
        try:
            yield
        finally:
            self.dispatch.send_no_more()
            for event in (stopping, *(wake for _, _, wake in loops)):
                event.set()
            await self._stop(working)

    def take_no_more(self) -> None:
        """Refuse new requests from now on."""
        self.intake.close()

    async def _stop(self, working: Sequence[asyncio.Task[None]]) -> None:
        """Let what is under way end: all of it together has the grace, since all of it may hang."""
        ending = asyncio.create_task(self._end(working), name="ending")
        await asyncio.wait({ending}, timeout=self.grace.total_seconds())
        for one in (ending, *working):
            one.cancel()
        await asyncio.gather(ending, *working, return_exceptions=True)
        await self._finish(grace_s=0)

    async def _end(self, working: Sequence[asyncio.Task[None]]) -> None:
        await self.intake.emptied()
        await asyncio.wait(working)
        await self._finish(grace_s=self.grace.total_seconds())

    async def _finish(self, *, grace_s: float) -> None:
        await asyncio.gather(*(one.finish(grace_s=grace_s) for one in self._workers))


@asynccontextmanager
async def open_app(
    config: Config,
    runbase_api_keys: tuple[SecretStr, ...],
    *,
    clock: Clock | None = None,
    image_transport: httpx.AsyncBaseTransport | None = None,
    cdn_transport: httpx.AsyncBaseTransport | None = None,
    terminal: Callable[[Imaging], Terminal] | None = None,
) -> AsyncIterator[App]:
    """Open all parts and wire them; close them in reverse.

    The transports replace the network for simulated worlds, `terminal` Discord: then only the terminal's requests are
    looked after, and of the quotas only the global ones count.
    Raises: CannotStart.
    """
    async with AsyncExitStack() as stack:
        parts = await stack.enter_async_context(
            open_parts(
                config,
                runbase_api_keys,
                clock=SystemClock() if clock is None else clock,
                image_transport=image_transport,
                cdn_transport=cdn_transport,
                terminal=terminal,
            )
        )
        front = parts.front
        await parts.quotas.configure([window for window in config.quota.windows() if front.counts(window)])
        app = _wire(config, parts)
        if not front.is_terminal:
            await stack.enter_async_context(_watched(config, parts))
        stack.push_async_callback(app.bot.close)
        yield app


def _wire(config: Config, parts: Parts) -> App:
    """The bot needs services and the publisher needs the bot: the bot comes first, its services last."""
    bot, meter = parts.bot, parts.meter
    intake = Intake()
    bot.services = _services(config, parts, intake)
    presence = Presence(clock=parts.clock, membership=parts.front.membership)
    publisher = parts.front.publisher
    clock, requests, files, signals = parts.clock, parts.requests, parts.files, parts.signals
    return App(
        bot=bot,
        clock=clock,
        grace=config.queue.shutdown_grace,
        intake=intake,
        files=files,
        requests=requests,
        signals=signals,
        pacing=parts.pacing,
        dispatch=Dispatch(
            clock=clock,
            api=Inlining(parts.api, files) if parts.front.is_terminal else parts.api,
            pacing=parts.pacing,
            line=parts.line,
            meter=meter,
            presence=presence,
            files=files,
            requests=requests,
            signals=signals,
        ),
        tracking=_tracking(config, parts),
        delivery=Delivery(
            clock=clock,
            meter=meter,
            publisher=publisher,
            imaging=parts.imaging,
            files=files,
            reports=_reports(parts),
            requests=requests,
            signals=signals,
        ),
        recovery=Recovery(
            clock=clock,
            meter=meter,
            publisher=publisher,
            requests=requests,
            signals=signals,
        ),
        retention=_retention(config, parts),
        tending=None if parts.front.is_terminal else bot.services.thumbnails.tending,
    )


def _reports(parts: Parts) -> Reports:
    return Reports(
        clock=parts.clock,
        line=parts.line,
        publisher=parts.front.publisher,
        requests=parts.requests,
        signals=parts.signals,
        times=parts.pacing.times,
    )


def _retention(config: Config, parts: Parts) -> Retention:
    return Retention(keep(config), clock=parts.clock, records=parts.records, files=parts.files)


def _tracking(config: Config, parts: Parts) -> Tracking:
    return Tracking(
        Patience(config.runbase.give_up_after),
        clock=parts.clock,
        api=parts.api,
        pacing=parts.pacing,
        meter=parts.meter,
        downloads=parts.downloads,
        imaging=parts.imaging,
        files=parts.files,
        requests=parts.requests,
        signals=parts.signals,
    )


@asynccontextmanager
async def _watched(config: Config, parts: Parts) -> AsyncIterator[None]:
    """Open to the operator's machines, where they are to look: from before the login until the bot is closed."""
    if config.metrics.address is None:
        yield
        return
    gateway = DiscordGateway(parts.bot)
    health = Health(clock=parts.clock, gateway=gateway, settings=parts.settings, keys=parts.keys)
    watching = asyncio.create_task(parts.meter.watch_loop(), name="loop lag")
    try:
        async with open_status(*config.metrics.address, Status(health, parts.meter, parts.tally, parts.keys)):
            yield
    finally:
        watching.cancel()


def _services(config: Config, parts: Parts, intake: Intake) -> Services:
    model = CATALOGUE[config.runbase.model]
    servers = frozenset() if parts.front.is_terminal else frozenset(map(ServerId, config.discord.servers))
    gate = Gate(servers, clock=parts.clock, files=parts.files, quotas=parts.quotas, keys=parts.keys)
    submission = _submission(House(model, config.queue.length), parts, gate)
    return Services(
        model=model,
        links=links(config),
        submission=submission,
        thumbnails=open_community(parts, model, submission, gate),
        editing=Editing(gate=gate, clock=parts.clock, edits=parts.edits),
        history=History(images=parts.images, requests=parts.requests, signals=parts.signals),
        intake=intake,
        line=parts.line,
        overview=Overview(clock=parts.clock, line=parts.line, requests=parts.requests, times=parts.pacing.times),
        times=parts.pacing.times,
        allowance=Allowance(clock=parts.clock, quotas=parts.quotas),
        viewing=parts.shown.viewing,
        lineage=parts.shown.lineage,
        moderation=parts.shown.moderation,
        gallery=parts.shown.gallery,
        posting=parts.shown.posting,
        sources=parts.shown.sources,
        hints=Hints(clock=parts.clock, hints=parts.hints),
        keep=keep(config),
        meter=parts.meter,
        settings=parts.settings,
    )


def _submission(house: House, parts: Parts, gate: Gate) -> Submission:
    references = References(
        limit_bytes=house.model.reference_bytes, downloads=parts.downloads, imaging=parts.imaging, files=parts.files
    )
    return Submission(
        house,
        gate=gate,
        clock=parts.clock,
        line=parts.line,
        meter=parts.meter,
        references=references,
        requests=parts.requests,
        edits=parts.edits,
        signals=parts.signals,
    )
