"""What has had its time goes, in batches, and nothing else does; on every ledger."""

import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.errors import AlreadyBeingMade, QuotaScope
from bot.domain.ids import ChannelId, EditId, RequestId
from bot.domain.quotas import Usage
from bot.domain.requests import Address, LeftOut, Omission, Opening, Parent, Request
from bot.domain.runs import EndReason, RunState
from tests.builders import (
    MESSAGE,
    START,
    TOKEN_LIFE,
    a_reference,
    a_request,
    a_window,
    an_address,
    an_upload,
    asked_by,
    first_run,
    runs_of,
)
from tests.contract import ledgers
from tests.contract.ledgers import LEDGERS, PLENTY, Ledger, placed, request_of
from tests.fakes import TakeState

ledger = ledgers.ledger
A_MOMENT = timedelta(milliseconds=1)
LATER = START + timedelta(days=400)
GIVEN_UP = sorted({RunState.FAILED, RunState.CANCELLED, RunState.UNCERTAIN})


async def told(ledger: Ledger, *, at: datetime = START, **changes: Any) -> Request:
    """A request whose picture was delivered at a moment."""
    request = await ledger.acknowledged(**changes)
    for run in runs_of(request):
        for step in ledgers.WAYS[RunState.READY]:
            await ledger.move(run, step)
    await ledger.requests.deliver(request.id, [placed(run) for run in runs_of(request)], at)
    return request


async def is_there(ledger: Ledger, request: RequestId) -> bool:
    return await ledger.requests.asked(request) is not None


async def written(ledger: Ledger, request: RequestId) -> tuple[str, int, int]:
    found = await ledger.requests.asked(request)
    assert found is not None
    return found.prompt, len(found.references), len(found.left_out)


# What members wrote and gave


async def test_prompts_references_and_names_of_files_are_forgotten_together(ledger: Ledger) -> None:
    given: dict[str, Any] = {
        "references": (a_reference(), a_reference("hare.png")),
        "left_out": (LeftOut("x.png", Omission.DUPLICATE),),
    }
    old, young = await told(ledger, **given), await told(ledger, at=START + A_MOMENT, **given)
    assert await ledger.records.forget_prompts(over_before=START + A_MOMENT, most=PLENTY) == 1
    assert await written(ledger, old.id) == ("", 0, 0)
    assert await written(ledger, young.id) == (young.prompt, 2, 1)
    assert ledger.states()[first_run(old)] is RunState.DELIVERED


async def test_what_was_forgotten_is_not_forgotten_again(ledger: Ledger) -> None:
    await told(ledger)
    assert await ledger.records.forget_prompts(over_before=LATER, most=PLENTY) == 1
    assert await ledger.records.forget_prompts(over_before=LATER, most=PLENTY) == 0


# Which requests are over


@pytest.mark.parametrize("state", RunState)
async def test_what_its_member_was_not_told_of_is_never_touched(ledger: Ledger, state: RunState) -> None:
    run = await ledger.run_in(state)
    gone = state is RunState.DELIVERED
    assert await ledger.records.forget_prompts(over_before=LATER, most=PLENTY) == gone
    assert await ledger.records.delete_requests(over_before=LATER, most=PLENTY) == gone
    assert await is_there(ledger, request_of(run)) is not gone


@pytest.mark.parametrize("state", GIVEN_UP)
async def test_what_came_to_nothing_is_over_once_its_member_was_told(ledger: Ledger, state: RunState) -> None:
    run = await ledger.run_in(state)
    await ledger.requests.deliver(request_of(run), [], START)
    assert await ledger.records.delete_requests(over_before=START, most=PLENTY) == 0
    assert await ledger.records.delete_requests(over_before=START + A_MOMENT, most=PLENTY) == 1
    assert ledger.states() == {}


async def test_while_an_overdue_picture_may_arrive_nothing_is_over(ledger: Ledger) -> None:
    run = await ledger.run_in(RunState.OVERDUE)
    await ledger.requests.deliver(request_of(run), [], START)
    assert await ledger.records.forget_prompts(over_before=LATER, most=PLENTY) == 0
    assert await ledger.records.delete_requests(over_before=LATER, most=PLENTY) == 0
    await ledger.move(run, RunState.READY)
    assert await ledger.records.delete_requests(over_before=LATER, most=PLENTY) == 0
    await ledger.move(run, RunState.DELIVERED)
    assert await ledger.records.delete_requests(over_before=LATER, most=PLENTY) == 1


async def test_what_nobody_was_answered_is_over_since_it_was_asked(ledger: Ledger) -> None:
    request = await ledger.accepted()
    assert await ledger.records.delete_requests(over_before=LATER, most=PLENTY) == 0
    await ledger.requests.withdraw(request.id, EndReason.NOT_ACKNOWLEDGED, START + timedelta(minutes=20))
    assert await ledger.records.forget_prompts(over_before=START, most=PLENTY) == 0
    assert await ledger.records.forget_prompts(over_before=START + A_MOMENT, most=PLENTY) == 1
    assert await ledger.records.delete_requests(over_before=START + A_MOMENT, most=PLENTY) == 1


