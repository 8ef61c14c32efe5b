"""How long a run may take, what becomes of it after that, and of runs whose key is gone."""

import pytest

from bot.domain.errors import BotError, DownloadFailed, LookFailed
from bot.domain.ids import KeyId
from bot.domain.runs import EndReason, RunState
from bot.ports import Failed, StillRunning
from tests.fakes import KEY, OTHER_KEY, TakeState
from tests.unit import workshop
from tests.unit.workshop import GIVE_UP_AFTER, PICTURE, RESULT, Workshop

no_hidden_bugs = workshop.no_hidden_bugs
PATIENCE_S = GIVE_UP_AFTER.total_seconds()
HOUR_S, DAY_S = 3_600.0, 86_400.0


async def look_for(shop: Workshop, seconds: int) -> None:
    for _ in range(seconds):
        await shop.look(after_s=1)


@pytest.mark.parametrize("found", [StillRunning(), LookFailed()], ids=repr)
async def test_what_takes_too_long_is_given_back(found: StillRunning | BotError) -> None:
    shop = Workshop()
    request = await shop.running()
    shop.api.show(found)
    await shop.look_too_late()
    assert shop.ended(request) == (RunState.OVERDUE, EndReason.TOO_SLOW, TakeState.GIVEN_BACK)
    assert shop.signals.outbox.is_set()


async def test_a_picture_that_cannot_be_fetched_for_too_long_is_given_back() -> None:
    shop = Workshop()
    request = await shop.running()
    shop.succeed()
    shop.downloads.web[RESULT] = DownloadFailed()
    await shop.look_too_late()
    assert shop.ended(request) == (RunState.OVERDUE, EndReason.TOO_SLOW, TakeState.GIVEN_BACK)


async def test_a_picture_that_is_there_at_the_last_moment_is_no_gift() -> None:
    shop = Workshop()
    request = await shop.running()
    shop.succeed()
    await shop.look(after_s=PATIENCE_S)
    assert shop.ended(request) == (RunState.READY, None, TakeState.HELD)


async def test_an_overdue_picture_that_comes_after_all_is_a_gift() -> None:
    shop = Workshop()
    request = await shop.overdue()
    shown = shop.shown(request)
    assert shown is not None
    assert shown.problems == (EndReason.TOO_SLOW,)
    shop.succeed()
    await shop.look(after_s=60)
    await shop.show()
    shown = shop.shown(request)
    assert shown is not None
    assert (shown.images, shown.problems) == ((PICTURE,), ())
    assert shop.run(request).state is RunState.DELIVERED
    assert shop.take(request) is TakeState.GIVEN_BACK


async def test_an_overdue_run_that_fails_gives_nothing_back_twice() -> None:
    shop = Workshop()
    request = await shop.overdue(images=2)
    shop.api.show(Failed(EndReason.PROVIDER_FAILED), shop.run(request, 0).provider_id)
    await shop.look(after_s=60)
    assert shop.ended(request) == (RunState.FAILED, EndReason.PROVIDER_FAILED, TakeState.GIVEN_BACK)
    assert shop.run(request, 1).state is RunState.OVERDUE


async def test_an_overdue_run_is_waited_for_a_day() -> None:
    shop = Workshop()
    request = await shop.overdue()
    await shop.look(after_s=DAY_S - PATIENCE_S - 11)
    assert shop.run(request).state is RunState.OVERDUE
    await shop.look(after_s=60)
    await shop.look(after_s=60)
    assert shop.ended(request) == (RunState.FAILED, EndReason.TOO_SLOW, TakeState.GIVEN_BACK)


# A clock that is wrong


async def test_a_clock_that_is_an_hour_ahead_for_a_moment_gives_nothing_back() -> None:
    shop = Workshop()
    requests = [await shop.running() for _ in range(3)]
    for jump_s in (HOUR_S, -HOUR_S, DAY_S, -DAY_S):
        shop.clock.jump(jump_s)
        await look_for(shop, 12)
    assert {shop.ended(request) for request in requests} == {(RunState.RUNNING, None, TakeState.HELD)}
    shop.succeed()
    await look_for(shop, 10)
    assert {shop.run(request).state for request in requests} == {RunState.READY}


