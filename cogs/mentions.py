"""Talking to the bot: `@Easel make it night --ar 3:2`, with pictures or in a reply to some."""

import discord
from discord.ext import commands

from bot.client import ImageBot
from bot.ui.talk import talk


class Mentions(commands.Cog):
    def __init__(self, bot: ImageBot) -> None:
        self.bot = bot

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        await talk(self.bot, message)


async def setup(bot: ImageBot) -> None:
    await bot.add_cog(Mentions(bot))
