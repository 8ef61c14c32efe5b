"""The sentences for what is refused around boards, thumbnails and votes; `ui/errors.py` has all others."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import discord

from bot.domain.errors import BotError
from bot.domain.ids import MemberId
from bot.domain.thumbnails import refusals
from bot.domain.thumbnails.states import ThumbnailState
from bot.domain.thumbnails.thumbnails import FEWEST_PICTURES, Thumbnail, Trouble
from bot.ui.texts import span
from bot.ui.words import plain

_SETTINGS = {
    "vote_for": "A vote takes from {least} minutes to {most:,}; you gave {given:,}.",
    "open_each": "A member can have from {least} to {most} thumbnails open; you gave {given:,}.",
}
_NOW = {
    ThumbnailState.APPROVED: "is approved and waits for its pictures",
    ThumbnailState.MAKING: "is being made",
    ThumbnailState.VOTING: "is being voted on",
    ThumbnailState.DECIDING: "waits until whoever asked for it has chosen",
    ThumbnailState.CHOSEN: "has its winner",
    ThumbnailState.DONE: "is done",
    ThumbnailState.DECLINED: "was declined",
    ThumbnailState.WITHDRAWN: "was withdrawn",
    ThumbnailState.EXPIRED: "has expired",
}


def _board_closed(error: refusals.BoardClosed) -> str:
    where = f"<#{error.channel_id}>"
    what = f"{where} is not there any more" if error.reason == "channel" else f"I may not post in {where}"
    cure = "choose a channel" if error.reason == "channel" else "allow it, or choose another channel,"
    return f"Thumbnails are paused here: {what}. Ask a manager to {cure} with `/thumbnail setup`."


def _unfit(error: refusals.BoardSettingUnfit) -> str:
    sentence = _SETTINGS.get(error.setting, "That setting takes from {least:,} to {most:,}; you gave {given:,}.")
    return f"{sentence.format(least=error.least, most=error.most, given=error.given)} Choose another number."


def _cannot_pay(error: refusals.RequesterCannotPay) -> str:
    pictures = f"{error.pictures} picture{'s' * (error.pictures > 1)}"
    whose = "Your quota has" if error.is_own else f"Pictures come from <@{error.requester_id}>'s quota, which has"
    if error.opens_at is None:
        return f"{whose} never room for {pictures} at once. Ask this bot's operator to allow more."
    return f"{whose} no room for {pictures} until {_moment(error.opens_at)}. Try again then."


def _quota_too_small(error: refusals.QuotaTooSmall) -> str:
    if not error.limit:
        return "Pictures are switched off here by this bot's operator. Ask them to allow some."
    most = f"At most {error.limit} picture{'s' * (error.limit > 1)} may be made here in any {span(error.per)}"
    if error.limit < FEWEST_PICTURES:
        return f"{most}, and a thumbnail takes {FEWEST_PICTURES} to choose from. Ask this bot's operator to allow more."
    return f"{most}. Ask with `candidates: {error.limit}`."


def _gone(error: refusals.ThumbnailGone) -> str:
    gone = "I do not have this thumbnail any more."
    if error.given.isdecimal():
        gone = f"There is no thumbnail #{error.given} here, or not any more."
    elif error.given:
        gone = f"There is no thumbnail {plain(error.given, limit=40)} here. Give its number."
    return f"{gone} Use `/thumbnail list` to see those there are."


def _moved(error: refusals.ThumbnailMoved) -> str:
    if error.state is ThumbnailState.ASKED:
        now = "is still waiting for a moderator: pictures can be entered once it is approved"
    else:
        now = f"{_NOW[error.state]} by now"
    return f"This thumbnail {now}. Use `/thumbnail show` to see what can be done."


def _not_your_choice(error: refusals.NotYourChoice) -> str:
    if error.is_only_one:
        return f"Only <@{error.requester_id}> can take the one candidate there is. Ask them."
    return f"The votes name no winner, so <@{error.requester_id}> chooses. Ask them."


def _too_many_sizes(error: refusals.TooManySizes) -> str:
    if error.are_those_asked_for:
        return f"It was asked for in {error.given} sizes; I make {error.limit} at once. Choose some with `size`."
    return f"I make {error.limit} sizes at once; you asked for {error.given}. Choose fewer, and ask again for the rest."


def _moment(at: datetime) -> str:
    return discord.utils.format_dt(at, "f")


SENTENCES: Mapping[type[BotError], str | Callable[[Any], str]] = {
    refusals.BoardMissing: "Nobody has set up thumbnails here. Ask a manager of this server to use `/thumbnail setup`.",
    refusals.BoardChannelMissing: (
        "Thumbnails are not set up here yet. Choose the channel for their cards: `/thumbnail setup channel:`."
    ),
    refusals.BoardClosed: _board_closed,
    refusals.BoardSettingUnfit: _unfit,
    refusals.ManagersOnly: "Only members who manage this server set thumbnails up. Ask one of them.",
    refusals.ModeratorsOnly: "Only moderators can do that. Ask one of them.",
    refusals.NotYourThumbnail: lambda error: (
        f"Only <@{error.requester_id}> and moderators can do that. Ask for one of your own with `/thumbnail request`."
    ),
    refusals.NotYourChoice: _not_your_choice,
    refusals.ThumbnailGone: _gone,
    refusals.ThumbnailMoved: _moved,
    refusals.TooManyThumbnails: lambda error: (
        f"You can have {error.limit} thumbnail{'s' * (error.limit > 1)} open here at once. Withdraw one, or ask again "
        "when one is done."
    ),
    refusals.PicturesOutOfRange: lambda error: (
        f"From {error.least} to {error.most} candidates can be made at once; you asked for {error.given}. "
        "Choose another number."
    ),
    refusals.VoteNotOpen: "No vote is open here, so nothing was counted. Use `/thumbnail show` to see how it stands.",
    refusals.MayNotVote: lambda error: (
        f"Only members with the role <@&{error.role_id}> vote here. Ask a moderator if you should have it."
    ),
    refusals.CandidateGone: "That candidate is not there, or was taken away. Choose another.",
    refusals.NoWinnerYet: "There is no winner yet. Choose a candidate by its number, with `candidate`.",
    refusals.CandidateDeleted: (
        "That picture was deleted in the channel, so I make no files of it. Choose another candidate: "
        "`/thumbnail show` names those there are."
    ),
    refusals.NotAmongLeaders: lambda error: (
        f"The votes left a choice between {' and '.join(map(str, error.leaders))}. Choose one of these."
    ),
    refusals.TooFewCandidates: "A vote needs two candidates. Add one with `/thumbnail enter`, or have some made.",
    refusals.TooManyCandidates: lambda error: (
        f"There are {error.limit} candidates, as many as fit, counting those that are being made. Choose among them, "
        "or ask a moderator to take one away."
    ),
    refusals.ReasonTooLong: lambda error: (
        f"Your reason has {error.length:,} characters; {error.limit} fit. Press Decline and say it in fewer words."
    ),
    refusals.RoundUnderWay: "Pictures for this thumbnail are already being made. Try again when they are there.",
    refusals.EntriesClosed: (
        "Members' own pictures are not taken on this board. Ask a manager to allow them with `/thumbnail setup`."
    ),
    refusals.AlreadyEntered: "You have a picture in this already. Ask a moderator to take it away, then enter another.",
    refusals.TooManySizes: _too_many_sizes,
    refusals.NothingToChange: (
        "That would change nothing. Give the new headline as `text`, choose a `template`, or take it away with "
        "`remove: True`."
    ),
    refusals.CandidateLost: (
        "I no longer have the bytes of that picture, so no file can be made of it. No quota used. Use the picture in "
        "the channel."
    ),
    refusals.RequesterCannotPay: _cannot_pay,
    refusals.QuotaTooSmall: _quota_too_small,
}

_TROUBLES: Mapping[Trouble, str] = {
    Trouble.QUEUE_FULL: "The queue for pictures is full. No quota used. Try again in a few minutes.",
    Trouble.PAUSED: "Pictures are paused; this bot's operator has been told. No quota used. Try again later.",
    Trouble.REFERENCES_GONE: (
        "Its references cannot be used any more. No quota used. Withdraw it and ask again with the pictures attached."
    ),
    Trouble.NOT_TAKEN: "Its pictures could not be ordered. No quota used. Try again.",
    Trouble.BOARD_CLOSED: (
        "I may not post here any more. Ask a manager to use `/thumbnail setup`; then it goes on, or try again."
    ),
    Trouble.PICTURE_DELETED: (
        "I make no files of a picture that was deleted. Use `/thumbnail export` for those of another candidate."
    ),
    Trouble.PICTURE_LOST: (
        "The winner's picture is gone from my disk, so I cannot make its files. Use the picture in the channel."
    ),
}


def trouble_sentence(thumbnail: Thumbnail, *, to: MemberId | None = None) -> str:
    """Why it does not get further by itself, and what to do; empty where nothing keeps it. `to` alone reads it."""
    if thumbnail.trouble is None:
        return ""
    if thumbnail.trouble is not Trouble.QUOTA:
        return _TROUBLES[thumbnail.trouble]
    whose = "Your quota" if to == thumbnail.requester else f"The quota of <@{thumbnail.requester}>"
    is_first = thumbnail.state is ThumbnailState.APPROVED
    pictures = f"{thumbnail.pictures} pictures" if is_first else "more pictures"
    if thumbnail.trouble_until is None:
        cure = "Withdraw it and ask with fewer `candidates`." if is_first else "Ask this bot's operator to allow more."
        return f"{whose} never has room for {pictures}. {cure}"
    button = "Make candidates" if is_first else "More candidates"
    return f"{whose} has no room for {pictures} until {_moment(thumbnail.trouble_until)}; press {button} then."
