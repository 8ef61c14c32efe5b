"""Answers a mention: who may spend by talking, what they said, and which pictures they mean."""

import logging
import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import aiohttp
import discord
from discord.utils import MISSING

from bot.client import ImageBot
from bot.domain.errors import (
    AlreadyAsked,
    AnswerBlocked,
    BotError,
    NoPictureThere,
    NotAttached,
    NotInServer,
    PermissionMissing,
    PictureUnseen,
)
from bot.domain.ids import ChannelId, MemberId, MessageId, ServerId
from bot.domain.instructions import Instruction, parse_instruction
from bot.domain.requests import SAME_AS_PICTURE, Address, Draft, Parent, Upload
from bot.ui import texts
from bot.ui.answer import AnswerUnclear, as_files, called_off_on_failure
from bot.ui.errors import answer_to
from bot.ui.names import names_of
from bot.ui.pictures import attached_pictures, pictures_in
from bot.ui.waiting import waiting_buttons, words_of_waiting

log = logging.getLogger(__name__)


async def talk(bot: ImageBot, message: discord.Message) -> None:
    """Answer a message that speaks to the bot; everything else passes by unnoticed."""
    spoken = _spoken_to(bot, message)
    if spoken is None or not _may_speak(message):
        return
    try:
        _check_files(message)
        instruction = parse_instruction(spoken, bot.services.model)
        if not instruction.words:
            await _reply(message, texts.how_to_mention(bot.services.model, bot.user.id if bot.user else None))
            return
        with bot.services.intake.taking():
            await _submit_and_reply(bot, message, _draft(bot, message, instruction))
    except AlreadyAsked:
        log.info("message delivered twice %s", names_of(message))
    except AnswerUnclear:
        return
    except Exception as error:  # noqa: BLE001 - a door: everything that went wrong is answered here
        with suppress(AnswerUnclear):  # the log tells; nobody waits for what was refused
            await _reply(message, answer_to(error, bot.services.meter, about=names_of(message)))


def _spoken_to(bot: ImageBot, message: discord.Message) -> str | None:
    """What a member said to the bot by writing its mention; None when they did not.

    `message.mentions` alone is no evidence: a reply that pings its author mentions the bot, whatever it says.
    """
    is_person = not message.author.bot and message.webhook_id is None
    is_talk = message.type in {discord.MessageType.default, discord.MessageType.reply}
    if bot.user is None or not is_person or not is_talk or message.guild is None:
        return None
    mention = re.compile(rf"<@!?{bot.user.id}>")
    is_meant = bot.user in message.mentions and mention.search(_UNSPOKEN.sub(" ", message.content))
    return mention.sub(" ", message.content).strip() if is_meant else None


# Code, quotes and escaped mentions speak about the bot, not to it.
_UNSPOKEN = re.compile(r"```[\s\S]*?```|`[^`]*`|^[ \t]*>.*$|\\<@!?\d+>", re.MULTILINE)


def _permissions(message: discord.Message) -> discord.Permissions:
    """The bot's own, in the channel of the message; none where Discord has not told what it is."""
    channel = message.channel
    if message.guild is None or not isinstance(channel, discord.abc.GuildChannel | discord.Thread):
        return discord.Permissions.none()
    return channel.permissions_for(message.guild.me)


def _may_speak(message: discord.Message) -> bool:
    """Where the bot may not answer there is nobody to tell, and every try would count against it."""
    permissions = _permissions(message)
    in_thread = isinstance(message.channel, discord.Thread)
    may_send = permissions.send_messages_in_threads if in_thread else permissions.send_messages
    return permissions.view_channel and may_send


def _check_files(message: discord.Message) -> None:
    """Raises: PermissionMissing."""
    permissions = _permissions(message)
    missing = tuple(name for name in ("attach_files", "read_message_history") if not getattr(permissions, name))
    if missing:
        raise PermissionMissing(missing, message.channel.id)


