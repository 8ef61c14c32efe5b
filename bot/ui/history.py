"""`/history`: what was asked for and what became of it, as pages of small pictures that can be opened again.

Custom ids: `v1:history:page:{whose}:{number}:{search}` and `v1:history:open:{run}`.
"""

import io
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Self

import discord

from bot.client import ImageBot
from bot.domain.errors import RequestGone
from bot.domain.gallery import MOST_SEARCHED, Whose, searchable
from bot.domain.ids import ChannelId, RequestId, RunId, request_of
from bot.domain.images import Image, Sight
from bot.domain.posting import BringingUnclear
from bot.domain.requests import Request
from bot.domain.runs import RunState
from bot.services.gallery import Page
from bot.services.packing import took_s
from bot.ui import texts
from bot.ui.answer import AnswerUnclear, acknowledged
from bot.ui.doors import RUN_ID, EaselButton, view_of
from bot.ui.drafts import address_of, member_of, upload_limit
from bot.ui.errors import sentence
from bot.ui.pasts import can_be_opened, facts_of, frames_of, page_text, sheet_description
from bot.ui.quoting import quoted_where_allowed
from bot.ui.viewer import InteractionViewer, viewer_of
from bot.ui.views import result_buttons
from bot.ui.words import alt_text, file_name

_IDS = {"m": Whose.MINE, "s": Whose.SERVER}
_ROW = 3  # as on the sheet


class PageButton(
    EaselButton, template=rf"v1:history:page:(?P<whose>[ms]):(?P<number>\d{{1,6}}):(?P<search>.{{0,{MOST_SEARCHED}}})"
):
    """Turns to another page of the same list."""

    def __init__(self, label: str, whose: Whose, number: int, search: str, *, disabled: bool = False) -> None:
        custom_id = f"v1:history:page:{whose[0]}:{number}:{search}"
        super().__init__(discord.ui.Button(label=label, custom_id=custom_id, disabled=disabled))
        self.whose, self.number, self.search = whose, number, search

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls("", _IDS[match["whose"]], int(match["number"]), match["search"])

    async def press(self, interaction: discord.Interaction[ImageBot]) -> None:
        page = await _page(interaction, self.whose, self.search, self.number)
        await interaction.response.defer()  # the message stays while the next page is being made
        await _fill(interaction, page)


class OpenButton(EaselButton, template=rf"v1:history:open:(?P<run>{RUN_ID})"):
    """Opens a picture of the page: in an answer of its own, with its buttons; what is kept is brought."""

    def __init__(self, run: RunId, label: str = "", *, disabled: bool = False) -> None:
        super().__init__(discord.ui.Button(label=label, custom_id=f"v1:history:open:{run}", disabled=disabled))
        self.run = run

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(RunId(match["run"]))

    async def press(self, interaction: discord.Interaction[ImageBot]) -> None:
        request = request_of(self.run)
        viewer = await viewer_of(interaction, request)
        image = await interaction.client.services.viewing.look(self.run, viewer)
        if image.run.state is RunState.READY:
            await bring_kept(interaction, request)
        elif image.is_shown and image.sight_of(viewer) is Sight.WHOLE:
            await _open(interaction, image)
        else:
            raise RequestGone


async def show_history(interaction: discord.Interaction[ImageBot], whose: Whose, search: str) -> None:
    page = await _page(interaction, whose, searchable(search), 0)
    if not any(frame.picture for frame in frames_of(page)):
        await quoted_where_allowed(partial(_answer, interaction, page))
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    await _fill(interaction, page)


async def bring_kept(interaction: discord.Interaction[ImageBot], request: RequestId) -> None:
    """Answer with a message that becomes the kept picture, in the open or in private as it was asked for.

    Raises: RequestGone, NotYours, BringingUnclear.
    """
    history = interaction.client.services.history
    kept = await history.kept(request, *member_of(interaction))
    private = kept.address.private
    address = address_of(interaction, private=private)
    try:
        message = await acknowledged(interaction, quoted_where_allowed(partial(_bringing, interaction, kept)))
    except AnswerUnclear as error:
        raise BringingUnclear from error
    if message is None:
        return
    try:
        await history.bring(kept.id, replace(address, message_id=message))
    except RequestGone as error:
        await interaction.edit_original_response(content=sentence(error))


