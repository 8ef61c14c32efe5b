"""Answers a mention: who may spend by talking, what they said, and which pictures they mean."""

import logging
import re

import aiohttp
import discord

from bot.client import ImageBot
from bot.domain.errors import AlreadyAsked, NoPictureThere, NotAttached, NotInServer, OnlyVideosThere, PictureUnseen
from bot.domain.ids import ChannelId, MemberId, MessageId, ServerId
from bot.domain.instructions import Instruction, parse_instruction
from bot.domain.requests import SAME_AS_PICTURE, Address, Draft, Parent, Upload
from bot.services.submission import Submission
from bot.ui import texts
from bot.ui.answer import as_files
from bot.ui.errors import answer_to
from bot.ui.pictures import pictures_in

log = logging.getLogger(__name__)


async def talk(bot: ImageBot, message: discord.Message) -> None:
    """Answer a message that speaks to the bot; everything else passes by unnoticed."""
    spoken = _spoken_to(bot, message)
    if spoken is None:
        return
    try:
        instruction = parse_instruction(spoken, bot.services.model)
        if not instruction.words:
            await _reply(message, texts.how_to_mention(bot.services.model, bot.application_id))
            return
        await _submit_and_reply(bot.services.submission, message, _draft(bot, message, instruction))
    except AlreadyAsked:
        log.info("message delivered twice message=%s", message.id)
    except Exception as error:  # noqa: BLE001 - a door: everything that went wrong is answered here
        await _reply(message, answer_to(error))


def _spoken_to(bot: ImageBot, message: discord.Message) -> str | None:
    """What a member said to the bot by writing its mention; None when they did not.

    `message.mentions` is no evidence: a reply that pings its author mentions the bot, whatever it says.
    """
    is_person = not message.author.bot and message.webhook_id is None
    is_talk = message.type in {discord.MessageType.default, discord.MessageType.reply}
    if bot.user is None or not is_person or not is_talk or message.guild is None:
        return None
    mention = re.compile(rf"<@!?{bot.user.id}>")
    return mention.sub(" ", message.content).strip() if mention.search(message.content) else None


def _draft(bot: ImageBot, message: discord.Message, instruction: Instruction) -> Draft:
    """Raises: PictureUnseen, NoPictureThere, OnlyVideosThere."""
    uploads = _attached(message)
    answered = _answered(message)
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
    )


def _attached(message: discord.Message) -> tuple[Upload, ...]:
    """What came with the words. Raises: OnlyVideosThere, since whoever attaches a video wants it used."""
    try:
        return pictures_in(message)
    except OnlyVideosThere:
        raise
    except NoPictureThere:
        return ()


def _answered(message: discord.Message) -> discord.Message | None:
    """The message this one replies to, as far as Discord shows it."""
    reference = message.reference
    if message.type is not discord.MessageType.reply or reference is None:
        return None
    if not isinstance(reference.resolved, discord.Message):
        raise NoPictureThere
    return reference.resolved


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


async def _submit_and_reply(submission: Submission, message: discord.Message, draft: Draft) -> None:
    request = await submission.submit(draft)
    files = as_files(await submission.files_to_attach(request))
    answer = await _reply(message, texts.accepted(request), files)
    attached = [attachment.url for attachment in answer.attachments] if answer else []
    if answer is None or len(attached) < len(request.to_attach):
        await submission.withdraw(request.id)
        raise NotAttached
    await submission.acknowledge(request.id, MessageId(answer.id), attached=attached)


async def _reply(
    message: discord.Message, text: str, files: list[discord.File] | None = None
) -> discord.Message | None:
    """None when the bot may not or cannot speak there; then there is nobody to tell."""
    reference = message.to_reference(fail_if_not_exists=False)
    try:
        return await message.channel.send(text, files=files or [], reference=reference, mention_author=False)
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        log.warning("member not answered message=%s why=%s", message.id, type(error).__name__)
        return None
