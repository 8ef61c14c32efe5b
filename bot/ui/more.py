"""What stands under a result for one member alone: everything about the picture, and what else can be done with it."""

import io
from dataclasses import replace
from functools import partial

import discord

from bot.client import ImageBot
from bot.domain.ids import request_of
from bot.services.viewing import Details
from bot.ui.details import panel_of, panel_past_filters
from bot.ui.doors import RUN_ID, ImageButton, image_button, view_of
from bot.ui.quoting import quoted_where_allowed
from bot.ui.showing import numbers_in
from bot.ui.viewer import viewer_of


class MoreButton(ImageButton, template=rf"v1:image:more:(?P<run>{RUN_ID})"):
    """Shows the whole prompt, what was really sent, and the rarer buttons."""

    label = "More"
    action = "more"

    async def press(self, interaction: discord.Interaction[ImageBot]) -> None:
        viewer = await viewer_of(interaction, request_of(self.run))
        details = await interaction.client.services.viewing.details(self.run, viewer)
        numbers = numbers_in(interaction.message)
        is_among_others = self.run in numbers
        if is_among_others:
            details = replace(details, number=numbers[self.run], count=max(details.count, *numbers.values()))
        await quoted_where_allowed(partial(_show, interaction, details, among_others=is_among_others))


async def _show(
    interaction: discord.Interaction[ImageBot], details: Details, *, among_others: bool, is_quoted: bool
) -> None:
    panel = (panel_of if is_quoted else panel_past_filters)(details, among_others=among_others)
    files = [
        discord.File(io.BytesIO(block.text.encode()), block.file_name, description=block.title) for block in panel.files
    ]
    buttons = more_buttons(details)
    await interaction.response.send_message(panel.content, files=files, view=buttons, ephemeral=True)


def more_buttons(details: Details) -> discord.ui.View:
    image = details.image
    is_private = details.is_own and image.request.address.private and image.open_place is None
    actions = (("lineage", details.has_kin), ("post", is_private), ("delete", details.is_deletable), ("report", True))
    return view_of([image_button(action, image.id) for action, is_offered in actions if is_offered])
