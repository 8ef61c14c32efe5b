"""What members see while they wait, never after the result; and one edit of a message at a time."""

from dataclasses import replace

import pytest

from bot.domain.ladder import Rung
from bot.domain.pacing import LearnedTimes
from bot.domain.requests import Kind
from bot.domain.runs import EndReason
from bot.domain.turns import Standing
from bot.ports import Failed, StillRunning, Waiting
from tests.builders import TOKEN_LIFE
from tests.curves import share_running
from tests.fakes import Seen, eventually
from tests.unit import workshop
from tests.unit.workshop import PICTURE, Workshop, is_delivered, shown_by, what

no_hidden_bugs = workshop.no_hidden_bugs
TOKEN_LIFE_S = TOKEN_LIFE.total_seconds()
USUAL = LearnedTimes().curve()


async def test_a_member_sees_how_long_the_request_has_been_made_for() -> None:
    shop = Workshop()
    request = await shop.running()
    await shop.show(after_s=7)
    assert shop.shown(request) == Seen(Rung.TOKEN, waiting=Waiting(elapsed_s=7.0, times=USUAL))


async def test_a_request_that_waits_in_the_queue_shows_its_place_and_no_progress() -> None:
    shop = Workshop()
    request = await shop.ask()
    await shop.show(after_s=7)
    seen = shop.shown(request)
    assert seen is not None
    assert seen.waiting == Waiting(0.0, USUAL, standing=Standing(1, shop.clock.now()))


async def test_progress_is_shown_every_four_seconds_at_most() -> None:
    shop = Workshop()
    request = await shop.running()
    for _ in range(17):
        await shop.show(after_s=0.5)
    elapsed = [seen.waiting.elapsed_s for seen in shop.history(request) if seen.waiting]
    assert elapsed == [0.5, 4.5, 8.5]


@pytest.mark.parametrize("jump_s", [3600, -3600], ids=["forward", "back"])
async def test_progress_keeps_its_rhythm_when_the_clock_is_set(jump_s: float) -> None:
    shop = Workshop()
    request = await shop.running()
    await shop.show()
    shop.clock.jump(jump_s)
    await shop.show(after_s=3)
    assert len(shop.history(request)) == 1
    await shop.show(after_s=1)
    assert len(shop.history(request)) == 2


async def experienced(took_s: float) -> Workshop:
    """A process that has seen twenty runs take so long."""
    shop = Workshop()
    for _ in range(20):
        shop.api.show(StillRunning())
        await shop.running()
        await shop.look(after_s=took_s - 1)
        shop.succeed()
        await shop.look(after_s=2)
        await shop.show()
    shop.api.show(StillRunning())
    return shop


async def test_what_was_measured_is_believed_after_a_restart() -> None:
    shop = await experienced(40)
    request = await shop.ask()
    before = await shop.pacing.times.of(request)
    shop.start_again()
    after = await shop.pacing.times.of(request)
    assert after.median_s == pytest.approx(before.median_s, rel=0.05)
    edit = replace(request, kind=Kind.EDIT)
    assert await shop.pacing.times.of(edit) == USUAL


async def test_runs_that_came_to_nothing_are_remembered_as_having_taken_longer() -> None:
    shop = Workshop()
    for _ in range(20):
        shop.api.show(StillRunning())
        await shop.running()
        await shop.look(after_s=60)
        shop.api.show(Failed(EndReason.PROVIDER_FAILED))
        await shop.look(after_s=60)
    shop.start_again()
    assert share_running(await shop.pacing.times.of(await shop.ask()), 60) > 0.5


async def test_estimates_come_from_what_was_measured() -> None:
    shop = await experienced(40)
    request = await shop.running()
    await shop.show()
    shown = shop.shown(request)
    assert shown is not None
    assert shown.waiting is not None
    assert shown.waiting.times.median_s == pytest.approx(40, rel=0.1)


async def test_progress_goes_by_the_bot_itself_when_the_token_has_died() -> None:
    shop = Workshop()
    request = await shop.running()
    await shop.show(after_s=TOKEN_LIFE_S)
    shown = shop.shown(request)
    assert shown is not None
    assert shown.rung is Rung.MESSAGE


