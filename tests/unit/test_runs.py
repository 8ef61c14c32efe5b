"""States and moves of a run, and the ids everything is known by."""

import pytest

from bot.domain.ids import RequestId, new_request_id, run_id
from bot.domain.runs import AWAITED, GIVES_BACK, MOVES, RunState, is_legal

FINAL = {RunState.DELIVERED, RunState.FAILED, RunState.CANCELLED, RunState.UNCERTAIN}
SENT = {RunState.RUNNING, RunState.OVERDUE, RunState.READY}


def test_every_state_says_where_it_leads() -> None:
    assert set(MOVES) == set(RunState)


def test_final_states_lead_nowhere_and_all_others_somewhere() -> None:
    assert {state for state in RunState if not MOVES[state]} == FINAL


@pytest.mark.parametrize("state", RunState)
def test_every_run_can_end(state: RunState) -> None:
    assert FINAL & _reachable(state)


@pytest.mark.parametrize("state", RunState)
def test_every_state_can_come_about(state: RunState) -> None:
    assert state in _reachable(RunState.QUEUED)


@pytest.mark.parametrize("state", sorted({*SENT, *FINAL}))
def test_what_may_have_been_paid_for_is_never_sent_again(state: RunState) -> None:
    assert not {RunState.QUEUED, RunState.SUBMITTING} & (_reachable(state) - {state})


def test_a_run_that_is_being_sent_cannot_be_cancelled() -> None:
    assert is_legal(RunState.QUEUED, RunState.CANCELLED)
    assert not is_legal(RunState.SUBMITTING, RunState.CANCELLED)


def test_only_an_overdue_run_gives_back_and_may_still_become_a_picture() -> None:
    assert {state for state in GIVES_BACK if RunState.READY in MOVES[state]} == {RunState.OVERDUE}


def test_nobody_waits_for_what_was_given_back() -> None:
    assert not AWAITED & GIVES_BACK


def test_no_state_follows_itself() -> None:
    assert not any(is_legal(state, state) for state in RunState)


def test_moves_cannot_be_changed_at_run_time() -> None:
    with pytest.raises(TypeError):
        MOVES[RunState.FAILED] = frozenset()  # type: ignore[index]


def test_a_run_can_be_told_by_its_request() -> None:
    assert run_id(RequestId("abc"), 3) == "abc.3"


def test_request_ids_fit_into_a_nonce_with_their_run_and_never_repeat() -> None:
    ids = {new_request_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(len(run_id(one, 3)) <= 25 for one in ids)  # Discord's limit on a nonce
    assert all(character.isalnum() or character in "-_" for one in ids for character in one)


def _reachable(state: RunState) -> set[RunState]:
    found = {state}
    while more := {after for before in found for after in MOVES[before]} - found:
        found |= more
    return found
