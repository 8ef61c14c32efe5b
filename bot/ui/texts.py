"""What messages say: the waiting line, the result, the quota; facts as small print, times as Discord timestamps."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

import discord

from bot.client import Links
from bot.domain.catalogue import CATALOGUE, Model
from bot.domain.errors import QuotaScope
from bot.domain.ids import ChannelId, MemberId
from bot.domain.pacing import Curve
from bot.domain.quotas import Usage
from bot.domain.requests import Change, Kind, Omission, Relation, Request
from bot.domain.styles import STYLES
from bot.domain.turns import Standing
from bot.ports import Waiting
from bot.services.overview import Entry, View
from bot.services.retention import Keep
from bot.ui.lists import fitted
from bot.ui.quoting import NOT_SHOWN
from bot.ui.words import plain

_SEVERAL = re.compile(r"^(?P<whose>-# <@\d+> · )(?:\d+ of )?(?P<all>\d+) pictures", re.MULTILINE)
_MOST_CHARACTERS = 2000  # Discord's limit for a message
_SHOWN_PROMPT = 200
_SHOWN_FILE_NAME = 40
_UNQUOTED = "Your picture"  # where this server's rules do not let the prompt be shown
_NAMED_LEFT_OUT = 5  # an album of embeds may hold dozens, and a message 2,000 characters
_CELLS = 8
_SLOW_PERCENTILE = 0.95
_USUAL = (0.25, 0.8)
_SPANS = (("week", 7 * 86400), ("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))


def relative(at: datetime) -> str:
    return discord.utils.format_dt(at, "R")


def quote(request: Request) -> str:
    return f"> {plain(request.prompt, limit=_SHOWN_PROMPT)}"


def in_line(request: Request, standing: Standing, times: Curve, *, is_quoted: bool = True) -> str:
    """The first thing a member sees of a request, and again whenever its place changed."""
    expected_at = standing.begins_at + timedelta(seconds=times.median_s)
    about = f"about {relative(expected_at)}" if standing.place > 1 else ""
    copies = "-# The attached copies are for the image service; they go when the picture is here." * any(
        one.url is None or one.is_copy for one in request.references
    )
    words = quote(request) if is_quoted else _UNQUOTED
    return _lines(words, _facts(_place(standing), about, _origin(request)), _receipt(request), copies)


def waiting(request: Request, waiting: Waiting) -> str:
    """What a message says while its request is under way, once it was first shown."""
    if waiting.is_closing:
        return closing(request, waiting)
    if waiting.standing is not None:
        return in_line(request, waiting.standing, waiting.times)
    return being_made(request, waiting)


def being_made(request: Request, waiting: Waiting) -> str:
    begun = _so_far(waiting) or "Being made"
    return _lines(quote(request), _facts(begun, _pace(waiting), _origin(request)), _receipt(request))


def _so_far(waiting: Waiting) -> str:
    return f"{len(waiting.shown)} of {waiting.images} ready" if waiting.shown else ""


def closing(request: Request, waiting: Waiting) -> str:
    """Discord will soon not let this message be changed by its token."""
    if waiting.shown:
        late = f"Taking long: {_so_far(waiting)}. The others will come when they are ready; you can close this."
    elif request.address.private:
        late = "Taking long. The picture will come as a direct message when it is ready; `/history` has it, too."
    else:
        late = "Taking long. The picture will be posted here when it is ready; you can close this."
    return _lines(quote(request), _facts(late, _origin(request)))


def bringing(request: Request, *, is_quoted: bool = True) -> str:
    """The answer to "Show", before the kept picture is there."""
    return _lines(quote(request) if is_quoted else "", _facts("Here in a moment"))


def result(
    request: Request, seconds: float, *, images: int = 1, problems: Sequence[str] = (), is_quoted: bool = True
) -> str:
    """With the sentences about those that were not made; the receipt is left out where there is no room for it."""
    prompt = plain(request.prompt, limit=_SHOWN_PROMPT) if is_quoted else _UNQUOTED
    aspect = CATALOGUE[request.model].aspect(request.aspect).name
    style = STYLES.get(request.style or "")
    named = style.name if style else ""
    several = f"{images} pictures" if images > 1 else ""
    facts = _facts(f"<@{request.address.member_id}>", several, aspect, named, _seconds(seconds), _origin(request))
    title = f"**{_capitalised(prompt)}**"
    whole = _lines(title, facts, _receipt(request), *problems)
    return whole if len(whole) <= _MOST_CHARACTERS else _lines(title, facts, *problems)


def posted(request: Request, *, images: int, shows_prompt: bool) -> str:
    """Of private pictures in a channel: whose they are; and how they came about, where their member shows it."""
    aspect = CATALOGUE[request.model].aspect(request.aspect).name
    whose = (f"<@{request.address.member_id}>", f"{images} pictures" if images > 1 else "", aspect)
    if not shows_prompt:
        return _facts(*whose)
    style = STYLES.get(request.style or "")
    origin = _origin(request) if request.parent and request.parent.message_id else ""
    prompt = _capitalised(plain(request.prompt, limit=_SHOWN_PROMPT))
    return _lines(f"**{prompt}**", _facts(*whose, style.name if style else "", origin))


def with_some_left(words: str, left: int) -> str:
    """Of a message with several pictures, after some were deleted: how many are left, where it says how many."""
    return _SEVERAL.sub(rf"\g<whose>{left} of \g<all> pictures", words, count=1)


def description(request: Request, position: int | None = None, *, is_quoted: bool = True) -> str:
    """What a picture is to those who cannot see it; `position` is its place in the message, where it is in one."""
    which = f"{position or 'one'} of {request.images}: " if request.images > 1 else ""
    relation = request.parent.relation if request.parent else Relation.EDIT
    what = f"{_MADE_AS[relation]}: " if request.kind is Kind.EDIT else ""
    return f"{which}{what}{request.prompt}" if is_quoted else f"{which}{_UNQUOTED}"


_MADE_AS = {Relation.EDIT: "Edit", Relation.VARIATION: "Variation", Relation.REMAKE: "Remake"}


def picked(number: int, count: int) -> str:
    """One of several pictures, in an answer of its own."""
    return f"**Picture {number} of {count}**" if count > 1 else "**This picture**"


def aspects(request: Request) -> str:
    now = CATALOGUE[request.model].aspect(request.aspect).name
    return _lines("In which aspect shall I make this picture again?", _facts(f"Now {now}", "counts on your quota"))


def problem(request: Request, sentences: Sequence[str], *, is_quoted: bool = True, names_member: bool = False) -> str:
    """A message of its own says whose request it was; an answer shows that by itself."""
    whose = _facts(f"<@{request.address.member_id}>") if names_member else ""
    return _lines(quote(request) if is_quoted else _UNQUOTED, *sentences, whose)


def queue(view: View, member: MemberId, channel: ChannelId | None, now: datetime, *, is_quoted: bool = True) -> str:
    """The member's own and what was asked for in this channel; of all others only that they are there."""
    if not view.entries:
        return "Nothing is being made or waiting here. `/imagine` is served at once."
    requests = f"{view.being_made:,} request{'s' * (view.being_made != 1)}"
    head = f"**In this server** · {requests} being made · {view.waiting:,} waiting"
    more = view.being_made + view.waiting - len(view.entries)

    def words(request: Request, characters: int) -> str:
        return plain(request.prompt, limit=characters) if is_quoted else NOT_SHOWN

    return fitted(
        head,
        lambda characters: [
            f"- {_what(entry.request, member, channel, words(entry.request, characters))} · {_when(entry, now)}"
            for entry in view.entries
        ],
        lambda left_out: f"-# and {more + left_out:,} more" if more + left_out else "",
    )


