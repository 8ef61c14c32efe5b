"""Puts waiting lines, pictures and bad news into a request's message, by the token or as the bot."""

import asyncio
import io
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import zip_longest
from typing import cast

import aiohttp
import discord
from discord.utils import MISSING

from bot.client import ImageBot
from bot.domain.errors import ClosedReason, PostFailed, PostTooLarge, RungClosed
from bot.domain.ids import AttachmentId, MessageId
from bot.domain.ladder import Rung
from bot.domain.requests import Kind, Request
from bot.domain.runs import EndReason
from bot.ports import Finished, Outcome, Placed, Waiting
from bot.ui import texts
from bot.ui.buttons import result_buttons
from bot.ui.errors import ending
from bot.ui.words import alt_text, file_name

# discord.py waits out rate limits inside a call; whatever takes longer than this is tried again later.
_WHOLE_EDIT_S = 120.0
_TOO_LARGE = 40005
_ORIGINAL = cast("int", "@original")
_CLOSED: dict[int, ClosedReason] = {
    50027: "token",  # invalid webhook token
    10015: "token",  # unknown webhook
    10062: "token",  # unknown interaction
    10008: "message",
    30046: "message",  # too many edits of an old message
    50005: "message",  # written by somebody else
    10003: "channel",
    50001: "permission",
    50013: "permission",
}


class DiscordPublisher:
    """`Publisher` through discord.py: only stored ids are used, never a live interaction or the cache."""

    def __init__(self, bot: ImageBot, *, gave_up_after: timedelta) -> None:
        self._bot = bot
        self._gave_up_after = gave_up_after

    async def show_waiting(self, request: Request, rung: Rung, waiting: Waiting) -> None:
        """References attached to the message stay: RunBase may still fetch them."""
        await self._edit(request, rung, texts.being_made(request, waiting), MISSING, None)

    async def show_outcome(self, request: Request, rung: Rung, outcome: Outcome) -> Sequence[Placed]:
        sentences = self._sentences(request, outcome.problems)
        if not outcome.images:
            await self._edit(request, rung, texts.problem(request, sentences), [], None)
            return ()
        content = "\n".join([texts.result(request, outcome.images[0]), *sentences])
        files = [_file(request, image) for image in outcome.images]
        message = await self._edit(request, rung, content, files, result_buttons(outcome.images[0].run))
        return [
            Placed(image.run, MessageId(message.id), AttachmentId(attachment.id) if attachment else None)
            for image, attachment in zip_longest(outcome.images, message.attachments[: len(files)])
        ]

    async def show_interrupted(self, request: Request) -> None:
        """By the token: the id of the answer is what the interruption kept from being stored."""
        address = request.address
        if address.token is None:
            raise RungClosed("token")
        words = texts.problem(request, self._sentences(request, [EndReason.NOT_ACKNOWLEDGED]))
        webhook = discord.Webhook.partial(address.application_id, address.token, client=self._bot)
        async with _translated():
            # Discord takes the name in place of an id, and discord.py passes on whatever it is given.
            await webhook.edit_message(_ORIGINAL, content=words, attachments=[])

    def _sentences(self, request: Request, reasons: Sequence[EndReason]) -> list[str]:
        private = request.address.private
        return [ending(reason, gave_up_after=self._gave_up_after, private=private) for reason in dict.fromkeys(reasons)]

    async def _edit(
        self,
        request: Request,
        rung: Rung,
        content: str,
        files: Sequence[discord.File],
        buttons: discord.ui.View | None,
    ) -> discord.Message:
        address = request.address
        if address.message_id is None:
            raise RungClosed("message")
        async with _translated():
            if rung is Rung.TOKEN and address.token is not None:
                webhook = discord.Webhook.partial(address.application_id, address.token, client=self._bot)
                return await webhook.edit_message(address.message_id, content=content, attachments=files, view=buttons)
            channel = self._bot.get_partial_messageable(address.channel_id, guild_id=address.server_id)
            message = channel.get_partial_message(address.message_id)
            return await message.edit(content=content, attachments=files, view=buttons)


def _file(request: Request, image: Finished) -> discord.File:
    words = f"Edit: {request.prompt}" if request.kind is Kind.EDIT else request.prompt
    return discord.File(
        io.BytesIO(image.content),
        filename=file_name(request.prompt, "jpg" if image.format == "jpeg" else image.format),
        description=alt_text(words),
    )


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(_WHOLE_EDIT_S):
            yield
    except discord.HTTPException as error:
        raise _closed_or_failed(error) from error
    except (aiohttp.ClientError, OSError, TimeoutError, discord.RateLimited) as error:
        raise PostFailed from error


def _closed_or_failed(error: discord.HTTPException) -> RungClosed | PostFailed:
    if error.code == _TOO_LARGE or error.status == 413:
        return PostTooLarge()
    if error.code in _CLOSED:
        return RungClosed(_CLOSED[error.code])
    if error.status in {401, 403, 404}:
        return RungClosed("permission")
    return RungClosed("content") if error.status == 400 else PostFailed()
