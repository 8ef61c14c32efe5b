"""Part of the composition root: opens every resource, with the adapters and what several services share."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import httpx
from pydantic import SecretStr

from bot.beside import runbase
from bot.client import ImageBot
from bot.config import Config
from bot.domain.catalogue import CATALOGUE
from bot.front import Front, Terminal, discord_front, terminal_front
from bot.imaging.composition.composer import SandboxedComposer
from bot.imaging.pillow import PillowImaging
from bot.metrics import PrometheusMeter
from bot.ports import Clock, Imaging
from bot.providers.fetcher import HttpDownloads
from bot.providers.runbase import RunBaseImageApi
from bot.services.keys import Keys
from bot.services.line import Line
from bot.services.pacing import Pacing
from bot.services.signals import Signals
from bot.shown import Shown, open_shown
from bot.storage.edits import SqliteEditStore
from bot.storage.files import DiskFileStore
from bot.storage.hints import SqliteHintStore
from bot.storage.images import SqliteImageStore
from bot.storage.journal import FileRequestJournal
from bot.storage.quotas import SqliteQuotaStore
from bot.storage.records import SqliteRecords
from bot.storage.requests import SqliteRequestStore
from bot.storage.settings import SqliteSettingStore
from bot.storage.sqlite import SqliteDatabase
from bot.storage.tally import SqliteTally
from bot.ui.tree import EaselTree


@dataclass(frozen=True, slots=True)
class Parts:
    clock: Clock
    bot: ImageBot
    front: Front
    meter: PrometheusMeter
    tally: SqliteTally
    api: RunBaseImageApi
    downloads: HttpDownloads
    database: SqliteDatabase
    imaging: PillowImaging
    composer: SandboxedComposer
    files: DiskFileStore
    requests: SqliteRequestStore
    edits: SqliteEditStore
    quotas: SqliteQuotaStore
    records: SqliteRecords
    hints: SqliteHintStore
    images: SqliteImageStore
    shown: Shown
    settings: SqliteSettingStore
    keys: Keys
    pacing: Pacing
    line: Line
    signals: Signals


@asynccontextmanager
async def open_parts(
    config: Config,
    runbase_api_keys: tuple[SecretStr, ...],
    *,
    clock: Clock,
    image_transport: httpx.AsyncBaseTransport | None,
    cdn_transport: httpx.AsyncBaseTransport | None,
    terminal: Callable[[Imaging], Terminal] | None,
) -> AsyncIterator[Parts]:
    """The database (migrated first), the processes beside, the HTTP clients; closed in reverse. Raises: CannotStart."""
    async with AsyncExitStack() as stack:
        database = await SqliteDatabase.open(config.storage.path, at=clock.now())
        stack.push_async_callback(database.close)
        imaging = PillowImaging()
        stack.callback(imaging.close)
        composer = SandboxedComposer(imaging.room)
        stack.callback(composer.close)
        api = runbase(config, runbase_api_keys, image_transport)
        stack.push_async_callback(api.close)
        downloads = HttpDownloads(
            cdn_origins=config.discord.cdn_origins,
            base_url=config.runbase.base_url,
            cdn_transport=cdn_transport,
            image_transport=image_transport,
        )
        stack.push_async_callback(downloads.close)
        bot = ImageBot(tree_cls=EaselTree, message_content=config.discord.message_content)
        settings = SqliteSettingStore(database)
        front = discord_front(config, bot, settings) if terminal is None else terminal_front(terminal(imaging))
        yield _parts(config, clock, bot, front, database, imaging, composer, api, downloads)


def _parts(
    config: Config,
    clock: Clock,
    bot: ImageBot,
    front: Front,
    database: SqliteDatabase,
    imaging: PillowImaging,
    composer: SandboxedComposer,
    api: RunBaseImageApi,
    downloads: HttpDownloads,
) -> Parts:
    files = DiskFileStore(config.storage.files, clock)
    requests = SqliteRequestStore(database, at_terminal=front.is_terminal)
    meter = PrometheusMeter(CATALOGUE[config.runbase.model])
    keys = Keys(
        api.keys,
        clock,
        journal=FileRequestJournal(config.storage.requests),
        requests_per_window=config.runbase.requests_per_10_s,
        meter=meter,
        operator=front.operator,
    )
    return Parts(
        clock=clock,
        bot=bot,
        front=front,
        meter=meter,
        tally=SqliteTally(database),
        api=api,
        downloads=downloads,
        database=database,
        imaging=imaging,
        composer=composer,
        files=files,
        requests=requests,
        edits=SqliteEditStore(database),
        quotas=SqliteQuotaStore(database),
        records=SqliteRecords(database),
        hints=SqliteHintStore(database),
        images=SqliteImageStore(database),
        shown=open_shown(config, bot, database, clock=clock, downloads=downloads, files=files, imaging=imaging),
        settings=SqliteSettingStore(database),
        keys=keys,
        pacing=Pacing(clock=clock, keys=keys, requests=requests),
        line=Line(in_flight=config.queue.in_flight, keys=len(api.keys), clock=clock, requests=requests),
        signals=Signals(),
    )
