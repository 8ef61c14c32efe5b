"""A picture bot as many are written: defer, create the run, poll every two seconds, post the file as a followup.

What it knows is in memory, and its HTTP calls are repeated on errors as HTTP libraries with retries do by default.
It is here to show that the checker sees what goes wrong with it.
"""

import asyncio
import io
import itertools
import os
from collections.abc import Sequence
from typing import Any

import discord
import httpx
from discord import app_commands

_POLL_EVERY_S = 2.0
_POLLS = 30
_TRIES = 3
_BACKOFF_S = 0.5
_WORTH_A_RETRY = frozenset({429, 500, 502, 503, 504})
_SORRY = "Something went wrong, sorry. Please try again."

Interaction = discord.Interaction[Any]


class RunBase:
    def __init__(self) -> None:
        self._url = os.environ["EASEL__RUNBASE__BASE_URL"]
        self._keys = itertools.cycle(os.environ["RUNBASE_API_KEYS"].split(","))
        self._http = httpx.AsyncClient(timeout=10.0)

    async def picture(self, prompt: str, references: Sequence[str]) -> bytes:
        """Raises: RuntimeError, httpx.HTTPError."""
        headers = {"Authorization": f"Bearer {next(self._keys)}"}
        wanted: dict[str, Any] = {"prompt": prompt} | ({"image_urls": list(references)} if references else {})
        body = {"model": "openai/gpt-image-1", "input": wanted}
        run = (await self._call("POST", f"{self._url}/runs", headers=headers, json=body)).json()
        for _ in range(_POLLS):
            await asyncio.sleep(_POLL_EVERY_S)
            run = (await self._call("GET", f"{self._url}/runs/{run['id']}", headers=headers)).json()
            if run["status"] == "succeeded":
                return (await self._call("GET", run["output"]["urls"][0])).content
            if run["status"] == "failed":
                break
        raise RuntimeError(run["status"])

    async def _call(self, method: str, url: str, **options: Any) -> httpx.Response:
        for left in reversed(range(_TRIES)):
            try:
                answer = await self._http.request(method, url, **options)
            except httpx.TransportError:
                if not left:
                    raise
            else:
                if not left or answer.status_code not in _WORTH_A_RETRY:
                    return answer.raise_for_status()
            await asyncio.sleep(_BACKOFF_S * 2 ** (_TRIES - left - 1))
        raise AssertionError("the last try returns or raises")


class Naive(discord.Client):
    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True, guild_messages=True), max_messages=None)
        self.tree = app_commands.CommandTree(self)
        self.runbase = RunBase()
        self.newest: dict[int, str] = {}
        _add_commands(self)

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def on_message(self, message: discord.Message, /) -> None:
        if message.author.bot or self.user not in message.mentions:
            return
        prompt = message.content.replace(f"<@{self.user.id}>", "").strip()
        async with message.channel.typing():
            try:
                content = await self.runbase.picture(prompt, [one.url for one in message.attachments])
            except (RuntimeError, httpx.HTTPError, ValueError, LookupError):
                await message.reply(_SORRY)
                return
            await message.reply(prompt[:200], file=discord.File(io.BytesIO(content), "picture.png"))

    async def make(self, interaction: Interaction, prompt: str, references: Sequence[str], *, private: bool) -> None:
        await interaction.response.defer(ephemeral=private, thinking=True)
        try:
            content = await self.runbase.picture(prompt, references)
        except (RuntimeError, httpx.HTTPError, ValueError, LookupError):
            await interaction.followup.send(_SORRY, ephemeral=private)
            return
        file = discord.File(io.BytesIO(content), "picture.png", description=prompt)
        shown = await interaction.followup.send(
            prompt[:200], file=file, view=Result(self), ephemeral=private, wait=True
        )
        self.newest[interaction.user.id] = shown.attachments[0].url


class Result(discord.ui.View):
    def __init__(self, bot: Naive) -> None:
        super().__init__(timeout=None)
        self._bot = bot

    @discord.ui.button(label="Edit")
    async def edit(self, interaction: Interaction, button: discord.ui.Button[Any]) -> None:
        assert interaction.message is not None
        urls = [one.url for one in interaction.message.attachments]
        await interaction.response.send_modal(Change(self._bot, urls, private=interaction.message.flags.ephemeral))


class Change(discord.ui.Modal, title="Edit"):
    def __init__(self, bot: Naive, urls: Sequence[str], *, private: bool) -> None:
        super().__init__(timeout=600)
        self._bot, self._urls, self._private = bot, urls, private
        self._words: discord.ui.TextInput[Any] = discord.ui.TextInput(max_length=4000)
        self.add_item(discord.ui.Label(text="What shall change?", component=self._words))

    async def on_submit(self, interaction: Interaction) -> None:
        await self._bot.make(interaction, self._words.value, self._urls, private=self._private)


def _add_commands(bot: Naive) -> None:
    @bot.tree.command(description="Make a picture")
    async def imagine(
        interaction: Interaction,
        prompt: str,
        aspect: str | None = None,
        reference1: discord.Attachment | None = None,
        reference2: discord.Attachment | None = None,
        private: bool = False,
    ) -> None:
        references = [one.url for one in (reference1, reference2) if one is not None]
        await bot.make(interaction, prompt, references, private=private)

    @bot.tree.command(description="Change a picture")
    async def edit(
        interaction: Interaction, instruction: str, image1: discord.Attachment | None = None, private: bool = False
    ) -> None:
        url = image1.url if image1 is not None else bot.newest.get(interaction.user.id)
        if url is None:
            await interaction.response.send_message("Attach a picture.", ephemeral=True)
            return
        await bot.make(interaction, instruction, [url], private=private)

    @bot.tree.context_menu(name="Edit image")
    async def edit_image(interaction: Interaction, message: discord.Message) -> None:
        await interaction.response.send_modal(Change(bot, [one.url for one in message.attachments], private=False))


def main() -> None:
    Naive().run(os.environ["DISCORD_TOKEN"])


if __name__ == "__main__":
    main()
