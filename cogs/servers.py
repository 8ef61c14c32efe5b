"""What happens to servers: the bot is removed from one."""

import discord
from discord.ext import commands

from bot.client import ImageBot
from bot.domain.ids import ServerId


class Servers(commands.Cog):
    def __init__(self, bot: ImageBot) -> None:
        self.bot = bot

    @commands.Cog.listener()
    async def on_guild_remove(self, server: discord.Guild) -> None:
        await self.bot.services.thumbnails.approving.leave(ServerId(server.id))
        await self.bot.services.submission.leave(ServerId(server.id))


async def setup(bot: ImageBot) -> None:
    await bot.add_cog(Servers(bot))
