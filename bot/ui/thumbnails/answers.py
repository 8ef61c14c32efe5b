"""What pressing and commanding is answered with, in private: the card itself follows in a moment."""

from collections.abc import Sequence
from functools import partial

import discord

from bot.client import ImageBot
from bot.domain.ids import MemberId
from bot.domain.thumbnails.ids import ThumbnailId
from bot.domain.thumbnails.refusals import CandidateGone, NotYourThumbnail, ThumbnailMoved
from bot.domain.thumbnails.states import ThumbnailState
from bot.domain.thumbnails.thumbnails import Thumbnail
from bot.ports.thumbnails import Card
from bot.services.thumbnails import Ballot
from bot.services.thumbnails.making import takes_more
from bot.ui.board_errors import trouble_sentence
from bot.ui.drafts import member_of
from bot.ui.lists import fitted
from bot.ui.quoting import quoted_where_allowed
from bot.ui.thumbnails import texts
from bot.ui.thumbnails.people import person_of
from bot.ui.tree import tell

ORDERED = "Ordered, from the quota of whoever asked for it. The pictures appear on the card when they are made."


async def told(interaction: discord.Interaction[ImageBot], text: str) -> None:
    """What was done is done, whether Discord shows this or not: nobody shall read that it failed and cost nothing."""
    await tell(interaction, text)


async def withdraw(interaction: discord.Interaction[ImageBot], thumbnail: ThumbnailId) -> None:
    approving = interaction.client.services.thumbnails.approving
    found = await approving.withdraw(thumbnail, await person_of(interaction))
    await told(interaction, f"Withdrawn #{found.number}. What was still in line costs nothing.")


async def card_to_change(interaction: discord.Interaction[ImageBot], thumbnail: ThumbnailId) -> Card:
    """What can be refused is refused before anybody types. Raises: NotYourThumbnail, ThumbnailMoved, CandidateGone."""
    person = await person_of(interaction)
    card = (await interaction.client.services.thumbnails.listing.show(thumbnail, person.server)).card
    if not person.is_moderator and person.member != card.thumbnail.requester:
        raise NotYourThumbnail(card.thumbnail.requester)
    if not takes_more(card.thumbnail):
        raise ThumbnailMoved(card.thumbnail.state)
    if not card.candidates:
        raise CandidateGone
    return card


async def show_list(interaction: discord.Interaction[ImageBot], *, mine: bool, ended: bool) -> None:
    server, member = member_of(interaction)
    listing = interaction.client.services.thumbnails.listing
    found = await listing.listed(server, of=member if mine else None, only_open=not ended)
    if not found:
        is_any = not ended and bool(await listing.listed(server, of=member if mine else None, only_open=False))
        await told(interaction, await _none(interaction, mine=mine, is_any=is_any))
        return
    await quoted_where_allowed(partial(_tell_list, interaction, found, mine=mine))


async def _tell_list(
    interaction: discord.Interaction[ImageBot], found: Sequence[Thumbnail], *, mine: bool, is_quoted: bool
) -> None:
    text = fitted(
        "**Your thumbnails here**" if mine else "**Thumbnails here**",
        lambda characters: [texts.in_brief(one, characters=characters, is_quoted=is_quoted) for one in found],
        lambda left_out: f"-# and {left_out} more" if left_out else "",
    )
    await interaction.response.send_message(text, ephemeral=True)


async def _none(interaction: discord.Interaction[ImageBot], *, mine: bool, is_any: bool) -> str:
    """Raises: BoardMissing, BoardClosed where none can be asked for."""
    if is_any:
        which = "You have none open here." if mine else "None is open here."
        return f"{which} `ended: True` shows those that are over."
    server, _ = member_of(interaction)
    await interaction.client.services.thumbnails.boards.open_board(server)
    which = "You have asked for none here yet." if mine else "No thumbnails here yet."
    return f"{which} Ask for one with `/thumbnail request`."


def approved(thumbnail: Thumbnail, *, to: MemberId) -> str:
    if trouble := trouble_sentence(thumbnail, to=to):
        return f"Approved #{thumbnail.number}, but its pictures are not ordered yet. {trouble}"
    return f"Approved #{thumbnail.number}. Its {thumbnail.pictures} pictures are ordered."


def closed(thumbnail: Thumbnail) -> str:
    if thumbnail.state is ThumbnailState.DECIDING:
        return f"The vote is closed. It names no winner, so <@{thumbnail.requester}> chooses."
    return f"The vote is closed. Candidate {thumbnail.chosen} wins." if thumbnail.chosen else "The vote is closed."


def voted(ballot: Ballot) -> str:
    if ballot.before == ballot.candidate:
        return f"Your vote is for {ballot.candidate} already."
    moved = "" if ballot.before is None else f", no longer for {ballot.before}"
    return f"Your vote is for {ballot.candidate}{moved}. Press another number to change it."
