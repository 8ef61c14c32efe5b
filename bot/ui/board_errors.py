"""The sentences for what is refused around boards, thumbnails and votes; `ui/errors.py` has all others."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.domain.errors import BotError
from bot.domain.thumbnails import refusals
from bot.domain.thumbnails.states import ThumbnailState
from bot.domain.thumbnails.thumbnails import Thumbnail, Trouble
from bot.ui.texts import relative

_SETTINGS = {
    "vote_for": "A vote takes from {least} minutes to {most:,}; you gave {given:,}.",
    "open_each": "A member can have from {least} to {most} thumbnails open; you gave {given:,}.",
}
_NOW = {
    ThumbnailState.ASKED: "waits for a moderator",
    ThumbnailState.APPROVED: "is approved and waits for its pictures",
    ThumbnailState.MAKING: "is being made",
    ThumbnailState.VOTING: "is being voted on",
    ThumbnailState.DECIDING: "waits for its requester's choice",
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
    opens = "" if error.opens_at is None else f" There is room again {relative(error.opens_at)}."
    return f"Pictures come from <@{error.requester_id}>'s quota, which has no room for them.{opens} Try again then."


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
    refusals.NotYourChoice: lambda error: f"The votes name no winner, so <@{error.requester_id}> chooses. Ask them.",
    refusals.ThumbnailGone: "I do not have this thumbnail any more. Use `/thumbnail list` to see those there are.",
    refusals.ThumbnailMoved: lambda error: (
        f"This thumbnail {_NOW[error.state]} by now. Use `/thumbnail show` to see what can be done."
    ),
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
    refusals.NotAmongLeaders: lambda error: (
        f"The votes left a choice between {' and '.join(map(str, error.leaders))}. Choose one of these."
    ),
    refusals.TooFewCandidates: "A vote needs two candidates. Add one with `/thumbnail enter`, or have some made.",
    refusals.TooManyCandidates: lambda error: (
        f"There are {error.limit} candidates, as many as fit, counting those that are being made. Choose among them, "
        "or ask a moderator to take one away."
    ),
    refusals.RoundUnderWay: "Pictures for this thumbnail are already being made. Try again when they are there.",
    refusals.EntriesClosed: (
        "Members' own pictures are not taken on this board. Ask a manager to allow them with `/thumbnail setup`."
    ),
    refusals.AlreadyEntered: "You have a picture in this already. Ask a moderator to take it away, then enter another.",
    refusals.TooManySizes: lambda error: (
        f"I make {error.limit} sizes at once; you asked for {error.given}. Choose fewer, and ask again for the rest."
    ),
    refusals.CandidateLost: (
        "I no longer have the bytes of that picture, so no file can be made of it. No quota used. Use the picture in "
        "the channel."
    ),
    refusals.RequesterCannotPay: _cannot_pay,
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
    Trouble.PICTURE_LOST: (
        "The winner's picture is gone from my disk, so I cannot make its files. Use the picture in the channel."
    ),
}


def trouble_sentence(thumbnail: Thumbnail) -> str:
    """Why it does not get further by itself, and what to do; empty where nothing keeps it."""
    if thumbnail.trouble is None:
        return ""
    if thumbnail.trouble is not Trouble.QUOTA:
        return _TROUBLES[thumbnail.trouble]
    opens = "" if thumbnail.trouble_until is None else f" until {relative(thumbnail.trouble_until)}"
    return (
        f"The quota of <@{thumbnail.requester}> has no room for {thumbnail.pictures} pictures{opens}. Try again then."
    )
