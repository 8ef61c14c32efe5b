"""Getting outcomes in front of members: the ladder, its refusals, retries, and the progress shown before."""

import pytest

from bot.domain.errors import ClosedReason, InputDeclined
from bot.domain.ladder import Rung
from bot.domain.pacing import RunTimes
from bot.domain.requests import Request
from bot.domain.runs import EndReason, RunState
from bot.ports import Failed, Waiting
from tests.builders import TOKEN_LIFE, a_draft, a_picture, an_address
from tests.fakes import Seen, TakeState, eventually
from tests.unit import workshop
from tests.unit.workshop import PICTURE, Workshop

no_hidden_bugs = workshop.no_hidden_bugs
TOKEN_LIFE_S = TOKEN_LIFE.total_seconds()
PRIVATE = an_address(private=True)


def what(seen: Seen | None) -> tuple[Rung, tuple[bytes, ...], tuple[EndReason, ...]] | None:
    return None if seen is None else (seen.rung, seen.images, seen.problems)


def shown_by(rung: Rung, *images: bytes) -> tuple[Rung, tuple[bytes, ...], tuple[EndReason, ...]]:
    return rung, images, ()


def is_delivered(shop: Workshop, request: Request) -> bool:
    return (shop.run(request).state, shop.take(request)) == (RunState.DELIVERED, TakeState.SPENT)


def is_on_disk_and_held(shop: Workshop, request: Request) -> bool:
    return shop.ended(request) == (RunState.READY, None, TakeState.HELD) and PICTURE in shop.files.contents.values()


# The ladder


async def test_a_picture_is_shown_in_the_requests_own_message() -> None:
    shop = Workshop()
    request = await shop.ready()
    await shop.show()
    assert what(shop.shown(request)) == shown_by(Rung.TOKEN, PICTURE)
    assert is_delivered(shop, request)
    assert shop.token(request) is None


async def test_where_the_picture_is_now_is_remembered() -> None:
    shop = Workshop()
    request = await shop.ready()
    await shop.show()
    place, shown = shop.ledger.places[shop.run(request).id], shop.shown(request)
    assert shown is not None
    assert (place.message, (place.attachment,)) == (request.address.message_id, shown.attachments)


async def test_a_picture_comes_with_the_time_it_took() -> None:
    shop = Workshop()
    request = await shop.ready()
    await shop.show(after_s=100)
    shown = shop.shown(request)
    assert shown is not None
    assert shown.seconds == (15.0,)


async def test_each_request_gets_its_own_pictures() -> None:
    shop = Workshop()
    fox, hare = await shop.running(), await shop.running()
    shop.succeed(picture=a_picture("fox"))
    await shop.look(after_s=3)
    await shop.show()
    assert [what(shop.shown(request)) for request in (fox, hare)] == [shown_by(Rung.TOKEN, a_picture("fox"))] * 2
    assert shop.history(fox) is not shop.history(hare)


async def test_when_the_token_has_died_the_bot_edits_the_message_itself() -> None:
    shop = Workshop()
    request = await shop.ready()
    await shop.show(after_s=TOKEN_LIFE_S)
    assert what(shop.shown(request)) == shown_by(Rung.MESSAGE, PICTURE)
    assert is_delivered(shop, request)


async def test_when_discord_refuses_the_token_the_bot_edits_the_message_itself() -> None:
    shop = Workshop()
    request = await shop.ready()
    shop.publisher.close(Rung.TOKEN, "token")
    await shop.show()
    assert what(shop.shown(request)) == shown_by(Rung.MESSAGE, PICTURE)
    assert is_delivered(shop, request)


@pytest.mark.parametrize(("reason", "token"), [("token", None), ("message", "a-token"), ("permission", "a-token")])
async def test_a_token_is_forgotten_only_when_it_is_the_token_that_is_dead(
    reason: ClosedReason, token: str | None
) -> None:
    shop = Workshop()
    request = await shop.ready()
    shop.publisher.close(Rung.TOKEN, reason)
    shop.publisher.close(Rung.MESSAGE, "permission")
    await shop.show()
    assert shop.token(request) == token


async def test_when_no_way_is_left_the_picture_is_kept() -> None:
    shop = Workshop()
    request = await shop.ready()
    shop.publisher.close(Rung.TOKEN, "message")
    shop.publisher.close(Rung.MESSAGE, "message")
    await shop.show()
    assert shop.shown(request) is None
    assert is_on_disk_and_held(shop, request)
    shop.publisher.open(Rung.MESSAGE)
    await shop.show(after_s=3600)
    assert shop.shown(request) is None


