"""The forms from open to sent in: asking for a thumbnail, for a candidate made of another, and saying why not."""

import discord

from bot.client import ImageBot
from bot.domain.thumbnails.boards import Board
from bot.domain.thumbnails.refusals import TooManyThumbnails
from bot.domain.thumbnails.states import ThumbnailState
from bot.domain.thumbnails.thumbnails import Thumbnail, Wish
from bot.ui.board_errors import trouble_sentence
from bot.ui.drafts import member_of, upload_limit
from bot.ui.thumbnails import answers
from bot.ui.thumbnails.modals import (
    AskForm,
    ChangeForm,
    DeclineForm,
    ask_modal,
    read_ask,
    read_change,
    read_decline,
)
from bot.ui.thumbnails.people import address_of, person_of
from bot.ui.tree import tell


async def open_form(interaction: discord.Interaction[ImageBot], *, pictures: int, template: str) -> None:
    """A form has to be the very first answer, so what can be refused is refused before anybody types.

    Raises: NotInServer, BoardMissing, BoardClosed, TooManyThumbnails, QuotaTooSmall.
    """
    server, member = member_of(interaction)
    thumbnails = interaction.client.services.thumbnails
    board: Board = await thumbnails.boards.open_board(server)
    mine = await thumbnails.listing.listed(server, of=member)
    if len(mine) >= board.open_each:
        raise TooManyThumbnails(board.open_each)
    await thumbnails.making.check_ever(address_of(interaction), pictures)
    await interaction.response.send_modal(ask_modal(pictures=pictures, template=template))


async def send_in(interaction: discord.Interaction[ImageBot]) -> bool:
    """False when the interaction is no form about a thumbnail."""
    if asked := read_ask(interaction):
        await _ask(interaction, asked)
    elif changed := read_change(interaction):
        await _change(interaction, changed)
    elif declined := read_decline(interaction):
        await _decline(interaction, declined)
    else:
        return False
    return True


async def _ask(interaction: discord.Interaction[ImageBot], form: AskForm) -> None:
    """References take their time, and all of it is answered in private."""
    services = interaction.client.services
    with services.intake.taking():
        wish = _wish(interaction, form)
        await interaction.response.defer(ephemeral=True, thinking=True)
        thumbnail = await services.thumbnails.asking.ask(wish)
        board = await services.thumbnails.boards.board(thumbnail.server)
    await tell(interaction, _asked(thumbnail, board))


def _wish(interaction: discord.Interaction[ImageBot], form: AskForm) -> Wish:
    return Wish(
        source_id=interaction.id,
        address=address_of(interaction),
        shows=form.shows,
        sizes=form.sizes,
        headline=form.headline,
        style=form.style,
        template=form.template,
        pictures=form.pictures,
        uploads=form.uploads,
        upload_limit_bytes=upload_limit(interaction),
    )


def _asked(thumbnail: Thumbnail, board: Board) -> str:
    asked = f"Asked as #{thumbnail.number}. Its card appears in <#{board.channel}> in a moment."
    if trouble := trouble_sentence(thumbnail, to=thumbnail.requester):
        return f"{asked} {trouble}"
    if thumbnail.state is ThumbnailState.ASKED:
        return f"{asked} A moderator has to approve it; then its {thumbnail.pictures} pictures count on your quota."
    return f"{asked} Its {thumbnail.pictures} pictures count on your quota."


async def _change(interaction: discord.Interaction[ImageBot], form: ChangeForm) -> None:
    making = interaction.client.services.thumbnails.making
    await making.change(form.thumbnail, await person_of(interaction), form.candidate, form.words)
    await answers.told(interaction, answers.ORDERED)


async def _decline(interaction: discord.Interaction[ImageBot], form: DeclineForm) -> None:
    approving = interaction.client.services.thumbnails.approving
    found = await approving.decline(form.thumbnail, await person_of(interaction), form.reason)
    await answers.told(interaction, f"Declined #{found.number}. Its card says so in a moment.")