@pytest.mark.parametrize("trouble", ["fails", "is closed"])
async def test_progress_that_cannot_be_shown_harms_nothing(trouble: str) -> None:
    shop = Workshop()
    request = await shop.running()
    if trouble == "fails":
        shop.publisher.fail_next(1)
    else:
        shop.publisher.close(Rung.TOKEN, "permission")
    await shop.show()
    assert shop.shown(request) is None
    shop.succeed()
    await shop.look(after_s=15)
    await shop.show()
    assert is_delivered(shop, request)


async def test_progress_never_comes_after_the_result() -> None:
    shop = Workshop()
    request = await shop.running()
    shop.succeed()
    shop.clock.advance(15)
    shop.publisher.hang()
    await shop.delivery.turn()
    await eventually(lambda: shop.publisher.is_editing)
    await shop.look()
    await shop.delivery.turn()
    shop.publisher.go_on()
    await shop.delivery.finish()
    await shop.show()
    await shop.show(after_s=60)
    assert [seen.waiting is not None for seen in shop.history(request)] == [True, False]
    assert what(shop.shown(request)) == shown_by(Rung.TOKEN, PICTURE)


async def test_progress_of_a_request_that_ended_meanwhile_is_not_shown() -> None:
    shop = Workshop()
    request = await shop.running()
    await shop.delivery.turn()
    await shop.requests.finish(shop.run(request).id, await shop.files.keep(PICTURE), shop.clock.now())
    await shop.delivery.finish()
    assert shop.shown(request) is None
    await shop.show()
    assert what(shop.shown(request)) == shown_by(Rung.TOKEN, PICTURE)


# One edit at a time


async def test_a_message_is_edited_once_at_a_time() -> None:
    shop = Workshop()
    request = await shop.ready()
    shop.publisher.hang()
    for _ in range(5):
        shop.clock.advance(10)
        await shop.delivery.turn()
    await eventually(lambda: shop.publisher.is_editing)
    shop.publisher.go_on()
    await shop.delivery.finish()
    await shop.show()
    assert not shop.publisher.edited_at_once
    assert [what(seen) for seen in shop.history(request)] == [shown_by(Rung.TOKEN, PICTURE)]


async def test_four_messages_are_edited_at_once_at_most() -> None:
    shop = Workshop()
    requests = [await shop.running() for _ in range(6)]
    shop.succeed()
    await shop.look(after_s=15)
    shop.publisher.hang()
    shop.all_quiet()
    await shop.delivery.turn()
    shop.publisher.go_on()
    await shop.delivery.finish()
    assert [is_delivered(shop, request) for request in requests].count(True) == 4
    assert shop.signals.outbox.is_set()
    await shop.show()
    assert all(is_delivered(shop, request) for request in requests)


async def test_pictures_do_not_wait_for_progress_that_is_slow_to_be_shown() -> None:
    shop = Workshop()
    slow = [await shop.running() for _ in range(6)]
    shop.publisher.hang(*(request.address.message_id for request in slow))
    await shop.delivery.turn()
    await eventually(lambda: shop.publisher.is_editing)
    quick = await shop.running()
    shop.succeed(run=shop.run(quick).provider_id)
    await shop.look(after_s=15)
    await shop.delivery.turn()
    await eventually(lambda: is_delivered(shop, quick))
    shop.publisher.go_on()
    await shop.delivery.finish()
    assert what(shop.shown(quick)) == shown_by(Rung.TOKEN, PICTURE)


async def test_a_delivery_in_a_busy_house_shows_every_picture_once() -> None:
    shop = Workshop()
    requests = [await shop.running() for _ in range(12)]
    shop.succeed()
    await shop.look(after_s=15)
    await shop.look(after_s=15)
    for _ in range(6):
        await workshop.at_once(*(shop.delivery.turn() for _ in range(3)))
        await shop.delivery.finish()
    for request in requests:
        assert [what(seen) for seen in shop.history(request)] == [shown_by(Rung.TOKEN, PICTURE)]
    assert not shop.publisher.edited_at_once
