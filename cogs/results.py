"""The buttons under messages of the bot, and the forms they open."""

import discord
from discord.ext import commands

from bot.client import ImageBot
from bot.ui.again import ask_reworded
from bot.ui.answer import submit_and_answer
from bot.ui.buttons import ITEMS, check_pressed
from bot.ui.doors import guarded
from bot.ui.editing import draft_of_form
from bot.ui.modals import check_submitted, read_edit, read_posting, read_reworded
from bot.ui.posting import post_chosen
from bot.ui.thumbnails.asking import send_in


class Results(commands.Cog):
    def __init__(self, bot: ImageBot) -> None:
        self.bot = bot

    async def cog_load(self) -> None:
        self.bot.add_dynamic_items(*ITEMS)

    async def cog_unload(self) -> None:
        self.bot.remove_dynamic_items(*ITEMS)

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction[ImageBot]) -> None:
        await guarded(interaction, self._submit(interaction))

    async def _submit(self, interaction: discord.Interaction[ImageBot]) -> None:
        if filled_in := read_edit(interaction):
            await submit_and_answer(interaction, await draft_of_form(interaction, filled_in))
        elif reworded := read_reworded(interaction):
            await ask_reworded(interaction, reworded)
        elif posting := read_posting(interaction):
            await post_chosen(interaction, posting)
        elif not await send_in(interaction):
            check_submitted(interaction)
            check_pressed(interaction)


async def setup(bot: ImageBot) -> None:
    await bot.add_cog(Results(bot))
