"""Quota windows, one request after another and hundreds at once; on every ledger."""

import asyncio
import random
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from bot.domain.errors import QuotaExceeded, QuotaScope
from bot.domain.ids import MemberId, ServerId
from bot.domain.quotas import Window
from bot.domain.requests import Request
from bot.domain.runs import RunState
from tests.builders import START, a_request, a_window, asked_by, runs_of
from tests.contract import ledgers
from tests.contract.ledgers import PLENTY, Ledger
from tests.fakes import TakeState

ledger = ledgers.ledger
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MILLISECOND = timedelta(milliseconds=1)
MEMBER, SERVER, GLOBAL = QuotaScope.MEMBER, QuotaScope.SERVER, QuotaScope.GLOBAL


async def allowed(ledger: Ledger, **changes: object) -> bool:
    try:
        await ledger.accepted(**changes)
    except QuotaExceeded:
        return False
    return True


# Configuration


async def test_without_windows_everything_fits(ledger: Ledger) -> None:
    assert all([await allowed(ledger, images=4) for _ in range(10)])
    assert await ledger.quotas.usage(ServerId(10), MemberId(30), START) == ()


async def test_windows_are_told_member_first_and_the_shortest_before_the_longer(ledger: Ledger) -> None:
    windows = [a_window(9, scope=scope, per=per) for scope in (GLOBAL, SERVER, MEMBER) for per in (DAY, HOUR)]
    await ledger.quotas.configure(windows)
    standing = await ledger.quotas.usage(ServerId(10), MemberId(30), START)
    assert [(usage.window.scope, usage.window.per) for usage in standing] == [
        (scope, per) for scope in (MEMBER, SERVER, GLOBAL) for per in (HOUR, DAY)
    ]


async def test_a_new_configuration_replaces_the_old_and_keeps_what_was_taken(ledger: Ledger) -> None:
    await ledger.quotas.configure([a_window(5, per=HOUR), a_window(9, per=DAY)])
    await ledger.accepted(images=3)
    await ledger.quotas.configure([a_window(2, scope=GLOBAL, per=DAY)])
    (usage,) = await ledger.quotas.usage(ServerId(10), MemberId(30), START)
    assert (usage.window, usage.used) == (a_window(2, scope=GLOBAL, per=DAY), 3)
    assert not await allowed(ledger)


async def test_usage_names_the_moments_that_count(ledger: Ledger) -> None:
    await ledger.quotas.configure([a_window(9)])
    moments = [START + timedelta(minutes=minute) for minute in (0, 20, 50)]
    for at in (moments[2], moments[0], moments[1]):
        await ledger.accepted(created_at=at)
    (usage,) = await ledger.quotas.usage(ServerId(10), MemberId(30), START + timedelta(minutes=70))
    assert (usage.used, usage.leaving[0]) == (2, moments[1])


async def test_an_image_stops_counting_the_very_moment_its_window_has_passed(ledger: Ledger) -> None:
    await ledger.quotas.configure([a_window(9, scope=scope, per=HOUR) for scope in QuotaScope])
    await ledger.accepted(created_at=START)
    for at, used in ((START + HOUR - MILLISECOND, 1), (START + HOUR, 0)):
        standing = await ledger.quotas.usage(ServerId(10), MemberId(30), at)
        assert [usage.used for usage in standing] == [used] * 3


# Scopes


OTHERS = {
    "the same member": (asked_by(30, server=10), {MEMBER, SERVER, GLOBAL}),
    "another member": (asked_by(31, server=10), {SERVER, GLOBAL}),
    "the same member elsewhere": (asked_by(30, server=11), {GLOBAL}),
    "a stranger": (asked_by(31, server=11), {GLOBAL}),
}


@pytest.mark.parametrize("scope", QuotaScope)
@pytest.mark.parametrize("who", OTHERS)
async def test_a_window_counts_whom_its_scope_says(ledger: Ledger, scope: QuotaScope, who: str) -> None:
    await ledger.quotas.configure([a_window(1, scope=scope)])
    await ledger.accepted(address=asked_by(30, server=10))
    address, counted_in = OTHERS[who]
    (usage,) = await ledger.quotas.usage(address.server_id, address.member_id, START)
    assert usage.used == (1 if scope in counted_in else 0)
    assert await allowed(ledger, address=address) is (scope not in counted_in)


@pytest.mark.parametrize("scope", QuotaScope)
async def test_a_window_slides(ledger: Ledger, scope: QuotaScope) -> None:
    await ledger.quotas.configure([a_window(2, scope=scope, per=HOUR)])
    assert await allowed(ledger, created_at=START)
    assert await allowed(ledger, created_at=START + timedelta(minutes=10))
    assert not await allowed(ledger, created_at=START + HOUR - MILLISECOND)
    assert await allowed(ledger, created_at=START + HOUR)
    assert not await allowed(ledger, created_at=START + HOUR + MILLISECOND)


@pytest.mark.parametrize("scope", QuotaScope)
@pytest.mark.parametrize("count", [1, 2, 3, 4])
async def test_what_a_refusal_promises_is_kept(ledger: Ledger, scope: QuotaScope, count: int) -> None:
    await ledger.quotas.configure([a_window(4, scope=scope, per=HOUR)])
    for minute in (0, 5, 10, 15):
        await ledger.accepted(created_at=START + timedelta(minutes=minute))
    with pytest.raises(QuotaExceeded) as refused:
        await ledger.accepted(images=count, created_at=START + timedelta(minutes=30))
    opens_at = refused.value.opens_at
    assert opens_at == START + HOUR + timedelta(minutes=5 * (count - 1))
    assert not await allowed(ledger, images=count, created_at=opens_at - MILLISECOND)
    assert await allowed(ledger, images=count, created_at=opens_at)


