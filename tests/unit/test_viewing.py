"""Who may see which picture, and how much of it."""

import pytest

from bot.domain.errors import ImageDeleted, NotShownHere, NotYours, RequestGone
from bot.domain.ids import RunId, ServerId, run_id
from bot.domain.images import Sight
from bot.domain.requests import Relation
from tests.builders import first_run
from tests.unit.shown_world import ALICE, BOB, ELSEWHERE, HERE, ShownWorld, seen_by


async def sight(world: ShownWorld, run: RunId, **viewer: object) -> Sight:
    return (await world.viewing.details(run, seen_by(BOB, **viewer))).sight


async def test_everybody_in_the_channel_sees_a_public_picture() -> None:
    world = ShownWorld()
    assert await sight(world, await world.picture()) is Sight.WHOLE


async def test_a_picture_is_seen_by_everybody_before_it_is_written_down_where() -> None:
    world = ShownWorld()
    request = await world.asked()
    await world.finish(first_run(request), "a fox")
    assert (await world.viewing.look(first_run(request), seen_by(BOB))).id == first_run(request)
    hidden = await world.asked(private=True)
    await world.finish(first_run(hidden), "a fox")
    with pytest.raises(NotYours):
        await world.viewing.look(first_run(hidden), seen_by(BOB))


async def test_whoever_may_not_enter_the_channel_sees_nothing_of_it() -> None:
    world = ShownWorld()
    run = await world.picture(channel=ELSEWHERE)
    with pytest.raises(NotShownHere):
        await sight(world, run, locked=frozenset({ELSEWHERE}))


async def test_a_thread_that_is_not_known_yet_is_asked_about() -> None:
    world = ShownWorld()
    run = await world.picture(channel=ELSEWHERE)
    assert await sight(world, run, unknown=frozenset({ELSEWHERE})) is Sight.WHOLE
    with pytest.raises(NotShownHere):
        await sight(world, run, unknown=frozenset({ELSEWHERE}), time=0)


async def test_members_see_their_own_wherever_it_is() -> None:
    world = ShownWorld()
    run = await world.picture(channel=ELSEWHERE)
    details = await world.viewing.details(run, seen_by(ALICE, locked=frozenset({ELSEWHERE})))
    assert details.sight is Sight.WHOLE


async def test_a_private_picture_is_its_members_alone_even_for_moderators() -> None:
    world = ShownWorld()
    run = await world.picture(private=True)
    with pytest.raises(NotYours):
        await sight(world, run, moderated=frozenset({HERE}))
    assert (await world.viewing.look(run, seen_by(ALICE))).id == run


async def test_what_was_posted_from_private_is_seen_with_its_words_or_without_them() -> None:
    world = ShownWorld()
    for shows_prompt, expected in ((True, Sight.WHOLE), (False, Sight.PICTURE)):
        run = await world.picture(private=True)
        world.post(run, shows_prompt=shows_prompt)
        assert await sight(world, run) is expected
        assert (await world.viewing.details(run, seen_by(ALICE))).sight is Sight.WHOLE


async def test_of_other_servers_nothing_is_known() -> None:
    world = ShownWorld()
    for run in (await world.picture(), RunId("never-asked-for0.0")):
        with pytest.raises(RequestGone):
            await sight(world, run, server=ServerId(11))


async def test_a_deleted_picture_is_refused_as_such() -> None:
    world = ShownWorld()
    run = await world.picture()
    await world.images.delete(run, world.clock.now())
    with pytest.raises(ImageDeleted):
        await world.viewing.look(run, seen_by(ALICE))


async def test_the_number_is_the_place_in_the_message_whatever_came_first_or_is_gone() -> None:
    world = ShownWorld()
    request = await world.asked(images=3)
    for number in (2, 0, 1):
        await world.finish(run_id(request.id, number), "a fox")
        await world.deliver(request, number)
    numbers = [await world.viewing.details(run_id(request.id, n), seen_by(ALICE)) for n in range(3)]
    assert [(one.number, one.count) for one in numbers] == [(2, 3), (3, 3), (1, 3)]
    await world.images.delete(run_id(request.id, 2), world.clock.now())
    details = await world.viewing.details(run_id(request.id, 0), seen_by(ALICE))
    assert (details.number, details.count) == (2, 3)


async def test_a_picture_has_kin_when_it_has_a_parent_or_children() -> None:
    world = ShownWorld()
    parent, lonely = await world.picture(), await world.picture()
    child = await world.made_of(parent, "at night", relation=Relation.VARIATION)
    kin = [(await world.viewing.details(run, seen_by(BOB))).has_kin for run in (parent, child, lonely)]
    assert kin == [True, True, False]


async def test_its_member_and_moderators_of_its_channel_may_delete_a_picture() -> None:
    world = ShownWorld()
    run = await world.picture(channel=ELSEWHERE)
    viewers = [
        seen_by(ALICE),
        seen_by(BOB),
        seen_by(BOB, moderated=frozenset({HERE})),
        seen_by(BOB, moderated=frozenset({ELSEWHERE})),
    ]
    assert [(await world.viewing.details(run, one)).is_deletable for one in viewers] == [True, False, False, True]
