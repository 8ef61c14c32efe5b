"""Handing pictures over: a member's own into a vote, and the files of any candidate to whoever may have them."""

from collections.abc import Sequence
from functools import partial

import discord

from bot.client import ImageBot
from bot.domain.thumbnails.headlines import parse_headline
from bot.domain.thumbnails.refusals import NothingToChange, NoWinnerYet
from bot.domain.thumbnails.states import ThumbnailState
from bot.domain.thumbnails.thumbnails import Thumbnail
from bot.ports.thumbnails import Delivered
from bot.ui.drafts import upload_limit
from bot.ui.pictures import upload_of
from bot.ui.quoting import quoted_where_allowed
from bot.ui.thumbnails import answers
from bot.ui.thumbnails.files import files_of, words_of
from bot.ui.thumbnails.naming import named
from bot.ui.thumbnails.people import address_of, person_of
from bot.ui.tree import tell

# Discord takes 25 MiB in one request: five sizes, each with and without letters, share it.
_MOST_OF_ALL_BYTES = 24 * 1024 * 1024


async def enter(interaction: discord.Interaction[ImageBot], given: str, picture: discord.Attachment) -> None:
    services = interaction.client.services
    with services.intake.taking():
        thumbnail = await named(interaction, given)
        await interaction.response.defer(ephemeral=True, thinking=True)
        number = await services.thumbnails.entries.enter(thumbnail.id, address_of(interaction), upload_of(picture))
    await tell(
        interaction, f"Your picture is candidate {number} of #{thumbnail.number}. The card shows it in a moment."
    )


async def export(
    interaction: discord.Interaction[ImageBot], given: str, candidate: int | None, sizes: Sequence[str | None]
) -> None:
    """Without a candidate, the winner; without sizes, those that were asked for."""
    services = interaction.client.services
    thumbnail = await named(interaction, given)
    number = _candidate(thumbnail, candidate)
    wanted = [size for size in sizes if size is not None]
    person = await person_of(interaction)
    await interaction.response.defer(ephemeral=True, thinking=True)
    limit_bytes = min(upload_limit(interaction), _MOST_OF_ALL_BYTES // _files_of_all(thumbnail, wanted))
    made = await services.thumbnails.finishing.export(thumbnail.id, person, number, wanted, limit_bytes=limit_bytes)
    await quoted_where_allowed(partial(_hand_out, interaction, made))


async def _hand_out(interaction: discord.Interaction[ImageBot], made: Sequence[Delivered], *, is_quoted: bool) -> None:
    words, files = words_of(made, is_quoted=is_quoted), files_of(made, is_quoted=is_quoted)
    await interaction.edit_original_response(content=words, attachments=files)


async def reletter(
    interaction: discord.Interaction[ImageBot], given: str, text: str | None, template: str | None, *, remove: bool
) -> None:
    """Raises: NothingToChange, also where nothing of the text can be seen."""
    finishing = interaction.client.services.thumbnails.finishing
    headline = "" if remove else parse_headline(text or "") or None
    if headline is None and template is None:
        raise NothingToChange
    thumbnail, person = await named(interaction, given), await person_of(interaction)
    changed = await finishing.reletter(thumbnail.id, person, headline, template=template)
    await answers.told(interaction, _relettered(changed, is_removed=remove))


def _relettered(thumbnail: Thumbnail, *, is_removed: bool) -> str:
    what = "Lettered anew" if thumbnail.headline else "Another template, for when there is a headline"
    what = "Without a headline from now on" if is_removed else what
    is_won = thumbnail.state in {ThumbnailState.CHOSEN, ThumbnailState.DONE}
    follows = "New files are posted in a moment." if is_won else "The card shows it in a moment."
    return f"{what}. No quota used. {follows}"


def _candidate(thumbnail: Thumbnail, given: int | None) -> int:
    """Raises: NoWinnerYet."""
    number = thumbnail.chosen if given is None else given
    if number is None:
        raise NoWinnerYet
    return number


def _files_of_all(thumbnail: Thumbnail, sizes: Sequence[str]) -> int:
    return len(sizes or thumbnail.sizes) * (2 if thumbnail.headline else 1)
