"""The bot's own messages, found in channels and threads as Discord shows them, or hides them without saying so."""

from collections.abc import Callable
from datetime import datetime

import pytest

from bot.domain.ladder import PostFailed, RungClosed
from bot.ui.discord_errors import translated
from bot.ui.own_messages import own_messages
from tests.standin.discord import Channel, Permission
from tests.standin.example import Rig, rig


async def found(it: Rig, channel: Channel, *, since: datetime | None = None) -> list[str]:
    server = None if channel.server is None else channel.server.id
    place = it.bot.get_partial_messageable(channel.id, guild_id=server)
    async with translated():
        return [one.content async for one in own_messages(it.bot, place, since=since or it.clock.now())]


def in_a_channel(it: Rig) -> Channel:
    return it.channel


def in_a_thread(it: Rig) -> Channel:
    return it.standin.new_thread(it.channel, "foxes", it.alice)


PLACES = pytest.mark.parametrize("place", [in_a_channel, in_a_thread])


async def say(it: Rig, channel: Channel, *words: str) -> None:
    for one in words:
        await it.bot.get_partial_messageable(channel.id).send(one)


async def deny(it: Rig, permission: Permission) -> None:
    """And the bot has heard of it."""
    heard = it.bot.wait_for("guild_channel_update", timeout=5)
    it.standin.deny(it.channel, it.server.members[it.standin.bot.id], permission)
    await heard


def forget(it: Rig, channel: Channel) -> None:
    """As discord.py does with archived threads, and as if the channel had never been told."""
    server = it.bot.get_guild(it.server.id)
    assert server is not None
    server._threads.pop(channel.id, None)
    server._channels.pop(channel.id, None)


@PLACES
async def test_only_the_bots_own_messages_since_then_are_read(place: Callable[[Rig], Channel]) -> None:
    async with rig() as it:
        channel = place(it)
        await say(it, channel, "long ago")
        it.clock.advance(hours=1)
        await it.standin.send(it.alice, channel, "hello")
        await say(it, channel, "first", "second")
        assert await found(it, channel) == ["first", "second"]


@PLACES
@pytest.mark.parametrize("permission", [Permission.READ_MESSAGE_HISTORY, Permission.VIEW_CHANNEL])
@pytest.mark.parametrize("is_remembered", [True, False])
async def test_where_the_bot_may_not_read_nothing_is_not_an_answer(
    place: Callable[[Rig], Channel], permission: Permission, *, is_remembered: bool
) -> None:
    async with rig() as it:
        await it.bot.wait_until_ready()
        channel = place(it)
        await say(it, channel, "a picture")
        await deny(it, permission)
        if not is_remembered:
            forget(it, channel)
        with pytest.raises(RungClosed) as closed:
            await found(it, channel)
        assert closed.value.reason == "permission"


@PLACES
async def test_a_place_that_is_not_remembered_is_read_all_the_same(place: Callable[[Rig], Channel]) -> None:
    async with rig() as it:
        await it.bot.wait_until_ready()
        channel = place(it)
        await say(it, channel, "a picture")
        forget(it, channel)
        assert await found(it, channel) == ["a picture"]


async def test_direct_messages_may_always_be_read() -> None:
    async with rig() as it:
        channel = it.standin.dm(it.alice)
        await say(it, channel, "a picture")
        assert await found(it, channel) == ["a picture"]


async def test_a_channel_that_is_gone_has_taken_its_messages_with_it() -> None:
    async with rig() as it:
        it.standin.delete_channel(it.channel)
        with pytest.raises(RungClosed) as closed:
            await found(it, it.channel)
        assert closed.value.reason == "gone"


async def test_a_server_that_the_bot_had_to_leave_shows_nothing_any_more() -> None:
    async with rig() as it:
        it.standin.bot_leaves(it.server)
        with pytest.raises(RungClosed) as closed:
            await found(it, it.channel)
        assert closed.value.reason == "permission"


async def test_while_discord_has_not_told_of_the_server_nobody_knows() -> None:
    async with rig() as it:
        await it.bot.wait_until_ready()
        server = it.bot.get_guild(it.server.id)
        assert server is not None
        it.bot._connection._remove_guild(server)
        with pytest.raises(PostFailed):
            await found(it, it.channel)
