"""The second door that catches everything: what buttons and forms raise becomes one sentence, too."""

from collections.abc import Awaitable

import discord

from bot.client import ImageBot
from bot.ui.errors import answer_to
from bot.ui.names import names_of
from bot.ui.tree import tell


async def guarded(interaction: discord.Interaction[ImageBot], work: Awaitable[None]) -> None:
    """discord.py would swallow what a button raises, and the member would see "interaction failed"."""
    try:
        await work
    except Exception as error:  # noqa: BLE001 - a door: everything that went wrong is answered here
        await tell(interaction, answer_to(error, interaction.client.services.meter, about=names_of(interaction)))
