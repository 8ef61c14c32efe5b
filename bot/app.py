"""The composition root: opens every resource, wires adapters to services, and runs the loops."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import httpx
from pydantic import SecretStr

from bot.client import ImageBot, Links, Services
from bot.clock import SystemClock
from bot.config import Config
from bot.domain.catalogue import CATALOGUE
from bot.domain.ids import ServerId
from bot.imaging.pillow import PillowImaging
from bot.ports import Clock
from bot.providers.fetcher import HttpDownloads
from bot.providers.runbase import RunBaseImageApi
from bot.services.allowance import Allowance
from bot.services.delivery import Delivery
from bot.services.dispatch import Dispatch
from bot.services.editing import Editing
from bot.services.gate import Gate
from bot.services.keys import Keys
from bot.services.recovery import Recovery
from bot.services.references import References
from bot.services.signals import Signals
from bot.services.submission import House, Submission
from bot.services.tracking import Patience, Tracking
from bot.services.work import keep_working
from bot.storage.edits import SqliteEditStore
from bot.storage.files import DiskFileStore
from bot.storage.migrate import Migrated
from bot.storage.quotas import SqliteQuotaStore
from bot.storage.requests import SqliteRequestStore
from bot.storage.settings import SqliteSettingStore
from bot.storage.sqlite import SqliteDatabase, bring_up_to_date
from bot.ui.publisher import DiscordPublisher
from bot.ui.tree import EaselTree


@dataclass(frozen=True, slots=True)
class App:
    """The bot with everything it needs, not yet logged in."""

    bot: ImageBot
    clock: Clock
    signals: Signals
    dispatch: Dispatch
    tracking: Tracking
    delivery: Delivery
    recovery: Recovery

    @property
    def is_busy(self) -> bool:
        """Whether a request to RunBase, a look or an edit is under way just now."""
        return self.dispatch.is_busy or self.tracking.is_busy or self.delivery.is_busy

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """The loops run inside. Enter after login, leave before the bot closes: delivery needs its connection."""
        await self.recovery.recover()
        loops: tuple[tuple[str, Callable[[], Awaitable[float]], asyncio.Event], ...] = (
            ("dispatch", self.dispatch.turn, self.signals.queued),
            ("tracking", self.tracking.turn, self.signals.running),
            ("delivery", self.delivery.turn, self.signals.outbox),
            ("recovery", self.recovery.turn, asyncio.Event()),
        )
        working = [
            asyncio.create_task(keep_working(name, turn, self.clock, wake), name=name) for name, turn, wake in loops
        ]
        try:
            yield
        finally:
            for loop in working:
                loop.cancel()
            await asyncio.gather(*working, return_exceptions=True)
            await asyncio.gather(self.dispatch.finish(), self.tracking.finish(), self.delivery.finish())


def migrate_database(config: Config, *, at: datetime) -> Migrated:
    """Raises: CannotStart."""
    return bring_up_to_date(config.storage.path, at=at)


@asynccontextmanager
async def open_app(
    config: Config,
    runbase_api_keys: tuple[SecretStr, ...],
    *,
    clock: Clock | None = None,
    image_transport: httpx.AsyncBaseTransport | None = None,
    cdn_transport: httpx.AsyncBaseTransport | None = None,
) -> AsyncIterator[App]:
    """Open the database (migrated first), the HTTP clients and the bot; close them in reverse.

    The transports replace the network for simulated worlds.
    Raises: CannotStart.
    """
    time = SystemClock() if clock is None else clock
    async with AsyncExitStack() as stack:
        database = await SqliteDatabase.open(config.storage.path, at=time.now())
        stack.push_async_callback(database.close)
        imaging = PillowImaging()
        stack.callback(imaging.close)
        api = RunBaseImageApi(
            config.runbase.base_url,
            runbase_api_keys,
            connect_timeout=config.runbase.connect_timeout,
            read_timeout=config.runbase.read_timeout,
            transport=image_transport,
        )
        stack.push_async_callback(api.close)
        downloads = HttpDownloads(
            cdn_origins=config.discord.cdn_origins,
            base_url=config.runbase.base_url,
            cdn_transport=cdn_transport,
            image_transport=image_transport,
        )
        stack.push_async_callback(downloads.close)
        parts = _parts(config, time, database, imaging, api, downloads)
        await parts.quotas.configure(config.quota.windows())
        app = _wire(config, parts)
        stack.push_async_callback(app.bot.close)
        yield app


@dataclass(frozen=True, slots=True)
class _Parts:
    """The adapters, and what several services share."""

    clock: Clock
    api: RunBaseImageApi
    downloads: HttpDownloads
    imaging: PillowImaging
    files: DiskFileStore
    requests: SqliteRequestStore
    edits: SqliteEditStore
    quotas: SqliteQuotaStore
    settings: SqliteSettingStore
    keys: Keys
    signals: Signals


def _parts(
    config: Config,
    clock: Clock,
    database: SqliteDatabase,
    imaging: PillowImaging,
    api: RunBaseImageApi,
    downloads: HttpDownloads,
) -> _Parts:
    return _Parts(
        clock=clock,
        api=api,
        downloads=downloads,
        imaging=imaging,
        files=DiskFileStore(config.storage.path.parent / "files", clock),
        requests=SqliteRequestStore(database),
        edits=SqliteEditStore(database),
        quotas=SqliteQuotaStore(database),
        settings=SqliteSettingStore(database),
        keys=Keys(api.keys, clock, requests_per_window=config.runbase.requests_per_10_s),
        signals=Signals(),
    )


def _wire(config: Config, parts: _Parts) -> App:
    """The bot needs services and the publisher needs the bot: the bot comes first, its services last."""
    bot = ImageBot(tree_cls=EaselTree, message_content=config.discord.message_content)
    bot.services = _services(config, parts)
    publisher = DiscordPublisher(bot, gave_up_after=config.runbase.give_up_after)
    clock, requests, files, signals = parts.clock, parts.requests, parts.files, parts.signals
    return App(
        bot=bot,
        clock=clock,
        signals=signals,
        dispatch=Dispatch(clock=clock, api=parts.api, keys=parts.keys, requests=requests, signals=signals),
        tracking=Tracking(
            Patience(config.runbase.give_up_after),
            clock=clock,
            api=parts.api,
            keys=parts.keys,
            downloads=parts.downloads,
            imaging=parts.imaging,
            files=files,
            requests=requests,
            signals=signals,
        ),
        delivery=Delivery(
            clock=clock,
            publisher=publisher,
            imaging=parts.imaging,
            files=files,
            requests=requests,
            signals=signals,
        ),
        recovery=Recovery(
            keep_images=config.storage.keep_images,
            clock=clock,
            publisher=publisher,
            requests=requests,
            edits=parts.edits,
            files=files,
            signals=signals,
        ),
    )


def _services(config: Config, parts: _Parts) -> Services:
    model = CATALOGUE[config.runbase.model]
    servers = frozenset(map(ServerId, config.discord.servers))
    gate = Gate(servers, clock=parts.clock, quotas=parts.quotas, keys=parts.keys)
    references = References(
        limit_bytes=model.reference_bytes, downloads=parts.downloads, imaging=parts.imaging, files=parts.files
    )
    return Services(
        model=model,
        links=Links(config.about.website, config.about.privacy, config.about.report),
        submission=Submission(
            House(model, config.queue.length),
            gate=gate,
            clock=parts.clock,
            references=references,
            requests=parts.requests,
            edits=parts.edits,
            signals=parts.signals,
        ),
        editing=Editing(gate=gate, clock=parts.clock, edits=parts.edits),
        allowance=Allowance(clock=parts.clock, quotas=parts.quotas),
        settings=parts.settings,
    )
