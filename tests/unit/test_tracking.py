"""Looking after runs at RunBase until each is a picture on disk, or is told to be none."""

from itertools import pairwise

import pytest

from bot.domain.errors import (
    DownloadFailed,
    DownloadGone,
    DownloadRefused,
    DownloadTooLarge,
    LookFailed,
    LookTrouble,
    RunUnknown,
)
from bot.domain.requests import Request
from bot.domain.runs import EndReason, RunState
from bot.ports import Failed, StillRunning, Succeeded
from tests.builders import a_picture
from tests.fakes import KEY, TakeState
from tests.unit import workshop
from tests.unit.workshop import GIVE_UP_AFTER, PICTURE, RESULT, Workshop

no_hidden_bugs = workshop.no_hidden_bugs
PATIENCE_S = GIVE_UP_AFTER.total_seconds()


async def look_again(shop: Workshop, times: int = 1) -> None:
    for _ in range(times):
        await shop.look(after_s=60)


def picture_of(shop: Workshop, request: Request, number: int = 0) -> bytes | None:
    image = shop.run(request, number).image
    return None if image is None else shop.files.contents[image]


# Success


async def test_a_picture_is_brought_to_disk() -> None:
    shop = Workshop()
    request = await shop.running()
    shop.succeed()
    await shop.look(after_s=15)
    assert picture_of(shop, request) == PICTURE
    assert shop.ended(request) == (RunState.READY, None, TakeState.HELD)
    assert shop.run(request).ended_at == shop.clock.now()
    assert shop.signals.outbox.is_set()


async def test_every_image_of_a_request_is_found_by_its_own_run() -> None:
    shop = Workshop()
    request = await shop.running(images=2)
    for number, run in enumerate(shop.api.paid):
        shop.downloads.web[f"{RESULT}?{number}"] = PICTURE + bytes([number])
        shop.api.show(Succeeded(f"{RESULT}?{number}"), run)
    await shop.look(after_s=15)
    for number, provider_run in enumerate(shop.api.paid):
        (of_request,) = [one for one in (0, 1) if shop.run(request, one).provider_id == provider_run]
        assert picture_of(shop, request, of_request) == PICTURE + bytes([number])


@pytest.mark.parametrize("age_s", [5.0, 59.0, 61.0, PATIENCE_S - 1])
async def test_whatever_is_not_an_end_is_waited_for(age_s: float) -> None:
    shop = Workshop()
    request = await shop.running()
    shop.api.show(StillRunning())
    await shop.look(after_s=age_s)
    assert shop.ended(request) == (RunState.RUNNING, None, TakeState.HELD)


# When to look


async def test_a_run_that_has_hardly_begun_is_left_alone() -> None:
    shop = Workshop()
    request = await shop.running()
    shop.succeed()
    await shop.look(after_s=5)
    assert shop.run(request).state is RunState.RUNNING
    await shop.look(after_s=5)
    assert shop.run(request).state is RunState.READY


async def test_when_there_is_little_to_do_a_picture_is_noticed_within_a_second_or_so() -> None:
    shop = Workshop()
    request = await shop.running()
    for _ in range(15):
        await shop.look(after_s=1)
    shop.succeed()
    await shop.look(after_s=1.5)
    assert shop.run(request).state is RunState.READY


async def test_the_loop_wakes_for_the_next_look_and_idles_without_any() -> None:
    shop = Workshop()
    assert await shop.tracking.turn() == 5
    request = await shop.running()
    shop.succeed()
    pauses_s: list[float] = []
    while not shop.tracking.is_busy:
        pauses_s.append(await shop.tracking.turn())
        shop.clock.advance(pauses_s[-1])
    assert all(0 < pause_s <= 1 for pause_s in pauses_s[:-1])
    await shop.tracking.finish()
    assert shop.run(request).state is RunState.READY
    assert await shop.tracking.turn() == 5


