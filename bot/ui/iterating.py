"""What can be made of one finished picture: an edit, two variations, the same in another aspect.

Of several pictures in a message, its number chooses one. Custom ids: `v1:image:remake:{run}` is the menu of aspects.
"""

import asyncio
import io
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Self

import discord

from bot.client import ImageBot
from bot.domain.catalogue import Model
from bot.domain.errors import ImageForgotten, ReferenceGone, RequestGone
from bot.domain.ids import AttachmentId, ChannelId, MessageId, RunId, request_of
from bot.domain.images import Image, Sight
from bot.domain.requests import SAME_AS_PICTURE, Draft, Opening, Parent, Relation, Request, Spot, Upload
from bot.domain.styles import STYLES
from bot.services.viewing import Viewing
from bot.ui import texts
from bot.ui.answer import submit_and_answer
from bot.ui.doors import RUN_ID, EaselSelect, pressed_name, view_of
from bot.ui.drafts import address_of, upload_limit
from bot.ui.editing import open_edit
from bot.ui.modals import edit_modal
from bot.ui.pictures import upload_of
from bot.ui.showing import numbers_in
from bot.ui.viewer import viewer_of
from bot.ui.views import image_buttons
from bot.ui.words import alt_text, file_name

_VARIATIONS = 2
_COPY_WITHIN_S = 1.0  # Discord waits 3 s for an answer, which does without the copy
# Where somebody may see the picture but not the words, or where they had their time.
_WITHOUT_WORDS = {Relation.VARIATION: "a variation of this picture", Relation.REMAKE: "this picture in another aspect"}


class AspectSelect(EaselSelect, template=rf"v1:image:remake:(?P<run>{RUN_ID})"):
    """The menu of the other aspects; choosing one makes the picture again."""

    def __init__(self, run: RunId, model: Model | None = None, *, without: str = "") -> None:
        aspects = [aspect for aspect in model.aspects if aspect.ratio != without] if model else []
        super().__init__(
            discord.ui.Select(
                custom_id=f"v1:image:remake:{run}",
                placeholder="Choose an aspect",
                options=[discord.SelectOption(label=aspect.name, value=aspect.ratio) for aspect in aspects],
            )
        )
        self.run = run

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(RunId(match["run"]))

    async def press(self, interaction: discord.Interaction[ImageBot]) -> None:
        sent: Mapping[str, Any] = interaction.data or {}
        chosen = sent.get("values")
        if not isinstance(chosen, list) or len(chosen) != 1:
            raise RequestGone
        await _make(interaction, self.run, Relation.REMAKE, aspect=str(chosen[0]), images=1)


async def make_variations(interaction: discord.Interaction[ImageBot], run: RunId) -> None:
    await _make(interaction, run, Relation.VARIATION, aspect=None, images=_VARIATIONS)


async def offer_aspects(interaction: discord.Interaction[ImageBot], run: RunId) -> None:
    image = await _looked_at(interaction, run)
    menu = AspectSelect(run, interaction.client.services.model, without=image.request.aspect)
    await interaction.response.send_message(texts.aspects(image.request), view=view_of([menu]), ephemeral=True)


async def open_chosen(interaction: discord.Interaction[ImageBot], run: RunId) -> None:
    """A form for this picture alone; for all of its message when the ledger does not know it any more."""
    services = interaction.client.services
    assert interaction.message is not None  # a button is always on one
    try:
        image = await _looked_at(interaction, run)
    except RequestGone:
        await open_edit(interaction, interaction.message, run)
        return
    private = _stays_private(interaction, image)
    address = address_of(interaction, private=private, server=image.request.address.server_id)
    picture = await services.sources.upload(image, _seen(interaction))
    edit = await services.editing.open(Opening(address, _parent(image, Relation.EDIT), (picture,)))
    await interaction.response.send_modal(edit_modal(edit, services.model, pictures=1))


