"""Rounds of pictures, and the candidates that come of them or are entered; in memory and in SQLite."""

import asyncio
from datetime import timedelta

import pytest

from bot.domain.ids import MemberId
from bot.domain.runs import EndReason, RunState
from bot.domain.thumbnails.ids import ThumbnailId
from bot.domain.thumbnails.refusals import AlreadyEntered, ThumbnailGone, ThumbnailMoved, TooManyCandidates
from bot.domain.thumbnails.states import COLLECTING, ThumbnailState
from bot.domain.thumbnails.thumbnails import MOST_CANDIDATES
from tests.board_builders import BOARD_CHANNEL, MODERATOR, REQUESTER, a_move, a_round, a_spot
from tests.builders import START, a_sha256, runs_of
from tests.contract import shelves as of_shelves
from tests.contract.shelves import Shelves

shelves = of_shelves.shelves
S = ThumbnailState
LATER = START + timedelta(minutes=1)


async def collected(shelves: Shelves, thumbnail: ThumbnailId) -> list[int]:
    await shelves.candidates.collect(thumbnail, LATER, most=MOST_CANDIDATES)
    return [one.number for one in await shelves.candidates.candidates(thumbnail) if not one.is_removed]


# Rounds


async def test_a_round_moves_its_thumbnail_with_it_or_is_not_there(shelves: Shelves) -> None:
    thumbnail = await shelves.in_state(S.APPROVED)
    move = a_move(S.APPROVED, S.MAKING)
    order = a_round(thumbnail.id)
    assert await shelves.candidates.order(order, move, expected=S.ASKED, most=8) is None
    assert await shelves.candidates.order(order, move, expected=S.APPROVED, most=8) == 1
    assert (await shelves.now(thumbnail.id)).state is S.MAKING
    (found,) = await shelves.candidates.open_rounds(thumbnail.id)
    assert (found.words, found.pictures, found.asked_by, found.asked_at) == (order.words, 3, REQUESTER, START)
    assert (found.waiting, found.request, found.is_answered, found.is_made) == (None, None, False, False)


async def test_one_round_comes_after_the_other(shelves: Shelves) -> None:
    thumbnail = await shelves.in_state(S.VOTING)
    orders = [shelves.candidates.order(a_round(thumbnail.id), None, expected=S.VOTING, most=8) for _ in range(20)]
    numbers = await asyncio.gather(*orders)
    assert sorted(number for number in numbers if number) == [1]
    (first,) = await shelves.candidates.open_rounds(thumbnail.id)
    assert await shelves.candidates.settle(first, LATER)
    assert not await shelves.candidates.settle(first, LATER)
    assert await shelves.candidates.order(a_round(thumbnail.id), None, expected=S.VOTING, most=8) == 2


async def test_no_more_pictures_are_ordered_than_there_is_room_for(shelves: Shelves) -> None:
    thumbnail = await shelves.voting(candidates=6)
    assert await shelves.candidates.order(a_round(thumbnail.id), None, expected=S.VOTING, most=8) is None
    order = a_round(thumbnail.id, pictures=2, parent=1)
    assert await shelves.candidates.order(order, None, expected=S.VOTING, most=8) == 1
    (found,) = await shelves.candidates.open_rounds()
    assert (found.thumbnail, found.parent) == (thumbnail.id, 1)


async def test_a_round_says_how_far_its_request_is(shelves: Shelves) -> None:
    thumbnail = await shelves.in_state(S.MAKING)
    order = await shelves.ordered(thumbnail.id)
    request = await shelves.requested(order)
    (found,) = await shelves.candidates.open_rounds(thumbnail.id)
    assert (found.request, found.is_answered, found.awaited, found.is_made) == (request.id, True, 3, False)
    first, second, third = runs_of(request)
    await shelves.requests.end(first, RunState.FAILED, EndReason.DECLINED, START)
    await shelves.make(second)
    (found,) = await shelves.candidates.open_rounds(thumbnail.id)
    assert found.awaited == 2
    await shelves.requests.end(third, RunState.CANCELLED, EndReason.CALLED_OFF, START)
    await shelves.requests.keep(request.id, START)
    (found,) = await shelves.candidates.open_rounds(thumbnail.id)
    assert (found.awaited, found.is_made) == (0, True)


async def test_the_first_waiting_message_stays_the_rounds(shelves: Shelves) -> None:
    thumbnail = await shelves.in_state(S.MAKING)
    order = await shelves.ordered(thumbnail.id)
    await shelves.candidates.note_waiting(order, a_spot())
    (found,) = await shelves.candidates.open_rounds(thumbnail.id)
    assert found.waiting == order.waiting