async def test_an_overdue_run_is_looked_at_once_a_minute() -> None:
    shop = Workshop()
    request = await shop.overdue()
    shop.succeed()
    await shop.look(after_s=59.9)
    assert shop.run(request).state is RunState.OVERDUE
    await shop.look(after_s=0.1)
    assert shop.run(request).state is RunState.READY


async def test_after_a_restart_what_ran_meanwhile_is_looked_at_at_once() -> None:
    shop = Workshop()
    request = await shop.running()
    shop.succeed()
    shop.clock.advance(20)
    await shop.crash()
    await shop.look()
    assert shop.run(request).state is RunState.READY


async def test_no_key_makes_more_requests_than_its_budget() -> None:
    shop = Workshop(requests_per_window=4)
    request = await shop.running(images=4)
    shop.succeed()
    shop.clock.advance(15)
    for _ in range(3):
        shop.keys.spend(KEY)
    await shop.look()
    states = [shop.run(request, number).state for number in range(4)]
    assert (states.count(RunState.READY), states.count(RunState.RUNNING)) == (1, 3)
    await shop.look(after_s=9.9)
    assert [shop.run(request, number).state for number in range(4)] == states
    await shop.look(after_s=0.1)
    assert {shop.run(request, number).state for number in range(4)} == {RunState.READY}


async def test_what_a_new_run_needs_is_not_spent_on_looks() -> None:
    shop = Workshop(requests_per_window=4)
    await shop.running(images=4)
    new = await shop.ask()
    await shop.send()
    assert shop.run(new).state is RunState.QUEUED
    await shop.look(after_s=20)
    assert shop.keys.left(KEY) == 1
    await shop.send()
    assert shop.run(new).state is RunState.RUNNING


async def test_eight_runs_are_looked_at_at_once_at_most() -> None:
    shop = Workshop()
    requests = [await shop.ask() for _ in range(10)]
    await shop.send()
    await shop.send()
    shop.succeed()
    shop.api.hang()
    shop.clock.advance(15)
    await shop.tracking.turn()
    shop.api.go_on()
    await shop.tracking.finish()
    states = [shop.run(request).state for request in requests]
    assert (states.count(RunState.READY), states.count(RunState.RUNNING)) == (8, 2)
    await shop.look()
    assert {shop.run(request).state for request in requests} == {RunState.READY}


async def test_a_run_is_looked_at_once_at_a_time() -> None:
    shop = Workshop()
    request = await shop.running()
    shop.api.hang()
    for _ in range(5):
        shop.clock.advance(30)
        await shop.tracking.turn()
    shop.succeed()
    shop.api.go_on()
    await shop.tracking.finish()
    assert shop.run(request).state is RunState.READY
    assert not shop.api.looked_at_twice


async def test_a_look_that_is_refused_as_too_fast_slows_the_key_down_and_makes_no_run_late() -> None:
    shop = Workshop()
    request = await shop.running()
    shop.api.show(LookFailed(LookTrouble.TOO_FAST, 429, "RATE_LIMITED"))
    await shop.look(after_s=15)
    assert shop.meter.keys_slowed_down == [1]
    assert shop.keys.left(KEY) < 9
    await shop.look_too_late()
    assert shop.ended(request) == (RunState.RUNNING, None, TakeState.HELD)
    shop.succeed()
    await shop.look(after_s=10)
    assert shop.run(request).state is RunState.READY


async def test_while_a_key_rests_from_a_refused_look_it_creates_nothing() -> None:
    shop = Workshop()
    await shop.running()
    shop.api.show(LookFailed(LookTrouble.TOO_FAST, 429, "RATE_LIMITED"))
    await shop.look(after_s=15)
    await shop.running()
    assert len(shop.api.paid) == 1
    shop.clock.advance(10)
    await shop.send()
    assert len(shop.api.paid) == 2


