"""What each of Discord's refusals means for a rung of the ladder."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.domain.errors import BotError
from bot.domain.ladder import NotPosted, PostBlocked, PostFailed, PostTooLarge, RungClosed
from bot.repetitions import trace
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


@pytest.mark.parametrize("error", [refused(429), discord.RateLimited(120)], ids=["429", "RateLimited"])
async def test_who_is_put_off_was_certainly_not_heard(error: Exception) -> None:
    assert type(await meaning(error)) is NotPosted


# What discord.py sent more than once


@asynccontextmanager
async def discord_that_answers(*statuses: int) -> AsyncIterator[str]:
    """One request after the other; 0 breaks the connection."""
    left = list(statuses)

    async def answer(request: web.Request) -> web.Response:
        status = left.pop(0)
        if not status and request.transport is not None:
            request.transport.abort()
        return web.Response(status=status or 500)

    app = web.Application()
    app.router.add_route("*", "/", answer)
    async with TestServer(app) as server:
        yield str(server.make_url("/"))


async def meaning_after(*asked: tuple[str, int], closed: Exception) -> BotError:
    """What the last answer raised means, after others to the same call."""
    statuses = [status for _, status in asked]
    async with (
        discord_that_answers(*statuses) as url,
        aiohttp.ClientSession(trace_configs=[trace()]) as session,
    ):
        with pytest.raises(BotError) as raised:
            await _ask(session, [(method, url) for method, _ in asked], closed)
    return raised.value


async def _ask(session: aiohttp.ClientSession, asked: Sequence[tuple[str, str]], closed: Exception) -> None:
    async with translated():
        for method, url in asked:
            with suppress(aiohttp.ClientError):
                await session.request(method, url)
        raise closed


@pytest.mark.parametrize("status", [500, 502, 504, 0])
async def test_a_refusal_of_what_may_have_been_done_before_is_none(status: int) -> None:
    assert type(await meaning_after(("PATCH", status), ("PATCH", 403), closed=refused(403, 50013))) is PostFailed
    assert type(await meaning_after(("POST", status), ("POST", 413), closed=refused(413))) is PostFailed
    assert type(await meaning_after(("POST", status), ("POST", 429), closed=refused(429))) is PostFailed


@pytest.mark.parametrize("asked", [("PATCH", 429), ("PATCH", 403), ("GET", 502)])
async def test_a_refusal_of_what_was_certainly_not_done_before_is_one(asked: tuple[str, int]) -> None:
    found = await meaning_after(asked, ("PATCH", 403), closed=refused(403, 50013))
    assert type(found) is RungClosed


async def test_what_is_gone_is_gone_whatever_was_done_before() -> None:
    found = await meaning_after(("DELETE", 502), ("DELETE", 404), closed=refused(404, 10008))
    assert (type(found), getattr(found, "reason", None)) == (RungClosed, "gone")


async def test_a_rung_that_closes_by_itself_is_closed_for_certain_only_if_nothing_was_done() -> None:
    assert type(await meaning_after(("PATCH", 429), closed=RungClosed("message"))) is RungClosed
    assert type(await meaning_after(("PATCH", 502), closed=RungClosed("message"))) is PostFailed


async def test_nobody_hears_what_finds_no_connection(unused_tcp_port: int) -> None:
    with pytest.raises(NotPosted):
        async with aiohttp.ClientSession(trace_configs=[trace()]) as session, translated():
            await session.patch(f"http://127.0.0.1:{unused_tcp_port}/")


async def test_calls_of_others_at_the_same_time_change_nothing() -> None:
    async def other() -> BotError:
        return await meaning_after(("PATCH", 502), ("PATCH", 403), closed=refused(403, 50013))

    async def own() -> BotError:
        return await meaning_after(("PATCH", 403), closed=refused(403, 50013))

    mixed = await asyncio.gather(other(), own(), other(), own())
    assert [type(one) for one in mixed] == [PostFailed, RungClosed, PostFailed, RungClosed]