def _what(request: Request, member: MemberId, channel: ChannelId | None, words: str) -> str:
    """The viewer may not be let into other channels, so nothing that was said there is repeated."""
    address = request.address
    if address.member_id == member:
        return f"**yours** · {words}"
    if address.private:
        return "somebody's · in private"
    if address.channel_id != channel:
        return "somebody's · elsewhere"
    return f"<@{address.member_id}> · {words}"


def _when(entry: Entry, now: datetime) -> str:
    place = "being made" if entry.place is None else f"{ordinal(entry.place)} in line"
    due = f"about {relative(entry.expected_at)}" if entry.expected_at > now else "any moment"
    return f"{place} · {due}"


def quota(usages: Sequence[Usage]) -> str:
    """Every window that counts for a member: used, limit, bar, and when the next slot opens."""
    if not usages:
        return "There is no limit on pictures here."
    return "\n".join(["**Your pictures**", *map(_window_line, usages)])


def how_to_mention(model: Model, bot_id: int | None) -> str:
    """For somebody who mentions the bot and says nothing."""
    me = f"<@{bot_id}>" if bot_id else "me"
    aspects = [f"`--{aspect.word.lower()}`" for aspect in model.aspects]
    options = ", ".join(["`--ar 3:2`", *aspects, "`--style travel-poster`", "`--count 2`"])
    return _lines(
        f"Tell me what to make: {me} a red fox in the snow",
        "To edit pictures, attach them or reply to them and say what shall change.",
        f"-# Options: {options}",
    )


