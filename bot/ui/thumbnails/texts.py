"""What cards and answers say of a thumbnail: its title, what was asked for, how it stands, and whose picture it is."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import discord

from bot.domain.styles import STYLES
from bot.domain.thumbnails.sizes import SIZES, Size
from bot.domain.thumbnails.states import ThumbnailState, Why
from bot.domain.thumbnails.thumbnails import LONGEST_REASON, Candidate, Thumbnail
from bot.ports.thumbnails import Card
from bot.ui.board_errors import trouble_sentence
from bot.ui.links import link_to
from bot.ui.texts import relative
from bot.ui.words import plain

_LONGEST_TITLE = 80
_LONGEST_FILE_NAME = 40
_UNQUOTED = "A thumbnail"  # where this server's rules do not let members' words be shown
_NUMBERED = re.compile(r"\A-# Candidates? [^\n]*\n")
_S = ThumbnailState


def title(thumbnail: Thumbnail, *, is_quoted: bool = True) -> str:
    return f"#{thumbnail.number} · {name(thumbnail) if is_quoted else _UNQUOTED}"


def name(thumbnail: Thumbnail, *, limit: int = _LONGEST_TITLE) -> str:
    """By then it may have had its time, and its words are forgotten."""
    return plain(thumbnail.headline or thumbnail.shows or _UNQUOTED, limit=limit)


def wish(thumbnail: Thumbnail, *, limit: int) -> str:
    return f"> {plain(thumbnail.shows, limit=limit)}" if thumbnail.shows else ""


def spoken(thumbnail: Thumbnail, *, is_quoted: bool = True) -> str:
    """To those who do not see the picture, unescaped."""
    words = [thumbnail.headline, thumbnail.shows] if is_quoted else []
    return ": ".join(filter(None, words)) or _UNQUOTED


def facts(card: Card) -> str:
    """Who asked for what, and what it costs whom."""
    thumbnail = card.thumbnail
    style = STYLES.get(thumbnail.style or "")
    lettered = thumbnail.lettering.name if thumbnail.headline else "no headline"
    lines = [
        _facts(f"<@{thumbnail.requester}>", sizes([SIZES[key] for key in thumbnail.sizes])),
        _facts(_cost(card), style.name if style else "", lettered),
        left_out(card.left_out) if card.is_quoted else "",
        references(thumbnail, is_quoted=card.is_quoted),
    ]
    return "\n".join(filter(None, lines))


def sizes(chosen: Sequence[Size]) -> str:
    """Some names have commas of their own."""
    return " · ".join(map(str, chosen))


def _cost(card: Card) -> str:
    """Before pictures are made, what they will cost; from then on what they did, without those given back."""
    thumbnail, whose = card.thumbnail, f"<@{card.thumbnail.requester}>'s quota"
    if card.used:
        return f"{card.used} picture{'s' * (card.used > 1)} of {whose} used"
    return f"{thumbnail.pictures} pictures from {whose}" if thumbnail.state in _TO_PAY else "no quota used"


_TO_PAY = frozenset({_S.ASKED, _S.APPROVED, _S.MAKING})


def left_out(characters: str) -> str:
    """Of a headline; they may be few of it or many."""
    return _facts(f"No font has {plain(characters, limit=_LONGEST_TITLE)}: left out of the headline.") * bool(
        characters
    )


def references(thumbnail: Thumbnail, *, is_quoted: bool = True) -> str:
    """Files are named by members, too."""
    count = len(thumbnail.references)
    if not count:
        return ""
    used = ", ".join(plain(one.filename, limit=_LONGEST_FILE_NAME) for one in thumbnail.references)
    return _facts(f"{count} reference{'s' * (count > 1)}" + f": {used}" * is_quoted)


def standing(card: Card) -> str:
    """Where it stands, and what has to happen next."""
    lines = [_STANDING[card.thumbnail.state](card), trouble_sentence(card.thumbnail), _more_coming(card)]
    return "\n".join(filter(None, lines))


def _asked(card: Card) -> str:
    return f"**Asked** · waits for a moderator{_until('expires', card.thumbnail.deadline)}"


def _approved(card: Card) -> str:
    expires = _until("expires", card.thumbnail.deadline)
    why = _NOT_MADE.get(card.thumbnail.why)
    if why is None and card.thumbnail.trouble is None:
        return "**Approved** · its pictures are just being ordered"
    return f"**Approved**{expires}" + (f"\n{why}" if why and not card.thumbnail.trouble else "")


_NOT_MADE: Mapping[Why, str] = {
    Why.NONE_MADE: "None of its pictures could be made. No quota used. Make candidates once more, or withdraw it.",
    Why.NONE_LEFT: "Every candidate was taken away. Make candidates once more, or enter some.",
    Why.NOT_ORDERED: "Its pictures could not be ordered. No quota used. Make candidates once more.",
}


def _making(card: Card) -> str:
    return "**Being made**"


def _voting(card: Card) -> str:
    who = "" if card.board.voters is None else f" · for <@&{card.board.voters}>"
    closes = _until("closes", card.thumbnail.deadline)
    return f"**Voting**{who} · {votes(card.tally.cast)}{closes}\n-# One vote each. Press another number to change it."


def _deciding(card: Card) -> str:
    thumbnail = card.thumbnail
    who = f"<@{thumbnail.requester}>"
    if thumbnail.vote_opened_at is None:
        return f"**One candidate** · {who} takes it, or has more made{_until('expires', thumbnail.deadline)}"
    why = _tied(card) if card.tally.cast else "nobody voted"
    return "\n".join(filter(None, [f"**The vote is over** · {why}, so {who} chooses", _else(card)]))


def _tied(card: Card) -> str:
    return f"{_numbers(card.leaders)} have {votes(card.tally.of(card.leaders[0]))} each"


def _else(card: Card) -> str:
    """What happens where nobody chooses."""
    at = card.thumbnail.deadline
    if not card.leaders or at is None:
        return ""
    return f"-# Otherwise candidate {card.leaders[0]} wins {relative(at)}."


def _chosen(card: Card) -> str:
    return f"{_won(card)}\n-# Its files come in a moment." if _winner(card) else _won(card)


def _done(card: Card) -> str:
    place = card.thumbnail.card
    where = f" · files in <#{place.thread}>" if place is not None and place.thread is not None else ""
    return "\n".join([f"{_won(card)}{where}", *map(credit, _winner(card))])


def _won(card: Card) -> str:
    """Votes for what was deleted are not counted any more."""
    number = card.thumbnail.chosen or 0
    if not _winner(card):
        return f"**Candidate {number} won** · its picture was deleted since"
    cast = f"{card.tally.of(number):,} of {votes(card.tally.cast)}" if card.tally.cast else "nobody voted"
    return f"**Candidate {number} won** · {cast}"


def _winner(card: Card) -> list[Candidate]:
    """None where its picture was deleted."""
    return [one for one in card.candidates if one.number == card.thumbnail.chosen]


def _declined(card: Card) -> str:
    """Whoever declined it may have said why, in words of their own."""
    declined = f"**Declined** by {_by(card.thumbnail)} · ask again with `/thumbnail request`"
    if not card.reason or not card.is_quoted:
        return declined
    return f"{declined}\n> {plain(card.reason, limit=LONGEST_REASON)}"


def _withdrawn(card: Card) -> str:
    if card.thumbnail.why is Why.MEMBER_GONE:
        return "**Withdrawn** · whoever asked for it is not here any more"
    return f"**Withdrawn** by {_by(card.thumbnail)}"


def _expired(card: Card) -> str:
    return "**Expired** · nothing happened for too long. Ask again with `/thumbnail request`."


_STANDING: Mapping[ThumbnailState, Callable[[Card], str]] = {
    _S.ASKED: _asked,
    _S.APPROVED: _approved,
    _S.MAKING: _making,
    _S.VOTING: _voting,
    _S.DECIDING: _deciding,
    _S.CHOSEN: _chosen,
    _S.DONE: _done,
    _S.DECLINED: _declined,
    _S.WITHDRAWN: _withdrawn,
    _S.EXPIRED: _expired,
}


def credit(candidate: Candidate) -> str:
    """Whose picture it is."""
    if candidate.is_entry:
        return _facts(f"Picture by <@{candidate.author}>")
    changed = f"changed from candidate {candidate.parent}" if candidate.parent else ""
    return _facts("Made by Easel", f"asked for by <@{candidate.author}>", changed)


def in_brief(thumbnail: Thumbnail, *, characters: int, is_quoted: bool = True) -> str:
    """A line of a list."""
    until = _until(_ENDS.get(state_of(thumbnail), "expires"), thumbnail.deadline)
    shown = name(thumbnail, limit=characters) if is_quoted else _UNQUOTED
    linked = shown if thumbnail.card is None else f"[{shown}](<{link_to(thumbnail.server, thumbnail.card.spot)}>)"
    return f"- #{thumbnail.number} {linked} · {state_of(thumbnail)}{until} · <@{thumbnail.requester}>"


_CHOICE = "waiting for a choice"
_STATES: Mapping[ThumbnailState, str] = {
    _S.ASKED: "waiting for a moderator",
    _S.MAKING: "being made",
    _S.DECIDING: _CHOICE,
    _S.CHOSEN: "done in a moment",
}
_ENDS: Mapping[str, str] = {_S.VOTING: "closes", _CHOICE: "decided"}


def state_of(thumbnail: Thumbnail) -> str:
    """In a word or two."""
    if thumbnail.state is _S.DECIDING and thumbnail.vote_opened_at is None:
        return "one candidate"
    return _STATES.get(thumbnail.state, thumbnail.state)


def _more_coming(card: Card) -> str:
    if not card.making:
        return ""
    return _facts(f"{card.making} picture{'s' * (card.making > 1)} on the way")


def votes(count: int) -> str:
    return f"{count:,} vote{'s' * (count != 1)}"


def _numbers(numbers: Sequence[int]) -> str:
    *others, last = map(str, numbers)
    return f"{', '.join(others)} and {last}" if others else last


def named(candidates: Sequence[Candidate]) -> str:
    return _named([one.number for one in candidates])


def numbered(thumbnail: Thumbnail, numbers: Sequence[int], *, is_vote: bool) -> str:
    """Above pictures that are candidates."""
    return _facts(f"{_named(numbers)} of #{thumbnail.number}", "vote on the card" if is_vote else "")


def unnumbered(words: str) -> str:
    """Of a message with pictures, without the line that `numbered` is: members' words never begin like it."""
    return _NUMBERED.sub("", words)


def _named(numbers: Sequence[int]) -> str:
    return f"Candidate{'s' * (len(numbers) > 1)} {_numbers(numbers)}"


def _by(thumbnail: Thumbnail) -> str:
    return f"<@{thumbnail.moved_by}>" if thumbnail.moved_by else "nobody"


def _until(verb: str, at: datetime | None) -> str:
    return "" if at is None else f" · {verb} {relative(at)}"


def moment(at: datetime) -> str:
    return discord.utils.format_dt(at, "f")


def _facts(*said: str) -> str:
    return f"-# {' · '.join(filter(None, said))}"
