"""The first door that catches everything: whatever a command raises becomes one private sentence."""

import logging

import aiohttp
import discord
from discord import app_commands

from bot.client import ImageBot
from bot.domain.errors import AlreadyAsked
from bot.ui.errors import answer_to
from bot.ui.names import names_of
from bot.ui.options import check_options
from bot.ui.shield import ShieldedTree

log = logging.getLogger(__name__)

_ALREADY_ACKNOWLEDGED = 40060


class EaselTree(ShieldedTree):
    async def interaction_check(self, interaction: discord.Interaction[ImageBot], /) -> bool:
        """Raises: CommandSignatureMismatch."""
        if isinstance(interaction.command, app_commands.Command):
            check_options(interaction.command, interaction.namespace)
        return True

    async def on_error(
        self, interaction: discord.Interaction[ImageBot], error: app_commands.AppCommandError, /
    ) -> None:
        if interaction.type is discord.InteractionType.autocomplete:  # which can show no message
            log.info("nothing suggested %s why=%s", names_of(interaction), type(error.__cause__ or error).__name__)
        else:
            await tell_of(interaction, error)


async def tell_of(interaction: discord.Interaction[ImageBot], error: BaseException) -> None:
    """Answer with what went wrong; an interaction that Discord delivered twice is answered by its first delivery."""
    if isinstance(error.__cause__ or error, AlreadyAsked):
        log.info("interaction delivered twice %s", names_of(interaction))
        return
    await tell(interaction, answer_to(error, interaction.client.services.meter, about=names_of(interaction)))


async def tell(interaction: discord.Interaction[ImageBot], text: str) -> None:
    """Say something to one member: privately, or in the place of the waiting message when there is one already."""
    try:
        if not interaction.response.is_done() and await _told_first(interaction, text):
            return
        await interaction.edit_original_response(content=text, attachments=[], view=None)
    except discord.HTTPException as error:
        log.warning("member not told %s status=%s code=%s", names_of(interaction), error.status, error.code)
    except (discord.ClientException, aiohttp.ClientError, OSError) as error:
        log.warning("member not told %s why=%s", names_of(interaction), type(error).__name__)


async def _told_first(interaction: discord.Interaction[ImageBot], text: str) -> bool:
    """False when Discord has an answer already whose confirmation was lost on the way."""
    try:
        await interaction.response.send_message(text, ephemeral=True)
    except discord.HTTPException as error:
        if error.code != _ALREADY_ACKNOWLEDGED:
            raise
        return False
    return True