async def test_what_was_kept_is_tried_again_after_a_restart() -> None:
    shop = Workshop()
    request = await shop.ready()
    shop.publisher.close(Rung.TOKEN, "message")
    shop.publisher.close(Rung.MESSAGE, "message")
    await shop.show()
    shop.publisher.open(Rung.MESSAGE)
    await shop.crash()
    await shop.show()
    assert what(shop.shown(request)) == shown_by(Rung.MESSAGE, PICTURE)
    assert is_delivered(shop, request)


# Private requests


async def test_a_private_picture_goes_by_the_token() -> None:
    shop = Workshop()
    request = await shop.ready(address=PRIVATE)
    await shop.show()
    assert what(shop.shown(request)) == shown_by(Rung.TOKEN, PICTURE)


@pytest.mark.parametrize("reason", ["token", "message", "permission"])
async def test_a_private_picture_is_kept_rather_than_shown_to_all(reason: ClosedReason) -> None:
    shop = Workshop()
    request = await shop.ready(address=PRIVATE)
    shop.publisher.close(Rung.TOKEN, reason)
    await shop.show()
    assert not shop.history(request)
    assert is_on_disk_and_held(shop, request)


async def test_a_private_picture_stays_private_when_its_token_has_died() -> None:
    shop = Workshop()
    request = await shop.running(address=PRIVATE)
    await shop.show()
    shop.succeed()
    await shop.look(after_s=TOKEN_LIFE_S)
    await shop.show()
    await shop.crash()
    await shop.show()
    assert {seen.rung for seen in shop.history(request)} == {Rung.TOKEN}
    assert is_on_disk_and_held(shop, request)


async def test_progress_of_a_private_request_stays_private() -> None:
    shop = Workshop()
    request = await shop.running(address=PRIVATE)
    shop.publisher.close(Rung.TOKEN, "token")
    await shop.show()
    await shop.show(after_s=TOKEN_LIFE_S)
    assert not shop.history(request)


# Files Discord does not take


async def test_a_picture_over_the_upload_limit_is_made_to_fit() -> None:
    shop = Workshop()
    request = await shop.ready(upload_limit_bytes=40)
    await shop.show()
    assert what(shop.shown(request)) == shown_by(Rung.TOKEN, PICTURE[:40])
    assert shop.files.contents == {shop.run(request).image: PICTURE}


async def test_what_discord_calls_too_large_is_sent_once_more_smaller() -> None:
    shop = Workshop()
    request = await shop.ready()
    shop.publisher.most_bytes = len(PICTURE) // 2
    await shop.show()
    shown = shop.shown(request)
    assert shown is not None
    assert shown.rung is Rung.TOKEN
    assert PICTURE.startswith(shown.images[0])
    assert 0 < len(shown.images[0]) <= shop.publisher.most_bytes
    assert is_delivered(shop, request)


async def test_all_pictures_of_a_message_become_smaller_together() -> None:
    shop = Workshop()
    request = await shop.ready(images=4)
    shop.publisher.most_bytes = 4 * len(PICTURE) - 1
    await shop.show()
    shown = shop.shown(request)
    assert shown is not None
    assert len(shown.images) == 4
    assert sum(map(len, shown.images)) <= shop.publisher.most_bytes


async def test_what_stays_too_large_is_kept() -> None:
    shop = Workshop()
    request = await shop.ready()
    shop.publisher.most_bytes = 1
    await shop.show()
    assert not shop.history(request)
    assert is_on_disk_and_held(shop, request)


# Retries


async def test_a_failed_post_is_tried_again_later_and_later() -> None:
    shop = Workshop()
    request = await shop.ready()
    shop.publisher.fail_next(4)
    await shop.show()
    for pause_s in (5, 10, 20, 40):
        assert shop.shown(request) is None
        assert is_on_disk_and_held(shop, request)
        await shop.show(after_s=pause_s - 0.1)
        assert shop.shown(request) is None
        await shop.show(after_s=0.1)
    assert what(shop.shown(request)) == shown_by(Rung.TOKEN, PICTURE)
    assert is_delivered(shop, request)


async def test_the_pause_between_tries_grows_to_five_minutes_at_most() -> None:
    shop = Workshop()
    request = await shop.ready()
    shop.publisher.fail_next(20)
    for _ in range(20):
        await shop.show(after_s=300)
    await shop.show(after_s=300)
    assert is_delivered(shop, request)


