"""Accepting requests, and finding those that somebody has to look after; on every ledger."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import AlreadyAsked, QueueFull, QuotaExceeded, QuotaScope
from bot.domain.ids import KeyId, MessageId, ProviderRunId, RequestId, RunId
from bot.domain.requests import Kind
from bot.domain.runs import EndReason, RunState
from tests.builders import (
    MESSAGE,
    START,
    a_reference,
    a_request,
    a_sha256,
    a_window,
    an_address,
    first_run,
    runs_of,
)
from tests.contract import ledgers
from tests.contract.ledgers import KEY, LONG_AGO, PLENTY, Ledger, next_queued, request_of
from tests.fakes import TakeState

ledger = ledgers.ledger
LATER = START + timedelta(minutes=1)


# Accepting


async def test_an_accepted_request_comes_back_as_it_was(ledger: Ledger) -> None:
    asked = a_request(
        kind=Kind.EDIT,
        address=an_address(private=True),
        prompt="Ein Fuchs – 狐 🦊\nin the snow",
        aspect="3:2",
        images=4,
        references=(a_reference("one.png"), a_reference("two.png")),
        created_at=START + timedelta(milliseconds=123),
    )
    await ledger.requests.accept(asked, queue_length=PLENTY)
    parcel = await ledger.requests.parcel(asked.id)
    assert parcel is not None
    assert parcel.request == asked
    assert [(run.id, run.number, run.state, run.queued_at) for run in parcel.runs] == [
        (run, number, RunState.QUEUED, asked.created_at) for number, run in enumerate(runs_of(asked))
    ]


async def test_accepting_takes_one_image_of_quota_for_each_run(ledger: Ledger) -> None:
    request = await ledger.accepted(images=3)
    assert ledger.takes() == dict.fromkeys(runs_of(request), TakeState.HELD)


async def test_the_same_interaction_is_accepted_once(ledger: Ledger) -> None:
    first = await ledger.accepted()
    with pytest.raises(AlreadyAsked):
        await ledger.accepted(source_id=first.source_id)
    assert set(ledger.states()) == set(ledger.takes()) == {first_run(first)}


async def test_the_same_interaction_is_known_even_when_nothing_else_would_fit(ledger: Ledger) -> None:
    await ledger.quotas.configure([a_window(1)])
    first = await ledger.accepted()
    with pytest.raises(AlreadyAsked):
        await ledger.requests.accept(a_request(source_id=first.source_id), queue_length=1)


async def test_a_full_queue_refuses_with_its_length_and_stores_nothing(ledger: Ledger) -> None:
    await ledger.accepted(images=2)
    refused = a_request()
    with pytest.raises(QueueFull) as full:
        await ledger.requests.accept(refused, queue_length=2)
    assert (full.value.waiting, full.value.limit) == (2, 2)
    assert await ledger.requests.parcel(refused.id) is None
    assert first_run(refused) not in {*ledger.states(), *ledger.takes()}


async def test_what_left_the_queue_makes_room(ledger: Ledger) -> None:
    waiting = await ledger.acknowledged()
    await ledger.move(first_run(waiting), RunState.SUBMITTING)
    next_one = a_request()
    await ledger.requests.accept(next_one, queue_length=1)
    assert ledger.states()[first_run(next_one)] is RunState.QUEUED


async def test_a_refusal_for_quota_stores_nothing_and_may_be_asked_again(ledger: Ledger) -> None:
    await ledger.quotas.configure([a_window(3)])
    refused = a_request(images=4, references=(a_reference(),))
    with pytest.raises(QuotaExceeded):
        await ledger.requests.accept(refused, queue_length=PLENTY)
    assert not ledger.states()
    assert not ledger.takes()
    assert await ledger.requests.parcel(refused.id) is None
    assert not await ledger.records.needed_files(delivered_since=START)
    await ledger.requests.accept(replace(refused, images=3), queue_length=PLENTY)
    assert len(ledger.takes()) == 3


async def test_a_refusal_says_which_window_and_when_it_opens(ledger: Ledger) -> None:
    await ledger.quotas.configure([a_window(2, scope=QuotaScope.SERVER, per=timedelta(hours=1))])
    await ledger.accepted(images=2)
    with pytest.raises(QuotaExceeded) as refused:
        await ledger.accepted(created_at=LATER)
    error = refused.value
    assert (error.scope, error.used, error.limit, error.asked) == (QuotaScope.SERVER, 2, 2, 1)
    assert (error.per, error.opens_at) == (timedelta(hours=1), START + timedelta(hours=1))


# Whose turn it is


async def test_nothing_waits_in_an_empty_ledger(ledger: Ledger) -> None:
    assert await next_queued(ledger.requests) is None


async def test_only_what_its_member_sees_is_sent(ledger: Ledger) -> None:
    request = await ledger.accepted()
    assert await next_queued(ledger.requests) is None
    await ledger.requests.acknowledge(request.id, MESSAGE, START)
    found = await next_queued(ledger.requests)
    assert found is not None
    assert found[0].address.message_id == MESSAGE
    assert found[1].id == first_run(request)


async def test_who_came_first_is_served_first(ledger: Ledger) -> None:
    late, early = [await ledger.acknowledged(images=2, created_at=at) for at in (LATER, START)]
    served: list[RunId] = []
    while found := await next_queued(ledger.requests):
        served.append(found[1].id)
        await ledger.move(found[1].id, RunState.SUBMITTING)
    assert served == [*runs_of(early), *runs_of(late)]


async def test_a_request_without_acknowledgement_holds_up_nobody(ledger: Ledger) -> None:
    await ledger.accepted()
    second = await ledger.acknowledged(created_at=LATER)
    found = await next_queued(ledger.requests)
    assert found is not None
    assert found[0].id == second.id


async def test_a_run_that_was_released_waits_again(ledger: Ledger) -> None:
    run = await ledger.run_in(RunState.SUBMITTING)
    assert await next_queued(ledger.requests) is None
    assert await ledger.requests.release(run)
    found = await next_queued(ledger.requests)
    assert found is not None
    assert (found[1].id, found[1].key_id, found[1].submitted_at) == (run, None, None)


async def test_the_first_acknowledgement_counts(ledger: Ledger) -> None:
    request = await ledger.acknowledged()
    await ledger.requests.acknowledge(request.id, MessageId(901), LATER)
    parcel = await ledger.requests.parcel(request.id)
    assert parcel is not None
    assert parcel.request.address.message_id == MESSAGE


# Who has to be looked after


@pytest.mark.parametrize("state", RunState)
async def test_what_runbase_may_still_finish_is_looked_after(ledger: Ledger, state: RunState) -> None:
    run = await ledger.run_in(state)
    looked_after = [found.id for found in await ledger.requests.looked_after()]
    assert looked_after == ([run] if state in {RunState.RUNNING, RunState.OVERDUE} else [])


async def test_a_run_is_looked_after_with_the_key_that_made_it(ledger: Ledger) -> None:
    request = await ledger.acknowledged()
    await ledger.requests.claim(first_run(request), KeyId("the-other"), LATER)
    await ledger.requests.start(first_run(request), ProviderRunId("abc"))
    (run,) = await ledger.requests.looked_after()
    assert (run.key_id, run.provider_id, run.submitted_at) == ("the-other", "abc", LATER)


@pytest.mark.parametrize("state", RunState)
async def test_only_a_run_caught_while_being_sent_is_stranded(ledger: Ledger, state: RunState) -> None:
    run = await ledger.run_in(state)
    stranded = [found.id for found in await ledger.requests.stranded()]
    assert stranded == ([run] if state is RunState.SUBMITTING else [])


async def test_a_queued_run_nobody_was_told_of_is_stranded(ledger: Ledger) -> None:
    request = await ledger.accepted(images=2)
    assert {run.id for run in await ledger.requests.stranded()} == set(runs_of(request))
    await ledger.requests.withdraw(request.id, EndReason.NOT_ACKNOWLEDGED, LATER)
    assert not await ledger.requests.stranded()


@pytest.mark.parametrize("state", RunState)
async def test_what_runbase_works_on_is_being_made(ledger: Ledger, state: RunState) -> None:
    run = await ledger.run_in(state)
    being_made = list(await ledger.requests.being_made(closing_before=START))
    assert being_made == ([request_of(run)] if state in {RunState.SUBMITTING, RunState.RUNNING} else [])


async def test_a_request_is_being_made_once_however_many_runs_it_has(ledger: Ledger) -> None:
    request = await ledger.acknowledged(images=3)
    for run in runs_of(request)[:2]:
        await ledger.move(run, RunState.SUBMITTING)
    assert list(await ledger.requests.being_made(closing_before=START)) == [request.id]


@pytest.mark.parametrize("state", RunState)
async def test_a_request_is_undelivered_once_nothing_is_awaited(ledger: Ledger, state: RunState) -> None:
    run = await ledger.run_in(state)
    told = state in {RunState.QUEUED, RunState.SUBMITTING, RunState.RUNNING, RunState.DELIVERED}
    assert list(await ledger.requests.undelivered()) == ([] if told else [request_of(run)])


async def test_a_request_is_delivered_only_when_all_its_runs_have_ended(ledger: Ledger) -> None:
    request = await ledger.acknowledged(images=2)
    first, second = runs_of(request)
    for step in ledgers.WAYS[RunState.READY]:
        await ledger.move(first, step)
    assert not await ledger.requests.undelivered()
    await ledger.move(second, RunState.FAILED)
    assert list(await ledger.requests.undelivered()) == [request.id]


async def test_who_cannot_be_told_is_not_tried(ledger: Ledger) -> None:
    request = await ledger.accepted()
    await ledger.requests.withdraw(request.id, EndReason.NOT_ACKNOWLEDGED, LATER)
    assert not await ledger.requests.undelivered()


async def test_a_kept_request_rests_until_everything_is_tried_again(ledger: Ledger) -> None:
    run = await ledger.run_in(RunState.READY)
    await ledger.requests.keep(request_of(run), LATER)
    assert not await ledger.requests.undelivered()
    await ledger.requests.unkeep(since=LONG_AGO, most=20)
    assert list(await ledger.requests.undelivered()) == [request_of(run)]


async def test_what_was_delivered_does_not_come_back_with_what_was_kept(ledger: Ledger) -> None:
    run = await ledger.run_in(RunState.READY)
    await ledger.requests.keep(request_of(run), LATER)
    await ledger.move(run, RunState.DELIVERED)
    await ledger.requests.unkeep(since=LONG_AGO, most=20)
    assert not await ledger.requests.undelivered()


async def test_a_settled_or_unknown_request_has_no_parcel(ledger: Ledger) -> None:
    run = await ledger.run_in(RunState.FAILED)
    assert await ledger.requests.parcel(request_of(run)) is not None
    await ledger.requests.deliver(request_of(run), [], LATER)
    assert await ledger.requests.parcel(request_of(run)) is None
    assert await ledger.requests.parcel(RequestId("nobody")) is None


async def test_a_parcel_says_how_each_run_ended(ledger: Ledger) -> None:
    request = await ledger.acknowledged(images=2)
    first, second = runs_of(request)
    await ledger.requests.end(second, RunState.FAILED, EndReason.DECLINED, LATER)
    await ledger.requests.claim(first, KEY, START)
    await ledger.requests.start(first, ProviderRunId("abc"))
    await ledger.requests.finish(first, a_sha256("fox"), LATER)
    parcel = await ledger.requests.parcel(request.id)
    assert parcel is not None
    assert [(run.state, run.reason, run.image, run.ended_at) for run in parcel.runs] == [
        (RunState.READY, None, a_sha256("fox"), LATER),
        (RunState.FAILED, EndReason.DECLINED, None, LATER),
    ]
