"""What members are told of a request: its pictures, why others did not become any, and pictures that come late."""

from bot.domain.errors import InputDeclined
from bot.domain.ladder import Rung
from bot.domain.requests import Request
from bot.domain.runs import EndReason, RunState
from bot.ports import Failed
from tests.builders import a_draft, a_picture
from tests.fakes import TakeState, eventually
from tests.unit import workshop
from tests.unit.workshop import PICTURE, Workshop, shown_by, what

no_hidden_bugs = workshop.no_hidden_bugs


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


async def test_the_first_picture_is_shown_while_the_second_is_being_made() -> None:
    shop = Workshop()
    request = await shop.running(images=2)
    shop.succeed(run=shop.run(request, 0).provider_id)
    await shop.look(after_s=15)
    await shop.show()
    shown = shop.shown(request)
    assert shown is not None
    assert (shown.waiting is not None, shown.images) == (True, (PICTURE,))
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
    await shop.look_too_late()
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
    await shop.look_too_late()
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


async def test_nobody_is_told_before_there_is_a_message() -> None:
    shop = Workshop()
    request = await shop.submission.submit(a_draft())
    await shop.submission.withdraw(request.id)
    await shop.show()
    assert not shop.publisher.history