async def test_what_is_kept_for_its_member_stays(ledger: Ledger) -> None:
    run = await ledger.run_in(RunState.READY)
    await ledger.requests.keep(request_of(run), START)
    assert await ledger.records.delete_requests(over_before=LATER, most=PLENTY) == 0
    assert await ledger.records.forget_prompts(over_before=LATER, most=PLENTY) == 0


# Batches


async def test_a_batch_takes_the_oldest_and_no_more_than_it_may(ledger: Ledger) -> None:
    requests = [await told(ledger, at=START + timedelta(hours=hour)) for hour in (3, 1, 2)]
    for gone in ([1], [1, 2], [1, 2, 0]):
        assert await ledger.records.delete_requests(over_before=LATER, most=1) == 1
        left = [number for number, request in enumerate(requests) if await is_there(ledger, request.id)]
        assert left == [number for number in range(3) if number not in gone]
    assert await ledger.records.delete_requests(over_before=LATER, most=1) == 0


async def test_prompts_go_in_batches_too_with_all_that_belongs_to_them(ledger: Ledger) -> None:
    requests = [
        await told(ledger, at=START + timedelta(hours=hour), references=(a_reference(), a_reference("hare.png")))
        for hour in range(3)
    ]
    assert await ledger.records.forget_prompts(over_before=LATER, most=2) == 2
    assert [(await written(ledger, request.id))[:2] for request in requests] == [
        ("", 0),
        ("", 0),
        (requests[2].prompt, 2),
    ]


# Quota


async def test_takes_stay_for_as_long_as_a_window_counts_them(ledger: Ledger) -> None:
    request = await told(ledger, images=2)
    one, other = runs_of(request)
    await ledger.records.delete_requests(over_before=LATER, most=PLENTY)
    assert ledger.takes() == {one: TakeState.SPENT, other: TakeState.SPENT}
    assert await ledger.records.delete_takes(taken_before=START - A_MOMENT, most=PLENTY) == 0
    assert await ledger.records.delete_takes(taken_before=START, most=1) == 1
    assert await ledger.records.delete_takes(taken_before=START, most=1) == 1
    assert ledger.takes() == {}


async def test_takes_stay_for_as_long_as_their_request(ledger: Ledger) -> None:
    run = await ledger.run_in(RunState.DELIVERED)
    assert await ledger.records.delete_takes(taken_before=LATER, most=PLENTY) == 0
    assert ledger.takes() == {run: TakeState.SPENT}


async def test_takes_that_were_given_back_go_as_well(ledger: Ledger) -> None:
    run = await ledger.run_in(RunState.FAILED)
    await ledger.requests.deliver(request_of(run), [], START)
    await ledger.records.delete_requests(over_before=LATER, most=PLENTY)
    assert await ledger.records.delete_takes(taken_before=START, most=PLENTY) == 1
    assert ledger.takes() == {}


LONGEST = timedelta(hours=3)
WINDOWS = (
    a_window(PLENTY, per=timedelta(minutes=20)),
    a_window(PLENTY, per=LONGEST),
    a_window(PLENTY, scope=QuotaScope.SERVER, per=timedelta(hours=1)),
    a_window(PLENTY, scope=QuotaScope.GLOBAL, per=timedelta(hours=2)),
)
PEOPLE = [asked_by(member, server) for member in (1, 2) for server in (1, 2)]
NOW = START + timedelta(minutes=300)


@dataclass(frozen=True)
class Asked:
    """Something a member asked for, and how far it came."""

    address: Address
    at: datetime
    images: int
    state: RunState
    is_told: bool


histories = st.lists(
    st.builds(
        Asked,
        address=st.sampled_from(PEOPLE),
        at=st.integers(0, 300).map(lambda minutes: START + timedelta(minutes=minutes)),
        images=st.integers(1, 4),
        state=st.sampled_from(RunState),
        is_told=st.booleans(),
    ),
    max_size=12,
)


