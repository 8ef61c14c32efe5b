"""A server with a few channels and two members, the bot in it, and a look into its ledger."""

import io
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord
from PIL import Image
from simcord.actors import MemberActor, _dispatch_actor_interaction
from simcord.builders import ChannelHandle, GuildHandle
from simcord.results import InteractionResult

from bot.config import Config, DiscordConfig, RunBaseConfig, StorageConfig
from bot.preview.world import BASE_URL, CDN_ORIGIN, World, open_world
from tests.scenarios.accessibility import silent_parts

LANDSCAPE = "3:2"


def a_picture(kind: str = "PNG", size: tuple[int, int] = (320, 240), colour: str = "orange") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, kind)
    return buffer.getvalue()


@dataclass
class Studio:
    world: World
    server: GuildHandle
    channel: ChannelHandle
    alice: MemberActor
    bob: MemberActor

    async def imagine(self, prompt: str = "a red fox in the snow", **options: Any) -> InteractionResult:
        member: MemberActor = options.pop("member", self.alice)
        channel: ChannelHandle = options.pop("channel", self.channel)
        return await member.slash(channel, "imagine", prompt=prompt, **options)

    async def edit(self, instruction: str, **options: Any) -> InteractionResult:
        member: MemberActor = options.pop("member", self.alice)
        channel: ChannelHandle = options.pop("channel", self.channel)
        return await member.slash(channel, "edit", instruction=instruction, **options)

    async def embed(self, url: str) -> discord.Message:
        """A message of another bot that shows a picture in an embed."""
        hook = self.server.create_webhook(self.channel)
        return await hook.send(embeds=[discord.Embed().set_image(url=url)])

    async def submit_again(
        self, form: InteractionResult, values: dict[str, str], *, member: MemberActor | None = None
    ) -> InteractionResult:
        """Send a form as a client would on a second press, or as no client would for somebody else."""
        assert form.modal is not None
        fields = [
            {"type": 18, "component": {"type": 4, "custom_id": key, "value": value}} for key, value in values.items()
        ]
        data = {"custom_id": form.modal["custom_id"], "components": fields}
        return await (member or self.alice)._dispatch_interaction(5, self.channel, data)

    @contextmanager
    def delivered_twice(self) -> Iterator[None]:
        """What Discord sends meanwhile comes once more at the end."""
        parsers = self.world.env.bot._connection.parsers
        read, seen = parsers["INTERACTION_CREATE"], list[Any]()

        def listen(payload: Any) -> None:
            seen.append(dict(payload))
            read(payload)

        parsers["INTERACTION_CREATE"] = listen
        yield
        parsers["INTERACTION_CREATE"] = read
        for payload in seen:
            read(payload)

    async def craft(self, options: dict[str, Any], *, name: str = "imagine") -> InteractionResult:
        """An interaction as no client would send it: values past every choice and length the command declares."""
        command = self.world.env.backend.commands[None][name, 1]
        given = [{"name": key, "type": _option_type(value), "value": value} for key, value in options.items()]
        data = {"id": command["id"], "name": name, "type": 1, "options": given}
        return await self.alice._dispatch_interaction(2, self.channel, data)

    async def craft_in_dm(self, options: dict[str, Any]) -> InteractionResult:
        command = self.world.env.backend.commands[None]["imagine", 1]
        given = [{"name": key, "type": _option_type(value), "value": value} for key, value in options.items()]
        data = {"id": command["id"], "name": "imagine", "type": 1, "options": given}
        user = self.alice.user
        return await _dispatch_actor_interaction(user, 2, user.dm_channel, data)

    async def finished(self, result: InteractionResult) -> discord.Attachment:
        """Wait for the picture of a request."""
        await self.world.until(lambda: is_result(shown(result)))
        attachment: discord.Attachment = shown(result).attachments[0]
        return attachment

    def runs(self) -> Counter[str]:
        return Counter(state for (state,) in self._rows("SELECT state FROM runs"))

    def takes(self) -> Counter[str]:
        return Counter(state for (state,) in self._rows("SELECT state FROM takes"))

    def refused(self) -> list[str]:
        """What commands raised, by class; reading it tells simcord that the errors were expected."""
        return [type(error.__cause__ or error).__name__ for error in self.world.env.errors]

    def stored_nothing(self) -> bool:
        return not self.runs() and not self.takes() and not self._rows("SELECT id FROM requests")

    def _rows(self, sql: str) -> list[Any]:
        with closing(sqlite3.connect(f"file:{self.world.config.storage.path}?mode=ro", uri=True)) as connection:
            return connection.execute(sql).fetchall()


def _option_type(value: object) -> int:
    return 5 if isinstance(value, bool) else 3


def is_result(message: Any) -> bool:
    """A picture and its title; a waiting message may have references attached, too."""
    return bool(message.attachments) and message.content.startswith("**")


def shown(result: InteractionResult) -> Any:
    assert result.response is not None
    return result.response


def a_config(folder: Path, **changes: Any) -> Config:
    discord_changes = changes.pop("discord", {})
    return Config(
        discord=DiscordConfig(**{"cdn_origins": (CDN_ORIGIN,), **discord_changes}),
        runbase=RunBaseConfig(base_url=BASE_URL, **changes.pop("runbase", {})),
        storage=StorageConfig(path=folder / "easel.sqlite3", **changes.pop("storage", {})),
        **changes,
    )


@asynccontextmanager
async def open_studio(folder: Path, **changes: Any) -> AsyncIterator[Studio]:
    async with open_world(a_config(folder, **changes)) as world:
        server = world.env.create_guild("The Easel Studio")
        channel = server.create_text_channel("pictures")
        alice, bob = (server.add_member(world.env.create_user(name)) for name in ("alice", "bob"))
        yield Studio(world, server, channel, alice, bob)
        assert silent_parts(world.env) == []