async def show_picked(interaction: discord.Interaction[ImageBot], run: RunId) -> None:
    """One of several, to its viewer alone."""
    services = interaction.client.services
    viewer = await viewer_of(interaction, request_of(run))
    image = await services.viewing.look(run, viewer)
    assert interaction.message is not None  # a button is always on one
    number, count = await _number_in(interaction.message, image, interaction.client.services.viewing)
    is_quoted = image.sight_of(viewer) is Sight.WHOLE
    files = []
    with suppress(TimeoutError):
        async with asyncio.timeout(_COPY_WITHIN_S):
            if (copy := await services.sources.small(image)) is not None:
                files.append(_copy(*copy, image.request, number, is_quoted=is_quoted))
    await interaction.response.send_message(
        texts.picked(number, count),
        files=files,
        view=image_buttons(run, private=_stays_private(interaction, image)),
        ephemeral=True,
    )


async def _make(
    interaction: discord.Interaction[ImageBot], run: RunId, relation: Relation, *, aspect: str | None, images: int
) -> None:
    """Of the picture itself, from the quota of whoever asks. Raises: ImageForgotten and others."""
    services = interaction.client.services
    viewer = await viewer_of(interaction, request_of(run))
    image = await services.viewing.look(run, viewer)
    asked, private = image.request, _stays_private(interaction, image)
    is_quoted = bool(asked.prompt) and image.sight_of(viewer) is Sight.WHOLE
    is_offered = any(offered.ratio == asked.aspect for offered in services.model.aspects)
    draft = Draft(
        source_id=interaction.id,
        address=address_of(interaction, private=private, server=asked.address.server_id),
        prompt=asked.prompt if is_quoted else _WITHOUT_WORDS[relation],
        aspect=aspect or (asked.aspect if is_offered else SAME_AS_PICTURE),
        uploads=(await services.sources.upload(image, _seen(interaction)),),
        upload_limit_bytes=upload_limit(interaction),
        images=images,
        parent=_parent(image, relation),
        style=asked.style if is_quoted and asked.style in STYLES else None,
        pressed=pressed_name(interaction),
    )
    try:
        await submit_and_answer(interaction, draft)
    except ReferenceGone as error:
        raise ImageForgotten from error


async def _looked_at(interaction: discord.Interaction[ImageBot], run: RunId) -> Image:
    """Raises: RequestGone, NotYours, ImageDeleted."""
    return await interaction.client.services.viewing.look(run, await viewer_of(interaction, request_of(run)))


def _seen(interaction: discord.Interaction[ImageBot]) -> Mapping[AttachmentId, Upload]:
    """The pictures of the message that the button is on."""
    message = interaction.message
    return {AttachmentId(one.id): upload_of(one) for one in message.attachments} if message else {}


def _stays_private(interaction: discord.Interaction[ImageBot], image: Image) -> bool:
    """A private picture that was posted is public, but for its own member where they see it in private."""
    if not image.request.address.private:
        return False
    is_own = interaction.user.id == image.request.address.member_id
    is_in_private = interaction.message is None or interaction.message.flags.ephemeral
    return image.open_place is None or (is_own and is_in_private)


def _parent(image: Image, relation: Relation) -> Parent:
    """Into a private message, or one that only its member has, no link leads."""
    home, place = image.request.address.channel_id, image.open_place
    is_direct = place is not None and image.post is None and place.spot.channel != home
    if place is None or is_direct:
        return Parent(home, None, image.id, relation)
    return Parent(place.spot.channel, place.spot.message, image.id, relation)


async def _number_in(message: discord.Message, image: Image, viewing: Viewing) -> tuple[int, int]:
    """As its button says, of how many, also of those that were deleted since."""
    spot = Spot(ChannelId(message.channel.id), MessageId(message.id))
    ever, numbers = await viewing.ever_at(spot, image.request.id), numbers_in(message)
    number = numbers.get(image.id, 1)
    return number, max(len(ever), *numbers.values(), number)


def _copy(content: bytes, kind: str, request: Request, number: int, *, is_quoted: bool) -> discord.File:
    """Called and described as the picture itself is."""
    name = file_name(
        request.prompt if is_quoted else "",
        "jpg" if kind == "jpeg" else kind,
        number=number if request.images > 1 else None,
    )
    words = texts.description(request, number, is_quoted=is_quoted)
    return discord.File(io.BytesIO(content), filename=name, description=alt_text(words))
