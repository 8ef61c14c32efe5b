"""The bot and the terminal share a ledger and leave each other's requests alone; on every ledger."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.domain.errors import QueueFull, QuotaExceeded, QuotaScope
from bot.domain.ids import RequestId, RunId
from bot.domain.requests import Address, Request
from bot.domain.runs import RunState
from bot.ports import RequestStore
from tests.builders import START, TOKEN_LIFE, a_reference, a_request, a_sha256, a_window, an_address, first_run
from tests.contract import ledgers
from tests.contract.ledgers import LONG_AGO, Ledger, next_queued, request_of

ledger = ledgers.ledger
LATER = START + timedelta(minutes=1)
TERMINAL = Address.at_terminal(START)
DISCORD = an_address()


async def work_in(store: RequestStore) -> Sequence[RunId | RequestId]:
    """Whatever a loop over this store would take up, in any state."""
    queued = await next_queued(store)
    return [
        *([queued[1].id] if queued else []),
        *(run.id for run in await store.looked_after()),
        *(run.id for run in await store.stranded()),
        *await store.undelivered(),
        *await store.being_made(closing_before=START + TOKEN_LIFE),
    ]


@pytest.mark.parametrize("state", [state for state in RunState if state is not RunState.DELIVERED])
async def test_each_takes_up_its_own_work_and_never_the_others(ledger: Ledger, state: RunState) -> None:
    asked_at_terminal = await ledger.run_in(state, address=TERMINAL)
    asked_on_discord = await ledger.run_in(state, address=DISCORD)
    for store, own in ((ledger.terminal, asked_at_terminal), (ledger.requests, asked_on_discord)):
        found = await work_in(store)
        assert found
        assert set(found) <= {own, request_of(own)}


async def test_a_request_nobody_was_told_of_is_stranded_where_it_was_asked(ledger: Ledger) -> None:
    request = await ledger.accepted(address=TERMINAL)
    assert [run.id for run in await ledger.terminal.stranded()] == [first_run(request)]
    assert not await ledger.requests.stranded()


async def test_a_start_of_the_one_tries_nothing_again_that_the_other_kept(ledger: Ledger) -> None:
    at_terminal, on_discord = [
        request_of(await ledger.run_in(RunState.READY, address=address)) for address in (TERMINAL, DISCORD)
    ]
    for request in (at_terminal, on_discord):
        await ledger.requests.keep(request, LATER)
    await ledger.terminal.unkeep(since=LONG_AGO, most=20)
    assert not await ledger.requests.undelivered()
    assert list(await ledger.terminal.undelivered()) == [at_terminal]
    await ledger.requests.unkeep(since=LONG_AGO, most=20)
    assert list(await ledger.requests.undelivered()) == [on_discord]


async def test_who_waits_for_the_one_does_not_fill_the_queue_of_the_other(ledger: Ledger) -> None:
    await ledger.accepted(address=DISCORD)
    await ledger.terminal.accept(a_request(address=TERMINAL), queue_length=1)
    with pytest.raises(QueueFull):
        await ledger.terminal.accept(a_request(address=TERMINAL), queue_length=1)
    with pytest.raises(QueueFull):
        await ledger.requests.accept(a_request(address=DISCORD), queue_length=1)


async def test_both_spend_from_what_everybody_has_together(ledger: Ledger) -> None:
    await ledger.quotas.configure([a_window(2, scope=QuotaScope.GLOBAL)])
    await ledger.accepted(address=DISCORD)
    await ledger.terminal.accept(a_request(address=TERMINAL), queue_length=9)
    for store, address in ((ledger.terminal, TERMINAL), (ledger.requests, DISCORD)):
        with pytest.raises(QuotaExceeded):
            await store.accept(a_request(address=address), queue_length=9)


async def test_neither_sweeps_away_what_the_other_needs(ledger: Ledger) -> None:
    wanted: set[str] = set()
    for name, address in (("fox.png", TERMINAL), ("owl.png", DISCORD)):
        await ledger.accepted(address=address, references=(a_reference(name),))
        run = await ledger.run_in(RunState.READY, address=address)
        wanted |= {a_sha256(name), a_sha256(run)}
    assert await ledger.records.needed_files(delivered_since=LATER) == wanted


async def test_a_request_of_the_terminal_comes_back_as_it_was(ledger: Ledger) -> None:
    asked: Request = a_request(address=TERMINAL, source_id=-(2**60))
    await ledger.terminal.accept(asked, queue_length=9)
    parcel = await ledger.terminal.parcel(asked.id)
    assert parcel is not None
    assert parcel.request == asked
