"""The forms around thumbnails, and how what was filled in is read from the interaction itself.

As in `bot/ui/modals.py` nothing is remembered of a form: its custom id says what it belongs to, across every restart.
"""

import re
from dataclasses import dataclass
from typing import Any

import discord

from bot.domain.requests import Upload
from bot.domain.styles import STYLES
from bot.domain.thumbnails.headlines import LONGEST_HEADLINE
from bot.domain.thumbnails.ids import ThumbnailId
from bot.domain.thumbnails.sizes import SIZES
from bot.domain.thumbnails.thumbnails import (
    LONGEST_CHANGE,
    LONGEST_REASON,
    LONGEST_WISH,
    MOST_REFERENCES,
    Thumbnail,
)
from bot.ports.thumbnails import Card
from bot.ui.modals import submitted, text_in, uploads_in, values_in

_ASK = re.compile(r"v1:thumbnail:ask:([2-4]:[a-z]*)")
_CHANGE = re.compile(r"v1:thumbnail:reword:([\w-]{16})")
_DECLINE = re.compile(r"v1:thumbnail:reason:([\w-]{16})")
_PLATFORMS, _HEADLINE, _SHOWS, _STYLE, _REFERENCES = "platforms", "headline", "shows", "style", "references"
_CANDIDATE, _WORDS, _REASON = "candidate", "words", "reason"
_NO_STYLE = "none"
# Discord's limit for a select is 25 options: no style, and those that thumbnails are most often made in.
_OFTEN_USED = (
    "cinematic-still",
    "studio-portrait",
    "studio-product",
    "golden-hour",
    "documentary",
    "comic-book",
    "manga",
    "anime",
    "flat-vector",
    "storybook",
    "ghibli-watercolor",
    "fantasy-concept",
    "neon-noir",
    "synthwave",
    "pixel-art",
    "low-poly",
    "isometric",
    "soft-3d",
    "claymation",
    "paper-cut",
    "travel-poster",
    "art-deco",
    "screen-print",
    "pulp-cover",
)


@dataclass(frozen=True, slots=True)
class AskForm:
    """`template` None means the board's."""

    sizes: tuple[str, ...]
    headline: str
    shows: str
    style: str | None
    uploads: tuple[Upload, ...]
    pictures: int
    template: str | None


@dataclass(frozen=True, slots=True)
class ChangeForm:
    """What shall be different about a candidate; 0 is none."""

    thumbnail: ThumbnailId
    candidate: int
    words: str


@dataclass(frozen=True, slots=True)
class DeclineForm:
    """Why it is declined; empty where nobody says why."""

    thumbnail: ThumbnailId
    reason: str


def ask_modal(*, pictures: int, template: str) -> discord.ui.Modal:
    """Discord shows five fields at most; `pictures` and `template` were chosen with the command and travel along."""
    modal = discord.ui.Modal(title="Ask for a thumbnail", custom_id=f"v1:thumbnail:ask:{pictures}:{template}")
    modal.add_item(
        discord.ui.Label(text="Platform", description="The first is what it is made for", component=_platforms())
    )
    headline: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id=_HEADLINE, required=False, max_length=LONGEST_HEADLINE, placeholder="We survived 100 days"
    )
    modal.add_item(
        discord.ui.Label(text="Headline", description="Optional; lettered on the picture", component=headline)
    )
    shows: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id=_SHOWS,
        style=discord.TextStyle.paragraph,
        max_length=LONGEST_WISH,
        placeholder="a small wooden fort in a storm at night, a lantern in the window",
    )
    modal.add_item(discord.ui.Label(text="What should it show?", component=shows))
    modal.add_item(discord.ui.Label(text="Style", component=_styles()))
    uploads: discord.ui.FileUpload[Any] = discord.ui.FileUpload(
        custom_id=_REFERENCES, required=False, min_values=0, max_values=MOST_REFERENCES
    )
    modal.add_item(
        discord.ui.Label(
            text="References",
            description=f"Optional, up to {MOST_REFERENCES}. Everybody here sees them while pictures are made",
            component=uploads,
        )
    )
    modal.stop()  # finished before it is sent: so discord.py does not remember it
    return modal


