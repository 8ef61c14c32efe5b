"""Several pictures in one message, which fills in as they come: each is uploaded once, and none is lost or doubled."""

from dataclasses import replace

import pytest

from bot.domain.errors import InputDeclined
from bot.domain.ids import RunId
from bot.domain.ladder import ClosedReason, Rung
from bot.domain.requests import Request
from bot.domain.runs import EndReason, RunState
from bot.ports import Failed
from tests.builders import TOKEN_LIFE, a_picture, an_address, runs_of
from tests.fakes import Seen, TakeState
from tests.unit import workshop
from tests.unit.workshop import Workshop

no_hidden_bugs = workshop.no_hidden_bugs
TOKEN_LIFE_S = TOKEN_LIFE.total_seconds()
PRIVATE = an_address(private=True)
FIRST, SECOND, THIRD, FOURTH = (a_picture(of) for of in ("the first", "the second", "the third", "the fourth"))
PICTURES = (FIRST, SECOND, THIRD, FOURTH)


async def comes(shop: Workshop, request: Request, *numbers: int) -> None:
    """These pictures are ready, each another one, and shown as far as that can be."""
    for number in numbers:
        shop.succeed(run=shop.run(request, number).provider_id, picture=PICTURES[number])
        await shop.look(after_s=60)  # by then a late one is looked at, too
    await shop.show()


async def four(shop: Workshop, **changes: object) -> Request:
    request = await shop.running(images=4, **changes)
    await shop.show()
    return request


def seen(shop: Workshop, request: Request) -> Seen:
    shown = shop.shown(request)
    assert shown is not None
    return shown


def states(shop: Workshop, request: Request) -> list[RunState]:
    return [shop.run(request, number).state for number in range(request.images)]


def posted(shop: Workshop, request: Request) -> list[tuple[Rung, tuple[bytes, ...]]]:
    return [
        (rung, shop.publisher.history[spot.message][-1].images)
        for rung, spot in shop.publisher.posted.get(request.id, [])
    ]


def close(shop: Workshop, *rungs: Rung, reason: ClosedReason) -> None:
    for rung in rungs:
        shop.publisher.close(rung, reason)


async def test_pictures_are_shown_as_they_come() -> None:
    shop = Workshop()
    request = await four(shop)
    told = []
    for number in (2, 0, 3, 1):
        await comes(shop, request, number)
        told.append((seen(shop, request).images, seen(shop, request).is_last_word))
    assert told == [
        ((THIRD,), False),
        ((THIRD, FIRST), False),
        ((THIRD, FIRST, FOURTH), False),
        ((THIRD, FIRST, FOURTH, SECOND), True),
    ]
    assert states(shop, request) == [RunState.DELIVERED] * 4


async def test_what_is_there_stays_there_and_is_not_uploaded_again() -> None:
    shop = Workshop()
    request = await four(shop)
    await comes(shop, request, 0)
    first = seen(shop, request).attachments
    await comes(shop, request, 1)
    await comes(shop, request, 2, 3)
    assert seen(shop, request).attachments[:1] == first
    assert sorted(shop.publisher.uploads) == sorted(runs_of(request))


async def test_a_picture_is_paid_for_when_it_is_shown_and_the_token_stays_for_the_others() -> None:
    shop = Workshop()
    request = await four(shop)
    await comes(shop, request, 1)
    assert [shop.take(request, number) for number in range(4)] == [TakeState.HELD, TakeState.SPENT] + [
        TakeState.HELD
    ] * 2
    assert shop.token(request) == "a-token"
    await comes(shop, request, 0, 2, 3)
    assert shop.token(request) is None


async def test_those_who_wait_see_how_many_are_there() -> None:
    shop = Workshop()
    request = await four(shop)
    await comes(shop, request, 3, 1)
    await shop.show(after_s=10)
    shown = seen(shop, request)
    assert shown.waiting is not None
    assert (shown.waiting.images, shown.waiting.shown) == (4, (RunId(f"{request.id}.1"), RunId(f"{request.id}.3")))
    assert shown.images == (SECOND, FOURTH)


