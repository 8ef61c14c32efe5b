"""What a picture was made of and what was made of it, as a strip of small pictures; and the way back."""

import io
from collections.abc import Iterator
from functools import partial

import discord

from bot.client import ImageBot
from bot.domain.catalogue import CATALOGUE
from bot.domain.ids import RunId, ServerId, request_of
from bot.domain.lineage import Fate, Kin, Relative
from bot.domain.requests import Opening, Relation, Request
from bot.services.lineage import EMPTY_FRAMES, Drawn
from bot.ui.doors import RUN_ID, ImageButton, view_of
from bot.ui.drafts import address_of
from bot.ui.links import link_to
from bot.ui.lists import fitted
from bot.ui.modals import edit_modal
from bot.ui.quoting import NOT_SHOWN, quoted_where_allowed
from bot.ui.viewer import viewer_of
from bot.ui.words import alt_text, plain

_ALT_PROMPT = 80
_UNSEEN = {Fate.HIDDEN: "private", Fate.CLOSED: "not shown here"}
_UNNAMED = {Fate.THERE: "a picture"}


class LineageButton(ImageButton, template=rf"v1:image:lineage:(?P<run>{RUN_ID})"):
    """Shows the chain of pictures this one comes from, and what was made of it."""

    label = "Lineage"
    action = "lineage"

    async def press(self, interaction: discord.Interaction[ImageBot]) -> None:
        viewer = await viewer_of(interaction, request_of(self.run))
        await interaction.response.defer(ephemeral=True, thinking=True)
        drawn = await interaction.client.services.lineage.draw(self.run, viewer)
        await quoted_where_allowed(partial(_show, interaction, self.run, drawn, viewer.server))


class BackButton(ImageButton, template=rf"v1:image:back:(?P<run>{RUN_ID})"):
    """Opens the edit form on what this picture was made of."""

    label = "Back"
    action = "back"

    async def press(self, interaction: discord.Interaction[ImageBot]) -> None:
        """A form has to be the very first answer."""
        services = interaction.client.services
        viewer = await viewer_of(interaction, request_of(self.run))
        way = await services.lineage.way_back(self.run, viewer)
        address = address_of(interaction, private=way.private, server=viewer.server)
        edit = await services.editing.open(Opening(address, way.parent, way.pictures))
        await interaction.response.send_modal(edit_modal(edit, services.model, pictures=len(way.pictures)))


async def _show(
    interaction: discord.Interaction[ImageBot], run: RunId, drawn: Drawn, server: ServerId, *, is_quoted: bool
) -> None:
    files = []
    if drawn.sheet is not None:
        alt = lineage_alt(drawn.kin) if is_quoted else f"Lineage: {len(drawn.kin.members)} pictures"
        files = [discord.File(io.BytesIO(drawn.sheet), "lineage.webp", description=alt)]
    text = lineage_text(drawn.kin, server, is_quoted=is_quoted)
    await interaction.edit_original_response(content=text, attachments=files, view=_buttons(run, drawn.kin))


def _buttons(run: RunId, kin: Kin) -> discord.ui.View | None:
    """Back, unless it is known already that it leads nowhere."""
    parent = kin.ancestors[-1] if kin.ancestors else None
    if parent is None or parent.fate in _UNSEEN or (parent.image is not None and parent.image.is_deleted):
        return None
    return view_of([BackButton(run)])


def lineage_text(kin: Kin, server: ServerId, *, is_quoted: bool = True) -> str:
    return fitted(
        "**Lineage**",
        lambda characters: list(_lines(kin, server, characters if is_quoted else 0)),
        lambda left_out: f"-# and {left_out} more" if left_out else "",
    )


def lineage_alt(kin: Kin) -> str:
    """For those who hear the strip instead of seeing it."""
    named = [
        f"{number} {_prompt(relative)[:_ALT_PROMPT] or _UNNAMED.get(relative.fate, EMPTY_FRAMES[relative.fate])}"
        for number, relative in enumerate(kin.members, start=1)
    ]
    return alt_text(f"Lineage: {'; '.join(named)}")


def _lines(kin: Kin, server: ServerId, characters: int) -> Iterator[str]:
    if kin.has_earlier:
        yield "-# there are earlier ones"
    for number, relative in enumerate(kin.members, start=1):
        if number == len(kin.ancestors) + 2:
            yield "-# made of it"
        line = _line(relative, server, characters)
        yield f"{number}. **this picture** · {line}" if relative is kin.this else f"{number}. {line}"
    if kin.has_more_children:
        yield "-# and more were made of it"


def _line(relative: Relative, server: ServerId, characters: int) -> str:
    link = f"[picture](<{link_to(server, relative.spot)}>)" if relative.spot else ""
    if relative.fate in _UNSEEN:
        return _UNSEEN[relative.fate]
    if relative.fate is Fate.FORGOTTEN:
        return "no longer remembered"
    gone = "deleted" if relative.fate is Fate.DELETED else ""
    if relative.image is None:
        return " · ".join(filter(None, ["a picture that was there before", link, gone]))
    words = _words(relative, characters) if characters else ""
    return " · ".join(filter(None, [words, how_made(relative.image.request), link, gone]))


def _words(relative: Relative, characters: int) -> str:
    if not relative.is_quoted:
        return NOT_SHOWN
    return plain(_prompt(relative), limit=characters) or "(words deleted)"


def _prompt(relative: Relative) -> str:
    return relative.image.request.prompt if relative.image and relative.is_quoted else ""


def how_made(request: Request) -> str:
    if request.parent is not None:
        if request.parent.relation is Relation.VARIATION:
            return "variation"
        if request.parent.relation is Relation.REMAKE:
            return f"remade in {CATALOGUE[request.model].aspect(request.aspect).name}"
        return "edit"
    count = len(request.references)
    return f"from {count} reference{'s' * (count > 1)}" if count else "from words"