async def test_one_slow_answer_holds_up_nobody_else() -> None:
    shop = Workshop()
    slow = await shop.running()
    shop.api.hang()
    shop.clock.advance(15)
    await shop.tracking.turn()
    shop.api.go_on()
    quick = await shop.running()
    shop.succeed()
    await shop.look(after_s=15)
    assert shop.run(quick).state is shop.run(slow).state is RunState.READY


# RunBase says no


@pytest.mark.parametrize("reason", [EndReason.DECLINED, EndReason.PROVIDER_FAILED])
async def test_a_failed_run_gives_back_and_says_why(reason: EndReason) -> None:
    shop = Workshop()
    request = await shop.running()
    shop.api.show(Failed(reason))
    await shop.look(after_s=15)
    assert shop.ended(request) == (RunState.FAILED, reason, TakeState.GIVEN_BACK)
    assert shop.signals.outbox.is_set()


async def test_one_failed_run_leaves_the_others() -> None:
    shop = Workshop()
    request = await shop.running(images=3)
    shop.api.show(Failed(EndReason.DECLINED), shop.run(request, 1).provider_id)
    await shop.look(after_s=15)
    assert [shop.run(request, number).state for number in range(3)] == [
        RunState.RUNNING,
        RunState.FAILED,
        RunState.RUNNING,
    ]


async def test_a_run_that_cannot_be_read_yet_is_waited_for() -> None:
    shop = Workshop()
    request = await shop.running()
    shop.api.show(RunUnknown())
    await look_again(shop, 4)
    assert shop.run(request).state is RunState.RUNNING
    shop.succeed()
    await look_again(shop)
    assert shop.run(request).state is RunState.READY


async def test_a_run_runbase_does_not_know_five_times_is_uncertain() -> None:
    shop = Workshop()
    request = await shop.running()
    shop.api.show(RunUnknown())
    await look_again(shop, 5)
    assert shop.ended(request) == (RunState.UNCERTAIN, EndReason.LOST_TOUCH, TakeState.GIVEN_BACK)
    assert shop.signals.outbox.is_set()


async def test_a_failed_look_says_nothing_about_the_run() -> None:
    shop = Workshop()
    request = await shop.running()
    shop.api.show(LookFailed())
    await look_again(shop, 9)
    assert shop.ended(request) == (RunState.RUNNING, None, TakeState.HELD)
    shop.succeed()
    await look_again(shop)
    assert shop.run(request).state is RunState.READY


# Results that cannot be used

# What a store may still make good, and what it never will.
PASSING: list[bytes | DownloadFailed] = [b"", b"<html>", b"PICTURE cut of", DownloadGone()]
FINAL: list[bytes | DownloadFailed] = [DownloadRefused(), DownloadTooLarge()]
BAD_RESULTS = PASSING + FINAL


@pytest.mark.parametrize("bad", PASSING, ids=repr)
async def test_a_result_that_is_not_there_yet_is_waited_for_as_long_as_any_run(bad: bytes | DownloadFailed) -> None:
    shop = Workshop()
    request = await shop.running()
    shop.succeed()
    shop.downloads.web[RESULT] = bad
    await look_again(shop, 6)
    assert shop.ended(request) == (RunState.RUNNING, None, TakeState.HELD)
    await shop.look_too_late()
    assert shop.ended(request) == (RunState.OVERDUE, EndReason.TOO_SLOW, TakeState.GIVEN_BACK)


@pytest.mark.parametrize("bad", FINAL, ids=repr)
async def test_a_bad_result_is_fetched_three_times_before_it_is_given_up(bad: bytes | DownloadFailed) -> None:
    shop = Workshop()
    request = await shop.running()
    shop.succeed()
    shop.downloads.web[RESULT] = bad
    await look_again(shop, 2)
    assert shop.ended(request) == (RunState.RUNNING, None, TakeState.HELD)
    await look_again(shop)
    assert shop.ended(request) == (RunState.FAILED, EndReason.RESULT_UNREADABLE, TakeState.GIVEN_BACK)
    assert shop.signals.outbox.is_set()
    assert not shop.files.contents


