"""Puts waiting lines, pictures and bad news in front of members, on every rung of the delivery ladder."""

import io
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import zip_longest
from typing import Any, cast

import discord
from discord.utils import MISSING

from bot.client import ImageBot
from bot.domain.errors import PostFailed, RungClosed
from bot.domain.ids import AttachmentId, ChannelId, MessageId
from bot.domain.ladder import EDITS, Rung
from bot.domain.requests import Kind, Request, Spot
from bot.domain.runs import EndReason
from bot.ports import Answer, Attempt, Finished, Outcome, Placed, Waiting
from bot.ui import texts
from bot.ui.buttons import custom_ids, problem_buttons, result_buttons
from bot.ui.errors import ending
from bot.ui.refusals import translated
from bot.ui.waiting import CancelButton, waiting_buttons
from bot.ui.words import alt_text, file_name

_ORIGINAL = cast("int", "@original")
_LOOKED_THROUGH = 200  # messages: more are rarely written between a crash and the next start
_CLOCKS_DIFFER = timedelta(minutes=1)


class DiscordPublisher:
    """`Publisher` through discord.py: only stored ids are used, never a live interaction or the cache."""

    def __init__(self, bot: ImageBot, *, gave_up_after: timedelta) -> None:
        self._bot = bot
        self._gave_up_after = gave_up_after

    async def show_waiting(self, request: Request, rung: Rung, waiting: Waiting) -> None:
        """References attached to the message stay: RunBase may still fetch them."""
        buttons = None if waiting.standing is None else waiting_buttons(request.id)
        async with translated():
            await self._edit(request, rung, _waiting_words(request, waiting), MISSING, buttons)

    async def show_outcome(self, request: Request, rung: Rung, outcome: Outcome) -> Sequence[Placed]:
        is_new = rung not in EDITS
        words = self._words(request, outcome, is_new=is_new)
        files = [_file(request, image, is_quoted=outcome.is_quoted) for image in outcome.images]
        buttons = (
            result_buttons(outcome.images[0].run) if outcome.images else problem_buttons(request.id, outcome.problems)
        )
        async with translated():
            if is_new:
                message = await self._post(request, rung, words, files, buttons)
            else:
                message = await self._edit(request, rung, words, files, buttons)
        if is_new and len(message.attachments) < len(files):
            raise PostFailed  # Discord took it for the repetition of another message
        return _placed(outcome, message)

    async def shown(self, request: Request, outcome: Outcome) -> Sequence[Placed] | None:
        address = request.address
        if address.message_id is None or address.private:
            return None
        channel = self._bot.get_partial_messageable(address.channel_id, guild_id=address.server_id)
        async with translated():
            message = await channel.get_partial_message(address.message_id).fetch()
        is_shown = _tells_of(message, request) and len(message.attachments) == len(outcome.images)
        return _placed(outcome, message) if is_shown else None

    async def find(self, request: Request, attempt: Attempt) -> Spot | None:
        """By the request's id in the custom ids of the bot's own messages."""
        async with translated():
            channel = await self._channel(request, attempt.rung)
            since = attempt.at - _CLOCKS_DIFFER
            async for message in channel.history(limit=_LOOKED_THROUGH, after=since, oldest_first=True):
                is_new = message.id != request.address.message_id
                if is_new and self._is_own(message) and _tells_of(message, request):
                    return Spot(ChannelId(message.channel.id), MessageId(message.id))
        return None

    async def find_answer(self, request: Request) -> Answer | None:
        """By the token while it lives, else in the channel, where a public answer tells what it is an answer to."""
        address = request.address
        with suppress(RungClosed):
            if address.token is not None:
                webhook = discord.Webhook.partial(address.application_id, address.token, client=self._bot)
                async with translated():
                    # Discord takes the name in place of an id, and discord.py passes on whatever it is given.
                    return _answer(await webhook.fetch_message(_ORIGINAL), request)
        with suppress(RungClosed):
            if not address.private:
                async with translated():
                    return await self._find_answer_in_channel(request)
        return None

    async def _find_answer_in_channel(self, request: Request) -> Answer | None:
        channel = await self._channel(request, Rung.CHANNEL)
        since = request.created_at - _CLOCKS_DIFFER
        async for message in channel.history(limit=_LOOKED_THROUGH, after=since, oldest_first=True):
            if self._is_own(message) and _answers(message, request):
                return _answer(message, request)
        return None

    def _words(self, request: Request, outcome: Outcome, *, is_new: bool) -> str:
        sentences = self._sentences(request, outcome.problems)
        if outcome.images:
            result = texts.result(request, outcome.images[0], is_quoted=outcome.is_quoted)
            return "\n".join([result, *sentences])
        return texts.problem(request, sentences, is_quoted=outcome.is_quoted, names_member=is_new)

    def _sentences(self, request: Request, reasons: Sequence[EndReason]) -> list[str]:
        private = request.address.private
        return [ending(reason, gave_up_after=self._gave_up_after, private=private) for reason in dict.fromkeys(reasons)]

    async def _edit(
        self, request: Request, rung: Rung, words: str, files: Sequence[discord.File], buttons: discord.ui.View | None
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
        self, request: Request, rung: Rung, words: str, files: Sequence[discord.File], buttons: discord.ui.View
    ) -> discord.Message:
        """Under a nonce, so that Discord itself knows a repetition for a few minutes. Only a picture pings."""
        channel = await self._channel(request, rung)
        member = discord.Object(request.address.member_id)
        reference: Any = _answered(request) if rung is Rung.CHANNEL else None
        pinged = [member] if files and rung is Rung.CHANNEL else []
        return await channel.send(
            words,
            files=files,
            view=buttons,
            nonce=f"{request.id}.{rung[0]}{len(files)}",  # bad news and the picture that comes after all differ
            allowed_mentions=discord.AllowedMentions(everyone=False, roles=False, users=pinged, replied_user=False),
            reference=reference,
        )

    def _is_own(self, message: discord.Message) -> bool:
        return self._bot.user is not None and message.author.id == self._bot.user.id

    async def _channel(self, request: Request, rung: Rung) -> discord.abc.Messageable:
        address = request.address
        if rung is Rung.DM:
            user = await self._bot.create_dm(discord.Object(address.member_id))
            return self._bot.get_partial_messageable(user.id)
        return self._bot.get_partial_messageable(address.channel_id, guild_id=address.server_id)


