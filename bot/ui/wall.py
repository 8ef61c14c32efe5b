"""Takes pictures down from the messages on Discord that show them."""

from collections.abc import Mapping, Sequence

import discord

from bot.client import ImageBot
from bot.domain.ids import RunId
from bot.domain.images import Image, Place
from bot.domain.ladder import RungClosed
from bot.domain.requests import Spot
from bot.ports import Removal
from bot.ui import texts
from bot.ui.discord_errors import translated
from bot.ui.showing import numbers_in
from bot.ui.views import posted_buttons, result_buttons

_OUT_OF_REACH = frozenset({"permission", "channel"})


class DiscordWall:
    """`Wall` by the bot itself, since the interactions that posted are long over."""

    def __init__(self, bot: ImageBot) -> None:
        self._bot = bot

    async def take_down(self, image: Image, others: Sequence[Image]) -> Removal:
        own, posted = image.own_place, image.open_place
        removals = {Removal.GONE}
        if own is not None:
            removals.add(await self._take_down(image, own, others))
        if posted is not None and posted != own:
            removals.add(await self._take_down(image, posted, others))
        return next(one for one in (Removal.OUT_OF_REACH, Removal.MEMBERS_OWN, Removal.GONE) if one in removals)

    async def _take_down(self, image: Image, place: Place, others: Sequence[Image]) -> Removal:
        """What answers a private command is seen by its member alone, and Discord tells the bot that it is gone."""
        beside = [other for other in others if place.spot in _spots(other)]
        try:
            async with translated():
                if beside:
                    await self._leave_out(image, place, beside)
                else:
                    await self._message(place.spot).delete()
        except RungClosed as closed:
            if closed.reason == "gone":
                is_members_own = image.request.address.private and place == image.own_place
                return Removal.MEMBERS_OWN if is_members_own else Removal.GONE
            if closed.reason in _OUT_OF_REACH:
                return Removal.OUT_OF_REACH
            raise
        return Removal.GONE

    async def _leave_out(self, image: Image, place: Place, beside: Sequence[Image]) -> None:
        """By what the message shows right now, since another picture may just have come."""
        message = await self._message(place.spot).fetch()
        files = [one for one in message.attachments if one.id != place.attachment]
        shown = {attachment: other.id for other in beside for attachment in _attachments(other)}
        left = [shown[file.id] for file in files if file.id in shown]
        if not left:
            await message.delete()
            return
        words = texts.with_some_left(message.content, len(left))
        await message.edit(content=words, attachments=files, view=_buttons(image, place, left, numbers_in(message)))

    def _message(self, spot: Spot) -> discord.PartialMessage:
        return self._bot.get_partial_messageable(spot.channel).get_partial_message(spot.message)


def _spots(image: Image) -> set[Spot]:
    return {place.spot for place in (image.own_place, image.open_place) if place is not None}


def _attachments(image: Image) -> set[int]:
    return {place.attachment for place in (image.own_place, image.open_place) if place and place.attachment}


def _buttons(image: Image, place: Place, left: Sequence[RunId], numbers: Mapping[RunId, int]) -> discord.ui.View:
    """What was posted for everybody has the buttons of a public picture. Nobody's number changes."""
    if image.post is not None and place != image.own_place:
        return posted_buttons(image.request, left, shows_prompt=image.post.shows_prompt, numbers=numbers)
    return result_buttons(image.request, left, numbers=numbers)
