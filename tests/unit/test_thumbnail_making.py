"""From approval to candidates: rounds, their requests, more of them, changes, entries, and what fails half-way."""

import asyncio
from datetime import timedelta

import pytest

from bot.domain.errors import NotAPicture, PromptEmpty, PromptTooLong
from bot.domain.requests import Kind
from bot.domain.runs import EndReason, RunState
from bot.domain.thumbnails.refusals import (
    AlreadyEntered,
    CandidateGone,
    EntriesClosed,
    ModeratorsOnly,
    NotYourThumbnail,
    PicturesOutOfRange,
    RequesterCannotPay,
    RoundUnderWay,
    ThumbnailMoved,
    TooFewCandidates,
    TooManyCandidates,
)
from bot.domain.thumbnails.states import ThumbnailState, Why
from bot.domain.thumbnails.thumbnails import LONGEST_CHANGE, Trouble
from tests.board_builders import BOARD_CHANNEL, MODERATOR, REQUESTER, a_person
from tests.builders import a_picture, a_window
from tests.fakes import TakeState
from tests.unit import workshop
from tests.unit.community import ME, OTHER, Community
from tests.unit.community import MODERATOR as A_MODERATOR
from tests.unit.workshop import GIVE_UP_AFTER

no_hidden_bugs = workshop.no_hidden_bugs
S = ThumbnailState


def takes(town: Community) -> list[TakeState]:
    return [take.state for take in town.ledger.takes.values()]


# The first round


async def test_the_pictures_are_an_ordinary_request_in_the_cards_thread() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.approve(await town.with_references("cat.png", style="gouache"))
    (request,) = town.asked_of_runbase()
    (waiting,) = town.board.waiting()
    assert thumbnail.card is not None
    assert thumbnail.card.thread is not None
    address = request.address
    assert (address.channel_id, address.member_id, address.token) == (thumbnail.card.thread, REQUESTER, None)
    assert waiting.request is not None
    assert (waiting.channel, waiting.request.id) == (thumbnail.card.thread, request.id)
    assert (request.images, request.aspect, request.kind, request.style) == (3, "3:2", Kind.EDIT, "gouache")
    assert [one.filename for one in request.references] == ["cat.png"]
    assert request.prompt == "a red fox on a skateboard"
    assert request.sent_prompt is not None
    assert "A headline will be set over the lower third" in request.sent_prompt
    assert town.card(thumbnail).making == 3


async def test_without_threads_everything_is_in_the_channel() -> None:
    town = Community()
    town.board.opens_threads = False
    await town.set_up()
    thumbnail = await town.made()
    assert {one.channel for one in town.board.waiting()} == {BOARD_CHANNEL}
    assert {run.spot.channel for run in town.ledger.runs.values() if run.spot} == {BOARD_CHANNEL}
    assert thumbnail.state is S.VOTING


async def test_a_thread_that_was_deleted_leaves_the_channel() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.wish()
    assert thumbnail.card is not None
    town.board.close(thumbnail.card.room, "channel")
    await town.approve(thumbnail)
    assert [one.channel for one in town.board.waiting()] == [BOARD_CHANNEL]


async def test_made_pictures_are_candidates_and_the_vote_opens() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    candidates = await town.candidates(thumbnail)
    assert [(one.number, one.author, one.is_entry) for one in candidates] == [(n, REQUESTER, False) for n in (1, 2, 3)]
    assert (thumbnail.state, thumbnail.why) == (S.VOTING, Why.MADE)
    assert thumbnail.deadline is not None
    assert thumbnail.deadline - thumbnail.moved_at == timedelta(days=1)
    assert takes(town) == [TakeState.SPENT] * 3
    await town.settle()
    assert town.message_of(thumbnail).picture == b"sheet 'Fox tricks': 1, 2, 3 as outline"


async def test_a_round_that_fails_half_way_goes_on_with_the_rest() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made(fails=[1])
    assert len(await town.candidates(thumbnail)) == 2
    assert thumbnail.state is S.VOTING
    assert sorted(takes(town)) == [TakeState.GIVEN_BACK, TakeState.SPENT, TakeState.SPENT]


