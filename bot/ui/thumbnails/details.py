"""Everything about a thumbnail, for whoever asks: its whole wish, every move, and who may take candidates away.

Custom ids: `v1:thumbnail:show:{mark}`. The button is on every message about a thumbnail, and the mark names the
message, so that the bot finds what it posted when the answer was lost.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Self

import discord

from bot.client import ImageBot
from bot.domain.thumbnails.boards import Person
from bot.domain.thumbnails.ids import ThumbnailId
from bot.domain.thumbnails.states import COLLECTING, ThumbnailState, Why
from bot.domain.thumbnails.thumbnails import Candidate, Move, Thumbnail
from bot.services.thumbnails import Story
from bot.ui.answer import as_files
from bot.ui.doors import EaselButton, layout_of
from bot.ui.links import link_to
from bot.ui.quoting import RULES, quoted_where_allowed
from bot.ui.thumbnails import texts
from bot.ui.thumbnails.buttons import ID, RemoveButton, ThumbnailButton
from bot.ui.thumbnails.people import person_of
from bot.ui.words import plain

_MOST_CHARACTERS = 4000  # Discord's limit for all texts of a message
_WISHES = (1500, 700, 300)
_MOST_MOVES = 12
_IN_ROW = 4
_TAKE_AWAY = "-# Take a candidate away, with the votes for it:"


class DetailsButton(EaselButton, template=rf"v1:thumbnail:show:{ID}\.(?P<key>[\w.]{{1,8}})"):
    """Shows everything about a thumbnail, privately."""

    def __init__(self, mark: str) -> None:
        super().__init__(discord.ui.Button(label="Details", custom_id=f"v1:thumbnail:show:{mark}"))
        self.thumbnail = ThumbnailId(mark.partition(".")[0])

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(f"{match['thumbnail']}.{match['key']}")

    async def press(self, interaction: discord.Interaction[ImageBot]) -> None:
        await show_story(interaction, self.thumbnail)


class ReferencesButton(ThumbnailButton, template=rf"v1:thumbnail:references:{ID}"):
    """For the requester, and for moderators: before they approve it, and when it is done, nobody else sees them.

    In between everybody does, since RunBase fetches them from the message under which pictures are being made.
    """

    label = "See references"
    action = "references"

    async def press(self, interaction: discord.Interaction[ImageBot]) -> None:
        listing, person = interaction.client.services.thumbnails.listing, await person_of(interaction)
        named = await listing.references(self.thumbnail, person)
        card = (await listing.show(self.thumbnail, person.server)).card
        await interaction.response.defer(ephemeral=True, thinking=True)
        await quoted_where_allowed(partial(_show_references, interaction, card.thumbnail, named))


async def _show_references(
    interaction: discord.Interaction[ImageBot],
    thumbnail: Thumbnail,
    named: Sequence[tuple[str, bytes]],
    *,
    is_quoted: bool,
) -> None:
    title = texts.title(thumbnail, is_quoted=is_quoted)
    listed = texts.references(thumbnail, is_quoted=is_quoted) or "-# No references"
    files = as_files(named if is_quoted else _numbered(named), texts.spoken(thumbnail, is_quoted=is_quoted))
    await interaction.edit_original_response(content=f"**{title}**\n{listed}", attachments=files)


def _numbered(named: Sequence[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """Their members' names for them are words, too."""
    return [(f"{number}.{name.rpartition('.')[2]}", content) for number, (name, content) in enumerate(named, start=1)]


async def show_story(interaction: discord.Interaction[ImageBot], thumbnail: ThumbnailId) -> None:
    person = await person_of(interaction)
    thumbnails = interaction.client.services.thumbnails
    story, vote = (
        await thumbnails.listing.show(thumbnail, person.server),
        await thumbnails.voting.vote_of(thumbnail, person),
    )
    await quoted_where_allowed(partial(_tell, interaction, story, person, vote))


async def _tell(
    interaction: discord.Interaction[ImageBot], story: Story, person: Person, vote: int | None, *, is_quoted: bool
) -> None:
    told = replace(story, card=replace(story.card, is_quoted=is_quoted))
    await interaction.response.send_message(view=details(told, person, vote), ephemeral=True)


