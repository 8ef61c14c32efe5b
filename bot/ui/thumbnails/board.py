"""Puts cards, waiting messages and files on a server's board."""

import logging
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, Literal

import discord
from discord.utils import MISSING

from bot.client import ImageBot
from bot.domain.ids import ChannelId, MessageId, ServerId
from bot.domain.ladder import PostBlocked, PostFailed, PostTooLarge, RungClosed
from bot.domain.requests import Request, Spot
from bot.domain.thumbnails.thumbnails import Place, Round, Thumbnail
from bot.ports.thumbnails import Card, Delivered
from bot.ui.answer import as_files
from bot.ui.discord_errors import translated
from bot.ui.doors import view_of
from bot.ui.own_messages import own_messages
from bot.ui.quoting import quoted_where_allowed
from bot.ui.showing import custom_ids
from bot.ui.thumbnails import texts
from bot.ui.thumbnails.cards import card_files, card_layout, card_mark
from bot.ui.thumbnails.details import DetailsButton
from bot.ui.thumbnails.files import files_of, words_of
from bot.ui.waiting import waiting_buttons, words_of_waiting
from bot.ui.words import plain, unformatted

log = logging.getLogger(__name__)

_SHOWN_WORDS = 200
_MOST_CHARACTERS = 2000  # Discord's limit for a message
_LONGEST_THREAD_NAME = 100  # Discord's limit
_OF_THE_ENDED = re.compile(r"v1:request:(?!cancel:)")
_KEEP_THREAD_OPEN_MIN: Literal[10080] = 10080  # a week is the longest that Discord offers
_UNKNOWN_CHANNEL = 10003
_TOO_MANY_OLD_EDITS = 30046


