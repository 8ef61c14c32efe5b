"""Puts waiting lines, pictures and bad news in front of members, on every rung of the delivery ladder."""

import io
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import zip_longest
from typing import Any, cast

import discord
from discord.utils import MISSING

from bot.client import ImageBot
from bot.domain.ids import AttachmentId, ChannelId, MessageId
from bot.domain.ladder import EDITS, PostFailed, Rung, RungClosed
from bot.domain.requests import Request
from bot.ports import Answer, Attempt, Finished, Outcome, Placed, Shown, Waiting
from bot.ui import texts
from bot.ui.discord_errors import translated
from bot.ui.endings import ending, ending_of_some
from bot.ui.own_messages import own_messages
from bot.ui.showing import Kept, answer_in, answers, kept_copies, shown_in, tells_of
from bot.ui.views import coming_buttons, problem_buttons, result_buttons
from bot.ui.waiting import waiting_buttons
from bot.ui.words import alt_text, file_name

_ORIGINAL = cast("int", "@original")
_MAY_NOT_REPLY = 160002  # without the permission to read the channel's history


class DiscordPublisher:
    """`Publisher` through discord.py: only stored ids are used, never a live interaction."""

    def __init__(self, bot: ImageBot, *, gave_up_after: timedelta) -> None:
        self._bot = bot
        self._gave_up_after = gave_up_after

    async def show_waiting(self, request: Request, rung: Rung, waiting: Waiting) -> None:
        """What is attached to the message stays: images, and references that RunBase may still fetch."""
        buttons = coming_buttons(waiting.shown) if waiting.standing is None else waiting_buttons(request.id)
        async with translated():
            await self._edit(request, rung, texts.waiting(request, waiting), MISSING, buttons)

    async def show_outcome(self, request: Request, rung: Rung, outcome: Outcome) -> Sequence[Placed]:
        is_new = rung not in EDITS
        words = self._words(request, outcome, is_new=is_new)
        buttons, kept = _buttons(request, outcome), _kept(request, outcome)
        async with translated():
            if is_new:
                message = await self._post(request, rung, words, outcome, buttons)
            else:
                files = [*map(Kept, kept), *_files(request, outcome)]
                message = await self._edit(request, rung, words, files, buttons)
        new = [attachment for attachment in message.attachments if attachment.id not in kept]
        if is_new and len(new) < len(outcome.images):
            raise PostFailed  # Discord took it for the repetition of another message
        return [_placed(image, message, attachment) for image, attachment in zip_longest(outcome.images, new)]

    async def shown(self, request: Request) -> Shown:
        address = request.address
        if address.message_id is None:
            raise RungClosed("message")
        channel = self._bot.get_partial_messageable(address.channel_id, guild_id=address.server_id)
        async with translated():
            return shown_in(await channel.get_partial_message(address.message_id).fetch(), request)

    async def find(self, request: Request, attempt: Attempt) -> Shown | None:
        """By the request's id in the custom ids of the bot's own messages."""
        async with translated():
            channel = await self._channel(request, attempt.rung)
            async for message in own_messages(self._bot, channel, since=attempt.at):
                if message.id != request.address.message_id and tells_of(message, request):
                    return shown_in(message, request)
        return None

    async def find_answer(self, request: Request) -> Answer | None:
        """By the token while it lives, else in the channel, where a public answer tells what it is an answer to."""
        address = request.address
        with suppress(RungClosed):
            if address.token is not None:
                webhook = discord.Webhook.partial(address.application_id, address.token, client=self._bot)
                async with translated():
                    # Discord takes the name in place of an id, and discord.py passes on whatever it is given.
                    return answer_in(await webhook.fetch_message(_ORIGINAL), request)
        with suppress(RungClosed):
            if not address.private:
                async with translated():
                    return await self._find_answer_in_channel(request)
        return None

    async def _find_answer_in_channel(self, request: Request) -> Answer | None:
        channel = await self._channel(request, Rung.CHANNEL)
        async for message in own_messages(self._bot, channel, since=request.created_at):
            if answers(message, request):
                return answer_in(message, request)
        return None

    def _words(self, request: Request, outcome: Outcome, *, is_new: bool) -> str:
        if outcome.waiting is not None:
            return texts.waiting(request, replace(outcome.waiting, shown=outcome.shown))
        sentences = self._sentences(request, outcome)
        if outcome.shown:
            return texts.result(
                request,
                outcome.seconds,
                images=len(outcome.shown),
                problems=sentences,
                is_quoted=outcome.is_quoted,
            )
        return texts.problem(request, sentences, is_quoted=outcome.is_quoted, names_member=is_new)

    def _sentences(self, request: Request, outcome: Outcome) -> list[str]:
        """Where all failed alike, one sentence says it; else each says how many it is about."""
        private, counted = request.address.private, Counter(outcome.problems)
        if request.images == 1 or (len(counted) == 1 and not outcome.shown):
            return [ending(reason, gave_up_after=self._gave_up_after, private=private) for reason in counted]
        return [
            ending_of_some(reason, count, request.images, gave_up_after=self._gave_up_after, private=private)
            for reason, count in counted.items()
        ]

    async def _edit(
        self, request: Request, rung: Rung, words: str, files: Sequence[Any], buttons: discord.ui.View | None
    ) -> discord.Message:
        address = request.address
        if address.message_id is None:
            raise RungClosed("message")
        if rung is Rung.TOKEN and address.token is not None:
            webhook = discord.Webhook.partial(address.application_id, address.token, client=self._bot)
            return await webhook.edit_message(address.message_id, content=words, attachments=files, view=buttons)
        channel = self._bot.get_partial_messageable(address.channel_id, guild_id=address.server_id)
        message = channel.get_partial_message(address.message_id)
        try:
            return await message.edit(content=words, attachments=files, view=buttons)
        except discord.RateLimited as error:  # old messages may be changed a few times only (30046)
            raise RungClosed("message") from error

    async def _post(
        self, request: Request, rung: Rung, words: str, outcome: Outcome, buttons: discord.ui.View
    ) -> discord.Message:
        """In the channel as a reply, unless that is refused: it names its member all the same."""
        try:
            return await self._send(request, rung, words, outcome, buttons, is_reply=rung is Rung.CHANNEL)
        except discord.HTTPException as error:
            if error.code != _MAY_NOT_REPLY:
                raise
        return await self._send(request, rung, words, outcome, buttons, is_reply=False)

    async def _send(
        self, request: Request, rung: Rung, words: str, outcome: Outcome, buttons: discord.ui.View, *, is_reply: bool
    ) -> discord.Message:
        """Under a nonce, so that Discord itself knows a repetition for a few minutes. Only a picture pings."""
        channel = await self._channel(request, rung)
        member = discord.Object(request.address.member_id)
        reference: Any = _answered(request) if is_reply else None
        pinged = [member] if outcome.images and rung is Rung.CHANNEL else []
        return await channel.send(
            words,
            files=_files(request, outcome),
            view=buttons,
            nonce=_nonce(request, rung, outcome),
            allowed_mentions=discord.AllowedMentions(everyone=False, roles=False, users=pinged, replied_user=False),
            reference=reference,
        )

    async def _channel(self, request: Request, rung: Rung) -> discord.PartialMessageable:
        address = request.address
        if rung is Rung.DM:
            dm = await self._bot.create_dm(discord.Object(address.member_id))
            return self._bot.get_partial_messageable(dm.id)
        return self._bot.get_partial_messageable(address.channel_id, guild_id=address.server_id)


