"""The sentence for everything that is refused or breaks: what happened, what it cost, what to do next."""

import logging
import math
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import discord
from discord import app_commands

from bot.client import PERMISSIONS
from bot.domain import errors, moderation, posting
from bot.domain.errors import BotError, QuotaExceeded, QuotaScope
from bot.operations import Meter
from bot.ui.board_errors import SENTENCES as BOARD_SENTENCES
from bot.ui.design_errors import SENTENCES as DESIGN_SENTENCES
from bot.ui.links import link_to
from bot.ui.texts import relative, span
from bot.ui.words import plain

log = logging.getLogger(__name__)

_NOTHING_USED = "No quota used."
# Discord no longer knows the interaction: it waited its three seconds.
_TOO_LATE = f"That took too long. {_NOTHING_USED} Try again."
_OUTDATED = "This command has changed since Discord last loaded it. Reload Discord (Ctrl+R) and try again."
# Without letters and digits that look like each other, since people read references out to the operator.
_REFERENCE_ALPHABET = "2346789ABCDEFGHJKLMNPQRTUVWXYZ"


def _file(error: errors.ReferenceRefused | errors.ReferencesUnreachable) -> str:
    return plain(error.filename, limit=60)


def _megabytes(size_bytes: int) -> str:
    """Rounded up, so that what is too large does not look as if it fitted."""
    return f"{math.ceil(size_bytes / 100_000) / 10:.1f} MB".replace(".0 MB", " MB")


def _pictures(count: int) -> str:
    return "1 picture is" if count == 1 else f"{count:,} pictures are"


def _permission_missing(error: errors.PermissionMissing) -> str:
    names = " and ".join(PERMISSIONS[name] for name in error.permissions)
    may_not = "attach files" if error.permissions == ("attach_files",) else "post pictures"
    cure = f"Ask a moderator to allow {names} for me, or use another channel."
    return f"I may not {may_not} in <#{error.channel_id}>. {cure}"


def _prompt_too_long(error: errors.PromptTooLong) -> str:
    added = [f"the style adds {error.style:,}"] * bool(error.style)
    added += [f"this button adds {error.guidance:,}"] * bool(error.guidance)
    fit = f"{' and '.join(added)}, so {error.fits:,} of {error.limit:,} fit" if added else f"{error.limit:,} fit"
    if error.guidance:  # of words that somebody wrote before, and that nobody can shorten in the message
        return f"This prompt has {error.length:,} characters; {fit}. Ask in fewer words, with Edit or `/imagine`."
    return f"Your prompt has {error.length:,} characters; {fit}. Cut {error.length - error.fits:,} and try again."


def _unknown_style(error: errors.UnknownStyle) -> str:
    near = " or ".join(f"`{style}`" for style in error.near)
    meant = f" Did you mean {near}?" if near else ""
    return f"I do not know the style {plain(error.given, limit=40)}.{meant} Choose one that `/styles` shows."


def _quota_exceeded(error: QuotaExceeded) -> str:
    pictures = "picture" if error.limit == 1 else "pictures"
    if not error.limit:
        return "Pictures are switched off here by this bot's operator. Ask them to allow some."
    if error.opens_at is None:
        most = f"At most {error.limit:,} {pictures} may be made here in any {span(error.per)}"
        fewer = "Make fewer with Edit or `/imagine`" if error.is_fixed else "Ask for fewer"
        return f"{most}, and {_asked(error)}. {fewer}, or ask this bot's operator to allow more."
    if error.left:
        return _some_left(error, error.opens_at)
    opens = f"The next one opens {relative(error.opens_at)}."
    used = f"{error.used:,} of {error.limit:,} {pictures} in the last {span(error.per)}"
    if error.scope is QuotaScope.MEMBER:
        return f"You have made {used}. {opens}"
    if error.scope is QuotaScope.SERVER:
        return f"This server has used {used}. {opens}"
    return f"All servers together have used {used}. {opens}"


