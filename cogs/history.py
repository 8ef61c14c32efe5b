"""`/history`: what a member asked for, and what became of it; for moderators, what everybody did."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import ImageBot
from bot.domain.gallery import Whose
from bot.ui.history import show_history


class History(commands.Cog):
    def __init__(self, bot: ImageBot) -> None:
        self.bot = bot

    @app_commands.command()
    @app_commands.describe(
        whose="Yours, unless you look after this server and want to see everybody's",
        search="Only what has these words in its prompt, in this order",
    )
    @app_commands.choices(
        whose=[
            app_commands.Choice(name="mine", value=Whose.MINE),
            app_commands.Choice(name="this server (for moderators)", value=Whose.SERVER),
        ]
    )
    async def history(
        self,
        interaction: discord.Interaction[ImageBot],
        whose: str = Whose.MINE,
        search: app_commands.Range[str, 1, 60] = "",
    ) -> None:
        """Leaf through your pictures, open them again, and fetch those that could not be delivered"""
        await show_history(interaction, Whose.SERVER if whose == Whose.SERVER else Whose.MINE, search)


async def setup(bot: ImageBot) -> None:
    await bot.add_cog(History(bot))
