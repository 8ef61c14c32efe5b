"""From a message with pictures to an opened form, and from the filled-in form to a draft."""

import discord

from bot.client import ImageBot
from bot.domain.ids import ChannelId, MessageId, RunId
from bot.domain.requests import Draft, Opening, Parent
from bot.ui.drafts import address_of, upload_limit
from bot.ui.modals import FilledIn, edit_modal
from bot.ui.pictures import pictures_in


async def open_edit_of_message(interaction: discord.Interaction[ImageBot], message: discord.Message) -> None:
    """For the message command, which is shown everything in the message it was used on."""
    await _open(interaction, message, run=None)


async def open_edit_of_result(interaction: discord.Interaction[ImageBot], run: RunId) -> None:
    assert interaction.message is not None  # a button is always on one
    await _open(interaction, interaction.message, run)


async def _open(interaction: discord.Interaction[ImageBot], message: discord.Message, run: RunId | None) -> None:
    """A form has to be the very first answer, so what can be refused is refused before anybody types."""
    pictures = pictures_in(message)
    parent = Parent(ChannelId(message.channel.id), MessageId(message.id), run)
    address = address_of(interaction, private=message.flags.ephemeral)
    services = interaction.client.services
    edit = await services.editing.open(Opening(address, parent, pictures))
    await interaction.response.send_modal(edit_modal(edit, services.model, pictures=len(pictures)))


def draft_of_edit(interaction: discord.Interaction[ImageBot], filled_in: FilledIn, opening: Opening) -> Draft:
    """Private where the picture is private: an answer to it shows it again."""
    return Draft(
        source_id=interaction.id,
        address=address_of(interaction, private=opening.address.private),
        prompt=filled_in.instruction,
        aspect=filled_in.aspect,
        uploads=filled_in.uploads,
        upload_limit_bytes=upload_limit(interaction),
        parent=opening.parent,
        seen=opening.pictures,
        edit=filled_in.edit,
    )

