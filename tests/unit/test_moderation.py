"""Deleting and reporting: who may, what becomes of the picture, and what when Discord refuses."""

from dataclasses import replace

import pytest

from bot.domain.errors import ImageDeleted, NotYours
from bot.domain.ids import MemberId, RunId, run_id
from bot.domain.images import Viewer
from bot.domain.ladder import PostFailed, RungClosed
from bot.domain.moderation import (
    AlreadyReported,
    NotReported,
    NotTakenDown,
    NotYoursToDelete,
    OthersBeingMade,
    StillBeingShown,
    TooManyReports,
)
from bot.domain.runs import EndReason, RunState
from bot.ports import Removal
from tests.builders import a_picture
from tests.unit.shown_world import ALICE, BOB, HERE, ShownWorld, seen_by

MODERATOR = replace(seen_by(BOB), moderated=frozenset({HERE}))


async def delete(world: ShownWorld, run: RunId, viewer: Viewer) -> Removal:
    return await world.moderation.delete(run, viewer)


# Deleting


@pytest.mark.parametrize("viewer", [seen_by(ALICE), MODERATOR], ids=["its member", "a moderator"])
async def test_a_picture_is_taken_down_and_counts_as_deleted(viewer: Viewer) -> None:
    world = ShownWorld()
    run = await world.picture()
    assert await delete(world, run, viewer) is Removal.GONE
    assert world.wall.taken_down == {run: ()}
    assert world.image(run).is_deleted
    with pytest.raises(ImageDeleted):
        await delete(world, run, viewer)


async def test_nobody_else_may_and_they_are_told_who_may() -> None:
    world = ShownWorld()
    run = await world.picture()
    with pytest.raises(NotYoursToDelete) as refused:
        await world.moderation.check_deletable(run, seen_by(BOB))
    assert refused.value.member_id == ALICE
    assert not world.image(run).is_deleted


async def test_of_several_only_the_one_goes() -> None:
    world = ShownWorld()
    one, two, three = await world.pictures(images=3)
    await delete(world, two, seen_by(ALICE))
    await delete(world, one, seen_by(ALICE))
    assert world.wall.taken_down == {two: (one, three), one: (three,)}
    assert [world.image(run).is_deleted for run in (one, two, three)] == [True, True, False]


async def test_while_others_are_still_to_come_nothing_is_taken_out_of_their_message() -> None:
    world = ShownWorld()
    request = await world.asked(images=2)
    run = run_id(request.id, 0)
    await world.finish(run, "a fox")
    await world.deliver(request, 0)
    with pytest.raises(OthersBeingMade):
        await world.moderation.check_deletable(run, seen_by(ALICE))


async def test_what_is_shown_and_not_written_down_yet_is_taken_down_once_it_is() -> None:
    world = ShownWorld()
    request = await world.asked()
    run = run_id(request.id, 0)
    await world.finish(run, "a fox")
    with pytest.raises(StillBeingShown):
        await delete(world, run, seen_by(ALICE))
    await world.deliver(request, 0)
    assert not world.image(run).is_deleted
    assert await delete(world, run, seen_by(ALICE)) is Removal.GONE
    assert world.wall.taken_down == {run: ()}


async def test_a_late_picture_that_comes_at_that_moment_keeps_its_message() -> None:
    world = ShownWorld()
    request = await world.asked(images=2)
    run, late = run_id(request.id, 0), run_id(request.id, 1)
    await world.finish(run, "a fox")
    await world.start(late)
    await world.requests.end(late, RunState.OVERDUE, EndReason.TOO_SLOW, world.clock.now())
    await world.deliver(request, 0)
    await world.moderation.check_deletable(run, seen_by(ALICE))
    await world.requests.finish(late, await world.files.keep(a_picture("late")), world.clock.now())
    with pytest.raises(OthersBeingMade):
        await delete(world, run, seen_by(ALICE))
    assert not world.wall.taken_down


@pytest.mark.parametrize("trouble", [PostFailed(), RungClosed("message")])
async def test_what_discord_refuses_to_take_down_stays_as_it_is(trouble: PostFailed | RungClosed) -> None:
    world = ShownWorld()
    run = await world.picture()
    world.wall.trouble = trouble
    with pytest.raises(NotTakenDown):
        await delete(world, run, seen_by(ALICE))
    assert not world.image(run).is_deleted
    world.wall.trouble = None
    assert await delete(world, run, seen_by(ALICE)) is Removal.GONE


async def test_what_is_out_of_reach_counts_as_deleted_all_the_same() -> None:
    world = ShownWorld()
    run = await world.picture()
    world.wall.outcome = Removal.OUT_OF_REACH
    assert await delete(world, run, seen_by(ALICE)) is Removal.OUT_OF_REACH
    assert world.image(run).is_deleted


# Reporting


async def test_a_report_reaches_the_moderators_once() -> None:
    world = ShownWorld()
    run = await world.picture()
    await world.moderation.report(run, seen_by(BOB))
    with pytest.raises(AlreadyReported):
        await world.moderation.report(run, seen_by(BOB))
    (report,) = world.moderators.told
    assert (report.image.id, report.member, report.is_quoted) == (run, BOB, True)


async def test_words_that_the_reporter_may_not_see_are_not_passed_on() -> None:
    world = ShownWorld()
    run = await world.picture(private=True)
    with pytest.raises(NotYours):
        await world.moderation.report(run, seen_by(BOB))
    world.post(run, shows_prompt=False)
    await world.moderation.report(run, seen_by(BOB))
    await world.moderation.report(run, seen_by(ALICE))
    assert [report.is_quoted for report in world.moderators.told] == [False, True]


async def test_a_report_that_reaches_nobody_may_be_made_again() -> None:
    world = ShownWorld()
    run = await world.picture()
    world.moderators.trouble = RungClosed("permission")
    with pytest.raises(NotReported):
        await world.moderation.report(run, seen_by(BOB))
    world.moderators.trouble = None
    await world.moderation.report(run, seen_by(BOB))
    assert len(world.moderators.told) == 1


async def test_a_member_makes_ten_reports_an_hour_and_others_are_heard_all_the_same() -> None:
    world = ShownWorld()
    runs = [await world.picture() for _ in range(11)]
    for run in runs[:10]:
        await world.moderation.report(run, seen_by(BOB))
    with pytest.raises(TooManyReports):
        await world.moderation.report(runs[10], seen_by(BOB))
    await world.moderation.report(runs[10], seen_by(MemberId(32)))
    world.clock.advance(3600)
    await world.moderation.report(runs[10], seen_by(BOB))
    assert len(world.moderators.told) == 12
