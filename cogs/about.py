"""`/about`: what the bot is, what its model can do, and what happens to what members send."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import ImageBot
from bot.ui import texts


class About(commands.Cog):
    def __init__(self, bot: ImageBot) -> None:
        self.bot = bot

    @app_commands.command()
    async def about(self, interaction: discord.Interaction[ImageBot]) -> None:
        """What this bot is, what it can do, and what it keeps"""
        services = self.bot.services
        await interaction.response.send_message(
            texts.about(services.model, services.links, services.keep), ephemeral=True
        )


async def setup(bot: ImageBot) -> None:
    await bot.add_cog(About(bot))
