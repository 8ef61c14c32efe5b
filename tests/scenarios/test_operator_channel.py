"""The operator's channel: one line when pictures are paused, one when they are made again, and never more."""

from pathlib import Path
from typing import Any

import discord
import pytest

from bot.preview.world import KEY
from tests.scenarios.studio import Studio, open_studio, shown

FIVE_MINUTES_S = 301


async def news_channel(studio: Studio, **denied: bool) -> Any:
    """A channel that the bot is told of by a restart with another configuration."""
    easel = studio.world.env.bot.user
    assert easel is not None
    overwrites: dict[Any, discord.PermissionOverwrite] = {easel: discord.PermissionOverwrite(**denied)}
    channel = studio.server.create_text_channel("operations", overwrites=overwrites)
    await told_in(studio, channel.id)
    return channel


async def told_in(studio: Studio, channel_id: int) -> None:
    world = studio.world
    changed = world.config.discord.model_copy(update={"operator_channel": channel_id})
    world.config = world.config.model_copy(update={"discord": changed})
    await world.restart()


def lines(channel: Any) -> list[str]:
    return [message.content.partition(":")[0] for message in channel.history()]


async def fail(studio: Studio) -> None:
    before = studio.runs()["failed"]
    await studio.imagine()
    await studio.world.until(lambda: studio.runs()["failed"] > before)
    await studio.world.advance(FIVE_MINUTES_S, step_s=60)


async def succeed(studio: Studio) -> None:
    result = await studio.imagine()
    await studio.finished(result)


async def test_the_operator_is_told_once_that_the_money_is_gone_and_once_that_it_is_back(tmp_path: Path) -> None:
    async with open_studio(tmp_path) as studio:
        channel = await news_channel(studio)
        studio.world.emulator.refuse_key(KEY, "insufficient_balance")
        await fail(studio)
        await fail(studio)
        assert lines(channel) == ["Pictures are paused"]
        assert "no key has credit left" in channel.history()[0].content

        studio.world.emulator.refuse_key(KEY, None)
        await succeed(studio)
        await succeed(studio)
        assert lines(channel) == ["Pictures are paused", "Pictures are made again"]


async def test_a_restart_repeats_nothing_and_forgets_nothing(tmp_path: Path) -> None:
    async with open_studio(tmp_path) as studio:
        channel = await news_channel(studio)
        studio.world.emulator.refuse_key(KEY, "invalid_api_key")
        await fail(studio)
        await studio.world.restart()
        await fail(studio)
        assert lines(channel) == ["Pictures are paused"]

        studio.world.emulator.refuse_key(KEY, None)
        await studio.world.restart()
        await succeed(studio)
        assert lines(channel) == ["Pictures are paused", "Pictures are made again"]


async def test_a_bot_that_has_always_worked_says_nothing(tmp_path: Path) -> None:
    async with open_studio(tmp_path) as studio:
        channel = await news_channel(studio)
        await succeed(studio)
        assert lines(channel) == []


async def test_a_model_that_is_gone_is_named_as_such(tmp_path: Path) -> None:
    async with open_studio(tmp_path) as studio:
        channel = await news_channel(studio)
        studio.world.emulator.refuse_key(KEY, "model_not_found")
        await fail(studio)
        (line,) = channel.history()
        assert "RunBase no longer offers my model" in line.content


@pytest.mark.parametrize("trouble", ["gone", "closed", "never there"])
async def test_a_channel_that_cannot_be_written_to_stops_nothing(
    tmp_path: Path, trouble: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_studio(tmp_path) as studio:
        if trouble == "never there":
            await told_in(studio, 123456789012345678)
        else:
            channel = await news_channel(studio, **({"send_messages": False} if trouble == "closed" else {}))
            if trouble == "gone":
                there = studio.world.env.bot.get_channel(channel.id)
                assert isinstance(there, discord.TextChannel)
                await there.delete()
        studio.world.emulator.refuse_key(KEY, "insufficient_balance")
        await fail(studio)
        studio.world.emulator.refuse_key(KEY, None)
        await succeed(studio)
    assert [one.levelname for one in caplog.records if one.getMessage().startswith("operator not told")] == ["WARNING"]
    assert not [one for one in caplog.records if one.exc_info]


async def test_without_a_channel_members_are_served_all_the_same(tmp_path: Path) -> None:
    async with open_studio(tmp_path) as studio:
        studio.world.emulator.refuse_key(KEY, "insufficient_balance")
        result = await studio.imagine()
        await studio.world.until(lambda: "out of credit" in shown(result).content)
        assert studio.runs() == {"failed": 1}