async def test_where_nothing_could_be_made_nothing_is_used_and_it_can_be_tried_again() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made(fails=[0, 1, 2])
    assert (thumbnail.state, thumbnail.why) == (S.APPROVED, Why.NONE_MADE)
    assert set(takes(town)) == {TakeState.GIVEN_BACK}
    with pytest.raises(NotYourThumbnail):
        await town.thumbnails.making.make(thumbnail.id, OTHER)
    await town.thumbnails.making.make(thumbnail.id, ME)
    await town.tend()
    await town.paint()
    assert (await town.now(thumbnail.id)).state is S.VOTING
    assert [one.number for one in await town.candidates(thumbnail)] == [1, 2, 3]


async def test_the_requester_hears_why_there_is_no_room_and_others_that_there_is_none() -> None:
    town = Community(windows=[a_window(3)])
    await town.set_up()
    await town.ask()
    thumbnail = await town.approve(await town.wish())
    assert (thumbnail.state, thumbnail.trouble) == (S.APPROVED, Trouble.QUOTA)
    for person in (ME, A_MODERATOR):
        with pytest.raises(RequesterCannotPay) as refusal:
            await town.thumbnails.making.make(thumbnail.id, person)
        told = refusal.value
        assert (told.requester_id, told.pictures, told.is_own) == (REQUESTER, 3, person is ME)
        assert told.opens_at == thumbnail.trouble_until


async def test_quota_that_is_gone_at_the_last_moment_takes_the_waiting_message_back() -> None:
    town = Community(windows=[a_window(3)])
    await town.set_up()
    thumbnail = await town.wish()
    await town.thumbnails.approving.approve(thumbnail.id, A_MODERATOR)
    await town.ask(images=1)
    await town.tend()
    found = await town.now(thumbnail.id)
    assert (found.state, found.why, found.trouble) == (S.APPROVED, Why.NONE_MADE, Trouble.QUOTA)
    assert found.trouble_until is not None
    assert town.board.waiting() == []
    town.clock.advance((found.trouble_until - town.clock.now()).total_seconds())
    await town.thumbnails.making.make(thumbnail.id, ME)
    await town.tend()
    assert (await town.now(thumbnail.id)).state is S.MAKING
    assert takes(town).count(TakeState.HELD) == 4


async def test_references_that_are_gone_are_told() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.with_references("cat.png")
    town.files.contents.clear()
    thumbnail = await town.approve(thumbnail)
    assert (thumbnail.state, thumbnail.trouble) == (S.APPROVED, Trouble.REFERENCES_GONE)
    assert town.board.waiting() == []


async def test_two_presses_order_once() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.wish()
    town.quota_shrinks(to=2)
    await town.approve(thumbnail)
    town.quota_opens()
    answers = await asyncio.gather(
        *(town.thumbnails.making.make(thumbnail.id, ME) for _ in range(5)), return_exceptions=True
    )
    assert sum(isinstance(answer, ThumbnailMoved | RoundUnderWay) for answer in answers) == 4
    await town.tend()
    assert len(town.asked_of_runbase()) == 1


async def test_a_picture_that_comes_too_late_is_a_candidate_after_all() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.approve(await town.wish())
    await town.send()
    first, *others = town.ledger.runs.values()
    for run in others:
        await town.requests.end(run.id, RunState.FAILED, EndReason.DECLINED, town.clock.now())
    await town.look(after_s=GIVE_UP_AFTER.total_seconds())
    await town.look(after_s=10)
    await town.show()
    await town.tend()
    assert (await town.now(thumbnail.id)).why is Why.NONE_MADE
    town.succeed(picture=a_picture("late"))
    await town.look(after_s=3600)
    await town.show()
    await town.settle()
    (candidate,) = await town.candidates(thumbnail)
    assert candidate.run == first.id
    assert town.ledger.takes[first.id].state is TakeState.GIVEN_BACK


# One candidate


async def test_with_one_candidate_there_is_nothing_to_vote_on_and_its_requester_decides() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made(fails=[0, 1])
    assert (thumbnail.state, thumbnail.vote_opened_at) == (S.DECIDING, None)
    await town.settle()
    assert town.card(thumbnail).leaders == (1,)
    await town.thumbnails.voting.choose(thumbnail.id, ME, 1)
    await town.settle()
    assert (await town.now(thumbnail.id)).state is S.DONE


