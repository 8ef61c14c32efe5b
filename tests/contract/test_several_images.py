"""Requests for several images: shown in parts, and settled only when nothing is to come any more."""

import pytest

from bot.domain.ids import AttachmentId, ChannelId, MessageId
from bot.domain.requests import Request, Spot
from bot.domain.runs import EndReason, RunState
from bot.ports import Placed
from tests.builders import MESSAGE, START, a_reference, a_sha256, runs_of
from tests.contract import ledgers
from tests.contract.ledgers import WAYS, Ledger
from tests.fakes import TakeState

ledger = ledgers.ledger


async def with_runs_in(ledger: Ledger, *states: RunState) -> Request:
    request = await ledger.acknowledged(images=len(states))
    for run, state in zip(runs_of(request), states, strict=True):
        for step in WAYS[state]:
            if step is not RunState.DELIVERED:
                assert await ledger.move(run, step)
    return request


def in_message(request: Request, number: int, attachment: int, message: int = MESSAGE) -> Placed:
    return Placed(runs_of(request)[number], ChannelId(20), MessageId(message), AttachmentId(attachment))


@pytest.mark.parametrize("other", [RunState.QUEUED, RunState.SUBMITTING, RunState.RUNNING])
async def test_what_is_ready_can_be_shown_while_another_is_made(ledger: Ledger, other: RunState) -> None:
    request = await with_runs_in(ledger, RunState.READY, other)
    assert list(await ledger.requests.partly_ready()) == [request.id]
    assert not await ledger.requests.undelivered()


@pytest.mark.parametrize("other", [RunState.READY, RunState.OVERDUE, RunState.FAILED, RunState.UNCERTAIN])
async def test_when_nothing_is_made_any_more_all_is_delivered(ledger: Ledger, other: RunState) -> None:
    request = await with_runs_in(ledger, RunState.READY, other)
    assert list(await ledger.requests.undelivered()) == [request.id]
    assert not await ledger.requests.partly_ready()


async def test_where_nothing_is_ready_there_is_no_part_to_show(ledger: Ledger) -> None:
    await with_runs_in(ledger, RunState.RUNNING, RunState.FAILED)
    assert not await ledger.requests.partly_ready()


async def test_what_was_never_answered_or_is_kept_is_not_shown_in_parts(ledger: Ledger) -> None:
    kept = await with_runs_in(ledger, RunState.READY, RunState.RUNNING)
    await ledger.requests.keep(kept.id, START)
    assert not await ledger.requests.partly_ready()


async def test_a_part_that_was_shown_is_spent_and_the_request_goes_on(ledger: Ledger) -> None:
    request = await with_runs_in(ledger, RunState.READY, RunState.RUNNING)
    await ledger.requests.deliver(request.id, [in_message(request, 0, 7)], START)

    first, second = runs_of(request)
    assert ledger.states() == {first: RunState.DELIVERED, second: RunState.RUNNING}
    assert ledger.takes() == {first: TakeState.SPENT, second: TakeState.HELD}
    assert ledger.tokens()[request.id] is not None
    parcel = await ledger.requests.parcel(request.id)
    assert parcel is not None
    assert parcel.is_awaited
    assert not await ledger.requests.partly_ready()


async def test_once_all_was_shown_the_request_is_settled_and_its_token_forgotten(ledger: Ledger) -> None:
    request = await with_runs_in(ledger, RunState.READY, RunState.RUNNING)
    await ledger.requests.deliver(request.id, [in_message(request, 0, 7)], START)
    second = runs_of(request)[1]
    await ledger.requests.finish(second, a_sha256("second"), START)
    await ledger.requests.deliver(request.id, [in_message(request, 1, 8)], START)
    assert await ledger.requests.parcel(request.id) is None
    assert ledger.tokens()[request.id] is None


async def test_bad_news_of_the_last_one_settles_a_request_whose_pictures_stand(ledger: Ledger) -> None:
    request = await with_runs_in(ledger, RunState.READY, RunState.RUNNING)
    await ledger.requests.deliver(request.id, [in_message(request, 0, 7)], START)
    await ledger.requests.end(runs_of(request)[1], RunState.FAILED, EndReason.PROVIDER_FAILED, START)
    assert list(await ledger.requests.undelivered()) == [request.id]
    parcel = await ledger.requests.parcel(request.id)
    assert parcel is not None
    assert (parcel.ready, parcel.problems) == ((), (EndReason.PROVIDER_FAILED,))
    await ledger.requests.deliver(request.id, [], START)
    assert not await ledger.requests.undelivered()


async def test_a_parcel_tells_which_images_a_message_shows_in_the_order_they_came(ledger: Ledger) -> None:
    request = await with_runs_in(ledger, *[RunState.READY] * 3, RunState.RUNNING)
    elsewhere = in_message(request, 0, 5, message=999)
    later, earlier = in_message(request, 1, 9), in_message(request, 2, 7)
    for place in (elsewhere, earlier, later):
        await ledger.requests.deliver(request.id, [place], START)
    parcel = await ledger.requests.parcel(request.id)
    assert parcel is not None
    assert parcel.placed_in(MESSAGE) == (earlier, later)
    assert parcel.runs[1].spot == Spot(ChannelId(20), MESSAGE)
    assert parcel.runs[1].attachment == AttachmentId(9)


async def test_of_the_references_those_that_had_to_be_attached_are_known_as_copies(ledger: Ledger) -> None:
    references = (a_reference("own.png"), a_reference("changed.png", url=None))
    request = await ledger.accepted(references=references)
    await ledger.requests.acknowledge(request.id, MESSAGE, START, attached=["https://cdn.test/changed.png"])
    asked = await ledger.requests.asked(request.id)
    assert asked is not None
    assert [one.is_copy for one in asked.references] == [False, True]
