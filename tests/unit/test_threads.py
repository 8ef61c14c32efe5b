"""What the bot learns of threads that discord.py does not keep."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, cast

import aiohttp
import discord
import pytest

from bot.domain.ids import ChannelId
from bot.threads import Home, Threads

PARENT = ChannelId(20)


class Answered:
    """What aiohttp tells of an answer, as far as discord.py looks."""

    def __init__(self, status: int) -> None:
        self.status, self.reason = status, "no"


def refused(status: int) -> discord.HTTPException:
    kind = {403: discord.Forbidden, 404: discord.NotFound}.get(status, discord.HTTPException)
    return kind(cast("Any", Answered(status)), "no")


def a_thread(number: int, *, private: bool = False) -> discord.Thread:
    thread = discord.Thread.__new__(discord.Thread)
    thread.id, thread.parent_id = number, PARENT
    thread._type = discord.ChannelType.private_thread if private else discord.ChannelType.public_thread
    return thread


@dataclass
class Server:
    """`discord.Guild` with the channels and active threads it is told of; Discord knows of `archived` ones, too."""

    channels: set[int] = field(default_factory=lambda: {int(PARENT)})
    active: dict[int, discord.Thread] = field(default_factory=dict)
    archived: dict[int, Any] = field(default_factory=dict)
    asked: list[int] = field(default_factory=list)

    def get_thread(self, number: int) -> discord.Thread | None:
        return self.active.get(number)

    def get_channel_or_thread(self, number: int) -> object | None:
        return self.active.get(number) or (number if number in self.channels else None)

    async def fetch_channel(self, number: int) -> Any:
        self.asked.append(number)
        answer = self.archived.get(number, refused(404))
        if callable(answer):
            answer = await answer()
        if isinstance(answer, Exception):
            raise answer
        return answer


class Room:
    def __init__(self, **server: Any) -> None:
        self.server = Server(**server)
        self.threads = Threads(within_s=0.05)

    async def ask_about(self, *channels: int) -> bool:
        return await self.threads.ask_about(cast("discord.Guild", self.server), [ChannelId(one) for one in channels])

    def home(self, channel: int) -> Home | None:
        return self.threads.home(cast("discord.Guild", self.server), ChannelId(channel))


async def test_of_active_threads_and_channels_nobody_has_to_be_asked() -> None:
    room = Room(active={50: a_thread(50), 51: a_thread(51, private=True)})
    assert await room.ask_about(50, 51, PARENT)
    assert [room.home(one) for one in (50, 51, PARENT)] == [Home(PARENT, False), Home(PARENT, True), None]
    assert room.server.asked == []


async def test_discord_is_asked_once_about_each_of_the_others() -> None:
    room = Room(archived={50: a_thread(50), 51: a_thread(51, private=True), 52: refused(403)})
    for _ in range(2):
        assert await room.ask_about(50, 51, 52, 53, 50)
    assert [room.home(one) for one in range(50, 54)] == [Home(PARENT, False), Home(PARENT, True), None, None]
    assert sorted(room.server.asked) == [50, 51, 52, 53]


@pytest.mark.parametrize("trouble", [refused(500), aiohttp.ClientError(), discord.RateLimited(60.0), OSError()])
async def test_what_discord_could_not_tell_is_asked_again(trouble: Exception) -> None:
    room = Room(archived={50: trouble})
    assert not await room.ask_about(50)
    assert room.home(50) is None
    room.server.archived[50] = a_thread(50)
    assert await room.ask_about(50)
    assert room.home(50) == Home(PARENT, False)


async def test_of_many_some_are_asked_about_at_once_the_first_ones_first_and_the_others_later() -> None:
    room = Room(archived={number: a_thread(number) for number in range(100, 160)})
    known = [await room.ask_about(*range(100, 160)) for _ in range(3)]
    assert known == [False, False, True]
    assert sorted(room.server.asked[:25]) == list(range(100, 125))
    assert len(room.server.asked) == 60


async def test_an_answer_that_takes_too_long_is_not_waited_for() -> None:
    room = Room(archived={50: asyncio.Event().wait, 51: a_thread(51)})
    assert not await room.ask_about(50, 51)
    assert [room.home(one) for one in (50, 51)] == [None, Home(PARENT, False)]


async def test_a_deleted_thread_is_none_even_when_its_answer_comes_afterwards() -> None:
    room = Room(archived={50: a_thread(50)})
    await room.ask_about(50)
    room.threads.deleted(50)
    assert await room.ask_about(50)
    assert room.home(50) is None

    async def deleted_meanwhile() -> discord.Thread:
        room.threads.deleted(51)
        return a_thread(51)

    room.server.archived[51] = deleted_meanwhile
    assert await room.ask_about(51)
    assert room.home(51) is None


async def test_with_a_new_session_everything_is_asked_again() -> None:
    room = Room(archived={50: a_thread(50)})
    await room.ask_about(50)
    room.threads.forget()
    assert room.home(50) is None
    assert await room.ask_about(50)
    assert room.server.asked == [50, 50]


async def test_only_so_much_is_remembered() -> None:
    room = Room()
    for number in range(20_000):
        room.threads.deleted(number)
    assert len(room.threads._asked) == 10_000
