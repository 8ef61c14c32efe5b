"""Deleting a picture, and reporting it."""

from collections.abc import Mapping

import discord

from bot.client import ImageBot, Links
from bot.domain.ids import request_of
from bot.ports import Removal
from bot.ui.doors import RUN_ID, ImageButton
from bot.ui.viewer import viewer_of

_DELETED: Mapping[Removal, str] = {
    Removal.GONE: "Deleted: the picture is gone here, and my copy of it goes with the next clean-up.",
    Removal.OUT_OF_REACH: (
        "Deleted from my records, and nobody can work with it any more. But I may not change that channel: ask a "
        "moderator to delete the message."
    ),
    Removal.MEMBERS_OWN: (
        "Deleted, with my copy of it. Where you alone still see it, only you can take it away: press Dismiss message "
        "there."
    ),
}
_THANKS = "Thank you. Your report has reached those who look after this bot; nobody else sees who sent it."


class DeleteButton(ImageButton, template=rf"v1:image:delete:(?P<run>{RUN_ID})"):
    """Takes a picture down: for the member who asked for it, and for moderators."""

    label = "Delete"
    action = "delete"

    async def press(self, interaction: discord.Interaction[ImageBot]) -> None:
        moderation = interaction.client.services.moderation
        viewer = await viewer_of(interaction, request_of(self.run))
        await moderation.check_deletable(self.run, viewer)
        await _defer(interaction)
        removal = await moderation.delete(self.run, viewer)
        await interaction.edit_original_response(content=_DELETED[removal], attachments=[], view=None)


class ReportButton(ImageButton, template=rf"v1:image:report:(?P<run>{RUN_ID})"):
    """Tells those who look after the bot that something is wrong with a picture."""

    label = "Report"
    action = "report"

    async def press(self, interaction: discord.Interaction[ImageBot]) -> None:
        services = interaction.client.services
        if not services.moderation.takes_reports:
            await interaction.response.send_message(_elsewhere(services.links), ephemeral=True)
            return
        viewer = await viewer_of(interaction, request_of(self.run))
        await interaction.response.defer(ephemeral=True, thinking=True)
        await services.moderation.report(self.run, viewer)
        await interaction.edit_original_response(content=_THANKS)


async def _defer(interaction: discord.Interaction[ImageBot]) -> None:
    """What only its member sees is replaced by the outcome; what others see stays."""
    assert interaction.message is not None  # a button is always on one
    is_own = interaction.message.flags.ephemeral
    await interaction.response.defer(ephemeral=True, thinking=not is_own)


def _elsewhere(links: Links) -> str:
    if links.report:
        return f"Please report it here: <{links.report}>"
    return "This bot passes no reports on. Please ask a moderator of this server to look at the picture."
