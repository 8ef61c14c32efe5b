"""Declining a thumbnail with a reason: what everybody reads of it, and what keeps it from being said."""

import logging

import pytest

from tests.scenarios.board import BoardTalk
from tests.scenarios.panels import no_moderator_any_more
from tests.scenarios.studio import Studio, shown

REASON = "We had a fort last week. Something from the new season would fit."


@pytest.fixture
async def board(studio: Studio) -> BoardTalk:
    talk = BoardTalk(studio)
    await talk.set_up()
    await talk.asked()
    return talk


def reasons(board: BoardTalk) -> list[str | None]:
    """As they are stored, move by move."""
    return [reason for (reason,) in board.studio._rows("SELECT reason FROM thumbnail_moves ORDER BY number")]


@pytest.mark.parametrize("restarted", [False, True])
async def test_whoever_declines_says_why_and_everybody_reads_it(board: BoardTalk, restarted: bool) -> None:
    form = await board.mo.click(board.card, label="Decline")
    assert form.modal is not None
    assert form.modal["title"] == "Decline #1"
    (field,) = form.modal["components"]
    assert field["label"] == "Why, and what would help"
    assert (field["component"]["required"], field["component"]["max_length"]) == (False, 300)
    if restarted:
        await board.world.restart()
    told = shown(await board.mo.submit_modal(form, {"reason": REASON}))
    assert told.ephemeral
    assert told.content == "Declined #1. Its card says so in a moment."
    await board.until("**Declined**")
    declined = f"**Declined** by <@{board.mo.id}> · ask again with `/thumbnail request`\n> {REASON}"
    assert declined in board.text()
    assert board.buttons() == ["Details"]
    for member in (board.alice, board.bob):
        assert declined in await board.details(member)
    story = shown(await board.command("show", board.alice, thumbnail="1"))
    assert declined in board.text(story.message)


@pytest.mark.parametrize("nothing", ["", " \n\t", "\x00\x07\u200b\u202e"])
async def test_nobody_has_to_say_why(board: BoardTalk, nothing: str) -> None:
    assert "Declined #1" in await board.decline(nothing)
    await board.until("**Declined**")
    assert board.text().endswith(f"**Declined** by <@{board.mo.id}> · ask again with `/thumbnail request`")
    assert reasons(board) == [None]


async def test_a_reason_formats_nothing_reorders_nothing_and_pings_nobody(board: BoardTalk) -> None:
    hostile = f"**no**\x00\x1b[31m @everyone\r\n# <@{board.alice.id}> [free](https://example.com) \u202eevil ||`x`||"
    await board.decline(hostile)
    await board.until("**Declined**")
    line = next(one for one in board.text().splitlines() if "everyone" in one)
    assert line == (
        f"> \\*\\*no\\*\\*\\[31m \\@everyone \\# \\<\\@{board.alice.id}\\> \\[free\\]\\(https\\://example.com\\) "
        "evil \\|\\|\\`x\\`\\|\\|"
    )
    stored = board.world.env.backend.messages[board.channel.id][board.card.id]
    assert not stored.ping_user_ids
    assert not stored.mention_everyone
    (kept,) = reasons(board)
    assert kept is not None
    assert not {"\x00", "\x1b", "\r"} & set(kept)


async def test_a_reason_stands_in_no_log(board: BoardTalk, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="bot"):
        await board.decline(REASON)
        await board.until("**Declined**")
    assert "thumbnail moved" in caplog.text
    assert "fort" not in caplog.text


async def test_who_may_not_decline_is_refused_before_the_form_and_after_it(board: BoardTalk) -> None:
    for member in (board.alice, board.bob, board.manager):
        refused = await member.click(board.card, label="Decline")
        assert refused.modal is None
        assert shown(refused).content == "Only moderators can do that. Ask one of them."
    form = await board.mo.click(board.card, label="Decline")
    no_moderator_any_more(board.studio, board.mo)
    refused = await board.mo.submit_modal(form, {"reason": REASON})
    assert shown(refused).content == "Only moderators can do that. Ask one of them."
    assert board.state() == "asked"


async def test_what_moved_meanwhile_is_not_declined(board: BoardTalk) -> None:
    form = await board.mo.click(board.card, label="Decline")
    await board.world.pause()
    await board.press("Withdraw", board.alice)
    refused = shown(await board.mo.submit_modal(form, {"reason": REASON}))
    assert refused.content.startswith("This thumbnail was withdrawn by now.")
    pressed = await board.mo.click(board.card, label="Decline")
    assert pressed.modal is None
    assert shown(pressed).content.startswith("This thumbnail was withdrawn by now.")
    await board.world.restart()
    await board.until("**Withdrawn**")
    assert board.state() == "withdrawn"
    assert reasons(board) == [None]


async def test_of_two_moderators_the_first_reason_stays(board: BoardTalk) -> None:
    first, second = [await board.mo.click(board.card, label="Decline") for _ in range(2)]
    await board.mo.submit_modal(first, {"reason": REASON})
    late = shown(await board.mo.submit_modal(second, {"reason": "Another one"}))
    assert late.content.startswith("This thumbnail was declined by now.")
    await board.until(f"> {REASON}")
    assert reasons(board) == [REASON]


async def test_a_longer_reason_than_any_client_sends_is_refused(board: BoardTalk) -> None:
    form = await board.mo.click(board.card, label="Decline")
    refused = shown(await board.studio.submit_again(form, {"reason": "x" * 301}, member=board.mo))
    assert refused.content == "Your reason has 301 characters; 300 fit. Press Decline and say it in fewer words."
    assert board.state() == "asked"
    await board.studio.submit_again(form, {"reason": "x" * 300}, member=board.mo)
    assert reasons(board) == ["x" * 300]
