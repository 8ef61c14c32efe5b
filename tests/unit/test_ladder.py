"""The rungs on which something new is posted: in the channel, to the member alone; each once, whatever is lost."""

import pytest

from bot.domain.ids import ChannelId
from bot.domain.ladder import ClosedReason, NotPosted, Rung
from bot.domain.runs import EndReason, RunState
from tests.builders import TOKEN_LIFE, an_address
from tests.fakes import TakeState
from tests.unit import workshop
from tests.unit.workshop import PICTURE, Workshop, is_delivered, is_on_disk_and_held

no_hidden_bugs = workshop.no_hidden_bugs
TOKEN_LIFE_S = TOKEN_LIFE.total_seconds()
PRIVATE = an_address(private=True)


def posted(shop: Workshop, request: object) -> list[tuple[Rung, tuple[bytes, ...]]]:
    """Every message that was posted anew for a request, with what stands in it now."""
    spots = shop.publisher.posted.get(getattr(request, "id"), [])  # noqa: B009 - any request
    return [(rung, shop.publisher.history[spot.message][-1].images) for rung, spot in spots]


def close(shop: Workshop, *rungs: Rung, reason: ClosedReason = "message") -> None:
    for rung in rungs:
        shop.publisher.close(rung, reason)


@pytest.mark.parametrize("reason", ["message", "permission"])
async def test_when_the_message_is_gone_the_picture_is_posted_in_the_channel(reason: ClosedReason) -> None:
    shop = Workshop()
    request = await shop.ready()
    close(shop, Rung.TOKEN, Rung.MESSAGE, reason=reason)
    await shop.show()
    assert posted(shop, request) == [(Rung.CHANNEL, (PICTURE,))]
    assert is_delivered(shop, request)


async def test_when_the_channel_is_gone_the_picture_goes_to_the_member() -> None:
    shop = Workshop()
    request = await shop.ready()
    close(shop, Rung.TOKEN, Rung.MESSAGE, Rung.CHANNEL, reason="channel")
    await shop.show()
    assert posted(shop, request) == [(Rung.DM, (PICTURE,))]
    spot = shop.run(request).spot
    assert spot is not None
    assert spot.channel == ChannelId(request.address.member_id)  # as the fake has it
    assert is_delivered(shop, request)


async def test_when_direct_messages_are_closed_too_the_picture_is_kept() -> None:
    shop = Workshop()
    request = await shop.ready()
    close(shop, *Rung, reason="dm")
    await shop.show()
    assert not posted(shop, request)
    assert is_on_disk_and_held(shop, request)


async def test_bad_news_takes_the_same_way() -> None:
    shop = Workshop()
    request = await shop.overdue()
    await shop.look(after_s=0)
    other = await shop.running()
    close(shop, Rung.TOKEN, Rung.MESSAGE)
    await shop.look(after_s=700)
    await shop.look(after_s=10)
    await shop.show()
    assert posted(shop, other) == [(Rung.CHANNEL, ())]
    assert shop.ended(other) == (RunState.OVERDUE, EndReason.TOO_SLOW, TakeState.GIVEN_BACK)
    assert not posted(shop, request)


async def test_a_private_picture_goes_to_its_member_when_the_token_has_died() -> None:
    shop = Workshop()
    request = await shop.ready(address=PRIVATE)
    await shop.show(after_s=TOKEN_LIFE_S)
    assert posted(shop, request) == [(Rung.DM, (PICTURE,))]
    assert is_delivered(shop, request)


@pytest.mark.parametrize("closed", [{Rung.TOKEN}, {Rung.TOKEN, Rung.DM}])
async def test_a_private_picture_never_stands_in_the_channel(closed: set[Rung]) -> None:
    shop = Workshop()
    request = await shop.ready(address=PRIVATE)
    close(shop, *closed)
    await shop.show()
    await shop.crash()
    await shop.show(after_s=3600)
    rungs = {seen.rung for history in shop.publisher.history.values() for seen in history}
    assert not rungs & {Rung.MESSAGE, Rung.CHANNEL}
    assert shop.run(request).state is (RunState.READY if Rung.DM in closed else RunState.DELIVERED)


