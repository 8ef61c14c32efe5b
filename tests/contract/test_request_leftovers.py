"""What a request leaves behind, and for how long: tokens and files; on every ledger."""

from datetime import timedelta

import pytest

from bot.domain.runs import EndReason, RunState
from tests.builders import START, a_reference, a_sha256, runs_of
from tests.contract import ledgers
from tests.contract.ledgers import Ledger, placed, request_of
from tests.fakes import TakeState

ledger = ledgers.ledger
LATER = START + timedelta(minutes=1)


# Tokens and files


async def test_telling_the_outcome_uses_up_the_token(ledger: Ledger) -> None:
    run = await ledger.run_in(RunState.READY)
    assert ledger.tokens() == {request_of(run): "a-token"}
    await ledger.move(run, RunState.DELIVERED)
    assert ledger.tokens() == {request_of(run): None}


async def test_an_overdue_picture_may_still_need_the_token(ledger: Ledger) -> None:
    run = await ledger.run_in(RunState.OVERDUE)
    await ledger.requests.deliver(request_of(run), [], LATER)
    assert ledger.tokens() == {request_of(run): "a-token"}
    await ledger.move(run, RunState.READY)
    await ledger.move(run, RunState.DELIVERED)
    assert ledger.tokens() == {request_of(run): None}


async def test_telling_leaves_open_what_became_ready_meanwhile(ledger: Ledger) -> None:
    request = await ledger.acknowledged(images=2)
    first, second = runs_of(request)
    for run in (first, second):
        for step in ledgers.WAYS[RunState.READY]:
            await ledger.move(run, step)
    await ledger.requests.deliver(request.id, [placed(first)], LATER)
    assert list(await ledger.requests.undelivered()) == [request.id]
    assert ledger.tokens() == {request.id: "a-token"}
    assert ledger.takes() == {first: TakeState.SPENT, second: TakeState.HELD}


async def test_one_token_can_be_forgotten_by_itself(ledger: Ledger) -> None:
    one, other = await ledger.acknowledged(), await ledger.acknowledged()
    await ledger.requests.forget_token(one.id)
    assert ledger.tokens() == {one.id: None, other.id: "a-token"}


@pytest.mark.parametrize("state", RunState)
async def test_references_and_pictures_are_needed_until_they_have_served(ledger: Ledger, state: RunState) -> None:
    run = await ledger.run_in(state, references=(a_reference("fox.png"),))
    if state in {RunState.FAILED, RunState.CANCELLED, RunState.UNCERTAIN, RunState.OVERDUE}:
        await ledger.requests.deliver(request_of(run), [], LATER)
    needed = {a_sha256(run)} if state is RunState.READY else set()
    if state in {RunState.QUEUED, RunState.SUBMITTING, RunState.RUNNING, RunState.READY}:
        needed.add(a_sha256("fox.png"))
    assert await ledger.records.needed_files(delivered_since=LATER + timedelta(milliseconds=1)) == needed


@pytest.mark.parametrize("state", [RunState.DELIVERED, RunState.FAILED, RunState.UNCERTAIN, RunState.OVERDUE])
async def test_references_are_kept_a_while_longer_so_that_the_same_can_be_asked_for_again(
    ledger: Ledger, state: RunState
) -> None:
    run = await ledger.run_in(state, references=(a_reference("fox.png"),))
    await ledger.requests.deliver(request_of(run), [], LATER)
    assert a_sha256("fox.png") in await ledger.records.needed_files(delivered_since=LATER)


async def test_a_delivered_picture_is_needed_for_as_long_as_it_is_to_be_kept(ledger: Ledger) -> None:
    run = await ledger.run_in(RunState.DELIVERED)
    assert await ledger.records.needed_files(delivered_since=START) == {a_sha256(run)}
    assert not await ledger.records.needed_files(delivered_since=START + timedelta(milliseconds=1))


async def test_references_of_a_withdrawn_request_are_not_needed(ledger: Ledger) -> None:
    withdrawn = await ledger.accepted(references=(a_reference(),))
    await ledger.requests.withdraw(withdrawn.id, EndReason.NOT_ACKNOWLEDGED, LATER)
    assert not await ledger.records.needed_files(delivered_since=START)
