"""What concerns a member's own account: `/quota`."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import ImageBot
from bot.ui import texts
from bot.ui.drafts import member_of


class Account(commands.Cog):
    def __init__(self, bot: ImageBot) -> None:
        self.bot = bot

    @app_commands.command()
    async def quota(self, interaction: discord.Interaction[ImageBot]) -> None:
        """See how many pictures you may still make"""
        usages = await self.bot.services.allowance.show(*member_of(interaction))
        await interaction.response.send_message(texts.quota(usages), ephemeral=True)


async def setup(bot: ImageBot) -> None:
    await bot.add_cog(Account(bot))
