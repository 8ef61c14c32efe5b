"""The option `thumbnail:` of commands: its number on the board, with suggestions while somebody types."""

import re

import discord
from discord import app_commands

from bot.client import ImageBot
from bot.domain.thumbnails.refusals import ThumbnailGone
from bot.domain.thumbnails.thumbnails import Thumbnail
from bot.ui.drafts import member_of
from bot.ui.thumbnails.texts import state_of
from bot.ui.words import unformatted

_NUMBER = re.compile(r"#?([0-9]{1,9})")
_LONGEST_CHOICE = 100  # Discord's limit
_MOST_CHOICES = 25

Choices = list[app_commands.Choice[str]]


async def complete_open(interaction: discord.Interaction[ImageBot], typed: str) -> Choices:
    return await _complete(interaction, typed, only_open=True)


async def complete_any(interaction: discord.Interaction[ImageBot], typed: str) -> Choices:
    return await _complete(interaction, typed, only_open=False)


async def named(interaction: discord.Interaction[ImageBot], given: str) -> Thumbnail:
    """Raises: NotInServer, ThumbnailGone."""
    server, _ = member_of(interaction)
    number = _NUMBER.fullmatch(given.strip())
    if number is None:
        raise ThumbnailGone(given)
    return await interaction.client.services.thumbnails.listing.numbered(server, int(number[1]))


async def _complete(interaction: discord.Interaction[ImageBot], typed: str, *, only_open: bool) -> Choices:
    server, _ = member_of(interaction)
    found = await interaction.client.services.thumbnails.listing.listed(server, only_open=only_open)
    wanted = typed.strip().casefold()
    labels = ((_label(one), str(one.number)) for one in found)
    fitting = [(label, number) for label, number in labels if wanted in label.casefold()]
    return [app_commands.Choice(name=label, value=number) for label, number in fitting[:_MOST_CHOICES]]


def _label(thumbnail: Thumbnail) -> str:
    words = f"#{thumbnail.number} · {state_of(thumbnail)} · {thumbnail.headline or thumbnail.shows}"
    return unformatted(words, limit=_LONGEST_CHOICE)