@pytest.mark.parametrize("rung", [Rung.CHANNEL, Rung.DM])
@pytest.mark.parametrize("crashes", [False, True])
async def test_a_post_whose_answer_was_lost_is_not_posted_twice(rung: Rung, crashes: bool) -> None:
    shop = Workshop()
    request = await shop.ready()
    close(shop, *(set(Rung) - {rung}))
    shop.publisher.loses_answers = True
    await shop.show()
    assert posted(shop, request) == [(rung, (PICTURE,))]
    assert is_on_disk_and_held(shop, request)
    shop.publisher.loses_answers = False
    shop.publisher.open(Rung.MESSAGE)
    if crashes:
        await shop.crash()
    await shop.show(after_s=5)
    assert posted(shop, request) == [(rung, (PICTURE,))]
    assert is_delivered(shop, request)


async def test_a_post_that_never_arrived_is_posted_after_all() -> None:
    shop = Workshop()
    request = await shop.ready()
    close(shop, Rung.TOKEN, Rung.MESSAGE)
    shop.publisher.fail_next(1)
    close(shop, Rung.TOKEN, Rung.MESSAGE)
    await shop.show()
    for pause_s in (5, 10, 20):
        await shop.show(after_s=pause_s)
    assert [rung for rung, _ in posted(shop, request)] == [Rung.CHANNEL]
    assert is_delivered(shop, request)


async def test_when_the_posted_message_can_no_longer_be_edited_the_climb_goes_on() -> None:
    shop = Workshop()
    request = await shop.overdue()
    other = await shop.running()
    close(shop, Rung.TOKEN, Rung.MESSAGE)
    await shop.look(after_s=700)
    await shop.look(after_s=10)
    await shop.show()
    assert [rung for rung, _ in posted(shop, other)] == [Rung.CHANNEL]
    shop.succeed(run=shop.run(other).provider_id)
    await shop.look(after_s=60)
    await shop.show()
    assert posted(shop, other)[-1][1] == (PICTURE,)
    assert shop.run(other).state is RunState.DELIVERED
    assert shop.run(request).state is RunState.OVERDUE


async def test_what_the_message_says_already_is_not_said_twice() -> None:
    shop = Workshop()
    request = await shop.ready()
    await edited_unheard(shop)
    assert is_on_disk_and_held(shop, request)
    close(shop, Rung.TOKEN, Rung.MESSAGE)
    await shop.crash()
    await shop.show()
    assert not posted(shop, request)
    assert is_delivered(shop, request)


async def test_what_a_message_that_nobody_may_look_at_says_perhaps_is_not_said_twice() -> None:
    shop = Workshop()
    request = await shop.ready()
    await edited_unheard(shop)
    close(shop, Rung.TOKEN, Rung.MESSAGE, Rung.CHANNEL, reason="permission")
    await shop.crash()
    await shop.show()
    assert not posted(shop, request)
    assert is_on_disk_and_held(shop, request)
    other = await shop.ready()
    await shop.show()
    assert posted(shop, other) == [(Rung.DM, (PICTURE,))]


async def test_a_private_picture_that_its_answer_may_show_is_kept_when_the_token_has_died() -> None:
    shop = Workshop()
    request = await shop.ready(address=PRIVATE)
    await edited_unheard(shop)
    close(shop, Rung.TOKEN, reason="token")
    for pause_s in (5, 10):
        await shop.show(after_s=pause_s)
        await shop.crash()
    await shop.show()
    assert not posted(shop, request)
    assert is_on_disk_and_held(shop, request)


