"""Which moves are legal, which are due by themselves, and who wins: pure rules."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.thumbnails.ballots import tally
from bot.domain.thumbnails.course import DECIDE_WITHIN, EXPIRES_AFTER, VoteStanding, due_move, move
from bot.domain.thumbnails.states import COLLECTING, DROPPED, MOVES, OPEN, ThumbnailState, Why, is_legal
from tests.board_builders import MODERATOR, VOTE_FOR, a_thumbnail
from tests.builders import START

S = ThumbnailState
FINAL = DROPPED | {S.DONE}
LATER = START + timedelta(days=30)
VOTES = st.dictionaries(st.integers(1, 6), st.integers(0, 5), max_size=6)


def standing(*candidates: int, votes: dict[int, int] | None = None, is_being_made: bool = False) -> VoteStanding:
    return VoteStanding(tally(candidates, votes or {}), is_being_made)


# States


def test_what_has_ended_stays_where_it_is() -> None:
    assert {state for state in S if not MOVES[state]} == FINAL


def test_everything_open_can_be_withdrawn_and_nothing_else() -> None:
    assert {state for state in S if is_legal(state, S.WITHDRAWN)} == OPEN
    assert OPEN >= COLLECTING


def test_every_state_can_be_reached_from_asking() -> None:
    reached, new = {S.ASKED}, {S.ASKED}
    while new:
        new = {after for before in new for after in MOVES[before]} - reached
        reached |= new
    assert reached == set(S)


def test_there_is_no_winner_without_a_decision_and_no_end_without_files() -> None:
    assert {state for state in S if is_legal(state, S.CHOSEN)} == {S.DECIDING}
    assert {state for state in S if is_legal(state, S.DONE)} == {S.CHOSEN}


def test_a_move_carries_when_its_state_ends_by_itself() -> None:
    thumbnail = a_thumbnail(state=S.APPROVED)
    opened = move(thumbnail, S.VOTING, START, Why.PRESSED, by=MODERATOR, vote_for=VOTE_FOR)
    assert (opened.by, opened.deadline) == (MODERATOR, START + VOTE_FOR)
    voted = move(a_thumbnail(state=S.VOTING), S.DECIDING, START, Why.TIME)
    assert voted.deadline == START + DECIDE_WITHIN
    assert move(a_thumbnail(state=S.MAKING), S.DECIDING, START, Why.MADE).deadline == START + EXPIRES_AFTER
    assert move(a_thumbnail(state=S.DECIDING), S.CHOSEN, START, Why.PRESSED, chosen=2).deadline is None


# Counting


@given(st.sets(st.integers(1, 6), min_size=1), VOTES)
def test_whoever_wins_has_more_votes_than_anybody_else(candidates: set[int], votes: dict[int, int]) -> None:
    counted = tally(candidates, votes)
    assert set(counted.leaders) <= candidates
    others = {counted.of(one) for one in candidates - set(counted.leaders)}
    assert all(counted.of(counted.leaders[0]) > other for other in others)
    if counted.winner is not None:
        assert all(counted.of(counted.winner) > counted.of(one) for one in candidates - {counted.winner})
        assert counted.of(counted.winner) > 0


@given(st.sets(st.integers(1, 6), min_size=2), VOTES)
def test_there_is_no_winner_exactly_when_two_lead_or_nobody_voted(candidates: set[int], votes: dict[int, int]) -> None:
    counted = tally(candidates, votes)
    most = sorted((counted.of(one) for one in candidates), reverse=True)
    assert (counted.winner is None) is (most[0] == most[1] or most[0] == 0)


def test_votes_for_what_was_taken_away_do_not_count() -> None:
    counted = tally([1, 3], {1: 2, 2: 9, 3: 1})
    assert (counted.winner, counted.cast) == (1, 3)


def test_where_nobody_voted_all_lead() -> None:
    assert tally([2, 1, 3], {}).leaders == (1, 2, 3)


# What is due


@pytest.mark.parametrize("state", [S.ASKED, S.APPROVED])
def test_what_nobody_approved_or_paid_for_expires(state: S) -> None:
    thumbnail = a_thumbnail(state=state, deadline=LATER)
    assert due_move(thumbnail, standing(), LATER - timedelta(seconds=1), vote_for=VOTE_FOR) is None
    due = due_move(thumbnail, standing(), LATER, vote_for=VOTE_FOR)
    assert due is not None
    assert (due.after, due.why, due.by) == (S.EXPIRED, Why.TIME, None)


@pytest.mark.parametrize(
    ("candidates", "after", "why"),
    [(0, S.APPROVED, Why.NONE_MADE), (1, S.DECIDING, Why.MADE), (2, S.VOTING, Why.MADE), (4, S.VOTING, Why.MADE)],
)
def test_what_was_made_decides_where_it_goes_on(candidates: int, after: S, why: Why) -> None:
    thumbnail, made = a_thumbnail(state=S.MAKING), range(1, candidates + 1)
    assert due_move(thumbnail, standing(*made, is_being_made=True), LATER, vote_for=VOTE_FOR) is None
    due = due_move(thumbnail, standing(*made), START, vote_for=VOTE_FOR)
    assert due is not None
    assert (due.after, due.why) == (after, why)


def test_a_vote_ends_at_its_time_whatever_was_voted() -> None:
    thumbnail = a_thumbnail(state=S.VOTING, deadline=LATER, vote_opened_at=START)
    for votes in ({}, {1: 1}, {1: 1, 2: 1}):
        assert due_move(thumbnail, standing(1, 2, votes=votes), START, vote_for=VOTE_FOR) is None
        due = due_move(thumbnail, standing(1, 2, votes=votes), LATER, vote_for=VOTE_FOR)
        assert due is not None
        assert (due.after, due.why) == (S.DECIDING, Why.TIME)


def test_a_clear_vote_names_the_winner_at_once() -> None:
    thumbnail = a_thumbnail(state=S.DECIDING, deadline=LATER, vote_opened_at=START)
    due = due_move(thumbnail, standing(1, 2, votes={2: 1}), START, vote_for=VOTE_FOR)
    assert due is not None
    assert (due.after, due.why, due.chosen) == (S.CHOSEN, Why.MOST_VOTES, 2)


@pytest.mark.parametrize(("votes", "first"), [({}, 1), ({2: 3, 3: 3}, 2)])
def test_a_tie_is_the_requesters_until_its_time_is_over(votes: dict[int, int], first: int) -> None:
    thumbnail = a_thumbnail(state=S.DECIDING, deadline=LATER, vote_opened_at=START)
    assert due_move(thumbnail, standing(1, 2, 3, votes=votes), START, vote_for=VOTE_FOR) is None
    due = due_move(thumbnail, standing(1, 2, 3, votes=votes), LATER, vote_for=VOTE_FOR)
    assert due is not None
    assert (due.after, due.why, due.chosen) == (S.CHOSEN, Why.TIME, first)


def test_a_single_candidate_waits_for_its_requester_and_expires_without() -> None:
    thumbnail = a_thumbnail(state=S.DECIDING, deadline=LATER)
    assert due_move(thumbnail, standing(1), START, vote_for=VOTE_FOR) is None
    assert due_move(thumbnail, standing(1, is_being_made=True), LATER, vote_for=VOTE_FOR) is None
    due = due_move(thumbnail, standing(1), LATER, vote_for=VOTE_FOR)
    assert due is not None
    assert due.after is S.EXPIRED


def test_a_second_candidate_opens_the_vote() -> None:
    due = due_move(a_thumbnail(state=S.DECIDING), standing(1, 2), START, vote_for=VOTE_FOR)
    assert due is not None
    assert (due.after, due.why, due.deadline) == (S.VOTING, Why.ANOTHER, START + VOTE_FOR)


@pytest.mark.parametrize("state", [S.VOTING, S.DECIDING])
def test_without_candidates_it_begins_again(state: S) -> None:
    thumbnail = a_thumbnail(state=state, deadline=LATER, vote_opened_at=START)
    assert due_move(thumbnail, standing(is_being_made=True), LATER, vote_for=VOTE_FOR) is None
    due = due_move(thumbnail, standing(), START, vote_for=VOTE_FOR)
    assert due is not None
    assert (due.after, due.why) == (S.APPROVED, Why.NONE_LEFT)


@given(
    st.sampled_from(S),
    st.sets(st.integers(1, 5)),
    VOTES,
    st.booleans(),
    st.booleans(),
    st.integers(0, 60),
    st.booleans(),
)
def test_whatever_is_due_is_legal_and_names_a_leader(
    state: S, candidates: set[int], votes: dict[int, int], is_being_made: bool, was_voted: bool, days: int, ends: bool
) -> None:
    thumbnail = a_thumbnail(state=state, deadline=LATER if ends else None, vote_opened_at=START if was_voted else None)
    counted = tally(candidates, votes)
    due = due_move(thumbnail, VoteStanding(counted, is_being_made), START + timedelta(days=days), vote_for=VOTE_FOR)
    if due is None:
        return
    assert is_legal(state, due.after)
    assert due.before is state
    assert due.by is None
    if due.after is S.CHOSEN:
        assert due.chosen in counted.leaders


@given(st.lists(st.tuples(st.integers(1, 8), st.integers(1, 3)), max_size=60))
def test_a_vote_always_ends_with_a_leader_of_the_last_votes(clicks: list[tuple[int, int]]) -> None:
    last = Counter(dict(clicks).values())
    thumbnail = a_thumbnail(state=S.VOTING, deadline=START + VOTE_FOR, vote_opened_at=START)
    now, counted = START + VOTE_FOR, standing(1, 2, 3, votes=dict(last))
    closing = due_move(thumbnail, counted, now, vote_for=VOTE_FOR)
    assert closing is not None
    deciding = a_thumbnail(state=closing.after, deadline=closing.deadline, vote_opened_at=START)
    ending = due_move(deciding, counted, now + DECIDE_WITHIN, vote_for=VOTE_FOR)
    assert ending is not None
    most = max(last.get(one, 0) for one in (1, 2, 3))
    assert ending.chosen == min(one for one in (1, 2, 3) if last.get(one, 0) == most)