async def test_an_open_round_presses(shelves: Shelves) -> None:
    thumbnail = await shelves.in_state(S.MAKING)
    order = await shelves.ordered(thumbnail.id)
    await shelves.thumbnails.note_shown(thumbnail.id, 100, "")
    assert await shelves.tended() == {thumbnail.id: (True, False)}
    await shelves.candidates.settle(order, LATER)
    assert await shelves.tended() == {}


async def test_what_rounds_used_of_the_quota_is_counted_without_what_was_given_back(shelves: Shelves) -> None:
    thumbnail, other = await shelves.in_state(S.VOTING), await shelves.in_state(S.MAKING)
    assert await shelves.candidates.quota_used(thumbnail.id) == 0
    first = await shelves.ordered(thumbnail.id)
    assert await shelves.candidates.quota_used(thumbnail.id) == 0
    request = await shelves.requested(first)
    await shelves.requested(await shelves.ordered(other.id))
    assert await shelves.candidates.quota_used(thumbnail.id) == 3
    await shelves.requests.end(runs_of(request)[0], RunState.FAILED, EndReason.DECLINED, START)
    assert await shelves.candidates.quota_used(thumbnail.id) == 2
    await shelves.candidates.settle(first, LATER)
    await shelves.delivered(await shelves.requested(await shelves.ordered(thumbnail.id, pictures=1)))
    assert await shelves.candidates.quota_used(thumbnail.id) == 3


# From pictures to candidates


async def test_finished_pictures_become_candidates_once(shelves: Shelves) -> None:
    thumbnail = await shelves.in_state(S.MAKING)
    request = await shelves.requested(await shelves.ordered(thumbnail.id))
    assert await collected(shelves, thumbnail.id) == []
    runs = await shelves.delivered(request)
    new = await asyncio.gather(*(shelves.candidates.collect(thumbnail.id, LATER, most=8) for _ in range(10)))
    assert sorted(run for some in new for run in some) == sorted(runs)
    found = await shelves.candidates.candidates(thumbnail.id)
    assert [(one.number, one.run, one.sha256) for one in found] == [
        (number, run, a_sha256(run)) for number, run in enumerate(runs, start=1)
    ]
    assert {(one.author, one.is_entry, one.parent) for one in found} == {(request.address.member_id, False, None)}
    assert {one.spot.channel for one in found if one.spot} == {BOARD_CHANNEL}


async def test_pictures_that_could_not_be_shown_anywhere_are_candidates_too(shelves: Shelves) -> None:
    thumbnail = await shelves.in_state(S.MAKING)
    request = await shelves.requested(await shelves.ordered(thumbnail.id, pictures=1))
    (run,) = runs_of(request)
    await shelves.make(run)
    assert await collected(shelves, thumbnail.id) == []
    await shelves.requests.keep(request.id, START)
    assert await collected(shelves, thumbnail.id) == [1]


async def test_a_picture_that_comes_late_presses_and_is_a_candidate(shelves: Shelves) -> None:
    thumbnail = await shelves.in_state(S.VOTING)
    order = await shelves.ordered(thumbnail.id, pictures=1)
    request = await shelves.requested(order)
    (run,) = runs_of(request)
    await shelves.make(run)
    await shelves.candidates.settle(order, LATER)
    await shelves.thumbnails.note_shown(thumbnail.id, 100, "")
    assert await shelves.tended() == {}
    await shelves.requests.keep(request.id, START)
    assert await shelves.tended() == {thumbnail.id: (True, False)}
    assert await collected(shelves, thumbnail.id) == [1]
    await shelves.thumbnails.note_shown(thumbnail.id, 200, "")
    assert await shelves.tended() == {}


@pytest.mark.parametrize("state", [state for state in S if state not in COLLECTING])
async def test_what_has_ended_takes_no_candidates(shelves: Shelves, state: S) -> None:
    thumbnail = await shelves.in_state(S.APPROVED)
    request = await shelves.requested(await shelves.ordered(thumbnail.id, pictures=1))
    await shelves.delivered(request)
    before = S.APPROVED
    for after in of_shelves.WAYS[state][1:] or (state,) * (state is not S.ASKED):
        if after in {S.DECLINED, S.WITHDRAWN, S.EXPIRED} or before is not after:
            await shelves.thumbnails.move(thumbnail.id, a_move(before, after))
            before = after
    if before is S.APPROVED:
        return
    assert await collected(shelves, thumbnail.id) == []