async def test_a_refused_edit_shows_nothing_and_is_known_to_show_nothing() -> None:
    shop = Workshop()
    request = await shop.ready(address=PRIVATE)
    close(shop, Rung.TOKEN, reason="token")
    close(shop, Rung.DM, reason="dm")
    await shop.show()
    assert is_on_disk_and_held(shop, request)
    shop.publisher.open(Rung.DM)
    await shop.crash()
    await shop.show()
    assert posted(shop, request) == [(Rung.DM, (PICTURE,))]


async def test_an_edit_that_never_reached_discord_shows_nothing() -> None:
    shop = Workshop()
    request = await shop.ready(address=PRIVATE)
    shop.publisher.fail_next(1, NotPosted)
    await shop.show()
    close(shop, Rung.TOKEN, reason="token")
    await shop.crash()
    await shop.show(after_s=5)
    assert posted(shop, request) == [(Rung.DM, (PICTURE,))]


async def edited_unheard(shop: Workshop) -> None:
    """The message shows it, and Discord's answer was lost."""
    shop.publisher.loses_answers = True
    await shop.show()
    shop.publisher.loses_answers = False


@pytest.mark.parametrize("crashes", [True, False])
async def test_an_edit_that_discord_did_not_answer_is_not_repeated_where_nobody_may_look(*, crashes: bool) -> None:
    shop = Workshop()
    request = await shop.ready()
    shop.publisher.fail_next(1)
    await shop.show()
    close(shop, Rung.TOKEN, Rung.MESSAGE, Rung.CHANNEL, reason="permission")
    shop.clock.advance(1)
    if crashes:
        await shop.crash()
    await shop.show(after_s=5)
    assert not posted(shop, request)
    assert is_on_disk_and_held(shop, request)


@pytest.mark.parametrize("may_post", [True, False])
@pytest.mark.parametrize("is_there", [True, False])
async def test_where_nobody_may_look_a_picture_that_may_be_there_is_kept(*, may_post: bool, is_there: bool) -> None:
    shop = Workshop()
    request = await shop.ready()
    await perhaps_posted(shop, is_there=is_there)
    shop.publisher.may_look = False
    if not may_post:
        close(shop, Rung.CHANNEL, reason="permission")
    await shop.crash()
    await shop.show(after_s=5)
    assert len(posted(shop, request)) == is_there
    assert is_on_disk_and_held(shop, request)


@pytest.mark.parametrize("is_there", [True, False])
async def test_what_was_kept_is_looked_for_when_that_is_allowed_again(*, is_there: bool) -> None:
    shop = Workshop()
    request = await shop.ready()
    await perhaps_posted(shop, is_there=is_there)
    shop.publisher.may_look = False
    await shop.show(after_s=5)
    shop.publisher.may_look = True
    if is_there:
        shop.publisher.open(Rung.MESSAGE)  # what was posted can be edited
    await shop.crash()
    await shop.show()
    assert posted(shop, request) == [(Rung.CHANNEL, (PICTURE,))]
    assert is_delivered(shop, request)


async def test_a_picture_that_came_after_the_news_is_posted_though_nobody_may_look_for_these() -> None:
    shop = Workshop()
    request = await shop.running()
    close(shop, Rung.TOKEN, Rung.MESSAGE)
    await shop.look_too_late()
    await shop.show()
    shop.publisher.may_look = False
    shop.succeed()
    await shop.look(after_s=60)
    await shop.show()
    assert posted(shop, request) == [(Rung.CHANNEL, ()), (Rung.CHANNEL, (PICTURE,))]
    assert shop.run(request).state is RunState.DELIVERED


async def test_where_nobody_may_look_bad_news_is_told_once_more() -> None:
    shop = Workshop()
    request = await shop.running()
    close(shop, Rung.TOKEN, Rung.MESSAGE)
    await shop.look_too_late()
    shop.publisher.loses_answers = True
    await shop.show()
    shop.publisher.loses_answers, shop.publisher.may_look = False, False
    await shop.show(after_s=5)
    assert posted(shop, request) == [(Rung.CHANNEL, ()), (Rung.CHANNEL, ())]