def _some_left(error: QuotaExceeded, opens_at: datetime) -> str:
    whose = {QuotaScope.MEMBER: "You have", QuotaScope.SERVER: "This server has"}.get(
        error.scope, "All servers together have"
    )
    pictures = "picture" if error.left == 1 else "pictures"
    left = f"{whose} {error.left:,} {pictures} left just now, and {_asked(error)}"
    if error.is_fixed:
        return f"{left}. Try again {relative(opens_at)}, or make fewer with Edit or `/imagine`."
    return f"{left}. Ask for {error.left:,}, or try again {relative(opens_at)}."


def _asked(error: QuotaExceeded) -> str:
    return f"this makes {error.asked}" if error.is_fixed else f"you asked for {error.asked}"


def _queue_full(error: errors.QueueFull) -> str:
    waiting = f"The queue is full: {_pictures(error.waiting)} waiting"
    if error.lasts is not None and (minutes := round(error.lasts.total_seconds() / 60)) > 1:
        waiting += f", which takes about {minutes:,} minutes"
    return f"{waiting}. {_NOTHING_USED} Try again in a few minutes."


_NEEDED = {"style": "a style", "count": "a number"}

_SENTENCES: Mapping[type[BotError], str | Callable[[Any], str]] = {
    errors.NotInServer: "I make pictures in servers, where a quota applies. Use this command in a channel there.",
    errors.ServerNotListed: "This server is not on the list of servers I work in. Ask this bot's operator to add it.",
    errors.PermissionMissing: _permission_missing,
    errors.PromptEmpty: (
        "There is nothing to read in your prompt. Say in a few words what the picture should show or how to change it."
    ),
    errors.PromptTooLong: _prompt_too_long,
    errors.UnknownAspect: lambda error: (
        f"{plain(error.given, limit=20)} is no aspect of this model. Choose one of {', '.join(error.offered)}."
    ),
    errors.UnknownStyle: _unknown_style,
    errors.UnknownOption: lambda error: (
        f"I do not know the option {plain('--' + error.name, limit=30)}. These work: {', '.join(error.offered)}."
    ),
    errors.OptionWithoutValue: lambda error: (
        f"--{error.name} needs {_NEEDED.get(error.name, 'an aspect')} behind it. "
        f"These work: {', '.join(error.offered)}."
    ),
    errors.WrongCount: lambda error: (
        f"I make 1 to {error.most} pictures at once, not {plain(error.given, limit=20)}. "
        "Ask for that many: `--count 2` makes two."
    ),
    errors.PrivateInPublic: (
        "A picture asked for in the channel cannot be private. Use `/imagine` or `/edit` with `private: True` instead."
    ),
    errors.NothingToEdit: (
        "You have made no picture in this channel that I could edit. Attach one as `image1`, or right-click a picture "
        "→ Apps → Edit image."
    ),
    errors.NoPictureThere: "There is no picture in that message. Choose one that shows a picture, or attach a picture.",
    errors.OnlyVideosThere: "I can edit pictures, not videos. Attach a picture of the moment you mean.",
    errors.FormGone: "This form is too old. Right-click the picture → Apps → Edit image to open a new one.",
    errors.PictureUnseen: (
        "I cannot see what you replied to. To edit a picture, right-click it → Apps → Edit image. To make a new one, "
        "mention me in a message that is no reply."
    ),
    errors.TooManyReferences: lambda error: (
        f"I can use {error.limit} reference{'s' * (error.limit > 1)}; you gave {error.given}. "
        f"Pick the {'one that matters' if error.limit == 1 else f'{error.limit} that matter'} most."
    ),
    errors.ReferenceEmpty: lambda error: f"{_file(error)} is empty: it has 0 bytes. Attach it again.",
    errors.ReferenceTooLarge: lambda error: (
        f"{_file(error)} has {_megabytes(error.size_bytes)}; {_megabytes(error.limit_bytes)} are the most. "
        "Attach a smaller version."
        if error.size_bytes
        else f"{_file(error)} is larger than {_megabytes(error.limit_bytes)}. Attach a smaller version."
    ),
    errors.ReferenceTooManyPixels: lambda error: (
        f"{_file(error)} has {error.width_px:,} × {error.height_px:,} pixels; "
        f"{error.limit_px // 1_000_000} million fit. Attach a smaller version."
    ),
    errors.NotAPicture: lambda error: (
        f"{_file(error)} is not a picture I can read. PNG, JPEG, WebP, GIF, HEIC and AVIF work."
    ),
    errors.BrokenPicture: lambda error: (
        f"{_file(error)} is damaged or incomplete, so I cannot read it. Save it again and attach the new file."
    ),
    errors.ReferenceGone: lambda error: f"Discord no longer has {_file(error)}. Attach it again.",
    errors.ForeignReference: lambda error: (
        f"{_file(error)} is not stored on Discord, and I fetch pictures from nowhere else. Attach the file itself."
    ),
    errors.QuotaExceeded: _quota_exceeded,
    errors.QueueFull: _queue_full,
    errors.AlreadyAsked: "This request is already being made.",
    errors.OutOfCredit: (
        "Pictures are paused: this bot's account is out of credit or not accepted. Its operator has been told. "
        + _NOTHING_USED
    ),
    errors.ModelGone: (
        "Pictures are paused: the image service no longer offers this bot's model. Its operator has been told. "
        + _NOTHING_USED
    ),
    errors.ReferencesUnreachable: lambda error: (
        f"Discord is not handing out {_file(error)} right now. {_NOTHING_USED} Try again in a minute."
    ),
    errors.AlreadyBeingMade: "This is already being made. It appears here in a moment.",
    errors.RequestGone: "I do not have this any more. Use `/imagine` or `/edit` to ask anew.",
    errors.ReferencesNotYours: (
        "This was made from somebody else's files, which only they can use again. Use Edit or Variations to go on "
        "from the picture, or `/imagine` with files of your own."
    ),
    errors.NotYours: "This is somebody else's private request. Use `/imagine` to make a picture of your own.",
    errors.NotShownHere: (
        "I cannot show you that picture from here: you may not read the channel it is in, or I cannot look that up. If "
        "you can see it yourself, right-click it there → Apps → Edit image."
    ),
    errors.ImageDeleted: "This picture was deleted. Use `/imagine` to make another.",
    errors.ImageForgotten: (
        "That picture is gone: its message was deleted, and I keep no copy of it any more. Use `/imagine` to make "
        "another."
    ),
    posting.NotModerator: (
        "Only moderators (Manage Messages) see what everybody in this server asked for. Use `/history` without options "
        "to see what is yours."
    ),
    posting.NoChannelHere: (
        "There is no channel to post to in a direct message. Use `/history` in the channel where the picture shall be, "
        "open it there and press Post to channel."
    ),
    posting.MayNotWriteHere: "You may not write in this channel, so I post nothing here for you. Use another channel.",
    posting.AlreadyPosted: lambda error: f"This is posted already. Open it at <{link_to(error.server, error.spot)}>.",
    posting.CopyGone: (
        "I keep no copy of this picture any more, so I cannot post it. If you still see it, save it and upload it "
        "yourself."
    ),
    posting.BringingUnclear: (
        "Discord did not say whether it took my answer. The picture is still kept for you: use `/history` to open it "
        "once more."
    ),
    posting.WordsBlocked: (
        "Discord did not let me show your prompt here, perhaps for a word in it. Nothing was posted. Try it without "
        "the prompt."
    ),
    posting.NotPosted: lambda error: (
        f"Discord did not let me post in <#{error.channel}>. Nothing was posted. Use another channel, or ask a "
        "moderator to look."
    ),
    posting.PostingUnclear: lambda error: (
        "Discord did not say whether it took the picture. Try again in a minute: I look whether it is there before I "
        "post anything."
        if error.again_at is None
        else f"Discord did not say whether it took the picture, and I may not look in <#{error.channel}>. If it is not "
        f"there, try again {relative(error.again_at)}."
    ),
    moderation.NotYoursToDelete: lambda error: (
        f"Only <@{error.member_id}> and moderators can delete this. If something is wrong with it, use Report."
    ),
    moderation.StillBeingShown: (
        "I am just writing down where this picture is. Try again in a moment; a moderator can delete the whole message "
        "at any time."
    ),
    moderation.OthersBeingMade: (
        "Other pictures for this message are still being made. Try again when they are there; a moderator can delete "
        "the whole message at any time."
    ),
    moderation.NotTakenDown: (
        "Discord did not let me take this picture down just now. Try again in a minute, or ask a moderator to delete "
        "the message."
    ),
    moderation.AlreadyReported: "You have reported this picture already. If it is urgent, ask a moderator to look.",
    moderation.TooManyReports: lambda error: (
        f"You have made {error.most} reports in the last {span(error.per)}, as many as I take. If it is urgent, ask a "
        "moderator to look."
    ),
    moderation.NotReported: "I could not pass your report on. Try again later, or ask a moderator to look now.",
    errors.NotYourRequest: "Only the member who asked for this can cancel it. Use `/queue` to see what is yours.",
    errors.TooLateToCancel: (
        "This is already being made, or done, and cannot be cancelled any more. Use Edit to change the picture."
    ),
    errors.ShuttingDown: f"I am just being restarted. {_NOTHING_USED} Try again in a minute.",
    errors.NotAttached: (
        f"Discord did not let me attach your pictures here, where the image service fetches them. {_NOTHING_USED} "
        "Try again, or attach PNG, JPEG or WebP up to 4 MB."
    ),
    errors.AnswerBlocked: (
        f"Discord did not let me show this request here, perhaps for a word in it. {_NOTHING_USED} Try other words."
    ),
    errors.FileLost: f"That picture is no longer on my disk. {_NOTHING_USED} Attach it again.",
    errors.StorageUnavailable: (
        f"I cannot write down requests right now, so I take none. {_NOTHING_USED} Try again in a few minutes."
    ),
    **DESIGN_SENTENCES,
    **BOARD_SENTENCES,
}


