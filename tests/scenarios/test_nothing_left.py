"""What members open for themselves alone: its buttons go on working, and nothing waits for them in memory."""

import asyncio
import inspect

import discord
import pytest

from tests.scenarios.board import BoardTalk
from tests.scenarios.panels import a_result, an_edit, press
from tests.scenarios.studio import Studio


def timers() -> int:
    """discord.py's, one for every private message that it keeps for 15 minutes."""
    of_views = inspect.getsourcefile(discord.ui.View)
    running = [task.get_coro() for task in asyncio.all_tasks()]
    return sum(inspect.iscoroutine(one) and one.cr_code.co_filename == of_views for one in running)


@pytest.mark.parametrize("path", [["More"], ["More", "Lineage"], ["Aspect"], ["More", "Report"]])
async def test_nothing_is_left_of_what_a_button_opens(studio: Studio, path: list[str]) -> None:
    message = await an_edit(studio, await a_result(studio), "make it night")
    await press(studio, message, *path)
    assert timers() == 0


@pytest.mark.parametrize("command", ["styles", "history", "queue", "quota", "about"])
async def test_nothing_is_left_of_what_a_command_opens(studio: Studio, command: str) -> None:
    await a_result(studio)
    await studio.alice.slash(studio.channel, command)
    assert timers() == 0


async def test_nothing_is_left_of_waiting_for_a_private_picture(studio: Studio) -> None:
    await studio.world.pause()
    await studio.imagine(private=True)
    assert timers() == 0


async def test_nothing_is_left_of_a_thumbnails_details(studio: Studio) -> None:
    board = BoardTalk(studio)
    await board.set_up()
    await board.alice.click(await board.asked(), label="Details")
    assert timers() == 0