async def test_a_fresh_failure_starts_with_the_shortest_pause() -> None:
    shop = Workshop()
    first = await shop.ready()
    shop.publisher.fail_next(3)
    for pause_s in (0, 5, 10, 20):
        await shop.show(after_s=pause_s)
    assert is_delivered(shop, first)
    second = await shop.ready()
    shop.publisher.fail_next(1)
    await shop.show()
    await shop.show(after_s=5)
    assert is_delivered(shop, second)


async def test_when_the_token_dies_between_tries_the_next_way_is_taken() -> None:
    shop = Workshop()
    request = await shop.ready()
    shop.publisher.fail_next(1)
    await shop.show()
    await shop.show(after_s=TOKEN_LIFE_S)
    assert what(shop.shown(request)) == shown_by(Rung.MESSAGE, PICTURE)


async def test_one_failing_request_holds_up_nobody_else() -> None:
    shop = Workshop()
    failing = await shop.ready()
    shop.publisher.fail_next(1)
    await shop.show()
    other = await shop.ready()
    await shop.show()
    assert is_delivered(shop, other)
    assert is_delivered(shop, failing)


async def test_a_picture_that_cannot_be_read_now_is_shown_once_it_can() -> None:
    shop = Workshop()
    request = await shop.ready()
    image = shop.run(request).image
    assert image is not None
    content = shop.files.contents.pop(image)
    await shop.show()
    assert shop.shown(request) is None
    shop.files.contents[image] = content
    await shop.show(after_s=5)
    assert what(shop.shown(request)) == shown_by(Rung.TOKEN, PICTURE)


async def test_a_picture_that_was_posted_and_not_written_down_is_posted_there_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    shop = Workshop()
    request = await shop.ready()
    shop.ledger.is_full = True
    await shop.show()
    caplog.clear()
    assert what(shop.shown(request)) == shown_by(Rung.TOKEN, PICTURE)
    shop.ledger.is_full = False
    await shop.crash()
    await shop.show()
    assert what(shop.shown(request)) == shown_by(Rung.TOKEN, PICTURE)
    assert list(shop.publisher.history) == [request.address.message_id]
    assert is_delivered(shop, request)


async def test_a_ledger_that_refuses_after_the_post_is_given_time(caplog: pytest.LogCaptureFixture) -> None:
    shop = Workshop()
    request = await shop.ready()
    shop.ledger.is_full = True
    for _ in range(3):
        await shop.show()
    caplog.clear()
    assert [what(seen) for seen in shop.history(request)] == [shown_by(Rung.TOKEN, PICTURE)]


# Problems


async def test_a_member_is_told_why_there_is_no_picture() -> None:
    shop = Workshop()
    shop.api.refuse_next(InputDeclined())
    request = await shop.running()
    await shop.show()
    assert what(shop.shown(request)) == (Rung.TOKEN, (), (EndReason.DECLINED,))
    await shop.show(after_s=60)
    assert len(shop.history(request)) == 1


async def test_pictures_and_problems_of_one_request_are_told_together() -> None:
    shop = Workshop()
    request = await shop.running(images=3)
    shop.succeed()
    shop.api.show(Failed(EndReason.DECLINED), shop.run(request, 1).provider_id)
    await shop.look(after_s=15)
    await shop.show()
    assert what(shop.shown(request)) == (Rung.TOKEN, (PICTURE, PICTURE), (EndReason.DECLINED,))
    assert [shop.take(request, number) for number in range(3)] == [
        TakeState.SPENT,
        TakeState.GIVEN_BACK,
        TakeState.SPENT,
    ]


async def test_nothing_is_delivered_while_a_run_is_still_awaited() -> None:
    shop = Workshop()
    request = await shop.running(images=2)
    shop.succeed(run=shop.run(request, 0).provider_id)
    await shop.look(after_s=15)
    await shop.show()
    shown = shop.shown(request)
    assert shown is not None
    assert (shown.waiting is not None, shown.images) == (True, ())
    shop.succeed()
    await shop.look(after_s=15)
    await shop.show()
    assert what(shop.shown(request)) == shown_by(Rung.TOKEN, PICTURE, PICTURE)


