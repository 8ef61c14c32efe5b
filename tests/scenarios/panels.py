"""What a member finds behind the buttons under a picture."""

from pathlib import Path
from typing import Any

import discord
from simcord.actors import MemberActor
from simcord.results import InteractionResult

from tests.scenarios.studio import Studio, shown


def labels(message: Any) -> list[str]:
    return [button.label for row in message.components for button in row.children]


async def a_result(studio: Studio, prompt: str = "a red fox in the snow", **options: Any) -> Any:
    """The message with the finished picture, or pictures."""
    result = await studio.imagine(prompt, **options)
    await studio.finished(result)
    await studio.world.until(lambda: not studio.runs().keys() & {"queued", "submitting", "running", "ready"})
    return shown(result).message


async def an_edit(studio: Studio, message: Any, instruction: str, *, member: MemberActor | None = None) -> Any:
    """The message with what became of a picture, by the form behind Edit."""
    member = member or studio.alice
    form = await member.click(message, label="Edit")
    result = await member.submit_modal(form, {"instruction": instruction, "aspect": "same"})
    await studio.finished(result)
    return shown(result).message


async def press(studio: Studio, message: Any, *path: str, member: MemberActor | None = None) -> InteractionResult:
    """Press one button after the other, each in the answer of the one before."""
    for label in path:
        result = await (member or studio.alice).click(message, label=label)
        message = result.response.message if result.response else message
    return result


async def words_of(studio: Studio, message: Any, *path: str, member: MemberActor | None = None) -> str:
    return str(shown(await press(studio, message, *path, member=member)).content)


def text_of(studio: Studio, attachment: discord.Attachment) -> str:
    return studio.world.cdn.read(attachment.url).decode()


def is_there(studio: Studio, message: Any) -> bool:
    return any(one.id == message.id for one in studio.channel.history())


def kept_files(studio: Studio) -> list[Path]:
    return [found for found in studio.world.config.storage.files.rglob("*") if found.is_file()]


async def copies_had_their_time(studio: Studio) -> None:
    """The bot keeps copies for a day, and clean-ups come by and by."""
    await studio.world.advance(25 * 3600, step_s=1800)
    await studio.world.until(lambda: not kept_files(studio), within_s=7200)


def a_moderator(studio: Studio, name: str = "mo") -> MemberActor:
    role = studio.server.create_role(f"moderators {name}", permissions=discord.Permissions(manage_messages=True))
    return studio.server.add_member(studio.world.env.create_user(name), roles=[role])


def no_moderator_any_more(studio: Studio, member: MemberActor) -> None:
    studio.world.env.backend.guilds[studio.server.id].members[member.id].role_ids.clear()


async def configured(studio: Studio, **discord_settings: Any) -> None:
    """A restart with another configuration."""
    world = studio.world
    changed = world.config.discord.model_copy(update=discord_settings)
    world.config = world.config.model_copy(update={"discord": changed})
    await world.restart()
