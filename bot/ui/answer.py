"""Answers an interaction in time: the one place that acknowledges a request."""

import asyncio
import io
import logging
from collections.abc import AsyncIterator, Awaitable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace

import aiohttp
import discord

from bot.client import ImageBot
from bot.domain.errors import AnswerBlocked, NotAttached, QuotaExceeded
from bot.domain.ids import MessageId
from bot.domain.requests import Draft, Request
from bot.repetitions import watched_call
from bot.services.submission import Submission
from bot.ui.hints import give_hint
from bot.ui.names import names_of
from bot.ui.waiting import waiting_buttons, words_of_waiting
from bot.ui.words import alt_text, attached_name

log = logging.getLogger(__name__)

Answering = Awaitable[discord.InteractionCallbackResponse[ImageBot] | None]

# Discord waits 3 s. Until then a refusal can still be private; after a public deferral it cannot.
_DEFER_AFTER_S = 1.0
_ALREADY_ACKNOWLEDGED = 40060
_UNKNOWN_INTERACTION = 10062
_RATE_LIMITED = 429
_SERVER_ERROR = 500


async def submit_and_answer(interaction: discord.Interaction[ImageBot], draft: Draft) -> None:
    """Submit a draft and show the member its waiting message.

    Raises: ShuttingDown, and what `Submission.submit` raises.
    """
    with interaction.client.services.intake.taking():
        try:
            request = await _submit_and_answer(interaction, draft)
        except QuotaExceeded as error:
            raise replace(error, is_fixed=draft.pressed is not None) from error
    if request is not None:
        await give_hint(interaction, request)


async def _submit_and_answer(interaction: discord.Interaction[ImageBot], draft: Draft) -> Request | None:
    """The request if its member sees it waiting."""
    # `wait` and not `wait_for`: a cancelled database call still writes.
    submission = interaction.client.services.submission
    submitting = asyncio.ensure_future(submission.submit(draft))
    await asyncio.wait({submitting}, timeout=_DEFER_AFTER_S)
    private = draft.address.private
    if submitting.done() and not submitting.result().to_attach:
        request = submitting.result()
        async with called_off_on_failure(submission, request):
            words, buttons = await words_of_waiting(interaction.client, request), waiting_buttons(request.id)
            answering = interaction.response.send_message(words, view=buttons, ephemeral=private)
            message = await acknowledged(interaction, answering)
            if message is None:
                await submission.withdraw(request.id)
                return None
            await submission.acknowledge(request.id, message)
            return request
        return None
    deferring = asyncio.ensure_future(
        acknowledged(interaction, interaction.response.defer(ephemeral=private, thinking=True))
    )
    await asyncio.wait({deferring, submitting})
    request = submitting.result()
    async with called_off_on_failure(submission, request):
        message = deferring.result()
        if message is None:
            await submission.withdraw(request.id)
            return None
        await _fill_placeholder(interaction, submission, request, message)
        return request
    return None


class AnswerUnclear(Exception):
    """Nobody knows whether Discord took the answer. Recovery looks for it and goes on from there."""


@asynccontextmanager
async def called_off_on_failure(submission: Submission, request: Request) -> AsyncIterator[None]:
    """Around everything between accepting and acknowledging: whoever is told that it failed shall not be charged."""
    try:
        yield
    except AnswerUnclear:
        log.warning("answer unclear request=%s", request.id)
    except BaseException:
        await submission.withdraw(request.id)
        raise


async def _fill_placeholder(
    interaction: discord.Interaction[ImageBot], submission: Submission, request: Request, message: MessageId
) -> None:
    """References that were changed are attached here: RunBase fetches them from Discord.

    Raises: NotAttached, AnswerBlocked, AnswerUnclear.
    """
    files = as_files(await submission.files_to_attach(request), request.prompt)
    words, buttons = await words_of_waiting(interaction.client, request), waiting_buttons(request.id)
    shown: discord.InteractionMessage | None = None
    with watched_call() as call:
        try:
            shown = await interaction.edit_original_response(content=words, attachments=files, view=buttons)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            about = f"request={request.id} {names_of(interaction)}"
            log.warning("waiting message not shown %s why=%s", about, type(error).__name__)
            status = error.status if isinstance(error, discord.HTTPException) else _SERVER_ERROR
            if status < _SERVER_ERROR and status != _RATE_LIMITED and not call.is_unclear:
                raise AnswerBlocked from error
            if request.to_attach:
                shown = await _look_at_answer(interaction)
    attached = [] if shown is None else [attachment.url for attachment in shown.attachments]
    if len(attached) < len(request.to_attach):
        raise NotAttached
    await submission.acknowledge(request.id, message, attached=attached)


def as_files(named: Iterable[tuple[str, bytes]], prompt: str) -> list[discord.File]:
    """References, which screen readers tell by their names and by what they are for."""
    return [
        discord.File(
            io.BytesIO(content), filename=attached_name(name), description=alt_text(f"Reference {name} for: {prompt}")
        )
        for name, content in named
    ]


async def acknowledged(
    interaction: discord.Interaction[ImageBot],
    answering: Answering,
) -> MessageId | None:
    """The id of the message that answers; None when Discord did not take the answer.

    discord.py repeats an answer whose own answer was lost, and Discord then says that it had it already.
    """
    try:
        response = await answering
    except discord.HTTPException as error:
        if error.code != _ALREADY_ACKNOWLEDGED and error.status < _SERVER_ERROR:
            log.warning("not acknowledged %s status=%s code=%s", names_of(interaction), error.status, error.code)
            if error.code == _UNKNOWN_INTERACTION:
                return None
            raise AnswerBlocked from error
    except (aiohttp.ClientError, OSError) as error:
        log.warning("answer unclear %s why=%s", names_of(interaction), type(error).__name__)
    else:
        if response is not None and response.message_id is not None:
            return MessageId(response.message_id)
    found = await _look_at_answer(interaction)
    return None if found is None else MessageId(found.id)


async def _look_at_answer(interaction: discord.Interaction[ImageBot]) -> discord.InteractionMessage | None:
    """None where there is none. Raises: AnswerUnclear."""
    try:
        return await interaction.original_response()
    except discord.NotFound:
        log.warning("not acknowledged %s", names_of(interaction))
        return None
    except (discord.HTTPException, discord.ClientException, aiohttp.ClientError, OSError) as error:
        raise AnswerUnclear from error
