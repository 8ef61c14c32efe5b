"""The Discord client: which intents and permissions it asks for, which cogs it loads, and the services they call."""

import hashlib
import json
import logging
from dataclasses import dataclass

import discord
from discord import app_commands
from discord.ext import commands

from bot.domain.catalogue import Model
from bot.operations import Meter
from bot.ports import SettingStore
from bot.repetitions import trace
from bot.services.allowance import Allowance
from bot.services.editing import Editing
from bot.services.gallery import Gallery
from bot.services.hints import Hints
from bot.services.history import History
from bot.services.intake import Intake
from bot.services.line import Line
from bot.services.lineage import Lineage
from bot.services.moderation import Moderation
from bot.services.overview import Overview
from bot.services.posting import Posting
from bot.services.retention import Keep
from bot.services.sources import Sources
from bot.services.submission import Submission
from bot.services.thumbnails import Thumbnails
from bot.services.times import Times
from bot.services.viewing import Viewing
from bot.threads import Threads

log = logging.getLogger(__name__)

# The bot never speaks in voice channels, and needs no warning that it could not.
discord.VoiceClient.warn_nacl = False
discord.VoiceClient.warn_dave = False

COGS = (
    "cogs.imagine",
    "cogs.editing",
    "cogs.results",
    "cogs.styles",
    "cogs.thumbnails",
    "cogs.mentions",
    "cogs.history",
    "cogs.queue",
    "cogs.account",
    "cogs.about",
    "cogs.servers",
)
# discord.py waits out shorter rate limits by itself; a longer one is tried again later, or another way.
_LONGEST_WAIT_S = 30.0
# The setting under which the fingerprint of the commands that Discord was last sent is stored.
COMMANDS_SYNCED = "commands_synced"
# What the bot needs in a server: discord.py's names, and those that Discord's settings show.
PERMISSIONS = {
    "view_channel": "View Channels",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "attach_files": "Attach Files",
    "read_message_history": "Read Message History",
}


def invite_link(application_id: int | str) -> str:
    """Asks for exactly what the bot needs."""
    needed = discord.Permissions(**dict.fromkeys(PERMISSIONS, True))
    return discord.utils.oauth_url(application_id, permissions=needed)


@dataclass(frozen=True, slots=True)
class Links:
    """Where members find what the operator publishes; None where there is nothing."""

    website: str | None = None
    privacy: str | None = None
    report: str | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """What commands are described by: enough to tell Discord of them."""

    model: Model
    links: Links


@dataclass(frozen=True, slots=True)
class Services(Offer):
    """What commands may call."""

    submission: Submission
    editing: Editing
    history: History
    intake: Intake
    line: Line
    overview: Overview
    times: Times
    allowance: Allowance
    viewing: Viewing
    lineage: Lineage
    moderation: Moderation
    gallery: Gallery
    posting: Posting
    sources: Sources
    hints: Hints
    thumbnails: Thumbnails
    keep: Keep
    meter: Meter
    settings: SettingStore


class CommandBot(commands.Bot):
    """The bot as far as its commands are described; `services` is filled in by the composition root before login."""

    services: Offer

    def __init__(self, *, tree_cls: type[app_commands.CommandTree["ImageBot"]], message_content: bool) -> None:
        intents = discord.Intents(guilds=True, guild_messages=True, message_content=message_content)
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=tree_cls,
            intents=intents,
            allowed_mentions=discord.AllowedMentions.none(),
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
            # Answers go by stored ids, so nothing needs to be remembered of messages and members.
            max_messages=None,
            max_ratelimit_timeout=_LONGEST_WAIT_S,
            http_trace=trace(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
        )

    async def setup_hook(self) -> None:
        for name in COGS:
            await self.load_extension(name)

    def fingerprint(self) -> str:
        """Changes with whatever Discord is told of the commands."""
        payload = [command.to_dict(self.tree) for command in self.tree.get_commands()]
        text = json.dumps([self.application_id, payload], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


class ImageBot(CommandBot):
    """The bot that serves."""

    services: Services

    def __init__(self, *, tree_cls: type[app_commands.CommandTree["ImageBot"]], message_content: bool) -> None:
        super().__init__(tree_cls=tree_cls, message_content=message_content)
        self.threads = Threads()

    async def on_ready(self) -> None:
        self.threads.forget()

    async def on_raw_thread_delete(self, deleted: discord.RawThreadDeleteEvent) -> None:
        self.threads.deleted(deleted.thread_id)

    async def setup_hook(self) -> None:
        await super().setup_hook()
        await self._sync_if_changed()

    async def on_message(self, message: discord.Message, /) -> None:
        """No commands by text; `cogs.mentions` listens for the bot's name."""

    async def _sync_if_changed(self) -> None:
        """Discord counts command updates, so they are sent only when they differ from what was sent last."""
        fingerprint = self.fingerprint()
        if await self.services.settings.get(COMMANDS_SYNCED) == fingerprint:
            return
        try:
            await self.tree.sync()
        except discord.HTTPException as error:
            log.error("commands not synced code=%s why=%s", error.code, error.text)
            return
        except discord.RateLimited as error:  # nobody waits for it: the old commands serve
            log.error("commands not synced why=rate_limited retry_after_s=%.0f", error.retry_after)
            return
        await self.services.settings.put(COMMANDS_SYNCED, fingerprint)
        log.info("commands synced count=%d", len(self.tree.get_commands()))
