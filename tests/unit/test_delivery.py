"""Getting pictures in front of members: the ladder, its refusals and retries."""

import pytest

from bot.domain.ladder import ClosedReason, Rung
from bot.domain.runs import EndReason, RunState
from bot.ports import Failed
from tests.builders import TOKEN_LIFE, a_picture, an_address
from tests.fakes import TakeState
from tests.unit import workshop
from tests.unit.workshop import PICTURE, Workshop, is_delivered, is_on_disk_and_held, shown_by, what

no_hidden_bugs = workshop.no_hidden_bugs
TOKEN_LIFE_S = TOKEN_LIFE.total_seconds()
PRIVATE = an_address(private=True)


def close_all_but(shop: Workshop, *others: Rung) -> None:
    for rung in set(Rung) - set(others):
        shop.publisher.close(rung, "message")


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
    await shop.look(after_s=15)
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
    close_all_but(shop, Rung.TOKEN)
    await shop.show()
    assert shop.token(request) == token


async def test_when_no_way_is_left_the_picture_is_kept() -> None:
    shop = Workshop()
    request = await shop.ready()
    close_all_but(shop)
    await shop.show()
    assert shop.shown(request) is None
    assert is_on_disk_and_held(shop, request)
    shop.publisher.open(Rung.MESSAGE)
    await shop.show(after_s=3600)
    assert shop.shown(request) is None


async def test_what_was_kept_is_tried_again_after_a_restart() -> None:
    shop = Workshop()
    request = await shop.ready()
    close_all_but(shop)
    await shop.show()
    shop.publisher.open(Rung.MESSAGE)
    await shop.crash()
    await shop.show()
    assert what(shop.shown(request)) == shown_by(Rung.MESSAGE, PICTURE)
    assert is_delivered(shop, request)


async def test_news_that_nobody_can_be_told_is_over_all_the_same() -> None:
    shop = Workshop()
    request = await shop.running()
    shop.api.show(Failed(EndReason.DECLINED))
    await shop.look(after_s=15)
    close_all_but(shop)
    await shop.show()
    entry = shop.ledger.entries[request.id]
    assert (entry.kept_at, entry.settled_at) == (None, shop.clock.now())
    assert shop.ended(request) == (RunState.FAILED, EndReason.DECLINED, TakeState.GIVEN_BACK)


async def test_a_picture_that_comes_after_news_that_nobody_could_be_told_is_shown() -> None:
    shop = Workshop()
    request = await shop.running()
    await shop.look_too_late()
    close_all_but(shop)
    await shop.show()
    shop.publisher.open(Rung.TOKEN)
    shop.succeed()
    await shop.look(after_s=60)
    await shop.show()
    assert what(shop.shown(request)) == shown_by(Rung.TOKEN, PICTURE)


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
    shop.publisher.close(Rung.DM, "dm")
    await shop.show()
    assert not shop.history(request)
    assert is_on_disk_and_held(shop, request)


async def test_a_private_picture_stays_private_when_its_token_has_died() -> None:
    shop = Workshop()
    request = await shop.running(address=PRIVATE)
    await shop.show()
    shop.publisher.close(Rung.DM, "dm")
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


async def test_what_is_too_large_and_blocked_is_sent_smaller_and_without_its_words() -> None:
    shop = Workshop()
    request = await shop.ready()
    shop.publisher.most_bytes = len(PICTURE) // 2
    shop.publisher.blocks_words = True
    await shop.show()
    shown = shop.shown(request)
    assert shown is not None
    assert shown.rung is Rung.TOKEN
    assert not shown.is_quoted
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


async def test_a_clock_that_is_set_back_holds_no_picture_up() -> None:
    shop = Workshop()
    request = await shop.ready()
    shop.publisher.fail_next(1)
    await shop.show()
    shop.clock.jump(-3600)
    await shop.show(after_s=5)
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
    request = await shop.running()
    await shop.look_too_late()
    shop.publisher.fail_next(3)
    for pause_s in (0, 5, 10, 20):
        await shop.show(after_s=pause_s)
    assert what(shop.shown(request)) == (Rung.TOKEN, (), (EndReason.TOO_SLOW,))
    shop.succeed()
    await shop.look(after_s=60)
    shop.publisher.fail_next(1)
    await shop.show()
    await shop.show(after_s=5)
    assert what(shop.shown(request)) == shown_by(Rung.TOKEN, PICTURE)


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
    shop.files.is_unreadable = True
    await shop.show()
    assert shop.shown(request) is None
    shop.files.is_unreadable = False
    await shop.show(after_s=5)
    assert what(shop.shown(request)) == shown_by(Rung.TOKEN, PICTURE)


async def test_a_picture_that_is_lost_from_the_disk_is_told_and_given_back(caplog: pytest.LogCaptureFixture) -> None:
    shop = Workshop()
    request = await shop.ready()
    shop.files.contents.clear()
    await shop.show()
    seen = shop.shown(request)
    assert seen is not None
    assert seen.problems == (EndReason.RESULT_UNREADABLE,)
    assert shop.run(request).state is RunState.FAILED
    assert shop.take(request) is TakeState.GIVEN_BACK
    caplog.clear()


async def test_a_picture_that_was_posted_and_not_written_down_is_posted_there_again() -> None:
    shop = Workshop()
    request = await shop.ready()
    shop.publisher.loses_answers = True
    await shop.show()
    assert what(shop.shown(request)) == shown_by(Rung.TOKEN, PICTURE)
    shop.publisher.loses_answers = False
    await shop.crash()
    await shop.show()
    assert what(shop.shown(request)) == shown_by(Rung.TOKEN, PICTURE)
    assert list(shop.publisher.history) == [request.address.message_id]
    assert is_delivered(shop, request)


async def test_a_ledger_that_refuses_is_given_time_and_nothing_shown_that_it_would_not_know() -> None:
    shop = Workshop()
    request = await shop.ready()
    shop.ledger.is_full = True
    for _ in range(3):
        await shop.show()
    assert not shop.history(request)
    shop.ledger.is_full = False
    await shop.show(after_s=60)
    assert [what(seen) for seen in shop.history(request)] == [shown_by(Rung.TOKEN, PICTURE)]


async def test_messages_that_hang_do_not_keep_others_waiting() -> None:
    shop = Workshop()
    hanging = [await shop.ready() for _ in range(12)]
    shop.publisher.fail_next(12)
    for _ in range(3):
        await shop.show()
    shop.publisher.hang(*(one.address.message_id for one in hanging))
    shop.clock.advance(5)
    await shop.delivery.turn()
    await workshop.some_time()
    other = await shop.ready()
    await shop.delivery.turn()
    await workshop.some_time()
    assert is_delivered(shop, other)
    shop.publisher.go_on()
    await shop.delivery.finish()
