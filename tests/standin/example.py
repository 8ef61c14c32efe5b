"""A small real bot, and the rig the stand-in's own tests drive it with."""

import asyncio
import io
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import aiohttp
import discord
from discord import app_commands
from discord.ext import commands
from PIL import Image

from tests.standin.discord import Channel, Member, Server, StandIn

NO_MENTIONS = discord.AllowedMentions.none()
CONTENT_INTENTS = discord.Intents(guilds=True, guild_messages=True, dm_messages=True, message_content=True)
PLAIN_INTENTS = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)


def png(width: int = 8, height: int = 6) -> bytes:
    raw = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(raw, "PNG")
    return raw.getvalue()


def file(content: bytes, name: str, description: str | None = None) -> discord.File:
    return discord.File(io.BytesIO(content), name, description=description)


class MovableClock:
    """Stands still unless told."""

    def __init__(self) -> None:
        self._at = datetime(2026, 1, 1, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self._at

    def advance(self, **amount: float) -> None:
        self._at += timedelta(**amount)


class Again(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"v1:request:again:(?P<id>\w+)"):
    def __init__(self, request: str) -> None:
        super().__init__(discord.ui.Button(label="Again", custom_id=f"v1:request:again:{request}"))
        self.request = request

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str]
    ) -> Self:
        return cls(match["id"])

    async def callback(self, interaction: discord.Interaction) -> None:
        await interaction.response.edit_message(content=f"again {self.request}")


class Plain(discord.ui.Button[Any]):
    def __init__(self) -> None:
        super().__init__(label="Plain", custom_id="plain")

    async def callback(self, interaction: discord.Interaction) -> None:
        """Left to the test."""


class Change(discord.ui.Modal, title="Change"):
    def __init__(self) -> None:
        super().__init__(timeout=60)
        self.prompt: discord.ui.TextInput[Self] = discord.ui.TextInput(max_length=100)
        self.pictures: discord.ui.FileUpload[Self] = discord.ui.FileUpload(required=False, max_values=3)
        self.add_item(discord.ui.Label(text="Prompt", component=self.prompt))
        self.add_item(discord.ui.Label(text="Pictures", component=self.pictures))

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"{self.prompt.value} with {len(self.pictures.values)}")


class ExampleBot(commands.Bot):
    """Hears messages into a queue; its commands do one thing each."""

    def __init__(self, intents: discord.Intents) -> None:
        super().__init__("!", intents=intents, guild_ready_timeout=0.01, max_messages=None)
        self.heard: asyncio.Queue[discord.Message] = asyncio.Queue()
        self.received: asyncio.Queue[discord.Interaction] = asyncio.Queue()
        self.failures: asyncio.Queue[Exception] = asyncio.Queue()
        self.add_dynamic_items(Again)
        _add_commands(self)
        self.tree.error(self._note)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """discord.py would wait five seconds before it identifies again."""

    async def on_message(self, message: discord.Message, /) -> None:
        if message.author != self.user:
            self.heard.put_nowait(message)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        self.received.put_nowait(interaction)

    async def _note(self, interaction: discord.Interaction, error: app_commands.AppCommandError) -> None:
        self.failures.put_nowait(error)


def _add_commands(bot: ExampleBot) -> None:
    @bot.tree.command(description="Make a picture")
    async def imagine(
        interaction: discord.Interaction, prompt: str, reference1: discord.Attachment | None = None
    ) -> None:
        await interaction.response.defer()
        content = b"" if reference1 is None else await reference1.read()
        again = discord.ui.View(timeout=None).add_item(Again("r1"))
        picture = file(content, "picture.png", description=prompt)
        await interaction.edit_original_response(content=prompt, attachments=[picture], view=again)

    @bot.tree.command(description="Answer privately")
    async def secret(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("only you", ephemeral=True)
        await interaction.followup.send("and all", ephemeral=False)

    @bot.tree.command(description="Open a modal")
    async def change(interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Change())

    @bot.tree.command(description="Do nothing; the test answers")
    async def idle(interaction: discord.Interaction) -> None:
        pass

    @bot.tree.command(description="With suggestions")
    async def style(interaction: discord.Interaction, name: str) -> None:
        await interaction.response.send_message(name)

    @style.autocomplete("name")
    async def suggest(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=one, value=one) for one in ("oil", "ink") if typed in one]

    @bot.tree.context_menu(name="Edit image")
    async def edit_image(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"{message.content} / {len(message.attachments)}", ephemeral=True)

    @bot.tree.context_menu(name="Who is")
    async def who_is(interaction: discord.Interaction, user: discord.Member) -> None:
        await interaction.response.send_message(user.name)


@dataclass
class Rig:
    """A connected bot in a server with one channel and one member."""

    standin: StandIn
    clock: MovableClock
    server: Server
    channel: Channel
    alice: Member
    bot: ExampleBot

    @property
    def place(self) -> discord.PartialMessageable:
        """The channel from the bot's side, without any cache."""
        return self.bot.get_partial_messageable(self.channel.id)

    async def heard(self) -> discord.Message:
        async with asyncio.timeout(5):
            return await self.bot.heard.get()

    async def idle(self) -> discord.Interaction:
        """A fresh interaction that nobody has answered, from the bot's side."""
        await self.standin.slash(self.alice, self.channel, "idle")
        return await self.received()

    async def received(self) -> discord.Interaction:
        async with asyncio.timeout(5):
            return await self.bot.received.get()

    async def raw(self, method: str, path: str, body: object = None, *, token: str | None = None) -> tuple[int, Any]:
        """A request past discord.py: status and JSON."""
        headers = {"Authorization": f"Bot {token or self.standin.token}"}
        url = self.standin.rest_url + path
        async with aiohttp.request(method, url, json=body, headers=headers) as answer:
            return answer.status, await answer.json()

    async def failure(self) -> BaseException:
        async with asyncio.timeout(5):
            error = await self.bot.failures.get()
        return error.__cause__ or error


@asynccontextmanager
async def rig(intents: discord.Intents = PLAIN_INTENTS) -> AsyncIterator[Rig]:
    clock = MovableClock()
    async with StandIn(now=clock.now) as standin:
        server = standin.new_server()
        channel, alice = standin.new_channel(server), standin.new_member(server, "alice")
        bot = ExampleBot(intents)
        with standin.patched():
            running = asyncio.create_task(bot.start(standin.token))
            await standin.connected()
            try:
                yield Rig(standin, clock, server, channel, alice, bot)
            finally:
                await bot.close()
                await running