async def test_one_that_fails_gives_its_quota_back_and_loses_no_other() -> None:
    shop = Workshop()
    shop.api.refuse_next(InputDeclined())
    request = await four(shop)
    await comes(shop, request, 1, 2, 3)
    assert seen(shop, request).images == (SECOND, THIRD, FOURTH)
    assert seen(shop, request).problems == (EndReason.DECLINED,)
    assert [shop.take(request, number) for number in (0, 1)] == [TakeState.GIVEN_BACK, TakeState.SPENT]


async def test_when_the_last_one_fails_the_message_says_so_and_keeps_the_others() -> None:
    shop = Workshop()
    request = await four(shop)
    await comes(shop, request, 0, 1, 2)
    shop.api.show(Failed(EndReason.PROVIDER_FAILED))
    await shop.look(after_s=15)
    await shop.show()
    assert seen(shop, request).images == (FIRST, SECOND, THIRD)
    assert seen(shop, request).problems == (EndReason.PROVIDER_FAILED,)
    assert seen(shop, request).is_last_word
    assert len(shop.publisher.uploads) == 3


async def test_one_that_is_too_slow_is_shown_beside_the_others_when_it_comes() -> None:
    shop = Workshop()
    request = await four(shop)
    await comes(shop, request, 0, 1, 2)
    await shop.look_too_late()
    await shop.show()
    assert seen(shop, request).problems == (EndReason.TOO_SLOW,)
    await comes(shop, request, 3)
    assert seen(shop, request).images == PICTURES
    assert seen(shop, request).problems == ()
    assert shop.take(request, 3) is TakeState.GIVEN_BACK
    assert len(shop.publisher.uploads) == 4


async def test_a_picture_that_was_deleted_meanwhile_does_not_come_back() -> None:
    shop = Workshop()
    request = await four(shop)
    await comes(shop, request, 0, 1, 2)
    gone = shop.run(request, 1).id
    shop.ledger.runs[gone] = replace(shop.ledger.runs[gone], deleted_at=shop.clock.now())
    await comes(shop, request, 3)
    assert seen(shop, request).images == (FIRST, THIRD, FOURTH)


# Ways that close


async def test_where_nothing_can_be_filled_in_all_come_together_in_one_message() -> None:
    shop = Workshop()
    request = await four(shop)
    close(shop, Rung.TOKEN, Rung.MESSAGE, reason="permission")
    await comes(shop, request, 0, 1, 2)
    assert posted(shop, request) == []
    await comes(shop, request, 3)
    assert posted(shop, request) == [(Rung.CHANNEL, PICTURES)]
    assert states(shop, request) == [RunState.DELIVERED] * 4


async def test_when_the_message_was_deleted_all_come_in_a_new_one() -> None:
    shop = Workshop()
    request = await four(shop)
    await comes(shop, request, 2, 0)
    close(shop, Rung.TOKEN, Rung.MESSAGE, reason="gone")
    await comes(shop, request, 1)
    assert posted(shop, request) == []
    await comes(shop, request, 3)
    assert posted(shop, request) == [(Rung.CHANNEL, (FIRST, THIRD, SECOND, FOURTH))]
    assert len({shop.run(request, number).spot for number in range(4)}) == 1


async def test_of_a_deleted_message_what_is_on_disk_no_more_is_not_waited_for() -> None:
    shop = Workshop()
    request = await four(shop)
    await comes(shop, request, 0)
    image = shop.run(request, 0).image
    assert image is not None
    del shop.files.contents[image]
    close(shop, Rung.TOKEN, Rung.MESSAGE, reason="gone")
    await comes(shop, request, 1, 2, 3)
    assert posted(shop, request) == [(Rung.CHANNEL, (SECOND, THIRD, FOURTH))]


