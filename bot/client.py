"""The Discord client: which intents it asks for, which cogs it loads, and the services they call."""

import hashlib
import json
import logging
from dataclasses import dataclass

import discord
from discord import app_commands
from discord.ext import commands

from bot.domain.catalogue import Model
from bot.ports import SettingStore
from bot.services.allowance import Allowance
from bot.services.editing import Editing
from bot.services.submission import Submission

log = logging.getLogger(__name__)

# The bot never speaks in voice channels, and needs no warning that it could not.
discord.VoiceClient.warn_nacl = False
discord.VoiceClient.warn_dave = False

COGS = ("cogs.imagine", "cogs.editing", "cogs.mentions", "cogs.account", "cogs.about")
_SYNCED = "commands_synced"


@dataclass(frozen=True, slots=True)
class Links:
    """Where members find what the operator publishes; None where there is nothing."""

    website: str | None = None
    privacy: str | None = None
    report: str | None = None


@dataclass(frozen=True, slots=True)
class Services:
    """What commands may call."""

    model: Model
    links: Links
    submission: Submission
    editing: Editing
    allowance: Allowance
    settings: SettingStore


class ImageBot(commands.Bot):
    """`services` is filled in by the composition root before login."""

    services: Services

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
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
        )

    async def setup_hook(self) -> None:
        for name in COGS:
            await self.load_extension(name)
        await self._sync_if_changed()

    async def on_message(self, message: discord.Message, /) -> None:
        """No commands by text; `cogs.mentions` listens for the bot's name."""

    async def _sync_if_changed(self) -> None:
        """Discord counts command updates, so they are sent only when they differ from what was sent last."""
        payload = [command.to_dict(self.tree) for command in self.tree.get_commands()]
        text = json.dumps([self.application_id, payload], sort_keys=True)
        fingerprint = hashlib.sha256(text.encode()).hexdigest()
        if await self.services.settings.get(_SYNCED) == fingerprint:
            return
        try:
            await self.tree.sync()
        except discord.HTTPException as error:
            log.error("commands not synced code=%s why=%s", error.code, error.text)
            return
        await self.services.settings.put(_SYNCED, fingerprint)
        log.info("commands synced count=%d", len(payload))