def about(model: Model, links: Links, keep: Keep) -> str:
    """What the bot is, in a few lines; links from the configuration."""
    aspects = ", ".join(aspect.name for aspect in model.aspects)
    report = f"[report it here](<{links.report}>)" if links.report else "tell a moderator of this server"
    more = [f"[{name}](<{url}>)" for name, url in (("website", links.website), ("privacy", links.privacy)) if url]
    return _lines(
        f"**Easel** makes and edits pictures with {model.name} through RunBase.",
        f"A prompt may have {model.prompt_characters:,} characters and {model.references} references. "
        f"Aspects: {aspects}.",
        "What works well: recognisable styles such as Studio Ghibli watercolor, vintage travel poster or flat vector "
        "illustration, and prompts that stay with subject and mood. Small or complex lettering may take several tries.",
        f"`/styles` shows {len(STYLES)} styles to choose from.",
        f"Your prompt and references are sent to RunBase. The bot keeps copies of references and pictures for "
        f"{counted_span(keep.images)}, your words for {counted_span(keep.prompts)} and the rest of "
        f"the request for {counted_span(keep.requests)} after that; then it deletes them. Thumbnails: copies of "
        f"references stay until there is a winner, those of candidates and your words until "
        f"{counted_span(keep.prompts)} after it has ended.",
        f"Something wrong with a picture? Please {report}.",
        _facts(*more) if more else "",
    )


def span(per: timedelta) -> str:
    """`hour`, `day`, `3 hours`: as it is said after "in the last"."""
    return counted_span(per).removeprefix("1 ")


def counted_span(per: timedelta) -> str:
    """`1 hour`, `3 hours`."""
    seconds = int(per.total_seconds())
    unit, length = next((unit, length) for unit, length in _SPANS if seconds % length == 0)
    count = seconds // length
    return f"1 {unit}" if count == 1 else f"{count} {unit}s"


def _place(standing: Standing) -> str:
    return "Next in line" if standing.place == 1 else f"{ordinal(standing.place)} in line"


def ordinal(place: int) -> str:
    """`1st`, `2nd`, `3rd`, `11th`, `1,002nd`."""
    ending = "th" if 10 < place % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place:,}{ending}"


def _lines(*lines: str) -> str:
    return "\n".join(filter(None, lines))


def _facts(*facts: str) -> str:
    return f"-# {' · '.join(filter(None, facts))}"


