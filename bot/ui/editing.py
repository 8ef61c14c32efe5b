"""From pictures on Discord to an opened form or a draft: what an edit starts from."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace

import aiohttp
import discord

from bot.client import ImageBot
from bot.domain.ids import ChannelId, MemberId, MessageId, RunId, request_of
from bot.domain.requests import SAME_AS_PICTURE, Address, Draft, Opening, Parent, Upload
from bot.ports import OwnImage
from bot.ui.drafts import address_of, member_of_request, upload_limit
from bot.ui.modals import FilledIn, edit_modal
from bot.ui.pictures import pictures_in, upload_of

_FIND_WITHIN_S = 0.7


async def open_edit(
    interaction: discord.Interaction[ImageBot], message: discord.Message, run: RunId | None = None
) -> None:
    """A form has to be the very first answer, so what can be refused is refused before anybody types."""
    services = interaction.client.services
    pictures = pictures_in(message)
    server = None if run is None else (await member_of_request(interaction, request_of(run)))[0]
    private = message.flags.ephemeral or interaction.guild_id is None
    parent = Parent(ChannelId(message.channel.id), None if private else MessageId(message.id), run)
    address = address_of(interaction, private=private, server=server)
    edit = await services.editing.open(Opening(address, parent, pictures))
    await interaction.response.send_modal(edit_modal(edit, services.model, pictures=len(pictures)))


async def draft_of_form(interaction: discord.Interaction[ImageBot], filled_in: FilledIn) -> Draft:
    """Private where the picture is private: the answer shows it again. Raises: FormGone."""
    member = MemberId(interaction.user.id)
    opening = await interaction.client.services.editing.opened(filled_in.edit, member)
    return Draft(
        source_id=interaction.id,
        address=address_of(interaction, private=opening.address.private, server=opening.address.server_id),
        prompt=filled_in.instruction,
        aspect=filled_in.aspect,
        uploads=filled_in.uploads,
        upload_limit_bytes=upload_limit(interaction),
        parent=opening.parent,
        seen=opening.pictures,
        edit=filled_in.edit,
    )


async def draft_of_edit(
    interaction: discord.Interaction[ImageBot],
    *,
    instruction: str,
    aspect: str | None,
    style: str | None,
    attachments: Iterable[discord.Attachment | None],
    private: bool,
) -> Draft:
    """Of the attached pictures or else of the member's own newest one here. Raises: NothingToEdit."""
    draft = Draft(
        source_id=interaction.id,
        address=address_of(interaction, private=private),
        prompt=instruction,
        aspect=aspect or SAME_AS_PICTURE,
        uploads=tuple(upload_of(attachment) for attachment in attachments if attachment is not None),
        upload_limit_bytes=upload_limit(interaction),
        style=style,
    )
    return draft if draft.uploads else await _of_newest(interaction, draft)


async def _of_newest(interaction: discord.Interaction[ImageBot], draft: Draft) -> Draft:
    address = draft.address
    image = await interaction.client.services.editing.newest(address.server_id, address.channel_id, address.member_id)
    return replace(
        draft,
        address=replace(address, private=address.private or image.private),
        uploads=(await _upload_of_own(interaction.client, address, image),),
        parent=Parent(address.channel_id, None if image.private else image.message, image.run),
    )


async def _upload_of_own(bot: ImageBot, address: Address, image: OwnImage) -> Upload:
    """By the address Discord gives it today; a private picture, and one whose message is gone, by the kept bytes."""
    found = None if image.private else await _find(bot, address, image)
    return upload_of(found) if found else Upload("picture.png", "", None, kept=image.sha256)


async def _find(bot: ImageBot, address: Address, image: OwnImage) -> discord.Attachment | None:
    channel = bot.get_partial_messageable(address.channel_id, guild_id=address.server_id)
    try:
        async with asyncio.timeout(_FIND_WITHIN_S):  # nothing has been answered yet, and the kept bytes do as well
            message = await channel.get_partial_message(image.message).fetch()
    except (discord.HTTPException, aiohttp.ClientError, OSError):
        return None
    return next((one for one in message.attachments if one.id == image.attachment), None)
