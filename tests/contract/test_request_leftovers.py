"""What a request leaves behind, and for how long: tokens, files and the times its runs took; on every ledger."""

from datetime import timedelta

import pytest

from bot.domain.ids import RunId
from bot.domain.requests import Kind
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
    assert await ledger.records.needed_files(delivered_since=LATER) == needed


async def test_a_delivered_picture_is_needed_for_as_long_as_it_is_to_be_kept(ledger: Ledger) -> None:
    run = await ledger.run_in(RunState.DELIVERED)
    assert await ledger.records.needed_files(delivered_since=START) == {a_sha256(run)}
    assert not await ledger.records.needed_files(delivered_since=START + timedelta(milliseconds=1))


async def test_references_of_a_withdrawn_request_are_not_needed(ledger: Ledger) -> None:
    withdrawn = await ledger.accepted(references=(a_reference(),))
    await ledger.requests.withdraw(withdrawn.id, EndReason.NOT_ACKNOWLEDGED, LATER)
    assert not await ledger.records.needed_files(delivered_since=START)


# How long runs took


async def test_run_times_are_those_of_the_same_model_and_kind(ledger: Ledger) -> None:
    await _took(ledger, 12.5)
    await _took(ledger, 99.0, kind=Kind.EDIT)
    await _took(ledger, 98.0, model="openai/gpt-image-2")
    assert list(await ledger.requests.run_seconds("openai/gpt-image-1", Kind.GENERATE, most=10)) == [12.5]


async def test_run_times_are_the_latest_ones(ledger: Ledger) -> None:
    for seconds in (30.0, 10.0, 20.0):
        await _took(ledger, seconds)
    assert list(await ledger.requests.run_seconds("openai/gpt-image-1", Kind.GENERATE, most=2)) == [30.0, 20.0]


async def test_a_delivered_run_still_counts_and_a_failed_one_never_did(ledger: Ledger) -> None:
    delivered = await _took(ledger, 12.5)
    await ledger.move(delivered, RunState.DELIVERED)
    failed = await ledger.run_in(RunState.RUNNING)
    await ledger.requests.end(failed, RunState.FAILED, EndReason.PROVIDER_FAILED, LATER)
    assert list(await ledger.requests.run_seconds("openai/gpt-image-1", Kind.GENERATE, most=10)) == [12.5]


async def _took(ledger: Ledger, seconds: float, **changes: object) -> RunId:
    run = await ledger.run_in(RunState.RUNNING, **changes)
    await ledger.requests.finish(run, a_sha256(run), START + timedelta(seconds=seconds))
    return run
