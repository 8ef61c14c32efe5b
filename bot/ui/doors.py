"""The second door that catches everything: what buttons and forms raise becomes one sentence, too.

What holds buttons is made here as well, and finished before it is sent: whatever is pressed is found by its custom id,
and discord.py would remember a view that goes on, under a private message with a timer of 15 minutes.

Custom ids: `v1:thing:action:id`.
"""

import re
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, Self

import discord

from bot.client import ImageBot
from bot.domain.ids import RequestId, RunId
from bot.ui.tree import tell_of

REQUEST_ID = r"[\w-]{16}"
RUN_ID = rf"{REQUEST_ID}\.\d"

_MOST_CHARACTERS = 200  # a custom id has 100 at most


async def guarded(interaction: discord.Interaction[ImageBot], work: Awaitable[None]) -> None:
    """discord.py would swallow what a button raises, and the member would see "interaction failed"."""
    try:
        await work
    except Exception as error:  # noqa: BLE001 - a door: everything that went wrong is answered here
        await tell_of(interaction, error)


def pressed_name(interaction: discord.Interaction[Any]) -> str:
    """What was pressed, chosen or sent: the same name for the same wish."""
    sent: Mapping[str, Any] = interaction.data or {}
    chosen = sent.get("values")
    values = map(str, chosen) if isinstance(chosen, list) else ()
    return ":".join([str(sent.get("custom_id", "")), *values])[:_MOST_CHARACTERS]


class _Door:
    """One base for all: catches, reports and answers errors. Subclasses say what pressing, or choosing, does."""

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await guarded(interaction, self.press(interaction))

    async def press(self, interaction: discord.Interaction[ImageBot]) -> None:
        raise NotImplementedError


class EaselButton(_Door, discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"v1:(?!)"):
    pass


class EaselSelect(_Door, discord.ui.DynamicItem[discord.ui.Select[Any]], template=r"v1:(?!)"):
    pass


def view_of(*rows: Sequence[EaselButton | EaselSelect]) -> discord.ui.View:
    """Row by row under the words of a message."""
    view = discord.ui.View(timeout=None)
    for number, row in enumerate(rows):
        for item in row:
            item.row = number
            view.add_item(item)
    view.stop()
    return view


def layout_of(*parts: discord.ui.Item[Any]) -> discord.ui.LayoutView:
    """Instead of the words of a message. Whatever can be pressed in it is an `EaselButton`, too."""
    layout = discord.ui.LayoutView(timeout=None)
    for part in parts:
        layout.add_item(part)
    layout.stop()
    return layout


class RequestButton(EaselButton, template=r"v1:request:(?!)"):
    """Carries the id of a request."""

    label: str
    action: str

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        _REQUEST_BUTTONS[cls.action] = cls

    def __init__(self, request: RequestId, label: str | None = None) -> None:
        custom_id = f"v1:request:{self.action}:{request}"
        super().__init__(discord.ui.Button(label=label or self.label, custom_id=custom_id))
        self.request = request

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(RequestId(match["request"]))


class ImageButton(EaselButton, template=r"v1:image:(?!)"):
    """Carries the id of the run that made an image."""

    label: str
    action: str

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        _IMAGE_BUTTONS[cls.action] = cls

    def __init__(self, run: RunId, label: str | None = None) -> None:
        custom_id = f"v1:image:{self.action}:{run}"
        super().__init__(discord.ui.Button(label=label or self.label, custom_id=custom_id))
        self.run = run

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(RunId(match["run"]))


# By their actions: what one button leads to shows others, so that their modules would import each other in circles.
_REQUEST_BUTTONS: dict[str, type[RequestButton]] = {}
_IMAGE_BUTTONS: dict[str, type[ImageButton]] = {}


def request_button(action: str, request: RequestId, label: str | None = None) -> RequestButton:
    """The button of an action, wherever it is defined."""
    return _REQUEST_BUTTONS[action](request, label)


def image_button(action: str, run: RunId, label: str | None = None) -> ImageButton:
    """The button of an action, wherever it is defined."""
    return _IMAGE_BUTTONS[action](run, label)
