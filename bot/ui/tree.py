"""The first door that catches everything: whatever a command raises becomes one private sentence."""

import logging

import discord
from discord import app_commands

from bot.client import ImageBot
from bot.ui.errors import answer_to

log = logging.getLogger(__name__)


class EaselTree(app_commands.CommandTree[ImageBot]):
    async def on_error(
        self, interaction: discord.Interaction[ImageBot], error: app_commands.AppCommandError, /
    ) -> None:
        if interaction.type is discord.InteractionType.autocomplete:
            log.error("autocomplete failed", exc_info=error)
            return
        await tell(interaction, answer_to(error))


async def tell(interaction: discord.Interaction[ImageBot], text: str) -> None:
    """Say something to one member: privately, or in the place of the waiting message when there is one already."""
    try:
        if interaction.response.is_done():
            await interaction.edit_original_response(content=text)
        else:
            await interaction.response.send_message(text, ephemeral=True)
    except discord.HTTPException as error:
        log.warning("member not told interaction=%s status=%s code=%s", interaction.id, error.status, error.code)
