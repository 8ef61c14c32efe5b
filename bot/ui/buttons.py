"""The buttons under results. They carry what they need in their custom ids and so outlive every restart.

Custom ids: `v1:thing:action:id`. A view holds nothing but these buttons: discord.py 2.7 forgets a dynamic item's class
for the whole process when a view that mixes it with others ends.
"""

import re
from typing import Any, Self

import discord

from bot.client import ImageBot
from bot.domain.ids import RunId
from bot.ui.doors import guarded
from bot.ui.editing import open_edit

RUN_ID = r"[\w-]{16}\.\d"


class EaselButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"v1:(?!)"):
    """One base for all: catches, reports and answers errors. Subclasses say what pressing does."""

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await guarded(interaction, self.press(interaction))

    async def press(self, interaction: discord.Interaction[ImageBot]) -> None:
        raise NotImplementedError


class EditButton(EaselButton, template=rf"v1:image:edit:(?P<run>{RUN_ID})"):
    """Opens the form in which the member says how the picture shall change."""

    def __init__(self, run: RunId) -> None:
        super().__init__(discord.ui.Button(label="Edit", custom_id=f"v1:image:edit:{run}"))
        self.run = run

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(RunId(match["run"]))

    async def press(self, interaction: discord.Interaction[ImageBot]) -> None:
        assert interaction.message is not None  # a button is always on one
        await open_edit(interaction, interaction.message, self.run)


BUTTONS: tuple[type[EaselButton], ...] = (EditButton,)


def result_buttons(run: RunId) -> discord.ui.View:
    """A fresh view for every edit of a message: discord.py keeps state in the one it sent."""
    view = discord.ui.View(timeout=None)
    view.add_item(EditButton(run))
    return view