@pytest.mark.parametrize("reason", ["message", "permission"])
async def test_what_stands_in_a_message_that_cannot_be_edited_is_not_posted_again(reason: ClosedReason) -> None:
    shop = Workshop()
    request = await four(shop)
    await comes(shop, request, 0, 1)
    close(shop, Rung.TOKEN, Rung.MESSAGE, reason=reason)
    await comes(shop, request, 2, 3)
    assert posted(shop, request) == [(Rung.CHANNEL, (THIRD, FOURTH))]
    assert seen(shop, request).images == (FIRST, SECOND)


async def test_bad_news_alone_is_posted_where_the_message_cannot_be_edited() -> None:
    shop = Workshop()
    request = await four(shop)
    await comes(shop, request, 0, 1, 2)
    close(shop, Rung.TOKEN, Rung.MESSAGE, reason="message")
    shop.api.show(Failed(EndReason.PROVIDER_FAILED))
    await shop.look(after_s=15)
    await shop.show()
    assert posted(shop, request) == [(Rung.CHANNEL, ())]


async def test_when_the_token_dies_midway_the_bot_fills_in_itself() -> None:
    shop = Workshop()
    request = await four(shop)
    await comes(shop, request, 0)
    shop.clock.advance(TOKEN_LIFE_S)
    await comes(shop, request, 1, 2, 3)
    assert seen(shop, request).rung is Rung.MESSAGE
    assert seen(shop, request).images == PICTURES


async def test_of_a_private_request_the_rest_goes_to_its_member_when_the_token_has_died() -> None:
    shop = Workshop()
    request = await four(shop, address=PRIVATE)
    await comes(shop, request, 0, 1)
    assert seen(shop, request).images == (FIRST, SECOND)
    shop.clock.advance(TOKEN_LIFE_S)
    await comes(shop, request, 2, 3)
    assert posted(shop, request) == [(Rung.DM, (THIRD, FOURTH))]
    assert {one.rung for one in shop.history(request)} == {Rung.TOKEN}


async def test_of_a_private_answer_that_its_member_dismissed_all_goes_to_them() -> None:
    shop = Workshop()
    request = await four(shop, address=PRIVATE)
    await comes(shop, request, 0, 1)
    close(shop, Rung.TOKEN, reason="gone")
    await comes(shop, request, 2, 3)
    assert posted(shop, request) == [(Rung.DM, PICTURES)]


async def test_a_late_picture_comes_beside_those_that_were_posted_anew() -> None:
    shop = Workshop()
    request = await four(shop)
    close(shop, Rung.TOKEN, Rung.MESSAGE, reason="gone")
    await comes(shop, request, 0, 1, 2)
    await shop.look_too_late()
    await shop.show()
    assert posted(shop, request) == [(Rung.CHANNEL, (FIRST, SECOND, THIRD))]
    shop.publisher.open(Rung.MESSAGE)
    await comes(shop, request, 3)
    assert posted(shop, request) == [(Rung.CHANNEL, PICTURES)]
    assert len(shop.publisher.uploads) == 4


async def test_what_comes_after_the_token_has_died_goes_to_the_member_without_what_was_shown() -> None:
    shop = Workshop()
    request = await four(shop, address=PRIVATE)
    await comes(shop, request, 0, 1)
    close(shop, Rung.TOKEN, reason="token")
    await comes(shop, request, 2, 3)
    assert posted(shop, request) == [(Rung.DM, (THIRD, FOURTH))]
    assert states(shop, request) == [RunState.DELIVERED] * 4


async def test_what_was_noticed_first_and_came_last_is_not_taken_for_shown() -> None:
    """Its download took longer."""
    shop = Workshop()
    request = await four(shop, address=PRIVATE)
    noticed_at = shop.clock.now()
    await comes(shop, request, 1, 2, 3)
    close(shop, Rung.TOKEN, reason="token")
    await shop.requests.finish(shop.run(request, 0).id, await shop.files.keep(FIRST), noticed_at)
    await shop.show()
    assert posted(shop, request) == [(Rung.DM, (FIRST,))]