def _draft(bot: ImageBot, message: discord.Message, instruction: Instruction) -> Draft:
    """Raises: PictureUnseen, NoPictureThere, OnlyVideosThere."""
    uploads = attached_pictures(message)
    answered = _answered(message, has_uploads=bool(uploads))
    seen = _seen(bot, message, answered, has_uploads=bool(uploads))
    aspect = instruction.aspect or (SAME_AS_PICTURE if uploads or seen else None)
    source = answered if seen and answered is not None else message
    parent = Parent(ChannelId(source.channel.id), MessageId(source.id), None) if uploads or seen else None
    assert message.guild is not None
    return Draft(
        source_id=message.id,
        address=_address(bot, message),
        prompt=instruction.words,
        aspect=aspect,
        uploads=uploads,
        upload_limit_bytes=message.guild.filesize_limit,
        parent=parent,
        seen=seen,
        style=instruction.style,
        images=instruction.count,
    )


def _answered(message: discord.Message, *, has_uploads: bool) -> discord.Message | None:
    """The message this one replies to, as far as Discord shows it."""
    reference = message.reference
    if message.type is not discord.MessageType.reply or reference is None:
        return None
    if isinstance(reference.resolved, discord.Message):
        return reference.resolved
    if has_uploads:
        return None
    raise NoPictureThere


def _seen(
    bot: ImageBot, message: discord.Message, answered: discord.Message | None, *, has_uploads: bool
) -> tuple[Upload, ...]:
    """The pictures of the message that is replied to.

    Without the message-content intent Discord blanks what others wrote, and then nobody can tell a picture from words.
    """
    if answered is None:
        return ()
    try:
        return pictures_in(answered)
    except NoPictureThere:
        is_own = bot.user is not None and answered.author.id == bot.user.id
        if has_uploads or (bot.intents.message_content and not is_own):
            return ()
        if is_own:
            raise
        raise PictureUnseen from None


def _address(bot: ImageBot, message: discord.Message) -> Address:
    """A message has no token: the answer is the bot's own message from the start."""
    if message.guild is None or bot.application_id is None:
        raise NotInServer
    return Address(
        application_id=bot.application_id,
        server_id=ServerId(message.guild.id),
        channel_id=ChannelId(message.channel.id),
        member_id=MemberId(message.author.id),
        token=None,
        token_expires_at=message.created_at,
    )


async def _submit_and_reply(bot: ImageBot, message: discord.Message, draft: Draft) -> None:
    submission = bot.services.submission
    request = await submission.submit(draft)
    async with called_off_on_failure(submission, request):
        named = await submission.files_to_attach(request)
        words, buttons = await words_of_waiting(bot, request), waiting_buttons(request.id)
        answer = await _reply(message, words, named, prompt=request.prompt, buttons=buttons, nonce=request.id)
        if answer is None:
            raise AnswerBlocked
        attached = [attachment.url for attachment in answer.attachments]
        try:
            if len(attached) < len(request.to_attach):
                raise NotAttached
            await submission.acknowledge(request.id, MessageId(answer.id), attached=attached)
        except BotError:
            with suppress(discord.HTTPException, aiohttp.ClientError, OSError):
                await answer.delete()  # it says that the request waits, which it does not
            raise


async def _reply(
    message: discord.Message,
    text: str,
    named: Sequence[tuple[str, bytes]] = (),
    *,
    prompt: str = "",
    buttons: discord.ui.View | None = None,
    nonce: str | None = None,
) -> discord.Message | None:
    """None when Discord did not take it. A reply whose confirmation was lost is sent again under the same nonce.

    Raises: AnswerUnclear.
    """
    once = nonce or str(message.id)
    may_reply = _permissions(message).read_message_history
    reference: Any = message.to_reference(fail_if_not_exists=False) if may_reply else None
    for _ in range(2):
        try:
            return await message.channel.send(
                text,
                files=as_files(named, prompt),
                view=buttons or MISSING,
                reference=reference,
                mention_author=False,
                nonce=once,
            )
        except discord.DiscordServerError as error:
            log.warning("answer unclear %s status=%s", names_of(message), error.status)
        except discord.HTTPException as error:
            log.warning("member not answered %s status=%s code=%s", names_of(message), error.status, error.code)
            return None
        except discord.RateLimited:
            log.warning("member not answered %s why=rate_limited", names_of(message))
            return None
        except (aiohttp.ClientError, OSError) as error:
            log.warning("answer unclear %s why=%s", names_of(message), type(error).__name__)
    raise AnswerUnclear
