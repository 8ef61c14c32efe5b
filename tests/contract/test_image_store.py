"""Images with what they were made of, who deleted them and who reported them; on every ledger."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.ids import AttachmentId, ChannelId, EditId, MemberId, MessageId, RunId
from bot.domain.images import Image, Post
from bot.domain.moderation import AlreadyReported, TooManyReports
from bot.domain.requests import Opening, Parent, Request, Spot, Upload
from bot.domain.runs import RunState
from bot.ports import Placed
from tests.builders import MESSAGE, START, a_sha256, an_address, an_upload, asked_by, first_run, runs_of
from tests.contract import ledgers
from tests.contract.ledgers import WAYS, Ledger, placed, request_of

ledger = ledgers.ledger

ALICE, BOB = MemberId(30), MemberId(31)
HERE = ChannelId(20)
HOUR = timedelta(hours=1)


async def delivered(ledger: Ledger, **changes: Any) -> Request:
    request = await ledger.acknowledged(**changes)
    for run in runs_of(request):
        for step in WAYS[RunState.RUNNING]:
            await ledger.move(run, step)
        await ledger.requests.finish(run, a_sha256(run), request.created_at)
    places = [Placed(run, HERE, MESSAGE, AttachmentId(700 + n)) for n, run in enumerate(runs_of(request))]
    await ledger.requests.deliver(request.id, places, START)
    return request


async def made_of(ledger: Ledger, parent: RunId, **changes: Any) -> RunId:
    return first_run(await delivered(ledger, parent=Parent(HERE, MESSAGE, parent), **changes))


async def found(ledger: Ledger, run: RunId) -> Image:
    image = await ledger.images.image(run)
    assert image is not None
    return image


# What is known of an image


async def test_an_image_tells_its_request_and_where_it_is(ledger: Ledger) -> None:
    request = await delivered(ledger, images=2)
    first, second = await ledger.images.images_of(request.id)
    assert [first.id, second.id] == list(runs_of(request))
    assert second.request.prompt == request.prompt
    assert (second.run.spot, second.run.attachment) == (Spot(HERE, MESSAGE), AttachmentId(701))
    assert (second.is_deleted, second.post) == (False, None)
    assert await found(ledger, second.id) == second


async def test_nothing_is_known_of_what_was_never_asked_for(ledger: Ledger) -> None:
    request = await delivered(ledger)
    assert await ledger.images.image(RunId("never-asked-for0.0")) is None
    assert await ledger.images.image(RunId(f"{request.id}.3")) is None
    assert await ledger.images.images_of(request_of(RunId("never-asked-for0.0"))) in ([], ())


async def test_an_image_tells_where_it_was_posted_from_private(ledger: Ledger) -> None:
    run = first_run(await delivered(ledger, address=an_address(private=True)))
    await ledger.posts.reserve([run], HERE, shows_prompt=False, at=START)
    await ledger.posts.fill([Placed(run, HERE, MessageId(5), AttachmentId(6))])
    assert (await found(ledger, run)).post == Post(run, HERE, MessageId(5), AttachmentId(6), False, START)


# Lineage


async def test_a_line_of_ancestors_begins_with_the_nearest_and_ends_where_it_is_cut(ledger: Ledger) -> None:
    line = [first_run(await delivered(ledger))]
    for _ in range(4):
        line.insert(0, await made_of(ledger, line[0]))
    assert list(await ledger.images.ancestors(line[0], most=9)) == line[1:]
    assert list(await ledger.images.ancestors(line[0], most=2)) == line[1:3]
    assert list(await ledger.images.ancestors(line[-1], most=9)) == []


async def test_the_last_ancestor_may_be_forgotten_already(ledger: Ledger) -> None:
    old = first_run(await delivered(ledger))
    young = await made_of(ledger, old, created_at=START + HOUR)
    await ledger.records.delete_requests(over_before=START + timedelta(minutes=1), most=1)
    assert await ledger.images.image(old) is None
    assert list(await ledger.images.ancestors(young, most=9)) == [old]


async def test_what_reached_its_member_counts_as_made_of_it_oldest_first(ledger: Ledger) -> None:
    run = first_run(await delivered(ledger))
    second = await made_of(ledger, run, created_at=START + 2 * HOUR)
    first = await made_of(ledger, run, created_at=START + HOUR)
    await ledger.run_in(RunState.RUNNING, parent=Parent(HERE, MESSAGE, run))
    await made_of(ledger, second)
    assert list(await ledger.images.children(run, most=9)) == [first, second]
    assert list(await ledger.images.children(run, most=1)) == [first]


# Deleting


async def test_a_deleted_image_says_since_when_and_the_first_time_counts(ledger: Ledger) -> None:
    run = first_run(await delivered(ledger))
    await ledger.images.delete(run, START + HOUR)
    await ledger.images.delete(run, START + 2 * HOUR)
    assert (await found(ledger, run)).run.deleted_at == START + HOUR


async def test_the_bytes_of_a_deleted_image_are_not_needed_any_more(ledger: Ledger) -> None:
    one, other = runs_of(await delivered(ledger, images=2))
    await ledger.images.delete(one, START)
    assert await ledger.records.needed_files(delivered_since=START - HOUR) == {a_sha256(other)}


async def test_bytes_that_another_image_has_as_well_stay(ledger: Ledger) -> None:
    for _ in range(2):
        run = await ledger.run_in(RunState.RUNNING)
        await ledger.requests.finish(run, a_sha256("the same"), START)
        await ledger.requests.deliver(request_of(run), [placed(run)], START)
    await ledger.images.delete(run, START)
    assert a_sha256("the same") in await ledger.records.needed_files(delivered_since=START - HOUR)


async def test_a_deleted_image_is_no_picture_to_edit_any_more(ledger: Ledger) -> None:
    older = first_run(await delivered(ledger))
    newer = await delivered(ledger, images=2, created_at=START + HOUR)
    address = an_address()
    for run in reversed(runs_of(newer)):
        image = await ledger.edits.newest_image(address.server_id, address.channel_id, address.member_id)
        assert image is not None
        assert image.run == run
        await ledger.images.delete(run, START)
    image = await ledger.edits.newest_image(address.server_id, address.channel_id, address.member_id)
    assert image is not None
    assert image.run == older


async def test_a_message_stands_for_the_image_that_is_left_in_it(ledger: Ledger) -> None:
    one, other = runs_of(await delivered(ledger, images=2))
    await ledger.images.delete(one, START)
    assert await ledger.edits.run_of_message(MESSAGE) == other
    await ledger.images.delete(other, START)
    assert await ledger.edits.run_of_message(MESSAGE) is None


async def test_a_form_remembers_the_kept_bytes_that_it_was_opened_on(ledger: Ledger) -> None:
    kept = Upload("picture.png", "", None, kept=a_sha256("a fox"))
    opening = Opening(an_address(), Parent(HERE, None, RunId("earlier.0")), (kept, an_upload()))
    await ledger.edits.open(EditId("an-edit"), opening, START)
    opened = await ledger.edits.opened(EditId("an-edit"))
    assert opened is not None
    assert opened.pictures == (kept, an_upload())


# Reports


async def note(ledger: Ledger, run: RunId, member: MemberId = BOB, *, at_minute: float = 0, most: int = 10) -> None:
    at = START + timedelta(minutes=at_minute)
    await ledger.reports.note(run, member, at, since=at - HOUR, most=most)


async def test_a_member_reports_a_picture_once_and_others_may_as_well(ledger: Ledger) -> None:
    one, other = runs_of(await delivered(ledger, images=2))
    await note(ledger, one)
    with pytest.raises(AlreadyReported):
        await note(ledger, one, at_minute=600)
    await note(ledger, one, ALICE)
    await note(ledger, other)


async def test_reports_at_the_same_moment_are_one(ledger: Ledger) -> None:
    run = first_run(await delivered(ledger))
    told = await asyncio.gather(*(note(ledger, run) for _ in range(5)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in told) == ["AlreadyReported"] * 4 + ["NoneType"]


async def test_a_report_that_reached_nobody_may_be_made_again(ledger: Ledger) -> None:
    run = first_run(await delivered(ledger))
    await note(ledger, run)
    await ledger.reports.forget(run, BOB)
    await ledger.reports.forget(run, ALICE)
    await note(ledger, run)


async def test_a_member_makes_so_many_reports_and_no_more_until_the_first_is_old(ledger: Ledger) -> None:
    runs = runs_of(await delivered(ledger, images=4))
    for minute, run in enumerate(runs[:3]):
        await note(ledger, run, at_minute=minute, most=3)
    with pytest.raises(TooManyReports) as refused:
        await note(ledger, runs[3], at_minute=59, most=3)
    assert (refused.value.most, refused.value.per) == (3, HOUR)
    await note(ledger, runs[3], ALICE, at_minute=59, most=3)
    await note(ledger, runs[3], at_minute=60, most=3)


async def test_reports_and_posts_go_with_their_request(ledger: Ledger) -> None:
    request = await delivered(ledger, address=asked_by(30, private=True))
    run = first_run(request)
    await note(ledger, run)
    await ledger.posts.reserve([run], HERE, shows_prompt=True, at=START)
    await ledger.records.delete_requests(over_before=START + HOUR, most=1)
    await note(ledger, first_run(await delivered(ledger)), most=1)
