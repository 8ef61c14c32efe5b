"""Places in line, how fast it moves, and what those who wait are told of it."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.domain.errors import NotYourRequest, RequestGone, TooLateToCancel
from bot.domain.ids import MemberId, RequestId, RunId, ServerId
from bot.domain.ladder import Rung
from bot.domain.pace import Pace
from bot.domain.requests import Request
from bot.domain.runs import EndReason, RunState
from bot.domain.turns import Queued
from tests.builders import START, TOKEN_LIFE, an_address, asked_by
from tests.fakes import TakeState
from tests.unit import workshop
from tests.unit.workshop import Workshop

no_hidden_bugs = workshop.no_hidden_bugs


async def ask(shop: Workshop, member: int = 30) -> Request:
    """One second after whoever asked before."""
    shop.clock.advance(1)
    return await shop.ask(address=asked_by(member, token_expires_at=shop.clock.now() + TOKEN_LIFE))


def places(shop: Workshop, request: Request) -> list[int | None]:
    """What its message said of its place, one edit after the other; None while it is being made."""
    waiting = [seen.waiting for seen in shop.history(request) if seen.waiting]
    return [one.standing.place if one.standing else None for one in waiting]


# The pace


def test_before_anything_is_measured_the_pace_is_that_of_the_keys() -> None:
    assert Pace(1).wait_for(50) == timedelta(minutes=1)
    assert Pace(2).wait_for(50) == timedelta(seconds=30)


def test_the_pace_is_measured_on_those_who_stood_in_line() -> None:
    pace = Pace(1)
    for number in range(100):
        pace.note_start(START + timedelta(seconds=10 * number), came_at=START - timedelta(minutes=1))
    assert pace.interval_s == pytest.approx(10, abs=0.1)


def test_who_met_no_line_says_nothing_of_its_pace() -> None:
    pace = Pace(1)
    for minute in range(10):
        at = START + timedelta(minutes=minute)
        pace.note_start(at, came_at=at)
    assert pace.wait_for(50) == timedelta(minutes=1)


def test_a_clock_that_jumps_back_does_not_turn_the_pace() -> None:
    pace = Pace(1)
    for seconds in (100, 0, 50):
        pace.note_start(START + timedelta(seconds=seconds), came_at=START - timedelta(hours=1))
    assert 0 <= pace.interval_s < 60


# Places


async def test_those_who_wait_are_told_their_place_whenever_it_changed() -> None:
    shop = Workshop(requests_per_window=1)
    await ask(shop)
    second, third = await ask(shop, 31), await ask(shop, 32)
    await shop.show()
    assert (places(shop, second), places(shop, third)) == ([2], [3])
    await shop.show(after_s=10)
    assert places(shop, third) == [3]
    await shop.send()
    await shop.show(after_s=4)
    assert (places(shop, second), places(shop, third)) == ([2, 1], [3, 2])


async def test_a_place_counts_turns_and_not_arrivals() -> None:
    shop = Workshop(requests_per_window=1)
    greedy = [await ask(shop) for _ in range(5)]
    modest = await ask(shop, 31)
    await shop.show()
    assert places(shop, modest) == [2]
    standings = await shop.line.standings()
    assert [standings[one.id].place for one in greedy] == [1, 3, 4, 5, 6]


async def test_somebody_new_is_told_the_place_they_will_have() -> None:
    shop = Workshop(requests_per_window=1)
    for _ in range(3):
        await ask(shop)
    new = await ask(shop, 31)
    expected = (await shop.line.standings())[new.id]
    await shop.submission.cancel(new.id, ServerId(10), MemberId(31))
    assert (await shop.line.standing_of_new(new)).place == expected.place == 2


async def test_many_who_wait_are_told_less_often() -> None:
    shop = Workshop(requests_per_window=1, queue_length=1000)
    requests = [await shop.ask(address=asked_by(100 + number)) for number in range(200)]
    for _ in range(60):
        await shop.send()
        await shop.show(after_s=1)
    edits = sum(len(shop.history(request)) for request in requests)
    assert edits <= 60 * 4 + 4


# A line that takes long to read


def takes_a_moment_to_read(shop: Workshop) -> None:
    queue = shop.requests.queue

    async def slowly() -> Sequence[Queued]:
        shop.clock.advance(0.1)
        return await queue()

    shop.requests.queue = slowly  # type: ignore[method-assign] # the ledger, on a slow disk


async def test_who_joins_a_long_line_is_seen_in_a_moment() -> None:
    shop = Workshop(requests_per_window=1)
    await shop.ask()
    takes_a_moment_to_read(shop)
    await shop.line.standings_now()
    new = await shop.ask(address=asked_by(31))
    assert new.id not in await shop.line.standings_now()
    shop.clock.advance(2.1)
    assert (await shop.line.standings_now())[new.id].place == 2


async def test_who_left_a_long_line_is_passed_over() -> None:
    shop = Workshop()
    first, second = await shop.ask(), await shop.ask(address=asked_by(31))
    takes_a_moment_to_read(shop)
    await shop.line.standings_now()
    await shop.submission.cancel(first.id, ServerId(10), MemberId(30))
    await shop.send()
    assert shop.run(second).state is RunState.RUNNING
    assert shop.run(first).state is RunState.CANCELLED


async def test_an_empty_line_is_read_whenever_somebody_asks() -> None:
    shop = Workshop()
    takes_a_moment_to_read(shop)
    assert await shop.line.next() is None
    request = await shop.ask()
    await shop.send()
    assert shop.run(request).state is RunState.RUNNING


async def test_ten_thousand_in_line_are_all_told_their_place_and_served_in_turn() -> None:
    shop = Workshop(queue_length=20_000)
    queued = [
        Queued(RunId(f"r{number}.0"), RequestId(f"r{number}"), ServerId(10), MemberId(number % 2000), START)
        for number in range(10_000)
    ]

    async def queue() -> Sequence[Queued]:
        return queued

    shop.requests.queue = queue  # type: ignore[method-assign] # thousands, without writing them all
    standings = await shop.line.standings_now()
    assert [standing.place for standing in standings.values()] == list(range(1, 10_001))
    assert await shop.line.next() == queued[0]
    assert shop.line.length == 10_000


# Calling off


async def test_who_waits_may_call_it_off_and_has_the_quota_back_at_once() -> None:
    shop = Workshop()
    request = await shop.ask()
    await shop.submission.cancel(request.id, ServerId(10), MemberId(30))
    assert shop.ended(request) == (RunState.CANCELLED, EndReason.CALLED_OFF, TakeState.GIVEN_BACK)
    await shop.send()
    assert not shop.api.paid
    await shop.show()
    assert workshop.what(shop.shown(request)) == (Rung.TOKEN, (), (EndReason.CALLED_OFF,))


async def test_what_is_being_made_cannot_be_called_off() -> None:
    shop = Workshop()
    request = await shop.running()
    with pytest.raises(TooLateToCancel):
        await shop.submission.cancel(request.id, ServerId(10), MemberId(30))
    assert shop.run(request).state is RunState.RUNNING


async def test_nobody_calls_off_what_others_asked_for() -> None:
    shop = Workshop()
    request = await shop.ask()
    with pytest.raises(NotYourRequest):
        await shop.submission.cancel(request.id, ServerId(10), MemberId(31))
    with pytest.raises(RequestGone):
        await shop.submission.cancel(request.id, ServerId(11), MemberId(30))
    assert shop.run(request).state is RunState.QUEUED


async def test_calling_off_and_sending_at_the_same_moment_do_one_of_both() -> None:
    for _ in range(20):
        shop = Workshop()
        request = await shop.ask()
        calling = shop.submission.cancel(request.id, ServerId(10), MemberId(30))
        results = await workshop.both(shop.send(), calling)
        is_paid = bool(shop.api.paid)
        assert is_paid == any(isinstance(one, TooLateToCancel) for one in results)
        assert (shop.run(request).state is RunState.CANCELLED) is not is_paid


async def test_a_private_place_is_told_in_private() -> None:
    shop = Workshop(requests_per_window=1)
    await shop.ask()
    request = await shop.ask(address=an_address(private=True))
    await shop.show()
    assert {seen.rung for seen in shop.history(request)} == {Rung.TOKEN}