class DiscordBoard:
    """`BoardPublisher` by the bot itself, by stored ids alone: whoever asked is not waiting at an interaction."""

    def __init__(self, bot: ImageBot) -> None:
        self._bot = bot

    async def post_card(self, card: Card, mark: str) -> Place:
        """The nonce is another one for every state, so that a card that was deleted can be posted again."""
        thumbnail = card.thumbnail
        async with _translated():
            message = await self._channel(card.board.channel, thumbnail.server).send(
                view=card_layout(card), files=card_files(card), nonce=f"{mark}.{thumbnail.revision % 1_000_000}"
            )
        words = (thumbnail.headline or thumbnail.shows) if card.is_quoted else ""
        return Place(_spot(message), await self._thread(message, thumbnail, words))

    async def show_card(self, card: Card) -> None:
        """What it shows already it names without sending it; if that is not there after all, it goes without."""
        picture = card.picture
        try:
            await self._edit_card(card)
        except (PostBlocked, PostTooLarge):
            raise
        except RungClosed as closed:
            if closed.reason != "content" or picture is None or picture.content is not None:
                raise
            await self._edit_card(replace(card, picture=None))

    async def post_waiting(self, channel: ChannelId, thumbnail: Thumbnail, order: Round, mark: str) -> Spot:
        place = self._channel(channel, thumbnail.server)
        async with _translated():
            return _spot(await quoted_where_allowed(partial(_send_waiting, place, thumbnail, order, mark)))

    async def show_ordered(self, spot: Spot, request: Request, files: Sequence[tuple[str, bytes]]) -> Sequence[str]:
        async with _translated():
            message = await quoted_where_allowed(partial(self._edit_waiting, spot, request, files))
        return [one.url for one in message.attachments] if files else []

    async def tell_numbers(self, spot: Spot, thumbnail: Thumbnail, numbers: Sequence[int], *, is_vote: bool) -> None:
        line = texts.numbered(thumbnail, numbers, is_vote=is_vote)
        place = self._message(spot, thumbnail.server)
        async with _translated():
            message = await place.fetch()
            words = f"{line}\n{texts.unnumbered(message.content)}"
            is_told = words == message.content
            if not is_told and _is_last_word(message) and len(words) <= _MOST_CHARACTERS:
                await place.edit(content=words)

    async def post_files(self, channel: ChannelId, post: Delivered, mark: str) -> Spot:
        place = self._channel(channel, post.thumbnail.server)
        async with _translated():
            message = await quoted_where_allowed(partial(_send_files, place, post, mark))
        if len(message.attachments) < len(post.files):
            raise PostFailed  # Discord took it for the repetition of another message
        return _spot(message)

    async def remove(self, spot: Spot) -> None:
        with suppress(RungClosed):
            async with _translated():
                await self._message(spot).delete()

    async def find(self, channel: ChannelId, thumbnail: Thumbnail, mark: str, *, since: datetime) -> Place | None:
        """By the mark in the custom ids of the bot's own messages."""
        wanted = DetailsButton(mark).custom_id
        async with _translated():
            place = self._channel(channel, thumbnail.server)
            async for message in own_messages(self._bot, place, since=since):
                if wanted in custom_ids(message):
                    is_card = mark == card_mark(thumbnail)
                    return Place(_spot(message), await self._thread(message, thumbnail) if is_card else None)
        return None

    def name_of(self, server: ServerId) -> str:
        found = self._bot.get_guild(server)
        return found.name if found is not None else ""

    async def _edit_waiting(
        self, spot: Spot, request: Request, files: Sequence[tuple[str, bytes]], *, is_quoted: bool
    ) -> discord.Message:
        words = await words_of_waiting(self._bot, request, is_quoted=is_quoted)
        attached = as_files(files, request.prompt if is_quoted else "a thumbnail") if files else MISSING
        place = self._message(spot, request.address.server_id)
        return await place.edit(content=words, attachments=attached, view=waiting_buttons(request.id))

    async def _edit_card(self, card: Card) -> None:
        place = card.thumbnail.card
        assert place is not None
        is_shown = card.picture is not None and card.picture.content is None
        files: Any = MISSING if is_shown else card_files(card)
        async with _translated():
            try:
                await self._message(place.spot, card.thumbnail.server).edit(view=card_layout(card), attachments=files)
            except discord.HTTPException as error:
                if error.code == _TOO_MANY_OLD_EDITS:  # the message stays, and can be changed again later
                    raise PostFailed from error
                raise

    async def _thread(self, message: discord.Message, thumbnail: Thumbnail, words: str = "") -> ChannelId | None:
        """None where the bot may not open one: then everything is posted in the channel itself."""
        if message.flags.has_thread:
            return ChannelId(message.id)  # a thread on a message has its id
        named = " · ".join(filter(None, [f"Thumbnail {thumbnail.number}", words]))
        title = unformatted(named, limit=_LONGEST_THREAD_NAME)
        try:
            async with translated():
                thread = await message.create_thread(name=title, auto_archive_duration=_KEEP_THREAD_OPEN_MIN)
        except (RungClosed, PostFailed) as error:
            log.info("no thread thumbnail=%s why=%s", thumbnail.id, type(error.__cause__ or error).__name__)
            return None
        return ChannelId(thread.id)

    def _message(self, spot: Spot, server: ServerId | None = None) -> discord.PartialMessage:
        return self._channel(spot.channel, server).get_partial_message(spot.message)

    def _channel(self, channel: ChannelId, server: ServerId | None) -> discord.PartialMessageable:
        return self._bot.get_partial_messageable(channel, guild_id=server)


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    """As elsewhere; but a channel that is gone is another thing here than a message that is gone."""
    try:
        async with translated():
            yield
    except RungClosed as closed:
        cause = closed.__cause__
        if isinstance(cause, discord.HTTPException) and cause.code == _UNKNOWN_CHANNEL:
            raise RungClosed("channel") from cause
        raise


async def _send_waiting(
    place: discord.PartialMessageable, thumbnail: Thumbnail, order: Round, mark: str, *, is_quoted: bool
) -> discord.Message:
    count = f"{order.pictures} candidate{'s' * (order.pictures > 1)} for #{thumbnail.number}"
    quote = f"> {plain(order.words, limit=_SHOWN_WORDS)}\n" * is_quoted
    return await place.send(f"{quote}-# {count} · in line in a moment", view=_details(mark), nonce=mark)


async def _send_files(
    place: discord.PartialMessageable, post: Delivered, mark: str, *, is_quoted: bool
) -> discord.Message:
    words, files = words_of([post], is_quoted=is_quoted), files_of([post], is_quoted=is_quoted)
    return await place.send(words, files=files, view=_details(mark), nonce=mark)


def _is_last_word(message: discord.Message) -> bool:
    """While its request goes on there is at most a button that cancels it."""
    return any(_OF_THE_ENDED.match(one) for one in custom_ids(message))


def _details(mark: str) -> discord.ui.View:
    return view_of([DetailsButton(mark)])


def _spot(message: discord.Message) -> Spot:
    return Spot(ChannelId(message.channel.id), MessageId(message.id))
