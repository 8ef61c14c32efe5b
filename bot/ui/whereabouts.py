"""Looks at messages on Discord: whether they are there still, and under which addresses their pictures are today."""

import asyncio
from collections.abc import Mapping, Sequence

import aiohttp
import discord

from bot.client import ImageBot
from bot.domain.errors import NoPictureThere
from bot.domain.ids import AttachmentId
from bot.domain.requests import Spot
from bot.ports import MessageNow
from bot.ui.pictures import pictures_in


class DiscordWhereabouts:
    """`Whereabouts` by one request to Discord for each message."""

    def __init__(self, bot: ImageBot) -> None:
        self._bot = bot

    async def look_up(self, spots: Sequence[Spot], *, within_s: float) -> Mapping[Spot, MessageNow]:
        looking = {spot: asyncio.create_task(self._look(spot)) for spot in dict.fromkeys(spots)}
        if looking:
            _, late = await asyncio.wait(looking.values(), timeout=within_s)
            for one in late:
                one.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        seen = {spot: one.result() for spot, one in looking.items() if not one.cancelled()}
        return {spot: found for spot, found in seen.items() if found is not None}

    async def _look(self, spot: Spot) -> MessageNow | None:
        """None when Discord does not tell."""
        message = self._bot.get_partial_messageable(spot.channel).get_partial_message(spot.message)
        try:
            return _now(await message.fetch())
        except discord.NotFound:
            return MessageNow(is_there=False)
        except (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError):
            return None


def _now(message: discord.Message) -> MessageNow:
    attached = {attachment.url: AttachmentId(attachment.id) for attachment in message.attachments}
    try:
        uploads = pictures_in(message)
    except NoPictureThere:
        uploads = ()
    return MessageNow(is_there=True, pictures=tuple((attached.get(upload.url), upload) for upload in uploads))
