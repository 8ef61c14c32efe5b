"""Where threads belong, also archived ones, which discord.py does not keep: what was asked of Discord about them."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import aiohttp
import discord

from bot.domain.ids import ChannelId

_MOST_REMEMBERED = 10_000
_MOST_ASKED = 25  # at once; Discord takes fifty requests a second from a bot
_WITHIN_S = 0.7  # nothing may have been answered yet, and three seconds are all there are


@dataclass(frozen=True, slots=True)
class Home:
    """The channel around a thread, whose permissions count. Threads never move, and private ones stay private."""

    parent: ChannelId
    is_private: bool


class Threads:
    """Everything is forgotten with a new session, as Discord does not tell what was deleted between two."""

    def __init__(self, *, within_s: float = _WITHIN_S) -> None:
        self._within_s = within_s
        self._asked: dict[int, Home | None] = {}

    def home(self, server: discord.Guild, channel: ChannelId) -> Home | None:
        """None for what is no thread, is gone, may not be seen by the bot, or was never asked about."""
        thread = server.get_thread(channel)
        return self._asked.get(channel) if thread is None else _home(thread)

    async def ask_about(self, server: discord.Guild, channels: Sequence[ChannelId]) -> bool:
        """The first ones first, as many as there is time for; False when some are not known yet."""
        unknown = [one for one in dict.fromkeys(channels) if not self._is_known(server, one)]
        with suppress(TimeoutError):
            async with asyncio.timeout(self._within_s):
                await asyncio.gather(*(self._ask(server, one) for one in unknown[:_MOST_ASKED]))
        return all(self._is_known(server, one) for one in unknown)

    def deleted(self, thread: int) -> None:
        self._asked.pop(thread, None)
        self._remember(thread, None)

    def forget(self) -> None:
        self._asked.clear()

    def _is_known(self, server: discord.Guild, channel: ChannelId) -> bool:
        return channel in self._asked or server.get_channel_or_thread(channel) is not None

    async def _ask(self, server: discord.Guild, channel: ChannelId) -> None:
        """What Discord refuses is remembered as well, since it counts refusals."""
        try:
            found = await server.fetch_channel(channel)
        except (discord.NotFound, discord.Forbidden, discord.InvalidData):
            self._remember(channel, None)
        except (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError):
            return
        else:
            self._remember(channel, _home(found) if isinstance(found, discord.Thread) else None)

    def _remember(self, channel: int, home: Home | None) -> None:
        """What was deleted while it was asked about stays so."""
        self._asked.setdefault(channel, home)
        while len(self._asked) > _MOST_REMEMBERED:
            del self._asked[next(iter(self._asked))]


def _home(thread: discord.Thread) -> Home:
    return Home(ChannelId(thread.parent_id), thread.is_private())
