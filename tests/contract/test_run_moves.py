"""Every move of a run, legal or not, alone or against others, and what it does to the quota; on every ledger."""

import asyncio
import random
from datetime import timedelta

import pytest

from bot.domain.ids import KeyId, MessageId, RunId
from bot.domain.runs import GIVES_BACK, EndReason, RunState, is_legal
from tests.builders import START, a_sha256, runs_of
from tests.contract import ledgers
from tests.contract.ledgers import KEY, WAYS, Ledger, placed, request_of
from tests.fakes import TakeState

ledger = ledgers.ledger
generous = ledgers.generous
LATER = START + timedelta(minutes=1)
HELD = {RunState.QUEUED, RunState.SUBMITTING, RunState.RUNNING, RunState.READY}


@pytest.mark.parametrize("before", RunState)
async def test_legal_moves_work_and_all_others_change_nothing(ledger: Ledger, before: RunState) -> None:
    for after in RunState:
        run = await ledger.run_in(before)
        untouched = ledger.takes()[run]
        assert await ledger.move(run, after) is is_legal(before, after), after
        assert ledger.states()[run] is (after if is_legal(before, after) else before), after
        if not is_legal(before, after):
            assert ledger.takes()[run] is untouched, after


@pytest.mark.parametrize("state", RunState)
async def test_a_take_is_held_spent_or_given_back_as_its_run_stands(ledger: Ledger, state: RunState) -> None:
    run = await ledger.run_in(state)
    expected = TakeState.GIVEN_BACK if state in GIVES_BACK else TakeState.HELD if state in HELD else TakeState.SPENT
    assert ledger.takes() == {run: expected}


@pytest.mark.parametrize("state", sorted(GIVES_BACK))
async def test_what_is_given_back_no_longer_counts(generous: Ledger, state: RunState) -> None:
    request = await generous.acknowledged(images=2)
    first, _ = runs_of(request)
    for step in WAYS[state]:
        await generous.move(first, step)
    assert {usage.used for usage in await generous.usage(request)} == {1}


@pytest.mark.parametrize("state", [RunState.QUEUED, RunState.RUNNING, RunState.READY, RunState.DELIVERED])
async def test_what_is_held_or_spent_counts(generous: Ledger, state: RunState) -> None:
    run = await generous.run_in(state)
    parcel_of = await generous.accepted()
    assert generous.states()[run] is state
    assert {usage.used for usage in await generous.usage(parcel_of)} == {2}


@pytest.mark.parametrize("end", [RunState.FAILED, RunState.UNCERTAIN])
async def test_quota_is_given_back_once_even_when_a_late_run_ends_again(generous: Ledger, end: RunState) -> None:
    request = await generous.acknowledged(images=2)
    first, second = runs_of(request)
    for step in (*WAYS[RunState.OVERDUE], end):
        assert await generous.move(first, step)
    assert generous.takes() == {first: TakeState.GIVEN_BACK, second: TakeState.HELD}
    assert {usage.used for usage in await generous.usage(request)} == {1}


async def test_a_picture_that_comes_after_all_is_a_gift(generous: Ledger) -> None:
    request = await generous.acknowledged()
    (run,) = runs_of(request)
    for step in WAYS[RunState.OVERDUE]:
        await generous.move(run, step)
    await generous.requests.deliver(request.id, [], LATER)
    assert await generous.requests.parcel(request.id) is None
    assert await generous.move(run, RunState.READY)
    assert list(await generous.requests.undelivered()) == [request.id]
    await generous.requests.deliver(request.id, [placed(run)], LATER)
    assert generous.states() == {run: RunState.DELIVERED}
    assert generous.takes() == {run: TakeState.GIVEN_BACK}
    assert {usage.used for usage in await generous.usage(request)} == {0}


async def test_a_withdrawn_request_gives_everything_back(generous: Ledger) -> None:
    request = await generous.accepted(images=4)
    await generous.requests.withdraw(request.id, EndReason.NOT_ACKNOWLEDGED, LATER)
    assert set(generous.states().values()) == {RunState.CANCELLED}
    assert set(generous.takes().values()) == {TakeState.GIVEN_BACK}


async def test_withdrawing_leaves_alone_what_was_sent(generous: Ledger) -> None:
    request = await generous.acknowledged(images=2)
    sent, waiting = runs_of(request)
    await generous.move(sent, RunState.SUBMITTING)
    await generous.requests.withdraw(request.id, EndReason.NOT_ACKNOWLEDGED, LATER)
    assert generous.states() == {sent: RunState.SUBMITTING, waiting: RunState.CANCELLED}
    assert generous.takes() == {sent: TakeState.HELD, waiting: TakeState.GIVEN_BACK}


async def test_delivering_again_moves_no_picture(ledger: Ledger) -> None:
    run = await ledger.run_in(RunState.DELIVERED)
    await ledger.requests.deliver(request_of(run), [placed(run, MessageId(901))], LATER)
    assert ledger.takes() == {run: TakeState.SPENT}
    assert ledger.states() == {run: RunState.DELIVERED}


async def test_a_refused_move_keeps_what_the_run_knew(ledger: Ledger) -> None:
    run = await ledger.run_in(RunState.RUNNING)
    assert not await ledger.requests.claim(run, KeyId("the-other"), LATER)
    assert not await ledger.requests.release(run)
    (found,) = await ledger.requests.looked_after()
    assert (found.key_id, found.submitted_at, found.provider_id) == (KEY, START, f"provider-{run}")


# Many at once


async def test_of_many_claims_one_wins(ledger: Ledger) -> None:
    run = await ledger.run_in(RunState.QUEUED)
    keys = [KeyId(f"key-{number}") for number in range(50)]
    won = await asyncio.gather(*(ledger.requests.claim(run, key, START) for key in keys))
    assert won.count(True) == 1
    await ledger.move(run, RunState.RUNNING)
    (found,) = await ledger.requests.looked_after()
    assert found.key_id == keys[won.index(True)]


async def test_of_many_ends_one_wins_and_the_take_follows_it(ledger: Ledger) -> None:
    dice = random.Random(3)
    for _ in range(10):
        run = await ledger.run_in(RunState.RUNNING)
        ends = [RunState.FAILED, RunState.UNCERTAIN, RunState.READY] * 5
        dice.shuffle(ends)
        moved = await asyncio.gather(*(_tell(ledger, run, end) for end in ends))
        winner = ends[moved.index(True)]
        assert moved.count(True) == 1
        assert ledger.states()[run] is winner
        assert ledger.takes()[run] is (TakeState.HELD if winner is RunState.READY else TakeState.GIVEN_BACK)


async def test_a_run_that_is_late_and_ready_at_once_costs_once_or_nothing(ledger: Ledger) -> None:
    for _ in range(10):
        run = await ledger.run_in(RunState.RUNNING)
        late, ready = await asyncio.gather(_tell(ledger, run, RunState.OVERDUE), _tell(ledger, run, RunState.READY))
        assert ready
        assert ledger.states()[run] is RunState.READY
        await ledger.move(run, RunState.DELIVERED)
        assert ledger.takes()[run] is (TakeState.GIVEN_BACK if late else TakeState.SPENT)


async def _tell(ledger: Ledger, run: RunId, state: RunState) -> bool:
    if state is RunState.READY:
        return await ledger.requests.finish(run, a_sha256(run), LATER)
    return await ledger.requests.end(run, state, EndReason.PROVIDER_FAILED, LATER)