async def test_a_second_candidate_opens_the_vote() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made(fails=[0, 1])
    await town.thumbnails.making.more(thumbnail.id, ME, pictures=1)
    await town.tend()
    assert (await town.now(thumbnail.id)).state is S.DECIDING
    await town.paint()
    found = await town.now(thumbnail.id)
    assert (found.state, found.why) == (S.VOTING, Why.ANOTHER)


# More, and changes


@pytest.mark.parametrize("person", [ME, A_MODERATOR])
async def test_more_candidates_come_from_the_requesters_quota(person: object) -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    await town.thumbnails.making.more(thumbnail.id, person)  # type: ignore[arg-type]
    await town.settle()
    assert town.card(thumbnail).making == 2
    await town.paint()
    assert (await town.now(thumbnail.id)).state is S.VOTING
    assert [one.number for one in await town.candidates(thumbnail)] == [1, 2, 3, 4, 5]
    assert {take.member for take in town.ledger.takes.values()} == {REQUESTER}


async def test_nobody_else_orders_more_and_nobody_orders_more_than_there_is_room_for() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made(pictures=4)
    making = town.thumbnails.making
    with pytest.raises(NotYourThumbnail):
        await making.more(thumbnail.id, OTHER)
    for pictures in (0, 3, -1):
        with pytest.raises(PicturesOutOfRange):
            await making.more(thumbnail.id, ME, pictures=pictures)
    await making.more(thumbnail.id, ME)
    with pytest.raises(RoundUnderWay):
        await making.more(thumbnail.id, ME)
    await town.tend()
    await town.paint()
    await making.more(thumbnail.id, ME)
    await town.tend()
    await town.paint()
    assert len(await town.candidates(thumbnail)) == 8
    with pytest.raises(TooManyCandidates):
        await making.more(thumbnail.id, ME, pictures=1)


async def test_without_quota_there_are_no_more_and_the_vote_goes_on() -> None:
    town = Community(windows=[a_window(3)])
    await town.set_up()
    thumbnail = await town.made()
    for person in (ME, A_MODERATOR):
        with pytest.raises(RequesterCannotPay) as refusal:
            await town.thumbnails.making.more(thumbnail.id, person)
        assert (refusal.value.pictures, refusal.value.is_own) == (2, person is ME)
    await town.settle()
    assert (await town.now(thumbnail.id)).state is S.VOTING


async def test_a_candidate_is_changed_by_words() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    second = (await town.candidates(thumbnail))[1]
    await town.thumbnails.making.change(thumbnail.id, ME, 2, "make the sky red")
    await town.tend()
    request = town.asked_of_runbase()[-1]
    assert (request.prompt, request.images, request.kind) == ("make the sky red", 1, Kind.EDIT)
    assert [one.sha256 for one in request.references] == [second.sha256]
    assert request.parent is not None
    assert request.parent.run_id == second.run
    assert request.references[0].url == "https://cdn.test/attached/candidate-2.png"
    await town.paint()
    changed = (await town.candidates(thumbnail))[-1]
    assert (changed.number, changed.parent) == (4, 2)


async def test_changes_that_cannot_be_made_are_refused() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    change = town.thumbnails.making.change
    with pytest.raises(CandidateGone):
        await change(thumbnail.id, ME, 9, "make the sky red")
    with pytest.raises(PromptEmpty):
        await change(thumbnail.id, ME, 1, " ")
    with pytest.raises(PromptTooLong):
        await change(thumbnail.id, ME, 1, "x" * (LONGEST_CHANGE + 1))
    with pytest.raises(NotYourThumbnail):
        await change(thumbnail.id, OTHER, 1, "make the sky red")


async def test_after_the_vote_nothing_more_is_made() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    await town.thumbnails.voting.close(thumbnail.id, ME)
    with pytest.raises(ThumbnailMoved):
        await town.thumbnails.making.more(thumbnail.id, ME)


async def test_what_comes_after_the_vote_cannot_win_it() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    await town.vote(thumbnail, 1, 2)
    await town.vote(thumbnail, 2, 1)
    await town.thumbnails.making.more(thumbnail.id, ME, pictures=1)
    await town.tend()
    await town.thumbnails.voting.close(thumbnail.id, ME)
    await town.paint()
    await town.settle()
    assert [one.number for one in await town.candidates(thumbnail)] == [1, 2, 3, 4]
    assert town.card(thumbnail).leaders == (1, 2)