@pytest.mark.parametrize("kind", LEDGERS)
@settings(deadline=None, max_examples=40)
@given(
    history=histories, kept=st.integers(0, 300).map(lambda minutes: timedelta(minutes=minutes)), most=st.integers(1, 9)
)
async def test_no_deletion_ever_changes_what_is_used(
    kind: str, history: list[Asked], kept: timedelta, most: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with LEDGERS[kind](Path(folder)) as ledger:
            await ledger.quotas.configure(WINDOWS)
            for asked in history:
                await _live(ledger, asked)
            before = await _used(ledger)
            while await ledger.records.delete_requests(over_before=NOW - kept, most=most):
                pass
            while await ledger.records.delete_takes(taken_before=NOW - max(kept, LONGEST), most=most):
                pass
            assert await _used(ledger) == before


async def _live(ledger: Ledger, asked: Asked) -> None:
    request = await ledger.accepted(address=asked.address, images=asked.images, created_at=asked.at)
    await ledger.requests.acknowledge(request.id, MESSAGE, asked.at)
    for run in runs_of(request):
        for step in ledgers.WAYS[asked.state]:
            await ledger.move(run, step)
    if asked.is_told:
        await ledger.requests.deliver(request.id, [], asked.at)


async def _used(ledger: Ledger) -> list[tuple[Usage, ...]]:
    """By everybody, now and in a while."""
    return [
        await ledger.quotas.usage(address.server_id, address.member_id, at)
        for address in PEOPLE
        for at in (NOW, NOW + timedelta(minutes=7))
    ]


# Tokens


async def test_a_dead_token_is_forgotten_and_a_living_one_kept(ledger: Ledger) -> None:
    dead = await ledger.acknowledged()
    living = await ledger.acknowledged(address=an_address(token_expires_at=START + 2 * TOKEN_LIFE))
    assert await ledger.records.next_token_death() == START + TOKEN_LIFE
    assert await ledger.records.forget_tokens(START + TOKEN_LIFE) == 1
    assert ledger.tokens() == {dead.id: None, living.id: "a-token"}
    assert await ledger.records.next_token_death() == START + 2 * TOKEN_LIFE


async def test_a_token_lives_until_its_last_moment(ledger: Ledger) -> None:
    request = await ledger.acknowledged()
    assert await ledger.records.forget_tokens(START + TOKEN_LIFE - A_MOMENT) == 0
    assert ledger.tokens() == {request.id: "a-token"}


async def test_without_tokens_none_dies(ledger: Ledger) -> None:
    await told(ledger)
    assert await ledger.records.next_token_death() is None


async def test_a_token_has_served_when_the_overdue_picture_is_not_waited_for_any_more(ledger: Ledger) -> None:
    run = await ledger.run_in(RunState.OVERDUE)
    await ledger.requests.deliver(request_of(run), [], START)
    await ledger.records.forget_tokens(START)
    assert ledger.tokens() == {request_of(run): "a-token"}
    await ledger.move(run, RunState.UNCERTAIN)
    await ledger.records.forget_tokens(START)
    assert ledger.tokens() == {request_of(run): None}


async def test_the_token_of_what_was_withdrawn_has_served(ledger: Ledger) -> None:
    request, waiting = await ledger.accepted(), await ledger.accepted()
    await ledger.requests.withdraw(request.id, EndReason.NOT_ACKNOWLEDGED, START)
    assert await ledger.records.forget_tokens(START) == 1
    assert ledger.tokens() == {request.id: None, waiting.id: "a-token"}


@pytest.mark.parametrize("state", [state for state in RunState if state is not RunState.DELIVERED])
async def test_what_has_to_be_told_needs_its_token(ledger: Ledger, state: RunState) -> None:
    run = await ledger.run_in(state)
    assert await ledger.records.forget_tokens(START) == 0
    assert ledger.tokens() == {request_of(run): "a-token"}


# Forms


async def test_forms_go_when_nobody_fills_them_in_any_more(ledger: Ledger) -> None:
    forms = [EditId(f"form{number}") for number in range(3)]
    for number, form in enumerate(forms):
        opening = Opening(an_address(), Parent(ChannelId(20), MESSAGE, None), (an_upload(),))
        await ledger.edits.open(form, opening, START + timedelta(hours=number))
    assert await ledger.records.delete_forms(opened_before=START + timedelta(hours=2), most=1) == 1
    assert [await ledger.edits.opened(form) is not None for form in forms] == [False, True, True]
    assert await ledger.records.delete_forms(opened_before=START + timedelta(hours=2), most=5) == 1
    assert [await ledger.edits.opened(form) is not None for form in forms] == [False, False, True]


# What goes on working


async def test_an_old_message_of_the_bot_is_a_message_like_any_other(ledger: Ledger) -> None:
    run = await ledger.run_in(RunState.DELIVERED)
    assert await ledger.edits.run_of_message(MESSAGE) == run
    await ledger.records.delete_requests(over_before=LATER, most=PLENTY)
    assert await ledger.edits.run_of_message(MESSAGE) is None
    address = an_address()
    assert await ledger.edits.newest_image(address.server_id, address.channel_id, address.member_id) is None


async def test_an_edit_of_a_deleted_picture_keeps_its_link(ledger: Ledger) -> None:
    run = await ledger.run_in(RunState.DELIVERED)
    await ledger.records.delete_requests(over_before=LATER, most=PLENTY)
    parent = Parent(ChannelId(20), MESSAGE, run)
    edit = await ledger.acknowledged(parent=parent)
    found = await ledger.requests.asked(edit.id)
    assert found is not None
    assert found.parent == parent


async def test_a_form_that_served_stays_used_when_its_request_is_gone(ledger: Ledger) -> None:
    form = EditId("form")
    await ledger.edits.open(form, Opening(an_address(), Parent(ChannelId(20), MESSAGE, None), ()), START)
    request = a_request()
    await ledger.requests.accept(request, queue_length=PLENTY, edit=form)
    await ledger.requests.acknowledge(request.id, MESSAGE, START)
    await ledger.move(first_run(request), RunState.CANCELLED)
    await ledger.requests.deliver(request.id, [], START)
    await ledger.records.delete_requests(over_before=LATER, most=PLENTY)
    with pytest.raises(AlreadyBeingMade):
        await ledger.requests.accept(a_request(), queue_length=PLENTY, edit=form)
