"""Asks Discord whether a member is in a server still."""

import asyncio

import aiohttp
import discord

from bot.client import ImageBot
from bot.domain.requests import Address


class DiscordMembership:
    """`Membership` by one request to Discord, since the list of members needs a privileged intent.

    Whoever is not found out about within `within_s` is taken to be there.
    """

    def __init__(self, bot: ImageBot, *, within_s: float) -> None:
        self._bot = bot
        self._within_s = within_s

    async def is_there(self, address: Address) -> bool:
        if not self._bot.is_ready():
            return True
        server = self._bot.get_guild(address.server_id)
        if server is None:
            return False
        try:
            async with asyncio.timeout(self._within_s):
                await server.fetch_member(address.member_id)
        except discord.NotFound:
            return False
        except (discord.HTTPException, aiohttp.ClientError, OSError, discord.RateLimited):
            return True
        return True
