"""The buttons under results. They carry what they need in their custom ids and so outlive every restart.

Custom ids: `v1:thing:action:id`. A view holds nothing but these buttons: discord.py 2.7 forgets a dynamic item's class
for the whole process when a view that mixes it with others ends.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import discord

from bot.client import ImageBot
from bot.domain.errors import RequestGone
from bot.domain.ids import RequestId, RunId
from bot.domain.runs import EndReason
from bot.ui.again import ask_again, open_reword
from bot.ui.doors import REQUEST_ID, RUN_ID, EaselButton, ImageButton, RequestButton
from bot.ui.editing import open_edit
from bot.ui.history import bring_kept
from bot.ui.pictures import components_of
from bot.ui.waiting import CancelButton

_WORDS_ARE_AT_FAULT = {EndReason.DECLINED, EndReason.INPUT_REJECTED}
_MOST_SHOWN = 5  # buttons in one row


class EditButton(ImageButton, template=rf"v1:image:edit:(?P<run>{RUN_ID})"):
    """Opens the form in which the member says how the picture shall change."""

    label = "Edit"
    action = "edit"

    async def press(self, interaction: discord.Interaction[ImageBot]) -> None:
        assert interaction.message is not None  # a button is always on one
        await open_edit(interaction, interaction.message, self.run)


class AgainButton(RequestButton, template=rf"v1:request:again:(?P<request>{REQUEST_ID})"):
    """Asks for the same once more, from the quota of whoever presses."""

    label = "Try again"
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


BUTTONS: tuple[type[EaselButton], ...] = (EditButton, AgainButton, RewordButton, CancelButton, ShowButton)


def check_pressed(interaction: discord.Interaction[Any]) -> None:
    """discord.py leaves a button of another version, or one that is not on its message, without an answer.

    Raises: RequestGone.
    """
    if interaction.type is not discord.InteractionType.component:
        return
    pressed: Mapping[str, Any] = interaction.data or {}
    custom_id = str(pressed.get("custom_id"))
    is_known = any(button.__discord_ui_compiled_template__.fullmatch(custom_id) for button in BUTTONS)
    is_button = pressed.get("component_type") == discord.ComponentType.button.value
    if not (is_known and is_button and interaction.message and custom_id in custom_ids(interaction.message)):
        raise RequestGone


def custom_ids(message: discord.Message) -> Iterator[str]:
    """Of everything on a message that can be pressed."""
    return _custom_ids(components_of(message))


def _custom_ids(components: Iterable[Any]) -> Iterator[str]:
    for component in components:
        yield getattr(component, "custom_id", None) or ""
        yield from _custom_ids(getattr(component, "children", ()))
        yield from _custom_ids(filter(None, [getattr(component, "accessory", None)]))


def result_buttons(run: RunId) -> discord.ui.View:
    """A fresh view for every edit of a message: discord.py keeps state in the one it sent."""
    view = discord.ui.View(timeout=None)
    view.add_item(EditButton(run))
    return view


def problem_buttons(request: RequestId, problems: Iterable[EndReason]) -> discord.ui.View:
    """What next, under a message that says why there is no picture."""
    view = discord.ui.View(timeout=None)
    is_about_words = _WORDS_ARE_AT_FAULT.intersection(problems)
    view.add_item(RewordButton(request) if is_about_words else AgainButton(request))
    return view


def history_buttons(kept: Iterable[tuple[int, RequestId]]) -> discord.ui.View:
    """One for each picture that waits, by its number in the list."""
    view = discord.ui.View(timeout=None)
    for number, request in list(kept)[:_MOST_SHOWN]:
        view.add_item(ShowButton(request, f"Show {number}"))
    return view
