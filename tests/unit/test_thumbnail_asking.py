"""Asking, approving, declining, withdrawing, and what becomes of what nobody looks after."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.errors import AlreadyAsked, BotError, DownloadFailed, NotAPicture, ReferencesUnreachable
from bot.domain.ids import ServerId
from bot.domain.runs import EndReason, RunState
from bot.domain.thumbnails.boards import Approval
from bot.domain.thumbnails.errors import HeadlineTooLong, HeadlineUnlettered
from bot.domain.thumbnails.ids import ThumbnailId
from bot.domain.thumbnails.refusals import (
    BoardClosed,
    BoardMissing,
    BoardSettingUnfit,
    ManagersOnly,
    ModeratorsOnly,
    NotYourThumbnail,
    QuotaTooSmall,
    ThumbnailGone,
    ThumbnailMoved,
    TooManyThumbnails,
)
from bot.domain.thumbnails.states import OPEN, ThumbnailState, Why
from bot.domain.thumbnails.thumbnails import Trouble
from tests.board_builders import BOARD_CHANNEL, MODERATOR, REQUESTER, SERVER, a_board, a_person, a_wish
from tests.builders import a_picture, a_window, an_upload, asked_by
from tests.fakes import TakeState
from tests.unit import workshop
from tests.unit.community import MANAGER, ME, OTHER, Community
from tests.unit.community import MODERATOR as A_MODERATOR

no_hidden_bugs = workshop.no_hidden_bugs
S = ThumbnailState


async def refused(town: Community, kind: type[BotError], **changes: Any) -> BotError:
    """A refusal leaves nothing on the board and nothing in the ledger."""
    before = dict(town.ledger.shelf.thumbnails)
    with pytest.raises(kind) as found:
        await town.thumbnails.asking.ask(a_wish(**changes))
    await town.tend()
    assert town.ledger.shelf.thumbnails == before
    assert len(town.board.cards()) == len(before)
    return found.value


# Setting up


async def test_only_managers_set_a_board_up() -> None:
    town = Community()
    for person in (ME, A_MODERATOR):
        with pytest.raises(ManagersOnly):
            await town.thumbnails.boards.set_up(a_board(), person)
    await town.thumbnails.boards.set_up(a_board(), MANAGER)
    assert await town.thumbnails.boards.board(SERVER) == a_board()
    with pytest.raises(BoardSettingUnfit):
        await town.thumbnails.boards.set_up(a_board(open_each=99), MANAGER)
    assert await town.thumbnails.boards.board(SERVER) == a_board()


async def test_without_a_board_nothing_can_be_asked_for() -> None:
    town = Community()
    await refused(town, BoardMissing)


# Asking


async def test_what_was_asked_for_stands_on_the_board_and_costs_nothing_yet() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.with_references("cat.png", "sofa.jpg")
    card = town.card(thumbnail)
    assert (card.thumbnail.state, card.thumbnail.number, card.thumbnail.requester) == (S.ASKED, 1, REQUESTER)
    assert (card.thumbnail.shows, card.thumbnail.headline) == ("a red fox on a skateboard", "Fox tricks")
    assert [one.filename for one in card.thumbnail.references] == ["cat.png", "sofa.jpg"]
    assert (card.thumbnail.pictures, card.picture, card.making) == (3, None, 0)
    assert {a_picture("cat.png"), a_picture("sofa.jpg")} <= set(town.files.contents.values())
    assert town.ledger.takes == {}


async def test_references_stay_on_disk_while_it_waits() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.with_references("cat.png")
    town.clock.advance(timedelta(days=3).total_seconds())
    await town.retention.turn()
    assert a_picture("cat.png") in town.files.contents.values()
    await town.thumbnails.approving.decline(thumbnail.id, A_MODERATOR)
    town.clock.advance(600)
    await town.retention.turn()
    assert a_picture("cat.png") not in town.files.contents.values()


async def test_what_cannot_be_used_is_refused_before_it_is_on_the_board() -> None:
    town = Community()
    await town.set_up()
    town.downloads.web["https://cdn.test/notes.txt"] = b"not a picture"
    await refused(town, NotAPicture, uploads=(an_upload("notes.txt"),))
    town.downloads.web["https://cdn.test/cat.png"] = DownloadFailed()
    await refused(town, ReferencesUnreachable, uploads=(an_upload("cat.png"),))
    await refused(town, HeadlineTooLong, headline="W" * 81)
    assert town.files.staged == {}


@pytest.mark.parametrize("headline", ["ᚠᚢᚦ", "ᚠᚢᚦ!", "ᚠ – ᚢ"])
async def test_a_headline_that_no_font_has_is_refused_and_the_other_words_given_back(headline: str) -> None:
    town = Community()
    await town.set_up()
    refusal = await refused(town, HeadlineUnlettered, headline=headline, shows="a red fox")
    assert isinstance(refusal, HeadlineUnlettered)
    assert refusal.shows == "a red fox"


async def test_what_a_font_has_of_a_headline_is_lettered_and_the_card_tells_the_rest() -> None:
    town = Community()
    await town.set_up()
    assert town.card(await town.wish(headline="GG ᚠᚢ!")).left_out == "ᚠᚢ"
    assert town.card(await town.wish(headline="?!")).left_out == ""


@pytest.mark.parametrize(("limits", "fits"), [((2,), 2), ((20, 1, 2), 1), ((0,), 0)])
async def test_what_no_quota_will_ever_pay_for_is_refused(limits: tuple[int, ...], fits: int) -> None:
    town = Community(windows=[a_window(limit, per=timedelta(hours=1 + limit)) for limit in limits])
    await town.set_up()
    refusal = await refused(town, QuotaTooSmall, pictures=3)
    assert isinstance(refusal, QuotaTooSmall)
    assert (refusal.limit, refusal.per) == (fits, timedelta(hours=1 + fits))
    if fits > 1:
        assert (await town.wish(pictures=fits)).pictures == fits


async def test_a_form_that_is_sent_twice_asks_once() -> None:
    town = Community()
    await town.set_up()
    answers = await asyncio.gather(
        *(town.thumbnails.asking.ask(a_wish(source_id=7)) for _ in range(5)), return_exceptions=True
    )
    assert sum(isinstance(answer, AlreadyAsked) for answer in answers) == 4
    await town.tend()
    assert len(town.board.cards()) == 1


async def test_a_member_has_only_so_many_open() -> None:
    town = Community()
    await town.set_up(open_each=2)
    first = await town.wish()
    await town.wish()
    refusal = await refused(town, TooManyThumbnails)
    assert isinstance(refusal, TooManyThumbnails)
    assert refusal.limit == 2
    await town.wish(address=asked_by(31))
    await town.thumbnails.approving.withdraw(first.id, ME)
    await town.wish()


# Approving


async def test_moderators_approve_and_the_requesters_quota_pays() -> None:
    town = Community(windows=[a_window(5)])
    await town.set_up()
    thumbnail = await town.approve(await town.wish())
    assert (thumbnail.state, thumbnail.moved_by) == (S.MAKING, MODERATOR)
    assert [(take.member, take.state) for take in town.ledger.takes.values()] == [(REQUESTER, TakeState.HELD)] * 3
    assert [(move.after, move.by) for move in await town.shelf.moves(thumbnail.id)] == [
        (S.APPROVED, MODERATOR),
        (S.MAKING, MODERATOR),
    ]


async def test_nobody_else_approves_or_declines() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.wish()
    for person in (ME, OTHER, MANAGER):
        with pytest.raises(ModeratorsOnly):
            await town.thumbnails.approving.approve(thumbnail.id, person)
        with pytest.raises(ModeratorsOnly):
            await town.thumbnails.approving.decline(thumbnail.id, person)
    assert (await town.now(thumbnail.id)).state is S.ASKED


async def test_a_board_that_needs_no_approval_orders_at_once() -> None:
    town = Community(windows=[a_window(5)])
    await town.set_up(approval=Approval.NOBODY)
    thumbnail = await town.wish()
    assert (thumbnail.state, thumbnail.why) == (S.MAKING, Why.PRESSED)
    assert len(town.ledger.takes) == 3


async def test_of_two_moderators_who_press_at_once_one_is_first() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.wish()
    approving = town.thumbnails.approving
    answers = await asyncio.gather(
        *(approving.approve(thumbnail.id, A_MODERATOR) for _ in range(4)),
        *(approving.decline(thumbnail.id, A_MODERATOR) for _ in range(4)),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, ThumbnailMoved) for answer in answers) == 7
    await town.tend()
    assert len(town.ledger.takes) in {0, 3}


@pytest.mark.parametrize("why", ["quota", "queue", "credit"])
async def test_what_cannot_be_paid_stays_approved_and_says_why(why: str) -> None:
    town = Community(windows=[a_window(3)] if why == "quota" else [], queue_length=2 if why == "queue" else 100)
    await town.set_up()
    if why == "quota":
        await town.ask()
    if why == "credit":
        for key in town.api.keys:
            town.keys.put_aside(key, why="out_of_credit")
    before = list(town.ledger.takes)
    thumbnail = await town.approve(await town.wish())
    await town.settle()
    expected = {"quota": Trouble.QUOTA, "queue": Trouble.QUEUE_FULL, "credit": Trouble.PAUSED}[why]
    card = town.card(thumbnail)
    assert (card.thumbnail.state, card.thumbnail.trouble) == (S.APPROVED, expected)
    new = [take for run, take in town.ledger.takes.items() if run not in before]
    assert [take for take in new if take.state is not TakeState.GIVEN_BACK] == []
    assert town.board.waiting() == []


async def test_a_decision_is_final() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.wish()
    declined = await town.thumbnails.approving.decline(thumbnail.id, A_MODERATOR)
    assert (declined.state, declined.moved_by) == (S.DECLINED, MODERATOR)
    await town.settle()
    assert town.card(thumbnail).thumbnail.state is S.DECLINED
    for again in (town.thumbnails.approving.approve, town.thumbnails.approving.decline):
        with pytest.raises(ThumbnailMoved) as moved:
            await again(thumbnail.id, A_MODERATOR)
        assert moved.value.state is S.DECLINED
    with pytest.raises(ThumbnailMoved):
        await town.thumbnails.approving.withdraw(thumbnail.id, ME)


# Withdrawing


async def test_the_requester_and_moderators_withdraw_and_nobody_else() -> None:
    town = Community()
    await town.set_up()
    mine, theirs = await town.wish(), await town.wish()
    with pytest.raises(NotYourThumbnail) as refusal:
        await town.thumbnails.approving.withdraw(mine.id, OTHER)
    assert refusal.value.requester_id == REQUESTER
    await town.thumbnails.approving.withdraw(mine.id, ME)
    await town.thumbnails.approving.withdraw(theirs.id, A_MODERATOR)
    await town.settle()
    assert {card.card.thumbnail.state for card in town.board.cards() if card.card} == {S.WITHDRAWN}


async def test_withdrawing_calls_off_what_still_waits_in_line() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.approve(await town.wish())
    await town.thumbnails.approving.withdraw(thumbnail.id, ME)
    assert {take.state for take in town.ledger.takes.values()} == {TakeState.GIVEN_BACK}
    assert {run.reason for run in town.ledger.runs.values()} == {EndReason.CALLED_OFF}
    await town.settle()
    assert await town.shelf.open_rounds(thumbnail.id) == []


async def test_what_runbase_has_already_is_delivered_all_the_same() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.approve(await town.wish())
    await town.send()
    await town.thumbnails.approving.withdraw(thumbnail.id, ME)
    await town.paint()
    await town.settle()
    assert {run.state for run in town.ledger.runs.values()} == {RunState.DELIVERED}
    assert await town.candidates(thumbnail) == ()
    assert (await town.now(thumbnail.id)).state is S.WITHDRAWN


@pytest.mark.parametrize("state", sorted(OPEN - {S.MAKING, S.VOTING, S.DECIDING}))
async def test_what_nobody_looks_after_expires(state: S) -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.wish()
    town.quota_shrinks(to=0)
    if state is S.APPROVED:
        await town.approve(thumbnail)
    await town.tend(after_s=timedelta(days=13).total_seconds())
    assert (await town.now(thumbnail.id)).state is state
    await town.tend(after_s=timedelta(days=1, seconds=30).total_seconds())
    await town.settle()
    assert town.card(thumbnail).thumbnail.state is S.EXPIRED


async def test_who_left_the_server_has_nothing_open_there() -> None:
    town = Community()
    await town.set_up()
    gone, here = await town.wish(), await town.wish(address=asked_by(31))
    town.membership.left.add((SERVER, REQUESTER))
    await town.tend(after_s=600)
    assert (await town.now(gone.id)).state is S.ASKED
    await town.tend(after_s=3600)
    await town.settle()
    assert (await town.now(gone.id)).state is S.WITHDRAWN
    assert (await town.now(gone.id)).why is Why.MEMBER_GONE
    assert (await town.now(here.id)).state is S.ASKED


async def test_where_the_bot_is_not_any_more_nothing_goes_on() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.approve(await town.wish())
    await town.thumbnails.approving.leave(ServerId(99))
    assert (await town.now(thumbnail.id)).state is S.MAKING
    await town.thumbnails.approving.leave(SERVER)
    assert (await town.now(thumbnail.id)).state is S.WITHDRAWN
    assert {take.state for take in town.ledger.takes.values()} == {TakeState.GIVEN_BACK}


# Looking


async def test_lists_and_stories_tell_what_happened() -> None:
    town = Community()
    await town.set_up()
    first = await town.approve(await town.wish())
    second = await town.wish(address=asked_by(31))
    await town.thumbnails.approving.decline(second.id, A_MODERATOR)
    listing = town.thumbnails.listing
    assert [one.id for one in await listing.listed(SERVER)] == [first.id]
    assert {one.id for one in await listing.listed(SERVER, only_open=False)} == {first.id, second.id}
    assert [one.id for one in await listing.listed(SERVER, of=OTHER.member, only_open=False)] == [second.id]
    assert (await listing.numbered(SERVER, 2)).id == second.id
    story = await listing.show(second.id, SERVER)
    assert story.card.thumbnail.state is S.DECLINED
    assert [(move.after, move.by) for move in story.moves] == [(S.DECLINED, MODERATOR)]


async def test_another_servers_thumbnails_are_not_there() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.wish()
    stranger = a_person(30, server=ServerId(11), is_moderator=True)
    with pytest.raises(ThumbnailGone):
        await town.thumbnails.approving.approve(thumbnail.id, stranger)
    with pytest.raises(ThumbnailGone):
        await town.thumbnails.listing.show(thumbnail.id, ServerId(11))
    with pytest.raises(ThumbnailGone):
        await town.thumbnails.listing.numbered(ServerId(11), thumbnail.number)
    with pytest.raises(ThumbnailGone):
        await town.thumbnails.approving.approve(ThumbnailId("nothing"), A_MODERATOR)


# The board's channel


async def test_a_board_whose_channel_is_gone_takes_no_more_and_says_so() -> None:
    town = Community()
    await town.set_up()
    town.board.close(BOARD_CHANNEL, "channel")
    waiting = await town.wish()
    assert waiting.card is None
    assert (await town.thumbnails.boards.board(SERVER)).closed == "channel"
    refusal = await refused(town, BoardClosed) if not town.ledger.shelf.thumbnails else None
    assert refusal is None
    with pytest.raises(BoardClosed) as closed:
        await town.thumbnails.asking.ask(a_wish())
    assert (closed.value.channel_id, closed.value.reason) == (BOARD_CHANNEL, "channel")
    await town.thumbnails.approving.decline(waiting.id, A_MODERATOR)
    assert (await town.now(waiting.id)).state is S.DECLINED


async def test_a_board_that_was_set_up_anew_shows_what_waits() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.wish()
    town.board.close(BOARD_CHANNEL, "channel")
    town.board.messages.clear()
    await town.thumbnails.approving.approve(thumbnail.id, A_MODERATOR)
    await town.settle()
    assert (await town.now(thumbnail.id)).trouble is Trouble.BOARD_CLOSED
    await town.set_up(channel=51)
    await town.settle()
    message = town.message_of(thumbnail)
    assert (message.channel, message.card and message.card.thumbnail.state) == (51, S.APPROVED)
    assert (await town.thumbnails.boards.board(SERVER)).closed is None
    await town.thumbnails.making.make(thumbnail.id, ME)
    await town.settle()
    assert (await town.now(thumbnail.id)).state is S.MAKING


async def test_a_board_that_works_again_is_open_again() -> None:
    town = Community()
    await town.set_up()
    town.board.close(BOARD_CHANNEL, "permission")
    thumbnail = await town.wish()
    town.board.open(BOARD_CHANNEL)
    await town.tend(after_s=30)
    assert town.board.cards() == []
    await town.tend(after_s=300)
    assert town.card(thumbnail).thumbnail.state is S.ASKED
    assert (await town.thumbnails.boards.board(SERVER)).closed is None