def _answered(request: Request) -> Any:
    """What is replied to: discord.py takes None for nothing, though its types do not say so."""
    address = request.address
    if address.message_id is None:
        return None
    return discord.MessageReference(
        message_id=address.message_id,
        channel_id=address.channel_id,
        guild_id=address.server_id,
        fail_if_not_exists=False,
    )


def _nonce(request: Request, rung: Rung, outcome: Outcome) -> str:
    """At most 25 characters. Bad news and the picture that comes after all differ, and so do any two sets of images."""
    images = sum(1 << int(image.run.rpartition(".")[2]) for image in outcome.images)
    return f"{request.id}.{rung[0]}{images:x}"


def _buttons(request: Request, outcome: Outcome) -> discord.ui.View:
    if outcome.waiting is not None and (coming := coming_buttons(outcome.shown)) is not None:
        return coming
    return result_buttons(request, outcome.shown) if outcome.shown else problem_buttons(request.id, outcome.problems)


def _kept(request: Request, outcome: Outcome) -> list[AttachmentId]:
    """In the order in which members see them."""
    copies = [] if outcome.waiting is None else kept_copies(request)
    return [*copies, *(place.attachment for place in outcome.placed if place.attachment is not None)]


def _placed(image: Finished, message: discord.Message, attachment: discord.Attachment | None) -> Placed:
    return Placed(
        run=image.run,
        channel=ChannelId(message.channel.id),
        message=MessageId(message.id),
        attachment=AttachmentId(attachment.id) if attachment else None,
    )


def _files(request: Request, outcome: Outcome) -> list[discord.File]:
    first = len(outcome.placed) + 1
    return [
        _file(request, image, position, is_quoted=outcome.is_quoted)
        for position, image in enumerate(outcome.images, start=first)
    ]


def _file(request: Request, image: Finished, position: int, *, is_quoted: bool) -> discord.File:
    """Of several, each says which it is: in its name, and to those who are read to."""
    ending = "jpg" if image.format == "jpeg" else image.format
    return discord.File(
        io.BytesIO(image.content),
        filename=file_name(
            request.prompt if is_quoted else "", ending, number=position if request.images > 1 else None
        ),
        description=alt_text(texts.description(request, position, is_quoted=is_quoted)),
    )