async def test_a_changed_candidate_remembers_what_it_was_made_of(shelves: Shelves) -> None:
    thumbnail = await shelves.voting(candidates=2)
    await shelves.delivered(await shelves.requested(await shelves.ordered(thumbnail.id, pictures=1, parent=2)))
    assert await collected(shelves, thumbnail.id) == [1, 2, 3]
    assert [one.parent for one in await shelves.candidates.candidates(thumbnail.id)] == [None, None, 2]


async def test_gifts_do_not_overfill_the_board(shelves: Shelves) -> None:
    thumbnail = await shelves.in_state(S.VOTING)
    order = await shelves.ordered(thumbnail.id, pictures=4)
    request = await shelves.requested(order)
    await shelves.candidates.settle(order, LATER)
    for member in range(6):
        await shelves.enter(thumbnail.id, 500 + member)
    gifts = await shelves.delivered(request)
    assert list(await shelves.candidates.collect(thumbnail.id, LATER, most=MOST_CANDIDATES)) == list(gifts[:2])
    assert len(await collected(shelves, thumbnail.id)) == MOST_CANDIDATES
    await shelves.thumbnails.note_shown(thumbnail.id, 100, "")
    assert await shelves.tended() == {}


# Entries


async def test_a_member_enters_one_picture(shelves: Shelves) -> None:
    thumbnail = await shelves.in_state(S.VOTING)
    assert await shelves.enter(thumbnail.id, 501) == 1
    assert await shelves.enter(thumbnail.id, 502) == 2
    with pytest.raises(AlreadyEntered):
        await shelves.enter(thumbnail.id, 501)
    found = await shelves.candidates.candidates(thumbnail.id)
    assert [(one.author, one.sha256, one.is_entry) for one in found] == [
        (501, a_sha256("entry 501"), True),
        (502, a_sha256("entry 502"), True),
    ]


async def test_whoever_took_their_picture_away_may_enter_another(shelves: Shelves) -> None:
    thumbnail = await shelves.voting(candidates=2)
    assert await shelves.candidates.remove(thumbnail.id, 1, MemberId(501), LATER)
    assert await shelves.enter(thumbnail.id, 501) == 3


async def test_of_many_entries_at_once_as_many_are_taken_as_there_is_room_for(shelves: Shelves) -> None:
    thumbnail = await shelves.in_state(S.VOTING)
    await shelves.ordered(thumbnail.id, pictures=2)
    answers = await asyncio.gather(
        *(shelves.enter(thumbnail.id, 500 + member) for member in range(20)), return_exceptions=True
    )
    assert sorted(one for one in answers if isinstance(one, int)) == [1, 2, 3, 4, 5, 6]
    assert sum(isinstance(one, TooManyCandidates) for one in answers) == 14


@pytest.mark.parametrize("state", S)
async def test_entries_are_taken_until_the_vote_is_closed(shelves: Shelves, state: S) -> None:
    thumbnail = await shelves.in_state(state)
    if state in COLLECTING:
        assert await shelves.enter(thumbnail.id, 501) == 1
    else:
        with pytest.raises(ThumbnailMoved) as moved:
            await shelves.enter(thumbnail.id, 501)
        assert moved.value.state is state


async def test_after_a_vote_nothing_is_entered(shelves: Shelves) -> None:
    thumbnail = await shelves.voting()
    await shelves.thumbnails.move(thumbnail.id, a_move(S.VOTING, S.DECIDING))
    with pytest.raises(ThumbnailMoved):
        await shelves.enter(thumbnail.id, 600)


async def test_there_is_nothing_to_enter_for(shelves: Shelves) -> None:
    with pytest.raises(ThumbnailGone):
        await shelves.enter(ThumbnailId("nothing"), 600)


# Taking away


async def test_a_candidate_is_taken_away_once(shelves: Shelves) -> None:
    thumbnail = await shelves.voting(candidates=2)
    assert await shelves.candidates.remove(thumbnail.id, 2, MODERATOR, LATER)
    assert not await shelves.candidates.remove(thumbnail.id, 2, MODERATOR, LATER)
    assert not await shelves.candidates.remove(thumbnail.id, 9, MODERATOR, LATER)
    assert [one.is_removed for one in await shelves.candidates.candidates(thumbnail.id)] == [False, True]
    assert (await shelves.now(thumbnail.id)).revision == thumbnail.revision + 1
    assert a_sha256("entry 502") not in await shelves.records.needed_files(delivered_since=LATER)
