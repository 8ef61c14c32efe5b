"""`/styles`: the directions that `style:` offers."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import ImageBot
from bot.ui.styles import styles_page


class Styles(commands.Cog):
    def __init__(self, bot: ImageBot) -> None:
        self.bot = bot

    @app_commands.command()
    async def styles(self, interaction: discord.Interaction[ImageBot]) -> None:
        """See the styles a picture can be made in"""
        await interaction.response.send_message(view=styles_page(), ephemeral=True)


async def setup(bot: ImageBot) -> None:
    await bot.add_cog(Styles(bot))
