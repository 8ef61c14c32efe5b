"""The card of a thumbnail on its board: one container with all that people have to see and may press now."""

import io
from collections.abc import Iterator, Sequence
from typing import Any

import discord

from bot.domain.thumbnails.states import ThumbnailState
from bot.domain.thumbnails.thumbnails import MOST_CANDIDATES, Thumbnail
from bot.ports.thumbnails import Card, CardPicture
from bot.ui.doors import EaselButton, layout_of
from bot.ui.thumbnails import texts
from bot.ui.thumbnails.buttons import (
    ApproveButton,
    ChangeButton,
    ChooseButton,
    CloseVoteButton,
    DeclineButton,
    MakeButton,
    MoreCandidatesButton,
    OpenVoteButton,
    VoteButton,
    WithdrawButton,
)
from bot.ui.thumbnails.details import DetailsButton
from bot.ui.words import alt_text

_SHOWN_WISH = 1000  # escaped it is twice as long at most, and all texts of a message have 4,000
_IN_ROW = 5  # Discord's limit for buttons
_TO_VOTE_ON = 2

Row = list[EaselButton]


def card_layout(card: Card) -> discord.ui.LayoutView:
    """A fresh one for every edit."""
    container: discord.ui.Container[Any] = discord.ui.Container(
        accent_colour=discord.Colour.from_rgb(*card.board.accent)
    )
    container.add_item(discord.ui.TextDisplay(_head(card)))
    container.add_item(discord.ui.TextDisplay(texts.facts(card)))
    if card.picture is not None:
        container.add_item(_gallery(card, card.picture))
    container.add_item(discord.ui.TextDisplay(texts.standing(card)))
    for row in rows(card):
        container.add_item(discord.ui.ActionRow(*row))
    return layout_of(container)


def card_files(card: Card) -> list[discord.File]:
    """What has to be uploaded with it."""
    picture = card.picture
    if picture is None or picture.content is None:
        return []
    return [
        discord.File(io.BytesIO(picture.content), filename=_file_name(picture), description=_description(card, picture))
    ]


def rows(card: Card) -> Iterator[Row]:
    """What may be pressed now: candidates first, then what is done with the whole."""
    numbers: Sequence[EaselButton] = list(_numbers(card))
    for start in range(0, len(numbers), _IN_ROW):
        yield list(numbers[start : start + _IN_ROW])
    yield [*_actions(card), DetailsButton(card_mark(card.thumbnail))]


def card_mark(thumbnail: Thumbnail) -> str:
    """The same as under which it is posted."""
    return f"{thumbnail.id}.c"


def _head(card: Card) -> str:
    thumbnail = card.thumbnail
    title = f"### {texts.title(thumbnail, is_quoted=card.is_quoted)}"
    quote = texts.wish(thumbnail, limit=_SHOWN_WISH) if card.is_quoted else ""
    return "\n".join(filter(None, [title, quote]))


def _numbers(card: Card) -> Iterator[EaselButton]:
    thumbnail = card.thumbnail
    if thumbnail.state is ThumbnailState.VOTING:
        for one in card.candidates:
            yield VoteButton(thumbnail.id, one.number, f"{one.number} · {texts.votes(card.tally.of(one.number))}")
    elif thumbnail.state is ThumbnailState.DECIDING:
        leaders = card.leaders or tuple(one.number for one in card.candidates)
        yield from (ChooseButton(thumbnail.id, number, f"Choose {number}") for number in leaders)


def _actions(card: Card) -> Row:
    thumbnail = card.thumbnail.id
    match card.thumbnail.state:
        case ThumbnailState.ASKED:
            return [ApproveButton(thumbnail), DeclineButton(thumbnail), WithdrawButton(thumbnail)]
        case ThumbnailState.APPROVED:
            ready: Row = [OpenVoteButton(thumbnail)] if len(card.candidates) >= _TO_VOTE_ON else []
            return [MakeButton(thumbnail), *ready, DeclineButton(thumbnail), WithdrawButton(thumbnail)]
        case ThumbnailState.MAKING:
            return [WithdrawButton(thumbnail)]
        case ThumbnailState.VOTING:
            return [*_adding(card), CloseVoteButton(thumbnail), WithdrawButton(thumbnail)]
        case ThumbnailState.DECIDING:
            is_voted_on = card.thumbnail.vote_opened_at is not None
            return [*([] if is_voted_on else _adding(card)), WithdrawButton(thumbnail)]
        case _:
            return []


def _adding(card: Card) -> Row:
    """While there is room for more candidates, and none are being made."""
    if card.making or len(card.candidates) >= MOST_CANDIDATES:
        return []
    return [MoreCandidatesButton(card.thumbnail.id), ChangeButton(card.thumbnail.id)]


def _gallery(card: Card, picture: CardPicture) -> "discord.ui.MediaGallery[Any]":
    """What is on the message already is named the same way, and stays."""
    item = discord.MediaGalleryItem(f"attachment://{_file_name(picture)}", description=_description(card, picture))
    return discord.ui.MediaGallery(item)


def _file_name(picture: CardPicture) -> str:
    """The sheet is a PNG, and a thumbnail a JPEG."""
    return f"{picture.name}.{'png' if picture.name.startswith('sheet') else 'jpg'}"


def _description(card: Card, picture: CardPicture) -> str:
    what = texts.spoken(card.thumbnail) if card.is_quoted else "a thumbnail"
    if picture.name.startswith("sheet"):
        them = "them" if len(card.candidates) > 1 else "it"
        return alt_text(f"{texts.named(card.candidates)} as small as lists show {them}: {what}")
    return alt_text(f"Candidate {card.thumbnail.chosen}, the winner: {what}")
