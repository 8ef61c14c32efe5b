"""Whose requests may be asked for once more, and whose pictures brought."""

import pytest

from bot.domain.errors import NotYours, RequestGone
from bot.domain.ids import MemberId, RequestId, ServerId
from bot.domain.ladder import Rung
from bot.domain.requests import Request
from tests.builders import an_address
from tests.unit import workshop
from tests.unit.workshop import Workshop

no_hidden_bugs = workshop.no_hidden_bugs
ALICE, BOB = MemberId(30), MemberId(31)
STUDIO, ELSEWHERE = ServerId(10), ServerId(11)
PRIVATE = an_address(private=True)


async def test_a_public_request_may_be_repeated_by_anybody_in_its_server() -> None:
    shop = Workshop()
    request = await shop.ask()
    assert (await shop.memory.asked(request.id, STUDIO, BOB)).prompt == request.prompt
    with pytest.raises(RequestGone):
        await shop.memory.asked(request.id, ELSEWHERE, ALICE)


async def test_a_private_request_may_be_repeated_by_its_member_alone() -> None:
    shop = Workshop()
    request = await shop.ask(address=PRIVATE)
    assert (await shop.memory.asked(request.id, STUDIO, ALICE)).id == request.id
    with pytest.raises(NotYours):
        await shop.memory.asked(request.id, STUDIO, BOB)


async def test_a_kept_picture_is_brought_for_its_member_alone() -> None:
    shop = Workshop()
    request = await shop.ask()
    assert (await shop.memory.kept(request.id, STUDIO, ALICE)).id == request.id
    with pytest.raises(NotYours):
        await shop.memory.kept(request.id, STUDIO, BOB)
    with pytest.raises(RequestGone):
        await shop.memory.kept(request.id, ELSEWHERE, ALICE)


async def nobody_reached(shop: Workshop) -> Request:
    """A request whose picture is kept, since every rung of the ladder was closed."""
    for rung in Rung:
        shop.publisher.close(rung, "permission")
    request = await shop.ready()
    await shop.show()
    for rung in Rung:
        shop.publisher.open(rung)
    shop.clock.advance(60)
    return request


async def test_a_kept_picture_stays_first_in_the_history_however_much_comes_after_it() -> None:
    shop = Workshop()
    kept = await nobody_reached(shop)
    for _ in range(10):
        latest = await shop.ready()
        await shop.show()
        shop.clock.advance(60)
    recent = await shop.memory.recent(STUDIO, ALICE)
    assert [past.request.id for past in recent.pasts[:2]] == [kept.id, latest.id]
    assert len({past.request.id for past in recent.pasts}) == len(recent.pasts) == 10
    assert recent.more_kept == 0


async def test_of_many_kept_pictures_the_newest_are_listed_and_the_others_counted() -> None:
    shop = Workshop()
    kept = [await nobody_reached(shop) for _ in range(7)]
    recent = await shop.memory.recent(STUDIO, ALICE)
    assert [past.request.id for past in recent.pasts] == [request.id for request in reversed(kept[2:])]
    assert recent.more_kept == 2


@pytest.mark.parametrize("ask", ["asked", "kept"])
async def test_what_was_never_asked_for_is_gone(ask: str) -> None:
    shop = Workshop()
    with pytest.raises(RequestGone):
        await getattr(shop.memory, ask)(RequestId("A" * 16), STUDIO, ALICE)


async def test_what_is_not_kept_cannot_be_brought() -> None:
    shop = Workshop()
    request = await shop.ready()
    with pytest.raises(RequestGone):
        await shop.memory.bring(request.id, an_address())