# Entries


async def test_members_enter_their_own_which_cost_nobody_quota() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    spent = len(town.ledger.takes)
    assert await town.enter(thumbnail, 77) == 4
    entry = (await town.candidates(thumbnail))[-1]
    assert (entry.author, entry.is_entry, town.files.contents[entry.sha256]) == (77, True, a_picture("entry of 77"))
    with pytest.raises(AlreadyEntered):
        await town.enter(thumbnail, 77)
    assert len(town.ledger.takes) == spent
    await town.settle()
    assert b": 1, 2, 3, 4 as" in (town.message_of(thumbnail).picture or b"")


async def test_entries_are_refused_where_the_server_or_the_file_does_not_allow_them() -> None:
    town = Community()
    await town.set_up(takes_entries=False)
    thumbnail = await town.made()
    with pytest.raises(EntriesClosed):
        await town.enter(thumbnail, 77)
    await town.set_up()
    with pytest.raises(NotAPicture):
        await town.enter(thumbnail, 77, picture=b"not a picture")
    assert len(await town.candidates(thumbnail)) == 3


async def test_entries_alone_can_be_voted_on() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.wish()
    town.quota_shrinks(to=0)
    await town.approve(thumbnail)
    await town.enter(thumbnail, 77)
    with pytest.raises(TooFewCandidates):
        await town.thumbnails.voting.open(thumbnail.id, ME)
    await town.enter(thumbnail, 78)
    with pytest.raises(NotYourThumbnail):
        await town.thumbnails.voting.open(thumbnail.id, OTHER)
    opened = await town.thumbnails.voting.open(thumbnail.id, ME)
    assert (opened.state, opened.moved_by) == (S.VOTING, REQUESTER)


async def test_entries_take_room_from_what_is_made() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.wish(pictures=4)
    town.quota_shrinks(to=0)
    await town.approve(thumbnail)
    for member in range(70, 76):
        await town.enter(thumbnail, member)
    town.quota_opens()
    await town.thumbnails.making.make(thumbnail.id, ME)
    await town.tend()
    assert town.asked_of_runbase()[-1].images == 2
    with pytest.raises(TooManyCandidates):
        await town.enter(thumbnail, 76)


# Taking away


async def test_moderators_take_candidates_away_and_members_their_own_entries() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    await town.enter(thumbnail, 77)
    remove = town.thumbnails.entries.remove
    with pytest.raises(ModeratorsOnly):
        await remove(thumbnail.id, ME, 4)
    with pytest.raises(ModeratorsOnly):
        await remove(thumbnail.id, ME, 1)
    await remove(thumbnail.id, a_person(77), 4)
    await remove(thumbnail.id, A_MODERATOR, 2)
    with pytest.raises(CandidateGone):
        await remove(thumbnail.id, A_MODERATOR, 2)
    await town.settle()
    assert [one.number for one in town.card(thumbnail).candidates] == [1, 3]


async def test_a_picture_that_was_deleted_in_the_channel_is_no_candidate_any_more() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    await town.vote(thumbnail, 1, 1)
    first = (await town.candidates(thumbnail))[0]
    assert first.run is not None
    town.delete(first.run)
    await town.settle()
    assert [one.number for one in await town.candidates(thumbnail)] == [2, 3]
    assert town.card(thumbnail).tally.cast == 0


async def test_without_any_candidate_left_it_begins_again() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    await town.vote(thumbnail, 1, 1)
    for candidate in (1, 2, 3):
        await town.thumbnails.entries.remove(thumbnail.id, A_MODERATOR, candidate)
    await town.settle()
    found = await town.now(thumbnail.id)
    assert (found.state, found.why, found.vote_opened_at) == (S.APPROVED, Why.NONE_LEFT, None)
    await town.thumbnails.making.make(thumbnail.id, A_MODERATOR)
    await town.tend()
    await town.paint()
    assert [one.number for one in await town.candidates(thumbnail)] == [4, 5, 6]
    assert await town.shelf.votes(thumbnail.id) == {}
    assert (await town.shelf.moves(thumbnail.id))[-2].by == MODERATOR