async def test_a_gift_replaces_the_bad_news_by_whichever_way_is_open() -> None:
    shop = Workshop()
    request = await shop.overdue()
    assert shop.token(request) == "a-token"
    shop.succeed()
    await shop.look(after_s=60)
    await shop.show()
    assert what(shop.shown(request)) == shown_by(Rung.TOKEN, PICTURE)
    assert shop.token(request) is None


async def test_a_gift_that_is_ready_while_its_lateness_is_told_is_still_shown() -> None:
    shop = Workshop()
    request = await shop.running()
    await shop.look(after_s=600)
    shop.publisher.hang()
    await shop.delivery.turn()
    await eventually(lambda: shop.publisher.is_editing)
    shop.succeed()
    await shop.look(after_s=60)
    assert shop.run(request).state is RunState.READY
    shop.publisher.go_on()
    await shop.delivery.finish()
    await shop.show()
    assert what(shop.shown(request)) == shown_by(Rung.TOKEN, PICTURE)
    assert shop.run(request).state is RunState.DELIVERED


async def a_late_second(shop: Workshop) -> Request:
    """One picture shown, and the other ready after its member was told that it is late."""
    request = await shop.running(images=2)
    shop.succeed(run=shop.run(request, 0).provider_id)
    await shop.look(after_s=600)
    await shop.show()
    shop.succeed(picture=a_picture("the gift"))
    await shop.look(after_s=60)
    return request


async def test_a_gift_comes_beside_the_pictures_that_are_there_already() -> None:
    shop = Workshop()
    request = await a_late_second(shop)
    await shop.show()
    assert what(shop.shown(request)) == shown_by(Rung.TOKEN, PICTURE, a_picture("the gift"))
    assert [shop.take(request, number) for number in (0, 1)] == [TakeState.SPENT, TakeState.GIVEN_BACK]


async def test_after_a_gift_every_picture_is_remembered_where_it_is_now() -> None:
    shop = Workshop()
    request = await a_late_second(shop)
    await shop.show()
    shown = shop.shown(request)
    assert shown is not None
    places = [shop.ledger.places[shop.run(request, number).id] for number in (0, 1)]
    assert tuple(place.attachment for place in places) == shown.attachments


@pytest.mark.xfail(strict=True, reason="the late picture waits for ever for the bytes of one that was swept")
async def test_a_gift_is_shown_even_when_the_earlier_picture_is_no_longer_on_disk() -> None:
    shop = Workshop()
    request = await a_late_second(shop)
    image = shop.run(request).image
    assert image is not None
    del shop.files.contents[image]
    for _ in range(5):
        await shop.show(after_s=300)
    shown = shop.shown(request)
    assert shown is not None
    assert a_picture("the gift") in shown.images


# Progress


async def test_a_member_sees_how_long_the_request_has_been_made_for() -> None:
    shop = Workshop()
    request = await shop.running()
    await shop.show(after_s=7)
    assert shop.shown(request) == Seen(Rung.TOKEN, waiting=Waiting(elapsed_s=7.0, times=RunTimes()))


async def test_a_request_that_waits_in_the_queue_shows_no_progress() -> None:
    shop = Workshop()
    request = await shop.ask()
    await shop.show()
    assert shop.shown(request) is None


async def test_progress_is_shown_every_four_seconds_at_most() -> None:
    shop = Workshop()
    request = await shop.running()
    for _ in range(17):
        await shop.show(after_s=0.5)
    elapsed = [seen.waiting.elapsed_s for seen in shop.history(request) if seen.waiting]
    assert elapsed == [0.5, 4.5, 8.5]


async def test_estimates_come_from_what_was_measured() -> None:
    shop = Workshop()
    for _ in range(20):
        await shop.running()
        shop.succeed()
        await shop.look(after_s=40)
        await shop.show()
    request = await shop.running()
    await shop.show()
    shown = shop.shown(request)
    assert shown is not None
    assert shown.waiting is not None
    assert shown.waiting.times.median_s == pytest.approx(40)


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
    await shop.delivery.turn()
    shop.publisher.go_on()
    await shop.delivery.finish()
    assert [is_delivered(shop, request) for request in requests].count(True) == 4
    assert shop.signals.outbox.is_set()
    await shop.show()
    assert all(is_delivered(shop, request) for request in requests)


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


async def test_nobody_is_told_before_there_is_a_message() -> None:
    shop = Workshop()
    request = await shop.submission.submit(a_draft())
    await shop.submission.withdraw(request.id)
    await shop.show()
    assert not shop.publisher.history