def change_modal(card: Card) -> discord.ui.Modal:
    """Of which candidate another one is made, and what is different about it."""
    modal = discord.ui.Modal(title="Edit a candidate", custom_id=f"v1:thumbnail:reword:{card.thumbnail.id}")
    options = [
        discord.SelectOption(label=f"Candidate {one.number}", value=str(one.number), default=not place)
        for place, one in enumerate(card.candidates)
    ]
    choice: discord.ui.Select[Any] = discord.ui.Select(custom_id=_CANDIDATE, options=options)
    words: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id=_WORDS,
        style=discord.TextStyle.paragraph,
        max_length=LONGEST_CHANGE,
        placeholder="make it night and put the fort on the left",
    )
    modal.add_item(discord.ui.Label(text="Which one?", description="It stays; another is made of it", component=choice))
    modal.add_item(discord.ui.Label(text="What shall change?", component=words))
    modal.stop()
    return modal


def decline_modal(thumbnail: Thumbnail) -> discord.ui.Modal:
    """Nobody has to say why."""
    modal = discord.ui.Modal(title=f"Decline #{thumbnail.number}", custom_id=f"v1:thumbnail:reason:{thumbnail.id}")
    reason: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id=_REASON,
        style=discord.TextStyle.paragraph,
        required=False,
        max_length=LONGEST_REASON,
        placeholder="We had a fort last week. Something from the new season would fit well.",
    )
    modal.add_item(
        discord.ui.Label(
            text="Why, and what would help",
            description="Optional. Everybody here can read it on the card",
            component=reason,
        )
    )
    modal.stop()
    return modal


def read_ask(interaction: discord.Interaction[Any]) -> AskForm | None:
    """None when the interaction is no form in which a thumbnail is asked for."""
    sent = submitted(interaction, _ASK)
    if sent is None:
        return None
    options, fields, resolved = sent
    pictures, _, template = options.partition(":")
    style = next(iter(values_in(fields.get(_STYLE))), _NO_STYLE)
    return AskForm(
        sizes=values_in(fields.get(_PLATFORMS)),
        headline=text_in(fields.get(_HEADLINE)),
        shows=text_in(fields.get(_SHOWS)),
        style=None if style == _NO_STYLE else style,
        uploads=tuple(uploads_in(fields.get(_REFERENCES), resolved)),
        pictures=int(pictures),
        template=template or None,
    )


def read_change(interaction: discord.Interaction[Any]) -> ChangeForm | None:
    """None when the interaction is no form about a candidate."""
    sent = submitted(interaction, _CHANGE)
    if sent is None:
        return None
    thumbnail, fields, _ = sent
    number = next(iter(values_in(fields.get(_CANDIDATE))), "")
    candidate = int(number) if re.fullmatch(r"[0-9]{1,4}", number) else 0
    return ChangeForm(ThumbnailId(thumbnail), candidate, text_in(fields.get(_WORDS)))


def read_decline(interaction: discord.Interaction[Any]) -> DeclineForm | None:
    """None when the interaction is no form about why a thumbnail is declined."""
    sent = submitted(interaction, _DECLINE)
    if sent is None:
        return None
    thumbnail, fields, _ = sent
    return DeclineForm(ThumbnailId(thumbnail), text_in(fields.get(_REASON)))


def _platforms() -> "discord.ui.Select[Any]":
    options = [
        discord.SelectOption(
            label=size.name, value=size.key, description=f"{size.width_px} × {size.height_px}", default=not place
        )
        for place, size in enumerate(SIZES.values())
    ]
    return discord.ui.Select(custom_id=_PLATFORMS, options=options, min_values=1, max_values=len(options))


def _styles() -> "discord.ui.Select[Any]":
    none = discord.SelectOption(label="No style", value=_NO_STYLE, description="Your words alone", default=True)
    styles = (STYLES[style] for style in _OFTEN_USED)
    options = [discord.SelectOption(label=one.name, value=one.id, description=one.suits[:100]) for one in styles]
    return discord.ui.Select(custom_id=_STYLE, options=[none, *options])