def _waiting_words(request: Request, waiting: Waiting) -> str:
    if waiting.is_closing:
        return texts.closing(request)
    if waiting.standing is not None:
        return texts.in_line(request, waiting.standing, waiting.times)
    return texts.being_made(request, waiting)


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


def _answers(message: discord.Message, request: Request) -> bool:
    """An interaction's answer names it, and so does the reply to a mention."""
    asked, replied = message.interaction_metadata, message.reference
    return request.source_id in {asked.id if asked else None, replied.message_id if replied else None}


def _answer(message: discord.Message, request: Request) -> Answer:
    """It waits if it can be called off: a refusal in its place cannot."""
    attached = tuple(attachment.url for attachment in message.attachments)
    is_waiting = CancelButton(request.id).custom_id in custom_ids(message)
    return Answer(MessageId(message.id), attached, is_waiting)


def _placed(outcome: Outcome, message: discord.Message) -> list[Placed]:
    return [
        Placed(
            run=image.run,
            channel=ChannelId(message.channel.id),
            message=MessageId(message.id),
            attachment=AttachmentId(attachment.id) if attachment else None,
        )
        for image, attachment in zip_longest(outcome.images, message.attachments[: len(outcome.images)])
    ]


def _tells_of(message: discord.Message, request: Request) -> bool:
    """Whether it shows the outcome of a request: all buttons but Cancel belong to one."""
    ours = [custom_id for custom_id in custom_ids(message) if request.id in custom_id]
    return any(custom_id != CancelButton(request.id).custom_id for custom_id in ours)


def _file(request: Request, image: Finished, *, is_quoted: bool) -> discord.File:
    words = f"Edit: {request.prompt}" if request.kind is Kind.EDIT else request.prompt
    return discord.File(
        io.BytesIO(image.content),
        filename=file_name(request.prompt if is_quoted else "", "jpg" if image.format == "jpeg" else image.format),
        description=alt_text(words) if is_quoted else None,
    )
