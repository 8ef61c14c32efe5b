"""What a history says of each picture: its line, its frame on the sheet, and whether it can be opened."""

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.gallery import Wanted, Whose
from bot.domain.ids import ChannelId, MemberId, MessageId, ServerId
from bot.domain.images import Image, Post
from bot.domain.requests import Spot
from bot.domain.runs import EndReason, RunState
from bot.ports import PastImage
from bot.services.gallery import Page
from bot.services.sheets import Frame
from bot.ui.pasts import can_be_opened, facts_of, frames_of, page_text
from tests.builders import START, a_request, a_run, a_sha256, an_address

ALICE, BOB = MemberId(30), MemberId(31)
HERE, DIRECT = ChannelId(20), ChannelId(99)
PICTURE = a_sha256("fox")
LINK = "https://discord.com/channels/10/20/900"
PRIVATE = an_address(private=True)


def a_past(state: RunState = RunState.DELIVERED, *, channel: ChannelId = HERE, **changes: Any) -> PastImage:
    """Of Alice, and public unless the changes say otherwise."""
    request = a_request(**changes.pop("request", {}))
    post = changes.pop("post", None)
    is_kept, took_quota = changes.pop("is_kept", False), changes.pop("took_quota", True)
    has_picture = state in {RunState.DELIVERED, RunState.READY}
    spot = Spot(channel, MessageId(900)) if state is RunState.DELIVERED else None
    run = a_run(state=state, image=PICTURE if has_picture else None, spot=spot, **changes)
    return PastImage(Image(request, run, post), is_kept=is_kept, took_quota=took_quota)


def a_post(**changes: Any) -> Post:
    post = Post(a_run().id, HERE, MessageId(900), None, shows_prompt=True, posted_at=START)
    return replace(post, **changes)


def page_of(past: PastImage, *, member: MemberId = ALICE, whose: Whose = Whose.MINE) -> Page:
    return Page(Wanted(ServerId(10), member, whose), (past,), 0, has_older=False)


OWN: dict[str, tuple[PastImage, str, Frame, bool]] = {
    "public": (a_past(), f"[picture](<{LINK}>)", Frame("1", PICTURE, "see link"), True),
    "private": (a_past(request={"address": PRIVATE}), "shown to you alone", Frame("1", PICTURE, "not kept"), True),
    "posted": (
        a_past(request={"address": PRIVATE}, post=a_post()),
        f"[posted](<{LINK}>)",
        Frame("1", PICTURE, "see link"),
        True,
    ),
    "being posted": (
        a_past(request={"address": PRIVATE}, post=a_post(message=None)),
        "shown to you alone",
        Frame("1", PICTURE, "not kept"),
        True,
    ),
    "sent directly": (a_past(channel=DIRECT), "sent as a direct message", Frame("1", PICTURE, "not kept"), True),
    "deleted": (a_past(deleted_at=START), "deleted", Frame("1", None, "deleted"), False),
    "kept": (a_past(RunState.READY, is_kept=True), "kept for you", Frame("1", PICTURE, "not kept"), True),
    "on its way": (a_past(RunState.READY), "on its way to you", Frame("1", None, "on its way"), False),
    "in line": (a_past(RunState.QUEUED), "in line", Frame("1", None, "in line"), False),
    "being made": (a_past(RunState.RUNNING), "being made", Frame("1", None, "being made"), False),
    "failed": (
        a_past(RunState.FAILED, reason=EndReason.PROVIDER_FAILED),
        "no picture: it could not be made",
        Frame("1", None, "no picture"),
        False,
    ),
    "declined": (
        a_past(RunState.FAILED, reason=EndReason.DECLINED),
        "no picture: declined by the model's safety rules",
        Frame("1", None, "no picture"),
        False,
    ),
    "left": (
        a_past(RunState.CANCELLED, reason=EndReason.MEMBER_GONE),
        "no picture: cancelled, since you or I left",
        Frame("1", None, "no picture"),
        False,
    ),
    "late": (
        a_past(RunState.OVERDUE, reason=EndReason.TOO_SLOW),
        "no picture: too slow",
        Frame("1", None, "no picture"),
        False,
    ),
}