def details(story: Story, person: Person, vote: int | None = None) -> discord.ui.LayoutView:
    """`vote` is the candidate that this person votes for."""
    container: discord.ui.Container[Any] = discord.ui.Container(accent_colour=discord.Colour.from_rgb(*_accent(story)))
    removable = list(_removable(story, person))
    beside = len(_TAKE_AWAY) if removable else 0
    container.add_item(discord.ui.TextDisplay(_fitted(story, vote, room=_MOST_CHARACTERS - beside)))
    if story.card.thumbnail.references and _is_owner(story, person):
        container.add_item(discord.ui.ActionRow(ReferencesButton(story.card.thumbnail.id)))
    if removable:
        container.add_item(discord.ui.Separator())
        container.add_item(discord.ui.TextDisplay(_TAKE_AWAY))
    for start in range(0, len(removable), _IN_ROW):
        row: discord.ui.ActionRow[Any] = discord.ui.ActionRow()
        for number in removable[start : start + _IN_ROW]:
            row.add_item(RemoveButton(story.card.thumbnail.id, number, f"Take {number} away"))
        container.add_item(row)
    return layout_of(container)


def _fitted(story: Story, vote: int | None, *, room: int) -> str:
    """As much of the wish as there is room for."""
    for limit in _WISHES:
        text = _text(story, limit, vote)
        if len(text) <= room:
            break
    return text[:room]


def _text(story: Story, limit: int, vote: int | None) -> str:
    card = story.card
    thumbnail = card.thumbnail
    headline = f"Headline: {plain(thumbnail.headline, limit=100)}" if thumbnail.headline else ""
    words = [headline, texts.wish(thumbnail, limit=limit)] if card.is_quoted else [f"-# {RULES}"]
    link = f"[Its card](<{link_to(thumbnail.server, thumbnail.card.spot)}>)" if thumbnail.card else ""
    lines = [
        f"**{texts.title(thumbnail, is_quoted=card.is_quoted)}**",
        *words,
        texts.facts(card),
        texts.standing(card),
        *(_candidate(one, card.tally.of(one.number)) for one in card.candidates),
        f"Your vote: {vote}" if vote in card.tally.candidates else "",
        *map(_move, story.moves[-_MOST_MOVES:]),
        link,
    ]
    return "\n".join(filter(None, lines))


def _candidate(candidate: Candidate, votes: int) -> str:
    whose = f"entered by <@{candidate.author}>" if candidate.is_entry else "made by Easel"
    changed = f", changed from {candidate.parent}" if candidate.parent else ""
    return f"- Candidate {candidate.number}: {whose}{changed} · {texts.votes(votes)}"


_WHYS: Mapping[Why, str] = {
    Why.AUTOMATIC: "nobody has to approve here",
    Why.MADE: "its pictures are there",
    Why.NONE_MADE: "no picture could be made",
    Why.NOT_ORDERED: "its pictures could not be ordered",
    Why.ANOTHER: "a second candidate came",
    Why.NONE_LEFT: "no candidate was left",
    Why.TIME: "its time was over",
    Why.MOST_VOTES: "most votes",
    Why.MEMBER_GONE: "whoever asked is not here any more",
    Why.POSTED: "its files are posted",
}


def _move(move: Move) -> str:
    is_only_one = move.after is ThumbnailState.DECIDING and move.before is not ThumbnailState.VOTING
    if is_only_one:
        return f"-# {texts.moment(move.at)} · one candidate came"
    how = f"<@{move.by}>" if move.by else _WHYS.get(move.why, "")
    return f"-# {texts.moment(move.at)} · {_NAMES.get(move.after, move.after)} · {how}".removesuffix(" · ")


_NAMES: Mapping[ThumbnailState, str] = {
    ThumbnailState.MAKING: "being made",
    ThumbnailState.VOTING: "the vote opened",
    ThumbnailState.DECIDING: "the vote closed",
}


def _is_owner(story: Story, person: Person) -> bool:
    return person.is_moderator or person.member == story.card.thumbnail.requester


def _removable(story: Story, person: Person) -> Iterator[int]:
    if story.card.thumbnail.state not in COLLECTING:
        return
    for one in story.card.candidates:
        if person.is_moderator or (one.is_entry and one.author == person.member):
            yield one.number


def _accent(story: Story) -> tuple[int, int, int]:
    accent = story.card.board.accent
    return accent.red, accent.green, accent.blue
