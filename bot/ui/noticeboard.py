"""Posts private pictures to channels, in the name of their members."""

import io
from collections.abc import Sequence, Set
from dataclasses import replace
from datetime import datetime

import discord

from bot.client import ImageBot
from bot.domain.ids import AttachmentId, ChannelId, MessageId, RunId
from bot.domain.ladder import PostFailed
from bot.domain.requests import Request
from bot.ports import Announcement, Finished, Placed
from bot.ui import texts
from bot.ui.discord_errors import translated
from bot.ui.own_messages import own_messages
from bot.ui.showing import shown_in
from bot.ui.views import posted_buttons
from bot.ui.words import alt_text, file_name


class DiscordNoticeboard:
    """`Noticeboard` by the bot itself: the interaction's own messages would name a command nobody else saw."""

    def __init__(self, bot: ImageBot) -> None:
        self._bot = bot

    async def post(self, announcement: Announcement) -> Sequence[Placed]:
        request, images = announcement.request, announcement.images
        shows_prompt = announcement.shows_prompt
        runs = [image.run for image in images]
        channel = self._bot.get_partial_messageable(announcement.channel, guild_id=request.address.server_id)
        async with translated():
            message = await channel.send(
                texts.posted(request, images=len(images), shows_prompt=shows_prompt),
                files=_files(announcement),
                view=posted_buttons(request, runs, shows_prompt=shows_prompt),
                nonce=_nonce(request, images),
            )
        if len(message.attachments) < len(images):
            raise PostFailed  # Discord took it for the repetition of another message
        return [
            Placed(run, ChannelId(message.channel.id), MessageId(message.id), AttachmentId(attachment.id))
            for run, attachment in zip(runs, message.attachments, strict=False)
        ]

    async def find(
        self, request: Request, runs: Set[RunId], channel: ChannelId, *, since: datetime
    ) -> Sequence[Placed]:
        """By their ids in the buttons of the bot's own messages."""
        place = self._bot.get_partial_messageable(channel, guild_id=request.address.server_id)
        async with translated():
            async for message in own_messages(self._bot, place, since=since):
                shown = shown_in(message, request).places
                if any(place.run in runs for place in shown):
                    return shown
        return ()


def _files(announcement: Announcement) -> list[discord.File]:
    """Numbered as they stand in this message."""
    images = announcement.images
    request = replace(announcement.request, images=len(images))
    return [
        _file(request, image, position, shows_prompt=announcement.shows_prompt)
        for position, image in enumerate(images, start=1)
    ]


def _file(request: Request, image: Finished, position: int, *, shows_prompt: bool) -> discord.File:
    ending = "jpg" if image.format == "jpeg" else image.format
    number = position if request.images > 1 else None
    return discord.File(
        io.BytesIO(image.content),
        filename=file_name(request.prompt if shows_prompt else "", ending, number=number),
        description=alt_text(texts.description(request, position, is_quoted=shows_prompt)),
    )


def _nonce(request: Request, images: Sequence[Finished]) -> str:
    """At most 25 characters, and other than any of the delivery ladder's."""
    chosen = sum(1 << int(image.run.rpartition(".")[2]) for image in images)
    return f"{request.id}.p{chosen:x}"