# Crashes and lost answers


@pytest.mark.parametrize("numbers", [(1,), (1, 2, 3)])
async def test_what_was_edited_in_and_not_written_down_is_neither_lost_nor_doubled(numbers: tuple[int, ...]) -> None:
    shop = Workshop()
    request = await four(shop)
    await comes(shop, request, 0)
    for number in numbers:
        shop.succeed(run=shop.run(request, number).provider_id, picture=PICTURES[number])
        await shop.look(after_s=15)
    shop.publisher.loses_answers = True
    await shop.show()
    assert len(seen(shop, request).images) == 1 + len(numbers)
    shop.publisher.loses_answers = False
    await shop.crash()
    await shop.show()
    await comes(shop, request, *({1, 2, 3} - {*numbers}))
    assert seen(shop, request).images == PICTURES
    assert states(shop, request) == [RunState.DELIVERED] * 4


async def test_what_was_edited_in_before_the_crash_is_known_by_a_look_where_the_message_can_be_edited_no_more() -> None:
    shop = Workshop()
    request = await four(shop)
    await comes(shop, request, 0)
    shop.succeed(run=shop.run(request, 1).provider_id, picture=SECOND)
    await shop.look(after_s=15)
    shop.publisher.loses_answers = True
    await shop.show()
    shop.publisher.loses_answers = False
    close(shop, Rung.TOKEN, Rung.MESSAGE, reason="message")
    await shop.crash()
    await comes(shop, request, 2, 3)
    assert posted(shop, request) == [(Rung.CHANNEL, (THIRD, FOURTH))]
    assert seen(shop, request).images == (FIRST, SECOND)
    assert states(shop, request) == [RunState.DELIVERED] * 4


@pytest.mark.parametrize("rung", [Rung.CHANNEL, Rung.DM])
async def test_a_post_whose_answer_was_lost_is_taken_up_with_all_that_it_shows(rung: Rung) -> None:
    shop = Workshop()
    request = await four(shop)
    await comes(shop, request, 0)
    close(shop, *(set(Rung) - {rung}), reason="gone")
    shop.publisher.loses_answers = True
    await comes(shop, request, 1, 2, 3)
    assert posted(shop, request) == [(rung, PICTURES)]
    shop.publisher.loses_answers = False
    shop.publisher.open(Rung.MESSAGE)
    uploads = len(shop.publisher.uploads)
    await shop.crash()
    await shop.show()
    assert posted(shop, request) == [(rung, PICTURES)]
    assert states(shop, request) == [RunState.DELIVERED] * 4
    assert len(shop.publisher.uploads) == uploads


async def test_filling_in_that_fails_is_tried_again_and_does_not_hold_up_the_rest() -> None:
    shop = Workshop()
    request = await four(shop)
    for _ in range(4):
        shop.publisher.fail_next(1)
        await comes(shop, request, 0)
    assert seen(shop, request).images == ()
    shop.publisher.fail_next(0)
    await comes(shop, request, 1, 2, 3)
    assert seen(shop, request).images == PICTURES


async def test_the_first_picture_is_shown_five_seconds_after_the_first_try_failed() -> None:
    shop = Workshop()
    request = await four(shop)
    shop.publisher.fail_next(1)
    await comes(shop, request, 0)
    assert seen(shop, request).images == ()
    await shop.show(after_s=5)
    assert seen(shop, request).images == (FIRST,)


async def test_the_pictures_of_a_message_fit_into_one_request_together() -> None:
    shop = Workshop()
    request = await shop.running(images=4, upload_limit_bytes=25_000_000)
    shop.succeed(picture=a_picture("a large one", size_bytes=20_000_000))
    await shop.look(after_s=15)
    await shop.show()
    assert 0 < sum(map(len, seen(shop, request).images)) < 25 * 1024 * 1024
