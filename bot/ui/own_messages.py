"""Looks through a channel for messages of the bot's own, which callers know by what is in them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import discord

from bot.domain.ladder import PostFailed, RungClosed

_LOOKED_THROUGH = 200  # messages: more are rarely written between a crash and the next start
_CLOCKS_DIFFER = timedelta(minutes=1)
_CONNECTED_WITHIN_S = 10.0


async def own_messages(
    bot: discord.Client, place: discord.PartialMessageable, *, since: datetime
) -> AsyncIterator[discord.Message]:
    """Those that were posted since then, oldest first; to be read under `translated`.

    Raises: RungClosed where the bot may not look, PostFailed while nobody knows whether it may.
    """
    if not await _may_look(bot, place):
        raise RungClosed("permission")
    async for message in place.history(limit=_LOOKED_THROUGH, after=since - _CLOCKS_DIFFER, oldest_first=True):
        if bot.user is not None and message.author.id == bot.user.id:
            yield message


async def _may_look(bot: discord.Client, place: discord.PartialMessageable) -> bool:
    """Without the permission Discord does not refuse, but shows an empty channel."""
    if place.guild_id is None:
        return True  # direct messages
    async with asyncio.timeout(_CONNECTED_WITHIN_S):
        await bot.wait_until_ready()  # servers, with the roles of the bot, are told by the gateway alone
    channel = bot.get_channel(place.id) or await bot.fetch_channel(place.id)  # archived threads are not remembered
    if not isinstance(channel, discord.abc.GuildChannel | discord.Thread) or channel.guild.me is None:
        raise PostFailed
    if isinstance(channel, discord.Thread) and channel.parent is None:
        raise PostFailed
    return channel.permissions_for(channel.guild.me).read_message_history
