"""`/history`: what a member asked for, and what became of it."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import ImageBot
from bot.ui.buttons import history_buttons
from bot.ui.drafts import member_of
from bot.ui.history import history_text, kept_requests


class History(commands.Cog):
    def __init__(self, bot: ImageBot) -> None:
        self.bot = bot

    @app_commands.command()
    async def history(self, interaction: discord.Interaction[ImageBot]) -> None:
        """See your latest requests, and fetch pictures that could not be delivered"""
        recent = await self.bot.services.history.recent(*member_of(interaction))
        buttons = history_buttons(kept_requests(recent.pasts))
        await interaction.response.send_message(history_text(recent), view=buttons, ephemeral=True)


async def setup(bot: ImageBot) -> None:
    await bot.add_cog(History(bot))