def _origin(request: Request) -> str:
    """Where an edit comes from; in private messages there is nothing to link to."""
    parent = request.parent
    if parent is None:
        return ""
    how = _ORIGINS[parent.relation]
    if parent.message_id is None:
        return f"{how} your private picture"
    link = f"https://discord.com/channels/{request.address.server_id}/{parent.channel_id}/{parent.message_id}"
    return f"{how} [this picture]({link})"


_ORIGINS = {Relation.EDIT: "edited from", Relation.VARIATION: "variation of", Relation.REMAKE: "remade from"}


_CHANGES = {
    Change.NONE: "",
    Change.CONVERTED: " (converted)",
    Change.MADE_SMALLER: " (made smaller)",
    Change.FIRST_FRAME: " (its first frame)",
}
_OMISSIONS = {
    Omission.TOO_MANY: "5 are the most",
    Omission.DUPLICATE: "the same as another",
    Omission.UNREADABLE: "could not be read",
}


def _receipt(request: Request) -> str:
    """What became of every picture. The one picture that is being edited, unchanged, needs no words."""
    is_plain_edit = request.parent is not None and len(request.references) == 1
    if is_plain_edit and not request.left_out and request.references[0].change is Change.NONE:
        return ""
    used = [f"{_name(one.filename)}{_CHANGES[one.change]}" for one in request.references]
    if not used:
        return ""
    if not request.left_out:
        return _facts(f"Used {', '.join(used)}")
    total = len(used) + len(request.left_out)
    return _facts(f"Used {len(used)} of {total}: {', '.join(used)}", f"left out: {_left_out(request)}")


def _left_out(request: Request) -> str:
    named = [f"{_name(one.filename)} ({_OMISSIONS[one.why]})" for one in request.left_out[:_NAMED_LEFT_OUT]]
    others = len(request.left_out) - len(named)
    return ", ".join(named) + (f" and {others} more" if others else "")


def _name(filename: str) -> str:
    return plain(filename, limit=_SHOWN_FILE_NAME)


def _pace(waiting: Waiting) -> str:
    """Elapsed time against what is usual. The bar stops short of full: nobody knows when a run ends."""
    times = waiting.times
    if waiting.elapsed_s > times.percentile(_SLOW_PERCENTILE):
        return f"slower than usual · {_bar(_CELLS - 1, _CELLS)}"
    filled = min(_CELLS - 1, int(_CELLS * waiting.elapsed_s / times.median_s))
    return f"usually {_range(times)} · {_bar(filled, _CELLS)}"


def _range(times: Curve) -> str:
    low, high = (round(times.percentile(share)) for share in _USUAL)
    return f"{low}–{high} s" if low < high else f"{high} s"


def _bar(filled: int, cells: int) -> str:
    shown = max(0, min(cells, filled))
    return "▰" * shown + "▱" * (cells - shown)


def _capitalised(text: str) -> str:
    """With a capital letter where the first letter has exactly one: ß and Georgian stay as they are."""
    first = text[:1].title()
    return f"{first}{text[1:]}" if len(first) == 1 else text


def _seconds(seconds: float) -> str:
    whole = max(1, round(seconds))
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60} s"


_WHOSE = {
    QuotaScope.MEMBER: "You",
    QuotaScope.SERVER: "This server",
    QuotaScope.GLOBAL: "All servers together",
}


def _window_line(usage: Usage) -> str:
    window = usage.window
    filled = _CELLS if usage.used >= window.images else min(_CELLS - 1, -(-usage.used * _CELLS // window.images))
    facts = f"{_WHOSE[window.scope]}, last {span(window.per)} · {usage.used:,} of {window.images:,} used"
    return _lines(f"{facts} · {_bar(filled, _CELLS)}", f"-# {_next_slot(usage)}")


def _next_slot(usage: Usage) -> str:
    if not usage.window.images:
        return "Closed by this bot's operator"
    if not usage.used:
        return "All free"
    left = max(0, usage.window.images - usage.used)
    opens_at = usage.leaving[0] + usage.window.per
    return f"{left:,} left · the next slot opens {relative(opens_at)}"