async def test_all_windows_have_to_agree(ledger: Ledger) -> None:
    await ledger.quotas.configure([a_window(2, per=HOUR), a_window(3, per=DAY), a_window(4, scope=GLOBAL, per=DAY)])
    hours = [START + number * HOUR for number in range(3)]
    assert [await allowed(ledger, images=2, created_at=at) for at in hours] == [True, False, False]
    assert [await allowed(ledger, created_at=at) for at in hours] == [False, True, False]
    assert [await allowed(ledger, address=asked_by(31), created_at=hours[1]) for _ in range(2)] == [True, False]


async def test_a_closed_window_never_opens(ledger: Ledger) -> None:
    await ledger.quotas.configure([a_window(0, scope=SERVER)])
    with pytest.raises(QuotaExceeded) as refused:
        await ledger.accepted()
    assert refused.value.opens_at is None


async def test_a_request_larger_than_the_rest_takes_nothing_of_it(ledger: Ledger) -> None:
    await ledger.quotas.configure([a_window(5)])
    assert await allowed(ledger, images=3)
    assert not await allowed(ledger, images=3)
    assert not await allowed(ledger, images=4)
    assert await allowed(ledger, images=2)
    assert not await allowed(ledger)


async def test_what_was_given_back_can_be_taken_again(ledger: Ledger) -> None:
    await ledger.quotas.configure([a_window(4)])
    request = await ledger.accepted(images=4)
    await ledger.move(runs_of(request)[0], RunState.FAILED)
    assert not await allowed(ledger, images=2)
    assert await allowed(ledger, images=1)
    assert not await allowed(ledger, images=1)


# Hundreds at once


def _crowd(seed: int, *, count: int) -> list[Request]:
    """Members of three servers who ask for one to four images within ten minutes."""
    dice = random.Random(seed)
    return [
        a_request(
            address=asked_by(dice.randrange(8), server=dice.randrange(3)),
            images=dice.randint(1, 4),
            created_at=START + timedelta(seconds=dice.randrange(600)),
        )
        for _ in range(count)
    ]


async def _accept_all(ledger: Ledger, crowd: Sequence[Request]) -> tuple[list[Request], list[Request]]:
    answers = await asyncio.gather(
        *(ledger.requests.accept(request, queue_length=PLENTY) for request in crowd), return_exceptions=True
    )
    served = [request for request, answer in zip(crowd, answers, strict=True) if answer is None]
    refused = [request for request, answer in zip(crowd, answers, strict=True) if isinstance(answer, QuotaExceeded)]
    assert len(served) + len(refused) == len(crowd), answers
    return served, refused


def _used(served: Sequence[Request], window: Window, by: Request) -> int:
    """Images in a window that is longer than the whole rush."""

    def is_counted(one: Request) -> bool:
        same_server = window.scope is GLOBAL or one.address.server_id == by.address.server_id
        return same_server and (window.scope is not MEMBER or one.address.member_id == by.address.member_id)

    return sum(request.images for request in served if is_counted(request))


@pytest.mark.parametrize(
    "windows",
    [
        (a_window(10),),
        (a_window(61, scope=SERVER),),
        (a_window(150, scope=GLOBAL),),
        (a_window(9), a_window(20, per=DAY), a_window(70, scope=SERVER), a_window(151, scope=GLOBAL, per=DAY)),
    ],
    ids=["member", "server", "global", "all"],
)
async def test_a_rush_gets_all_that_is_allowed_and_not_one_image_more(
    ledger: Ledger, windows: tuple[Window, ...]
) -> None:
    await ledger.quotas.configure(windows)
    served, refused = await _accept_all(ledger, _crowd(seed=len(windows), count=300))
    assert ledger.takes() == {run: TakeState.HELD for request in served for run in runs_of(request)}
    for window in windows:
        assert max(_used(served, window, by) for by in served) <= window.images
    for request in refused:
        assert any(_used(served, window, request) + request.images > window.images for window in windows)
    assert refused


async def test_single_images_fill_a_window_to_the_last(ledger: Ledger) -> None:
    await ledger.quotas.configure([a_window(77, scope=GLOBAL)])
    served, refused = await _accept_all(ledger, [a_request(address=asked_by(member)) for member in range(200)])
    assert (len(served), len(refused)) == (77, 123)


async def test_a_rush_with_give_backs_never_goes_over(ledger: Ledger) -> None:
    await ledger.quotas.configure([a_window(40, scope=GLOBAL)])
    first, _ = await _accept_all(ledger, [a_request(images=4) for _ in range(10)])
    ends = (ledger.move(run, RunState.FAILED) for request in first for run in runs_of(request)[:2])
    again = [a_request(images=1 + number % 4) for number in range(100)]
    ending = asyncio.gather(*ends)
    served, refused = await _accept_all(ledger, again)
    await ending
    takes = [take for take in ledger.takes().values() if take is not TakeState.GIVEN_BACK]
    assert len(takes) == 20 + sum(request.images for request in served) <= 40
    assert refused
    await _accept_all(ledger, [a_request() for _ in range(50)])
    assert list(ledger.takes().values()).count(TakeState.HELD) == 40


async def test_the_same_interaction_many_times_at_once_is_accepted_once(ledger: Ledger) -> None:
    crowd = [a_request(source_id=1, images=2) for _ in range(50)]
    answers = await asyncio.gather(
        *(ledger.requests.accept(request, queue_length=PLENTY) for request in crowd), return_exceptions=True
    )
    assert answers.count(None) == 1
    assert set(ledger.takes()) == set(runs_of(crowd[answers.index(None)]))


def test_windows_of_the_rush_are_longer_than_it() -> None:
    last: datetime = max(request.created_at for request in _crowd(seed=1, count=300))
    assert last - START < HOUR
