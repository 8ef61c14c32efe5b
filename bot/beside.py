"""The other half of the composition root: what the command line does beside a running bot, or without one."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import httpx
from pydantic import SecretStr

from bot.client import COMMANDS_SYNCED, CommandBot, Links, Offer
from bot.config import Config
from bot.domain.catalogue import CATALOGUE
from bot.domain.condition import DatabaseCondition, Library, Schema
from bot.domain.errors import CannotStart, StorageUnavailable
from bot.domain.spending import BilledRun
from bot.imaging.composition.composer import SandboxedComposer
from bot.imaging.features import imaging_libraries
from bot.imaging.sandbox import Room
from bot.ports import Composer
from bot.providers.runbase import RunBaseImageApi
from bot.services.retention import Keep
from bot.storage.backup import back_up as back_up
from bot.storage.bills import read_bills
from bot.storage.inspection import inspect_database, sqlite_library
from bot.storage.migrate import Migrated
from bot.storage.restore import restore as restore
from bot.storage.settings import SqliteSettingStore
from bot.storage.sqlite import SqliteDatabase, bring_up_to_date
from bot.ui.tree import EaselTree


def links(config: Config) -> Links:
    return Links(config.about.website, config.about.privacy, config.about.report)


def keep(config: Config) -> Keep:
    storage = config.storage
    longest_window = max((window.per for window in config.quota.windows()), default=timedelta(0))
    return Keep(storage.keep_images, storage.keep_prompts, storage.keep_requests, longest_window)


def migrate_database(config: Config, *, at: datetime) -> Migrated:
    """Raises: CannotStart."""
    return bring_up_to_date(config.storage.path, at=at)


def bills(config: Config, *, since: datetime, until: datetime) -> tuple[BilledRun, ...]:
    """Raises: CannotStart."""
    return read_bills(config.storage.path, since=since, until=until)


def database_condition(config: Config) -> DatabaseCondition:
    """Of the database as it lies there, also beside a running bot."""
    return inspect_database(config.storage.path)


def libraries() -> tuple[Library, ...]:
    """What the pictures and the database depend on beyond Python packages."""
    return (*imaging_libraries(), sqlite_library())


@contextmanager
def open_composer() -> Iterator[Composer]:
    composer = SandboxedComposer(Room())
    try:
        yield composer
    finally:
        composer.close()


def runbase(
    config: Config, keys: tuple[SecretStr, ...], transport: httpx.AsyncBaseTransport | None = None
) -> RunBaseImageApi:
    return RunBaseImageApi(
        config.runbase.base_url,
        keys,
        connect_timeout=config.runbase.connect_timeout,
        read_timeout=config.runbase.read_timeout,
        transport=transport,
    )


def command_bot(config: Config) -> CommandBot:
    """The bot's commands with nothing behind them: for telling Discord of them, also beside a running bot."""
    bot = CommandBot(tree_cls=EaselTree, message_content=config.discord.message_content)
    bot.services = Offer(CATALOGUE[config.runbase.model], links(config))
    return bot


async def remember_commands(config: Config, fingerprint: str, *, at: datetime) -> bool:
    """So that the next start does not send them again. False where no database is ready or a running bot has it."""
    if inspect_database(config.storage.path).schema is not Schema.CURRENT:
        return False
    try:
        database = await SqliteDatabase.open(config.storage.path, at=at)
        try:
            await SqliteSettingStore(database).put(COMMANDS_SYNCED, fingerprint)
        finally:
            await database.close()
    except (CannotStart, StorageUnavailable):
        return False
    return True
