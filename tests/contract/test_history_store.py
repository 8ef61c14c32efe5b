"""What is kept for members who could not be reached, and asking once more."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import AlreadyBeingMade
from bot.domain.ids import MemberId, MessageId, RequestId, RunId, ServerId, run_id
from bot.domain.ladder import Rung
from bot.domain.runs import EndReason, RunState
from bot.ports import Attempt
from tests.builders import START, TOKEN_LIFE, a_request, an_address, asked_by, first_run
from tests.contract import ledgers
from tests.contract.ledgers import PLENTY, Ledger, request_of

ledger = ledgers.ledger

LATER = START + timedelta(hours=1)
NEW_ANSWER = an_address(token="a-fresh-token", token_expires_at=LATER + TOKEN_LIFE, message_id=MessageId(950))
ALICE, STUDIO = MemberId(30), ServerId(10)


# Kept requests


async def test_a_kept_request_is_delivered_to_another_answer(ledger: Ledger) -> None:
    request = request_of(await ledger.run_in(RunState.READY))
    await ledger.requests.keep(request, START)
    assert not await ledger.requests.undelivered()
    assert await ledger.requests.readdress(request, NEW_ANSWER)
    assert list(await ledger.requests.undelivered()) == [request]
    parcel = await ledger.requests.parcel(request)
    assert parcel is not None
    assert parcel.request.address == NEW_ANSWER


async def test_a_private_request_stays_private_at_its_new_address(ledger: Ledger) -> None:
    request = request_of(await ledger.run_in(RunState.READY, address=an_address(private=True)))
    await ledger.requests.keep(request, START)
    await ledger.requests.readdress(request, NEW_ANSWER)
    parcel = await ledger.requests.parcel(request)
    assert parcel is not None
    assert parcel.request.address.private


@pytest.mark.parametrize("state", [RunState.RUNNING, RunState.READY, RunState.DELIVERED])
async def test_what_is_not_kept_stays_where_it_is(ledger: Ledger, state: RunState) -> None:
    request = request_of(await ledger.run_in(state))
    assert not await ledger.requests.readdress(request, NEW_ANSWER)


async def test_what_was_kept_and_delivered_is_not_delivered_again(ledger: Ledger) -> None:
    run = await ledger.run_in(RunState.READY)
    await ledger.requests.keep(request_of(run), START)
    await ledger.move(run, RunState.DELIVERED)
    assert not await ledger.requests.readdress(request_of(run), NEW_ANSWER)


async def test_an_attempt_is_remembered_until_there_is_a_new_answer(ledger: Ledger) -> None:
    request = request_of(await ledger.run_in(RunState.READY))
    for rung in (Rung.CHANNEL, Rung.DM):
        await ledger.requests.note_attempt(request, Attempt(rung, START))
        parcel = await ledger.requests.parcel(request)
        assert parcel is not None
        assert parcel.attempt == Attempt(rung, START)
    await ledger.requests.keep(request, START)
    await ledger.requests.readdress(request, NEW_ANSWER)
    parcel = await ledger.requests.parcel(request)
    assert parcel is not None
    assert parcel.attempt is None


async def test_an_edit_is_remembered_until_it_is_taken_back_or_there_is_a_new_answer(ledger: Ledger) -> None:
    run = await ledger.run_in(RunState.READY)
    request = request_of(run)
    for shown in ({run}, set[RunId](), {run, run_id(request, 1)}):
        await ledger.requests.note_edit(request, perhaps_shown=shown)
        parcel = await ledger.requests.parcel(request)
        assert parcel is not None
        assert parcel.perhaps_shown == shown
    await ledger.requests.keep(request, START)
    await ledger.requests.readdress(request, NEW_ANSWER)
    parcel = await ledger.requests.parcel(request)
    assert parcel is not None
    assert not parcel.perhaps_shown


# Whom to tell before a token dies


async def test_a_queued_request_is_told_of_when_its_token_soon_dies(ledger: Ledger) -> None:
    request = await ledger.acknowledged()
    dies_at = START + TOKEN_LIFE
    assert not await ledger.requests.being_made(closing_before=dies_at)
    assert list(await ledger.requests.being_made(closing_before=dies_at + timedelta(seconds=1))) == [request.id]


async def test_a_queued_request_without_a_token_is_left_alone(ledger: Ledger) -> None:
    await ledger.acknowledged(address=an_address(token=None))
    assert not await ledger.requests.being_made(closing_before=LATER)


# Servers the bot left


async def test_what_waits_in_a_server_is_found(ledger: Ledger) -> None:
    here, there = await ledger.acknowledged(images=2), await ledger.acknowledged(address=asked_by(30, server=11))
    await ledger.run_in(RunState.RUNNING)
    assert list(await ledger.requests.queued_in(STUDIO)) == [here.id]
    assert list(await ledger.requests.queued_in(ServerId(11))) == [there.id]


async def test_a_request_is_found_long_after_it_ended(ledger: Ledger) -> None:
    request = request_of(await ledger.run_in(RunState.DELIVERED, prompt="a fox"))
    found = await ledger.requests.asked(request)
    assert found is not None
    assert found.prompt == "a fox"
    assert await ledger.requests.asked(RequestId("nobody-asked-for")) is None


# Once more


async def ask_again(ledger: Ledger, first: RequestId, *, after_s: float, member: int = 30) -> RunId:
    request = a_request(pressed=first, created_at=START + timedelta(seconds=after_s), address=asked_by(member))
    await ledger.requests.accept(request, queue_length=PLENTY)
    await ledger.requests.acknowledge(request.id, MessageId(990), START)
    return first_run(request)


async def test_the_same_wish_twice_at_once_is_one(ledger: Ledger) -> None:
    first = request_of(await ledger.run_in(RunState.UNCERTAIN))
    again = await ask_again(ledger, first, after_s=10)
    with pytest.raises(AlreadyBeingMade):
        await ask_again(ledger, first, after_s=100)
    assert len(ledger.states()) == 2
    await ledger.requests.end(again, RunState.FAILED, EndReason.PROVIDER_DOWN, LATER)
    with pytest.raises(AlreadyBeingMade):
        await ask_again(ledger, first, after_s=14)
    await ask_again(ledger, first, after_s=15)


async def test_what_is_kept_does_not_count_as_being_made(ledger: Ledger) -> None:
    first = request_of(await ledger.run_in(RunState.UNCERTAIN))
    again = await ask_again(ledger, first, after_s=10)
    for state in (RunState.SUBMITTING, RunState.RUNNING):
        await ledger.move(again, state)
        await ledger.requests.keep(request_of(again), START)
        with pytest.raises(AlreadyBeingMade):
            await ask_again(ledger, first, after_s=100)
    await ledger.move(again, RunState.READY)
    await ask_again(ledger, first, after_s=100)


async def test_two_members_may_wish_for_the_same(ledger: Ledger) -> None:
    first = request_of(await ledger.run_in(RunState.UNCERTAIN))
    await ask_again(ledger, first, after_s=10)
    await ask_again(ledger, first, after_s=10, member=31)


async def test_what_a_request_repeats_is_stored(ledger: Ledger) -> None:
    first = request_of(await ledger.run_in(RunState.UNCERTAIN))
    again = await ledger.requests.asked(request_of(await ask_again(ledger, first, after_s=10)))
    assert again is not None
    assert again == replace(again, pressed=first)


async def test_a_request_that_is_called_off_is_told(ledger: Ledger) -> None:
    request = await ledger.accepted(images=2)
    await ledger.requests.call_off(request.id, MessageId(960), EndReason.NOT_ACKNOWLEDGED, LATER)
    assert set(ledger.states().values()) == {RunState.CANCELLED}
    assert list(await ledger.requests.undelivered()) == [request.id]
    parcel = await ledger.requests.parcel(request.id)
    assert parcel is not None
    assert parcel.request.address.message_id == 960
