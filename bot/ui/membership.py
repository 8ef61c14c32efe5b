"""Asks Discord whether a member is in a server still."""

import asyncio

import aiohttp
import discord

from bot.client import ImageBot
from bot.domain.requests import Address

_WITHIN_S = 3.0


class DiscordMembership:
    """`Membership` by one request to Discord, since the list of members needs a privileged intent."""

    def __init__(self, bot: ImageBot) -> None:
        self._bot = bot

    async def is_there(self, address: Address) -> bool:
        if not self._bot.is_ready():
            return True
        server = self._bot.get_guild(address.server_id)
        if server is None:
            return False
        try:
            async with asyncio.timeout(_WITHIN_S):
                await server.fetch_member(address.member_id)
        except discord.NotFound:
            return False
        except (discord.HTTPException, aiohttp.ClientError, OSError, discord.RateLimited):
            return True
        return True
