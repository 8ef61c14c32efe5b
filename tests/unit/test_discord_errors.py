"""What each of Discord's refusals means for a rung of the ladder."""

from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest

from bot.domain.errors import BotError
from bot.domain.ladder import PostBlocked, PostFailed, PostTooLarge, RungClosed
from bot.ui.discord_errors import translated


def refused(status: int, code: int = 0) -> discord.HTTPException:
    response: Any = SimpleNamespace(status=status, reason="")
    kind = {403: discord.Forbidden, 404: discord.NotFound}.get(status, discord.HTTPException)
    return kind(response, {"code": code, "message": "as Discord says"})


async def meaning(error: Exception) -> BotError:
    with pytest.raises(BotError) as raised:
        async with translated():
            raise error
    assert raised.value.__cause__ is error
    return raised.value


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (401, 50027, "token"),
        (404, 10015, "token"),
        (404, 10062, "token"),
        (404, 10008, "gone"),
        (400, 30046, "message"),
        (403, 50005, "message"),
        (404, 10003, "gone"),
        (400, 50083, "channel"),
        (400, 160005, "channel"),
        (403, 50001, "permission"),
        (403, 50013, "permission"),
        (404, 10004, "permission"),
        (403, 50007, "dm"),
        (404, 10013, "dm"),
        (403, 99999, "permission"),
        (400, 50035, "content"),
    ],
)
async def test_a_closed_rung_says_what_closed_it(status: int, code: int, reason: str) -> None:
    found = await meaning(refused(status, code))
    assert type(found) is RungClosed
    assert found.reason == reason


@pytest.mark.parametrize(("status", "code"), [(413, 0), (413, 40005), (400, 40005)])
async def test_what_is_too_large_may_be_sent_smaller(status: int, code: int) -> None:
    assert isinstance(await meaning(refused(status, code)), PostTooLarge)


@pytest.mark.parametrize("code", [200000, 200001, 20009, 240000])
async def test_what_the_filters_block_may_be_sent_without_words(code: int) -> None:
    assert isinstance(await meaning(refused(400, code)), PostBlocked)


@pytest.mark.parametrize(
    "error",
    [
        refused(500),
        refused(503),
        refused(429),
        discord.RateLimited(120),
        aiohttp.ServerDisconnectedError(),
        ConnectionResetError(),
        TimeoutError(),
    ],
    ids=lambda error: f"{type(error).__name__}{getattr(error, 'status', '')}",
)
async def test_everything_else_is_worth_another_try(error: Exception) -> None:
    assert isinstance(await meaning(error), PostFailed)