@pytest.mark.parametrize(("past", "state", "frame", "opens"), OWN.values(), ids=OWN)
def test_each_state_has_its_words_and_its_frame(past: PastImage, state: str, frame: Frame, *, opens: bool) -> None:
    page = page_of(past)
    assert page_text(page).splitlines()[1] == f"1. a red fox in the snow · <t:1767268800:R> · {state} · 1 of your quota"
    assert frames_of(page) == [frame]
    assert can_be_opened(past, page) is opens


def test_what_went_to_a_member_directly_is_not_shown_to_moderators() -> None:
    past = a_past(channel=DIRECT)
    page = page_of(past, member=BOB, whose=Whose.SERVER)
    assert not can_be_opened(past, page)
    assert frames_of(page) == [Frame("1", None, "elsewhere")]


def test_a_moderator_is_told_who_asked_and_nothing_of_their_quota() -> None:
    said = page_text(page_of(a_past(), member=BOB, whose=Whose.SERVER))
    assert said.splitlines() == [
        "**This server's pictures**",
        f"1. <@30> · a red fox in the snow · <t:1767268800:R> · [picture](<{LINK}>)",
    ]


THEIRS: dict[str, tuple[PastImage, str]] = {
    "kept": (a_past(RunState.READY, is_kept=True), "kept for its member"),
    "on its way": (a_past(RunState.READY), "on its way"),
    "sent directly": (a_past(channel=DIRECT), "sent as a direct message"),
    "private": (a_past(request={"address": PRIVATE}), "shown to its member alone"),
    "member gone": (
        a_past(RunState.CANCELLED, reason=EndReason.MEMBER_GONE),
        "no picture: cancelled, since the member or I left",
    ),
}


@pytest.mark.parametrize(("past", "state"), THEIRS.values(), ids=THEIRS)
def test_a_moderator_who_reads_of_others_is_not_spoken_to_as_them(past: PastImage, state: str) -> None:
    said = page_text(page_of(past, member=BOB, whose=Whose.SERVER)).splitlines()[1]
    assert said == f"1. <@30> · a red fox in the snow · <t:1767268800:R> · {state}"


def test_what_took_no_quota_says_so() -> None:
    assert page_text(page_of(a_past(took_quota=False))).endswith("· no quota used")


def test_words_that_had_their_time_are_told_as_such() -> None:
    assert "1. (words deleted) · " in page_text(page_of(a_past(request={"prompt": ""})))


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Wanted(ServerId(10), ALICE), "You have asked for nothing here yet."),
        (Wanted(ServerId(10), ALICE, Whose.SERVER), "Nothing that you may see was asked for in this server yet."),
        (Wanted(ServerId(10), ALICE, search="**x** @here"), "Nothing with “\\*\\*x\\*\\* \\@here” in its prompt"),
    ],
)
def test_where_there_is_nothing_it_says_what_to_do(wanted: Wanted, said: str) -> None:
    assert page_text(Page(wanted, (), 0, has_older=False)).startswith(said)


@pytest.mark.parametrize("pasts", [(), (a_past(),)])
def test_where_some_threads_are_still_to_be_looked_at_it_says_so(pasts: tuple[PastImage, ...]) -> None:
    page = Page(Wanted(ServerId(10), BOB, Whose.SERVER, is_partial=True), pasts, 0, has_older=False)
    assert page_text(page).splitlines()[-1] == "-# Some older threads are still to be looked at: ask again for more."
    assert "still to be looked at" not in page_text(replace(page, wanted=replace(page.wanted, is_partial=False)))


def test_an_opened_picture_says_which_it_is_and_whether_a_copy_is_here() -> None:
    image = a_past(request={"images": 2}, number=1).image
    assert facts_of(image, is_here=True) == f"-# one of 2 · <t:1767268800:R> · [picture](<{LINK}>)"
    assert facts_of(image, is_here=False).endswith("I keep no copy of it any more")