async def _page(interaction: discord.Interaction[ImageBot], whose: Whose, search: str, number: int) -> Page:
    """Raises: NotInServer, NotModerator: who lost the right between two pages sees no more of them."""
    viewer = InteractionViewer(*member_of(interaction), interaction)
    here = ChannelId(interaction.channel_id or 0)
    return await interaction.client.services.gallery.page(viewer, here, whose=whose, search=search, number=number)


async def _answer(interaction: discord.Interaction[ImageBot], page: Page, *, is_quoted: bool) -> None:
    words = page_text(page, is_quoted=is_quoted)
    await interaction.response.send_message(words, view=_buttons(page), ephemeral=True)


async def _bringing(
    interaction: discord.Interaction[ImageBot], kept: Request, *, is_quoted: bool
) -> discord.InteractionCallbackResponse[ImageBot]:
    words = texts.bringing(kept, is_quoted=is_quoted)
    return await interaction.response.send_message(words, ephemeral=kept.address.private)


async def _fill(interaction: discord.Interaction[ImageBot], page: Page) -> None:
    sheet = await interaction.client.services.gallery.sheet(frames_of(page))
    await quoted_where_allowed(partial(_turn, interaction, page, sheet))


async def _turn(
    interaction: discord.Interaction[ImageBot], page: Page, sheet: bytes | None, *, is_quoted: bool
) -> None:
    described = sheet_description(page, is_quoted=is_quoted)
    files = [] if sheet is None else [_file("history", sheet, "webp", described)]
    words = page_text(page, is_quoted=is_quoted)
    await interaction.edit_original_response(content=words, attachments=files, view=_buttons(page))


async def _open(interaction: discord.Interaction[ImageBot], image: Image) -> None:
    """To whoever looks alone, with everything that can be done with it."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    gallery, limit_bytes = interaction.client.services.gallery, upload_limit(interaction)
    async with gallery.copy(image, limit_bytes=limit_bytes) as copy:
        await quoted_where_allowed(partial(_show, interaction, image, copy))


async def _show(
    interaction: discord.Interaction[ImageBot], image: Image, copy: tuple[bytes, str] | None, *, is_quoted: bool
) -> None:
    request = image.request
    described = texts.description(request, is_quoted=is_quoted)
    files = [] if copy is None else [_file(request.prompt if is_quoted else "", *copy, described)]
    await interaction.edit_original_response(
        content="\n".join(filter(None, [_title(image, is_quoted=is_quoted), facts_of(image, is_here=bool(files))])),
        attachments=files,
        view=result_buttons(request, [image.id]),
    )


def _title(image: Image, *, is_quoted: bool) -> str:
    """Whoever opened it need not be the one who asked for it."""
    if not image.request.prompt:
        return ""
    if not is_quoted:
        return texts.posted(image.request, images=1, shows_prompt=False)
    return texts.result(image.request, took_s(image.run))


def _file(name: str, content: bytes, kind: str, description: str) -> discord.File:
    ending = "jpg" if kind == "jpeg" else kind
    return discord.File(io.BytesIO(content), filename=file_name(name, ending), description=alt_text(description))


def _buttons(page: Page) -> discord.ui.View:
    """The numbers as they stand on the sheet; what cannot be opened cannot be pressed."""
    opening = [
        OpenButton(
            past.image.id, f"Show {place}" if past.is_kept else str(place), disabled=not can_be_opened(past, page)
        )
        for place, past in enumerate(page.pasts, start=1)
    ]
    return view_of(opening[:_ROW], opening[_ROW:], _turning(page))


def _turning(page: Page) -> Sequence[PageButton]:
    if not page.number and not page.has_older:
        return ()
    wanted = page.wanted
    return (
        PageButton("Newer", wanted.whose, max(0, page.number - 1), wanted.search, disabled=not page.number),
        PageButton("Older", wanted.whose, page.number + 1, wanted.search, disabled=not page.has_older),
    )
