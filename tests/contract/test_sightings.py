"""What a ledger knows of how long runs took, for whoever learns from it."""

from datetime import timedelta

import pytest

from bot.domain.catalogue import DEFAULT_MODEL
from bot.domain.ids import ProviderRunId, RunId
from bot.domain.pacing import Family, Sighting
from bot.domain.requests import Kind
from bot.domain.runs import EndReason, RunState
from tests.builders import START, a_sha256
from tests.contract import ledgers
from tests.contract.ledgers import KEY, Ledger

ledger = ledgers.ledger
GENERATED, EDITED = Family(DEFAULT_MODEL, Kind.GENERATE), Family(DEFAULT_MODEL, Kind.EDIT)


async def begun(ledger: Ledger, *, after_s: float = 0.0, **changes: object) -> RunId:
    run = await ledger.run_in(RunState.QUEUED, **changes)
    await ledger.requests.claim(run, KEY, START + timedelta(seconds=after_s))
    await ledger.requests.start(run, ProviderRunId(f"provider-{run}"))
    return run


async def finished(ledger: Ledger, took_s: float, *, seen_s: float = 0.0, after_s: float = 0.0, **of: object) -> RunId:
    run = await begun(ledger, after_s=after_s, **of)
    at = START + timedelta(seconds=after_s + took_s)
    assert await ledger.requests.finish(run, a_sha256(run), at, seen_s=seen_s)
    return run


async def known(ledger: Ledger, family: Family = GENERATED, *, most: int = 10) -> list[Sighting]:
    return [sighting for _, sighting in await ledger.requests.sightings(family, most=most)]


async def test_a_finished_run_took_longer_than_it_was_seen_running_and_no_longer_than_until_it_was_noticed(
    ledger: Ledger,
) -> None:
    run = await finished(ledger, 12.5, seen_s=11.25)
    assert list(await ledger.requests.sightings(GENERATED, most=10)) == [(run, Sighting(11.25, 12.5))]
    await ledger.move(run, RunState.DELIVERED)
    assert await known(ledger) == [Sighting(11.25, 12.5)]


@pytest.mark.parametrize("state", [RunState.FAILED, RunState.UNCERTAIN, RunState.OVERDUE])
async def test_a_run_without_a_picture_took_longer_than_it_was_seen_running(ledger: Ledger, state: RunState) -> None:
    run = await begun(ledger)
    at = START + timedelta(seconds=600)
    assert await ledger.requests.end(run, state, EndReason.TOO_SLOW, at, seen_s=590.0)
    assert await known(ledger) == [Sighting(590.0)]


async def test_a_run_that_was_overdue_and_came_after_all_took_as_long_as_that(ledger: Ledger) -> None:
    run = await begun(ledger)
    await ledger.requests.end(run, RunState.OVERDUE, EndReason.TOO_SLOW, START, seen_s=590.0)
    await ledger.requests.finish(run, a_sha256(run), START + timedelta(seconds=700), seen_s=640.0)
    assert await known(ledger) == [Sighting(640.0, 700.0)]


async def test_a_picture_that_is_lost_later_leaves_what_was_seen(ledger: Ledger) -> None:
    run = await finished(ledger, 12.5, seen_s=11.25)
    await ledger.requests.lose(run, START)
    assert await known(ledger) == [Sighting(11.25)]


@pytest.mark.parametrize("state", [RunState.QUEUED, RunState.SUBMITTING, RunState.RUNNING])
async def test_what_is_under_way_tells_nothing_yet(ledger: Ledger, state: RunState) -> None:
    await ledger.run_in(state)
    assert await known(ledger) == []


async def test_what_was_never_seen_to_run_tells_nothing(ledger: Ledger) -> None:
    await ledger.run_in(RunState.FAILED)
    await ledger.run_in(RunState.UNCERTAIN)
    assert await known(ledger) == []


async def test_each_family_is_known_by_itself(ledger: Ledger) -> None:
    await finished(ledger, 12.5)
    await finished(ledger, 99.0, kind=Kind.EDIT)
    await finished(ledger, 98.0, model="openai/gpt-image-2")
    assert await known(ledger) == [Sighting(0.0, 12.5)]
    assert await known(ledger, EDITED) == [Sighting(0.0, 99.0)]


async def test_the_latest_runs_are_known_in_the_order_in_which_they_began(ledger: Ledger) -> None:
    for after_s, took_s in ((30.0, 3.0), (10.0, 1.0), (20.0, 99.0)):
        await finished(ledger, took_s, after_s=after_s)
    assert await known(ledger, most=2) == [Sighting(0.0, 99.0), Sighting(0.0, 3.0)]


async def test_the_families_of_the_runs_that_are_looked_after(ledger: Ledger) -> None:
    running, edit = await begun(ledger), await begun(ledger, kind=Kind.EDIT)
    await ledger.requests.end(edit, RunState.OVERDUE, EndReason.TOO_SLOW, START)
    await finished(ledger, 12.5)
    await ledger.run_in(RunState.SUBMITTING)
    assert await ledger.requests.families() == {running: GENERATED, edit: EDITED}
