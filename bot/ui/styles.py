"""The catalogue of styles as members see it: what is suggested while they type, and the pages of `/styles`.

Custom ids: `v1:styles:group:{group}`; the group `all` is the first page.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Self

import discord
from discord import app_commands

from bot.client import ImageBot
from bot.domain.styles import GROUPS, STYLES, Group, Style, matching_styles
from bot.ui.doors import EaselButton, layout_of

_MOST_CHOICES = 25  # Discord's limit for suggestions
_MOST_IN_ROW = 4  # buttons with names as long as these wrap on telephones
_ALL = "all"


async def complete_style(_: discord.Interaction[ImageBot], typed: str) -> list[app_commands.Choice[str]]:
    """Suggestions for `style:`; none for what is no style, and never an error."""
    found = matching_styles(typed, most=_MOST_CHOICES)
    return [app_commands.Choice(name=f"{style.name} · {style.suits}", value=style.id) for style in found]


class StylesButton(EaselButton, template=rf"v1:styles:group:(?P<group>{_ALL}|{'|'.join(Group)})"):
    """Turns to the page of one group, or back to all of them."""

    def __init__(self, group: Group | None) -> None:
        label, name = ("All styles", _ALL) if group is None else (group.label, group.value)
        super().__init__(discord.ui.Button(label=label, custom_id=f"v1:styles:group:{name}"))
        self.group = group

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(None if match["group"] == _ALL else Group(match["group"]))

    async def press(self, interaction: discord.Interaction[ImageBot]) -> None:
        await interaction.response.edit_message(view=styles_page(self.group))


def styles_page(group: Group | None = None) -> discord.ui.LayoutView:
    """All styles by name, or those of one group with what each suits and adds."""
    panel = _panel(_overview() if group is None else _group(group))
    return layout_of(panel, *_rows([one for one in (None, *Group) if one is not group]))


def _panel(texts: Iterable[str]) -> "discord.ui.Container[Any]":
    """With some air between the texts."""
    panel: discord.ui.Container[Any] = discord.ui.Container()
    for number, text in enumerate(texts):
        if number:
            panel.add_item(discord.ui.Separator(visible=False))
        panel.add_item(discord.ui.TextDisplay(text))
    return panel


def _overview() -> Iterator[str]:
    yield (
        f"**{len(STYLES)} styles** for `/imagine` and `/edit`\n"
        "Choose one under `style:` while you type. It adds one sentence to your prompt; More under a picture shows "
        "everything that was sent."
    )
    for group, styles in GROUPS.items():
        yield f"**{group.label}**\n{' · '.join(style.name for style in styles)}"
    yield "-# The buttons show what each style suits and the sentence it adds."


def _group(group: Group) -> Iterator[str]:
    yield f"**{group.label}**\nUnder `style:`, or behind a mention: `--style {GROUPS[group][0].id}`"
    yield from map(_entry, GROUPS[group])


def _entry(style: Style) -> str:
    return f"**{style.name}** · {style.suits}\n-# `{style.id}` · {style.words}"


def _rows(groups: Sequence[Group | None]) -> Iterator["discord.ui.ActionRow[Any]"]:
    rest = iter(groups)
    while in_row := list(islice(rest, _MOST_IN_ROW)):
        row: discord.ui.ActionRow[Any] = discord.ui.ActionRow()
        for group in in_row:
            row.add_item(StylesButton(group))
        yield row