@pytest.mark.parametrize("bad", BAD_RESULTS, ids=repr)
async def test_a_result_that_gets_better_is_taken(bad: bytes | DownloadFailed) -> None:
    shop = Workshop()
    request = await shop.running()
    shop.succeed()
    shop.downloads.web[RESULT] = bad
    await look_again(shop, 2)
    shop.succeed()
    await look_again(shop)
    assert picture_of(shop, request) == PICTURE


async def test_success_without_an_address_is_waited_for() -> None:
    shop = Workshop()
    request = await shop.running()
    shop.api.show(Succeeded(None))
    await look_again(shop, 6)
    assert shop.ended(request) == (RunState.RUNNING, None, TakeState.HELD)


async def test_results_of_different_runs_are_counted_apart() -> None:
    shop = Workshop()
    request = await shop.running(images=3)
    shop.succeed()
    shop.downloads.web[RESULT] = b"<html>"
    await look_again(shop, 2)
    assert {shop.run(request, number).state for number in range(3)} == {RunState.RUNNING}


async def test_a_download_that_fails_is_tried_again_as_long_as_there_is_hope() -> None:
    shop = Workshop()
    request = await shop.running()
    shop.succeed()
    shop.downloads.web[RESULT] = DownloadFailed()
    await look_again(shop, 9)
    assert shop.ended(request) == (RunState.RUNNING, None, TakeState.HELD)
    shop.succeed()
    await look_again(shop, 5)
    assert picture_of(shop, request) == PICTURE


async def test_a_full_disk_loses_no_picture(caplog: pytest.LogCaptureFixture) -> None:
    shop = Workshop()
    request = await shop.running()
    shop.succeed()
    shop.files.is_full = True
    await look_again(shop, 5)
    caplog.clear()
    assert shop.ended(request) == (RunState.RUNNING, None, TakeState.HELD)
    shop.files.is_full = False
    await look_again(shop)
    assert picture_of(shop, request) == PICTURE


# How often a result that is not there is asked for


async def gone_for(shop: Workshop, times_s: int) -> list[int]:
    """At which seconds a run whose result is gone was asked for."""
    asked_at: list[int] = []
    for second in range(times_s):
        before = len(shop.downloads.asked)
        await shop.look(after_s=1)
        if len(shop.downloads.asked) > before:
            asked_at.append(second)
    return asked_at


def gaps(seconds: list[int]) -> list[int]:
    return [after - before for before, after in pairwise(seconds)]


async def test_a_result_that_is_not_there_is_asked_for_ever_more_seldom() -> None:
    shop = Workshop()
    await shop.running()
    shop.succeed()
    del shop.downloads.web[RESULT]
    assert gaps(await gone_for(shop, 590)) == [10, 20, 40, 80, 160]


async def test_an_overdue_result_that_is_not_there_is_asked_for_every_five_minutes() -> None:
    shop = Workshop()
    request = await shop.running()
    shop.succeed()
    del shop.downloads.web[RESULT]
    await gone_for(shop, 1200)
    assert shop.run(request).state is RunState.OVERDUE
    assert set(gaps(await gone_for(shop, 1500))) == {300}


async def test_an_overdue_result_that_was_just_found_gone_is_not_asked_for_more_often_than_a_look_is_due() -> None:
    shop = Workshop()
    await shop.overdue()
    shop.succeed()
    del shop.downloads.web[RESULT]
    assert gaps(await gone_for(shop, 400)) == [60, 60, 60, 80]


# Large results


async def test_eight_large_results_at_once_are_all_brought_to_disk() -> None:
    shop = Workshop()
    requests = [await shop.running() for _ in range(8)]
    shop.succeed(picture=a_picture(size_bytes=5_000_000))
    await shop.look(after_s=15)
    assert {shop.run(request).state for request in requests} == {RunState.READY}
