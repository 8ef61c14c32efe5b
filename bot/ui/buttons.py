"""The buttons under results. They carry what they need in their custom ids and so outlive every restart.

Custom ids: `v1:thing:action:id`. A view holds nothing but these buttons: discord.py 2.7 forgets a dynamic item's class
for the whole process when a view that mixes it with others ends.
"""

from collections.abc import Mapping
from typing import Any

import discord

from bot.client import ImageBot
from bot.domain.errors import RequestGone
from bot.ui.again import ask_again, open_reword
from bot.ui.doors import REQUEST_ID, RUN_ID, EaselButton, EaselSelect, ImageButton, RequestButton
from bot.ui.history import OpenButton, PageButton, bring_kept
from bot.ui.iterating import AspectSelect, make_variations, offer_aspects, open_chosen, show_picked
from bot.ui.lineage import BackButton, LineageButton
from bot.ui.moderation import DeleteButton, ReportButton
from bot.ui.more import MoreButton
from bot.ui.posting import DiscardAllButton, DiscardButton, PostAllButton, PostButton
from bot.ui.showing import custom_ids
from bot.ui.styles import StylesButton
from bot.ui.thumbnails.buttons import PRESSABLE
from bot.ui.thumbnails.details import DetailsButton, ReferencesButton
from bot.ui.waiting import CancelButton


class EditButton(ImageButton, template=rf"v1:image:edit:(?P<run>{RUN_ID})"):
    """Opens the form in which the member says how this picture shall change."""

    label = "Edit"
    action = "edit"

    async def press(self, interaction: discord.Interaction[ImageBot]) -> None:
        await open_chosen(interaction, self.run)


class VariationsButton(ImageButton, template=rf"v1:image:vary:(?P<run>{RUN_ID})"):
    """Makes two pictures of this one, from the quota of whoever presses."""

    label = "Variations"
    action = "vary"

    async def press(self, interaction: discord.Interaction[ImageBot]) -> None:
        await make_variations(interaction, self.run)


class AspectButton(ImageButton, template=rf"v1:image:aspect:(?P<run>{RUN_ID})"):
    """Offers the other shapes in which the picture can be made again."""

    label = "Aspect"
    action = "aspect"

    async def press(self, interaction: discord.Interaction[ImageBot]) -> None:
        await offer_aspects(interaction, self.run)


class PickButton(ImageButton, template=rf"v1:image:pick:(?P<run>{RUN_ID})"):
    """Under several pictures: one of them, with all that can be done with it."""

    label = "1"
    action = "pick"

    async def press(self, interaction: discord.Interaction[ImageBot]) -> None:
        await show_picked(interaction, self.run)


class AgainButton(RequestButton, template=rf"v1:request:again:(?P<request>{REQUEST_ID})"):
    """Asks for the same once more, from the quota of whoever presses."""

    label = "Again"
    action = "again"

    async def press(self, interaction: discord.Interaction[ImageBot]) -> None:
        await ask_again(interaction, self.request)


class RewordButton(RequestButton, template=rf"v1:request:change:(?P<request>{REQUEST_ID})"):
    """Opens the prompt to be changed and sent once more."""

    label = "Change the prompt"
    action = "change"

    async def press(self, interaction: discord.Interaction[ImageBot]) -> None:
        await open_reword(interaction, self.request)


class ShowButton(RequestButton, template=rf"v1:request:show:(?P<request>{REQUEST_ID})"):
    """Brings a picture that was kept because it could not be delivered."""

    label = "Show"
    action = "show"

    async def press(self, interaction: discord.Interaction[ImageBot]) -> None:
        await bring_kept(interaction, self.request)


BUTTONS: tuple[type[EaselButton], ...] = (
    EditButton,
    VariationsButton,
    AspectButton,
    PickButton,
    AgainButton,
    RewordButton,
    CancelButton,
    ShowButton,
    MoreButton,
    LineageButton,
    BackButton,
    DeleteButton,
    ReportButton,
    PostButton,
    PostAllButton,
    DiscardButton,
    DiscardAllButton,
    OpenButton,
    PageButton,
    StylesButton,
    *PRESSABLE,
    DetailsButton,
    ReferencesButton,
)
ITEMS: tuple[type[EaselButton | EaselSelect], ...] = (*BUTTONS, AspectSelect)
"""Everything under the bot's messages that can be pressed or chosen from."""


def check_pressed(interaction: discord.Interaction[Any]) -> None:
    """discord.py leaves what is of another version, or not on its message, without an answer.

    Raises: RequestGone.
    """
    if interaction.type is not discord.InteractionType.component:
        return
    pressed: Mapping[str, Any] = interaction.data or {}
    custom_id = str(pressed.get("custom_id"))
    known = next((item for item in ITEMS if item.__discord_ui_compiled_template__.fullmatch(custom_id)), None)
    if known is None or pressed.get("component_type") != _kind(known).value:
        raise RequestGone
    if interaction.message is None or custom_id not in custom_ids(interaction.message):
        raise RequestGone


def _kind(item: type[EaselButton | EaselSelect]) -> discord.ComponentType:
    return discord.ComponentType.button if issubclass(item, EaselButton) else discord.ComponentType.select