async def test_where_the_channel_is_gone_with_all_that_was_in_it_the_next_rung_is_taken() -> None:
    shop = Workshop()
    request = await shop.ready()
    await perhaps_posted(shop, is_there=True)
    close(shop, Rung.CHANNEL, reason="gone")
    await shop.show(after_s=5)
    assert [rung for rung, _ in posted(shop, request)] == [Rung.CHANNEL, Rung.DM]
    assert is_delivered(shop, request)


async def perhaps_posted(shop: Workshop, *, is_there: bool) -> None:
    """In the channel; Discord's answer was lost."""
    close(shop, Rung.TOKEN, Rung.MESSAGE)
    shop.publisher.loses_answers, shop.publisher.loses_posts = is_there, not is_there
    await shop.show()
    shop.publisher.loses_answers = shop.publisher.loses_posts = False


async def test_what_the_filters_of_a_server_block_is_shown_without_the_prompt() -> None:
    shop = Workshop()
    request = await shop.ready()
    shop.publisher.blocks_words = True
    await shop.show()
    seen = shop.shown(request)
    assert seen is not None
    assert (seen.rung, seen.images, seen.is_quoted) == (Rung.TOKEN, (PICTURE,), False)
    assert is_delivered(shop, request)


async def test_a_kept_picture_is_brought_to_another_answer_once() -> None:
    shop = Workshop()
    request = await shop.ready()
    close(shop, *Rung)
    await shop.show()
    for rung in Rung:
        shop.publisher.open(rung)
    fresh = an_address(token="fresh", token_expires_at=shop.clock.now() + TOKEN_LIFE, message_id=shop.a_message())
    await shop.memory.bring(request.id, fresh)
    await shop.show(after_s=600)
    seen = shop.shown(request)
    assert seen is not None
    assert (seen.rung, seen.images) == (Rung.TOKEN, (PICTURE,))
    assert is_delivered(shop, request)


async def test_the_waiting_message_says_in_time_that_it_will_not_change_for_long() -> None:
    shop = Workshop()
    request = await shop.ask()
    await shop.show(after_s=TOKEN_LIFE_S - 121)
    await shop.show(after_s=4)
    for _ in range(3):
        await shop.show(after_s=10)
    assert [seen.waiting.is_closing for seen in shop.history(request) if seen.waiting] == [False, True]


async def test_once_the_token_has_died_nobody_is_told_in_private() -> None:
    shop = Workshop()
    request = await shop.ask(address=PRIVATE)
    await shop.show(after_s=TOKEN_LIFE_S)
    assert not shop.history(request)


async def test_who_left_while_waiting_costs_nothing() -> None:
    shop = Workshop()
    request = await shop.ask()
    address = request.address
    shop.membership.left.add((address.server_id, address.member_id))
    shop.clock.advance(31)
    await shop.send()
    assert shop.ended(request) == (RunState.CANCELLED, EndReason.MEMBER_GONE, TakeState.GIVEN_BACK)
    assert not shop.api.paid


async def test_a_request_of_a_server_the_bot_left_costs_nothing() -> None:
    shop = Workshop()
    request = await shop.ask()
    await shop.submission.leave(request.address.server_id)
    await shop.send()
    assert shop.ended(request) == (RunState.CANCELLED, EndReason.MEMBER_GONE, TakeState.GIVEN_BACK)
    assert not shop.api.paid


async def test_a_run_that_nobody_submits_any_more_is_noticed(caplog: pytest.LogCaptureFixture) -> None:
    shop = Workshop()
    request = await shop.ask()
    await shop.requests.claim(shop.run(request).id, shop.api.keys[0], shop.clock.now())
    await shop.send()
    assert shop.run(request).state is RunState.SUBMITTING
    shop.clock.advance(60)
    await shop.send()
    assert shop.ended(request) == (RunState.UNCERTAIN, EndReason.LOST_TOUCH, TakeState.GIVEN_BACK)
    caplog.clear()
