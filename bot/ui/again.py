"""Asking once more: the same request, or the same with other words."""

import discord

from bot.client import ImageBot
from bot.domain.guidance import purpose_of
from bot.domain.ids import RequestId
from bot.domain.requests import Draft, Request, Upload
from bot.ui.answer import submit_and_answer
from bot.ui.doors import pressed_name
from bot.ui.drafts import address_of, member_of_request, upload_limit
from bot.ui.modals import Reworded, reword_modal


async def ask_again(interaction: discord.Interaction[ImageBot], request: RequestId) -> None:
    await submit_and_answer(interaction, _draft(interaction, await _asked(interaction, request)))


async def open_reword(interaction: discord.Interaction[ImageBot], request: RequestId) -> None:
    await interaction.response.send_modal(reword_modal(await _asked(interaction, request)))


async def ask_reworded(interaction: discord.Interaction[ImageBot], reworded: Reworded) -> None:
    asked = await _asked(interaction, reworded.request)
    await submit_and_answer(interaction, _draft(interaction, asked, prompt=reworded.prompt))


async def _asked(interaction: discord.Interaction[ImageBot], request: RequestId) -> Request:
    return await interaction.client.services.history.asked(request, *await member_of_request(interaction, request))


def _draft(interaction: discord.Interaction[ImageBot], asked: Request, *, prompt: str | None = None) -> Draft:
    """From the quota of whoever presses, as private as it was. References come from the disk while they are there."""
    return Draft(
        source_id=interaction.id,
        address=address_of(interaction, private=asked.address.private, server=asked.address.server_id),
        prompt=asked.prompt if prompt is None else prompt,
        aspect=asked.aspect,
        uploads=tuple(Upload(one.filename, one.url or "", one.size_bytes, kept=one.sha256) for one in asked.references),
        upload_limit_bytes=upload_limit(interaction),
        images=asked.images,
        parent=asked.parent,
        style=asked.style,
        guidance=purpose_of(asked),
        pressed=pressed_name(interaction),
    )
