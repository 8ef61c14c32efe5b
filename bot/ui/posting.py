"""Private first: posting a private picture to the channel, and discarding it.

Under one picture the buttons mean it; under several, all of them.
"""

import discord

from bot.client import ImageBot
from bot.domain.ids import ChannelId, RequestId, RunId, request_of
from bot.domain.posting import MayNotWriteHere, NoChannelHere
from bot.domain.requests import Spot
from bot.services.posting import Selection
from bot.ui.doors import REQUEST_ID, RUN_ID, ImageButton, RequestButton
from bot.ui.drafts import address_of, member_of_request
from bot.ui.links import link_to
from bot.ui.modals import PostForm, post_modal
from bot.ui.tree import tell


class PostButton(ImageButton, template=rf"v1:image:post:(?P<run>{RUN_ID})"):
    """Under one private picture: posts it to the channel, with its prompt or without."""

    label = "Post to channel"
    action = "post"

    async def press(self, interaction: discord.Interaction[ImageBot]) -> None:
        await _open_form(interaction, self.run)


class PostAllButton(RequestButton, template=rf"v1:request:post:(?P<request>{REQUEST_ID})"):
    """Under several private pictures: posts all of them in one message."""

    label = "Post to channel"
    action = "post"

    async def press(self, interaction: discord.Interaction[ImageBot]) -> None:
        await _open_form(interaction, self.request)


class DiscardButton(ImageButton, template=rf"v1:image:discard:(?P<run>{RUN_ID})"):
    """Under one private picture: deletes it."""

    label = "Discard"
    action = "discard"

    async def press(self, interaction: discord.Interaction[ImageBot]) -> None:
        await _discard(interaction, self.run)


class DiscardAllButton(RequestButton, template=rf"v1:request:discard:(?P<request>{REQUEST_ID})"):
    """Under several private pictures: deletes all of them."""

    label = "Discard"
    action = "discard"

    async def press(self, interaction: discord.Interaction[ImageBot]) -> None:
        await _discard(interaction, self.request)


async def post_chosen(interaction: discord.Interaction[ImageBot], form: PostForm) -> None:
    """What was filled in. Raises: what `Posting.post` raises, and what stands in the way here."""
    services = interaction.client.services
    with services.intake.taking():
        channel = _channel(interaction)
        selection = await _selection(interaction, form.target)
        await interaction.response.defer(ephemeral=True, thinking=True)
        spot = await services.posting.post(selection, channel, shows_prompt=form.shows_prompt)
        what = "your picture" if await _left_at(interaction, selection, spot) == 1 else "your pictures"
        await tell(interaction, f"Posted: [{what}](<{link_to(selection.server, spot)}>)")


async def _open_form(interaction: discord.Interaction[ImageBot], target: RunId | RequestId) -> None:
    """What can be refused is refused before anybody chooses."""
    _channel(interaction)
    images = await interaction.client.services.posting.check(await _selection(interaction, target))
    await interaction.response.send_modal(post_modal(target, pictures=len(images), prompt=images[0].request.prompt))


async def _discard(interaction: discord.Interaction[ImageBot], target: RunId | RequestId) -> None:
    """The message is the member's own and says in one line what became of it."""
    selection = await _selection(interaction, target)
    posted = await interaction.client.services.posting.discard(selection)
    left = 0 if posted is None else await _left_at(interaction, selection, posted)
    words = "Discarded. It still counts on your quota."
    if posted is not None and left:
        how = "More → Delete takes it away." if left == 1 else "Press a number there, then More → Delete."
        words = f"Discarded here. [What you posted](<{link_to(selection.server, posted)}>) stays: {how}"
    await interaction.response.edit_message(content=words, attachments=[], view=None)


async def _left_at(interaction: discord.Interaction[ImageBot], selection: Selection, spot: Spot) -> int:
    """How many of the pictures that were posted there are there."""
    ever = await interaction.client.services.viewing.ever_at(spot, selection.request)
    return sum(not image.is_deleted for image in ever)


async def _selection(interaction: discord.Interaction[ImageBot], target: RunId | RequestId) -> Selection:
    """Raises: NotInServer, RequestGone, NotYours."""
    run = RunId(target) if "." in target else None
    request = RequestId(target) if run is None else request_of(run)
    return Selection(request, run, *await member_of_request(interaction, request))


def _channel(interaction: discord.Interaction[ImageBot]) -> ChannelId:
    """Where both the member and the bot may post. Raises: NoChannelHere, MayNotWriteHere, PermissionMissing."""
    if interaction.guild_id is None:
        raise NoChannelHere
    in_thread = isinstance(interaction.channel, discord.Thread)
    allowed = interaction.permissions
    if not (allowed.send_messages_in_threads if in_thread else allowed.send_messages):
        raise MayNotWriteHere
    return address_of(interaction, private=False).channel_id