def sentence(error: BotError) -> str:
    """The sentence of the nearest class in the error's family that has one."""
    for family in type(error).__mro__:
        words = _SENTENCES.get(family)
        if words is not None:
            return words if isinstance(words, str) else words(error)
    return unexpected(error)


def unexpected(error: BaseException, about: str = "") -> str:
    """For bugs: the log has the whole story under a short reference, the member gets only the reference."""
    reference = _reference()
    log.error("unexpected error ref=%s %s", reference, about, exc_info=error)
    return _ours(reference)


def unreadable(error: BaseException, about: str) -> str:
    """For what no client of Discord's sends: one line in the log, however often it comes."""
    reference = _reference()
    log.error("unreadable ref=%s %s why=%s", reference, about, type(error).__name__)
    return _ours(reference)


def _ours(reference: str) -> str:
    next_step = "Try again; if it goes on, tell this bot's operator the ref."
    return f"Something went wrong on my side (ref {reference}). {_NOTHING_USED} {next_step}"


def _reference() -> str:
    return "".join(secrets.choice(_REFERENCE_ALPHABET) for _ in range(4))


def answer_to(error: BaseException, meter: Meter, *, about: str) -> str:
    """What the member reads, whatever was raised; it is counted as what it is.

    `about` are the ids that the log tells it by.
    """
    if isinstance(error, app_commands.CommandInvokeError | app_commands.TransformerError):
        error = error.__cause__ or error
    meter.refused(error)
    if isinstance(error, discord.NotFound):
        log.warning("answered too late %s", about)
        return _TOO_LATE
    if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
        return _OUTDATED
    if isinstance(error, app_commands.AppCommandError):
        return unreadable(error.__cause__ or error, about)
    if not isinstance(error, BotError):
        return unexpected(error, about)
    log.info("refused %s why=%s", about, type(error).__name__)
    return sentence(error)
