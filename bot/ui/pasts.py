"""How a history tells of what was asked for: a line and a small frame for each, and who may open it."""

from bot.domain.gallery import Whose
from bot.domain.images import Image
from bot.domain.requests import Request
from bot.domain.runs import AWAITED, EndReason, RunState
from bot.ports import PastImage
from bot.services.gallery import Page
from bot.services.sheets import Frame
from bot.ui import texts
from bot.ui.links import link_to
from bot.ui.lists import fitted
from bot.ui.quoting import NOT_SHOWN
from bot.ui.words import plain, unformatted

_SHOWN_SEARCH = 60
_DESCRIBED = 100  # characters of each prompt in the description of a sheet: six fit
_PARTIAL = "-# Some older threads are still to be looked at: ask again for more."

_ENDS = {
    EndReason.DECLINED: "declined by the model's safety rules",
    EndReason.PROVIDER_DOWN: "the image service did not answer",
    EndReason.LOST_TOUCH: "lost on the way to the image service",
    EndReason.TOO_SLOW: "too slow",
    EndReason.OUT_OF_CREDIT: "pictures were paused",
    EndReason.MODEL_GONE: "pictures were paused",
    EndReason.NOT_ACKNOWLEDGED: "interrupted before it was sent",
    EndReason.CALLED_OFF: "cancelled",
    EndReason.MEMBER_GONE: "cancelled, since the member or I left",
}


def page_text(page: Page, *, is_quoted: bool = True) -> str:
    partial = _PARTIAL if page.wanted.is_partial else ""
    if not page.pasts:
        return "\n".join(filter(None, [_nothing(page, is_quoted=is_quoted), partial]))
    shows_member = page.wanted.whose is Whose.SERVER
    return fitted(
        _head(page, is_quoted=is_quoted),
        lambda characters: [
            f"{number}. {_line(past, characters, shows_member=shows_member, is_quoted=is_quoted)}"
            for number, past in enumerate(page.pasts, start=1)
        ],
        lambda left_out: "\n".join(filter(None, [f"-# and {left_out} more" * bool(left_out), partial])),
    )


def frames_of(page: Page) -> list[Frame]:
    return [_frame(str(number), past, page) for number, past in enumerate(page.pasts, start=1)]


def sheet_description(page: Page, *, is_quoted: bool = True) -> str:
    if not is_quoted:
        return "Small pictures, numbered like the lines of the message."
    told = [
        f"{number}: {unformatted(past.image.request.prompt, limit=_DESCRIBED)}"
        for number, past in enumerate(page.pasts, start=1)
    ]
    return f"Small pictures. {'; '.join(told)}"


def can_be_opened(past: PastImage, page: Page) -> bool:
    """By others, what they can see in a channel."""
    is_own = past.image.request.address.member_id == page.wanted.member
    is_there = past.image.is_shown and not past.image.is_deleted
    return past.is_kept or (is_there and (is_own or past.image.open_place is not None))


def facts_of(image: Image, *, is_here: bool) -> str:
    """Under a picture that was opened: which of several it is, when it was asked for, where it is."""
    which = _which(image.request)
    gone = "" if is_here else "I keep no copy of it any more"
    facts = (which, texts.relative(image.request.created_at), _place(image), gone)
    return f"-# {' · '.join(filter(None, facts))}"


def _nothing(page: Page, *, is_quoted: bool) -> str:
    if page.wanted.search:
        searched = f"“{plain(page.wanted.search, limit=_SHOWN_SEARCH)}”" if is_quoted else "these words"
        return f"Nothing with {searched} in its prompt was asked for. `/history` without `search` shows all there is."
    if page.wanted.whose is Whose.SERVER:
        return "Nothing that you may see was asked for in this server yet."
    return "You have asked for nothing here yet. `/imagine` makes a picture from your words."


def _head(page: Page, *, is_quoted: bool) -> str:
    whose = "This server's pictures" if page.wanted.whose is Whose.SERVER else "Your pictures in this server"
    is_told = page.wanted.search and is_quoted
    searched = f" · with “{plain(page.wanted.search, limit=_SHOWN_SEARCH)}”" if is_told else ""
    number = f" · page {page.number + 1:,}" if page.number or page.has_older else ""
    return f"**{whose}**{searched}{number}"


def _line(past: PastImage, characters: int, *, shows_member: bool, is_quoted: bool) -> str:
    request = past.image.request
    member = f"<@{request.address.member_id}>" if shows_member else ""
    words = plain(request.prompt, limit=characters) if is_quoted else NOT_SHOWN
    prompt = words if words and request.prompt else "(words deleted)"
    used = "1 of your quota" if past.took_quota else "no quota used"
    state = _state(past, shows_member=shows_member)
    facts = (member, prompt, _which(request), texts.relative(request.created_at), state, "" if member else used)
    return " · ".join(filter(None, facts))


def _which(request: Request) -> str:
    """Its number is that of its place in the message, which may be gone."""
    return f"one of {request.images}" if request.images > 1 else ""


def _state(past: PastImage, *, shows_member: bool) -> str:
    """To its member, or to a moderator who reads of others."""
    image, run = past.image, past.image.run
    if past.is_kept:
        return "kept for its member" if shows_member else "kept for you"
    if image.is_deleted:
        return "deleted"
    if image.is_shown:
        return _place(image, shows_member=shows_member)
    if run.state in AWAITED:
        return "in line" if run.state is RunState.QUEUED else "being made"
    if run.state is RunState.READY:
        return "on its way" if shows_member else "on its way to you"
    if run.reason is EndReason.MEMBER_GONE and not shows_member:
        return "no picture: cancelled, since you or I left"
    return f"no picture: {_ENDS.get(run.reason, 'it could not be made') if run.reason else 'it could not be made'}"


def _place(image: Image, *, shows_member: bool = False) -> str:
    place = image.open_place
    if place is None:
        alone = "shown to its member alone" if shows_member else "shown to you alone"
        return alone if image.request.address.private else "sent as a direct message"
    word = "picture" if image.post is None else "posted"
    return f"[{word}](<{link_to(image.request.address.server_id, place.spot)}>)"


def _frame(label: str, past: PastImage, page: Page) -> Frame:
    image = past.image
    if can_be_opened(past, page):
        return Frame(label, image.run.image, "not kept" if image.open_place is None else "see link")
    return Frame(label, None, _word(past))


def _word(past: PastImage) -> str:
    if past.image.is_deleted:
        return "deleted"
    state = past.image.run.state
    if state in AWAITED:
        return "in line" if state is RunState.QUEUED else "being made"
    if past.image.is_shown:
        return "elsewhere"
    return "on its way" if state is RunState.READY else "no picture"