async def test_a_clock_that_stays_an_hour_ahead_gives_nothing_back_either() -> None:
    shop = Workshop()
    request = await shop.running()
    shop.clock.jump(HOUR_S)
    await look_for(shop, 60)
    assert shop.ended(request) == (RunState.RUNNING, None, TakeState.HELD)
    await shop.look_too_late()
    assert shop.run(request).state is RunState.OVERDUE


async def test_a_clock_that_was_an_hour_ahead_at_a_start_and_is_set_right_gives_nothing_back() -> None:
    shop = Workshop()
    request = await shop.running()
    shop.clock.jump(HOUR_S)
    await shop.crash()
    await shop.look(after_s=10)
    shop.clock.jump(-HOUR_S)
    await look_for(shop, 60)
    assert shop.ended(request) == (RunState.RUNNING, None, TakeState.HELD)
    shop.succeed()
    await look_for(shop, 10)
    assert shop.run(request).state is RunState.READY


@pytest.mark.parametrize("crashes", [False, True])
@pytest.mark.parametrize("looks", [0, 1])
async def test_a_clock_that_is_set_back_by_an_hour_keeps_nobody_waiting(looks: int, crashes: bool) -> None:
    shop = Workshop()
    request = await shop.running()
    for _ in range(looks):
        await shop.look(after_s=10)
    shop.succeed()
    shop.clock.jump(-HOUR_S)
    if crashes:
        await shop.crash()
    await look_for(shop, 20)
    assert shop.run(request).state is RunState.READY


async def test_after_the_clock_was_set_back_a_run_is_not_looked_at_without_end() -> None:
    shop = Workshop()
    await shop.running()
    await shop.look(after_s=10)
    shop.clock.jump(-HOUR_S)
    await shop.look()
    await shop.tracking.turn()
    assert not shop.tracking.is_busy


# Keys


async def test_a_run_is_read_with_the_key_that_made_it() -> None:
    shop = Workshop(KEY, OTHER_KEY)
    request = await shop.running(images=4)
    assert {paid.key for paid in shop.api.paid.values()} == {KEY, OTHER_KEY}
    shop.succeed()
    await shop.look(after_s=15)
    assert {shop.run(request, number).state for number in range(4)} == {RunState.READY}


async def test_a_key_put_aside_still_reads_what_it_made() -> None:
    shop = Workshop()
    request = await shop.running()
    shop.keys.put_aside(KEY, why="test")
    shop.succeed()
    await shop.look(after_s=15)
    assert shop.run(request).state is RunState.READY


@pytest.mark.parametrize("state", [RunState.RUNNING, RunState.OVERDUE])
async def test_without_its_key_a_run_is_uncertain(state: RunState) -> None:
    shop = Workshop()
    request = await (shop.running() if state is RunState.RUNNING else shop.overdue())
    assert shop.run(request).state is state
    shop.start_again(OTHER_KEY)
    await shop.look(after_s=15)
    assert shop.ended(request) == (RunState.UNCERTAIN, EndReason.KEY_GONE, TakeState.GIVEN_BACK)


async def test_who_waits_for_a_run_whose_key_is_gone_is_told() -> None:
    shop = Workshop()
    request = await shop.running()
    shop.start_again(OTHER_KEY)
    await shop.look(after_s=15)
    await shop.show()
    shown = shop.shown(request)
    assert shown is not None
    assert shown.problems == (EndReason.KEY_GONE,)


async def test_runs_of_the_keys_that_stayed_go_on() -> None:
    gone, stays = KeyId("gone"), KeyId("stays")
    shop = Workshop(gone, stays)
    request = await shop.running(images=2)
    shop.start_again(stays)
    shop.succeed()
    await shop.look(after_s=15)
    states = {shop.run(request, number).key_id: shop.run(request, number).state for number in range(2)}
    assert states == {gone: RunState.UNCERTAIN, stays: RunState.READY}
