"""Which pictures of a draft go to the model, how they get there, and what is said of the others."""

import asyncio
import sys
from collections.abc import Iterator
from dataclasses import replace
from traceback import walk_tb

import pytest

from bot.domain.errors import (
    BotError,
    DownloadFailed,
    DownloadGone,
    NotAPicture,
    QueueFull,
    QuotaExceeded,
    ReferenceGone,
    ReferencesUnreachable,
    ReferenceTooLarge,
    StorageUnavailable,
)
from bot.domain.ids import ChannelId, MessageId, RunId
from bot.domain.requests import SAME_AS_PICTURE, Change, Draft, Kind, LeftOut, Omission, Parent, Upload
from bot.domain.runs import RunState
from bot.services.references import MOST_FETCHED_BYTES
from tests.builders import a_draft, a_picture, a_sha256, a_window, an_upload, asked_by
from tests.fakes import TakeState
from tests.unit import workshop
from tests.unit.workshop import KEEP_IMAGES, PICTURE, Workshop, both

no_hidden_bugs = workshop.no_hidden_bugs
MODEL_TAKES = 4_000_000


def uploads(shop: Workshop, **contents: bytes | DownloadFailed) -> tuple[Upload, ...]:
    """Files on the CDN by their names without endings."""
    made = tuple(an_upload(f"{name}.png") for name in contents)
    shop.downloads.web.update({one.url: content for one, content in zip(made, contents.values(), strict=True)})
    return made


def pictures(shop: Workshop, *names: str) -> tuple[Upload, ...]:
    return uploads(shop, **{name: a_picture(name) for name in names})


def an_edit(seen: tuple[Upload, ...], chosen: tuple[Upload, ...] = (), **changes: object) -> Draft:
    return a_draft("make it night", seen=seen, uploads=chosen, **changes)


async def used(shop: Workshop, draft: Draft) -> tuple[list[str], list[LeftOut]]:
    request = await shop.submission.submit(draft)
    return [reference.filename for reference in request.references], list(request.left_out)


# Which


async def test_what_a_message_shows_comes_before_what_was_chosen_to_go_with_it() -> None:
    shop = Workshop()
    draft = an_edit(pictures(shop, "seen"), pictures(shop, "chosen"))
    assert await used(shop, draft) == (["seen.png", "chosen.png"], [])


async def test_chosen_pictures_have_room_before_those_that_were_only_seen() -> None:
    shop = Workshop()
    draft = an_edit(pictures(shop, "a", "b", "c", "d"), pictures(shop, "e", "f", "g"))
    assert await used(shop, draft) == (
        ["a.png", "b.png", "e.png", "f.png", "g.png"],
        [LeftOut("c.png", Omission.TOO_MANY), LeftOut("d.png", Omission.TOO_MANY)],
    )


async def test_the_same_picture_twice_is_used_once() -> None:
    shop = Workshop()
    draft = an_edit((), uploads(shop, one=a_picture(), other=a_picture()))
    assert await used(shop, draft) == (["one.png"], [LeftOut("other.png", Omission.DUPLICATE)])


@pytest.mark.parametrize("content", [b"<html>", b"PICTURE cut of", b"", DownloadGone()], ids=repr)
async def test_of_what_a_message_shows_the_usable_is_used(content: bytes | DownloadFailed) -> None:
    shop = Workshop()
    draft = an_edit(uploads(shop, bad=content, good=a_picture()))
    assert await used(shop, draft) == (["good.png"], [LeftOut("bad.png", Omission.UNREADABLE)])


async def test_a_picture_that_cannot_be_used_takes_nobodys_room() -> None:
    shop = Workshop()
    draft = an_edit(uploads(shop, bad=b"<html>", **{name: a_picture(name) for name in "abcde"}))
    names, left_out = await used(shop, draft)
    assert names == ["a.png", "b.png", "c.png", "d.png", "e.png"]
    assert left_out == [LeftOut("bad.png", Omission.UNREADABLE)]


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"<html>", NotAPicture), (DownloadGone(), ReferenceGone), (DownloadFailed(), ReferencesUnreachable)],
    ids=repr,
)
async def test_without_any_usable_picture_an_edit_is_refused(
    content: bytes | DownloadFailed, told: type[BotError]
) -> None:
    shop = Workshop()
    with pytest.raises(told):
        await shop.submission.submit(an_edit(uploads(shop, bad=content)))
    assert not shop.ledger.entries
    assert not shop.ledger.takes


async def test_what_discord_cannot_hand_out_now_is_not_silently_left_out() -> None:
    shop = Workshop()
    with pytest.raises(ReferencesUnreachable):
        await shop.submission.submit(an_edit(uploads(shop, good=a_picture(), later=DownloadFailed())))


# How


async def test_an_untouched_picture_goes_by_its_own_address() -> None:
    shop = Workshop()
    request = await shop.running(uploads=pictures(shop, "fox"))
    assert request.references[0].change is Change.NONE
    assert not request.to_attach
    (paid,) = shop.api.paid.values()
    assert paid.wanted.image_urls == ("https://cdn.test/fox.png",)


async def test_a_picture_that_was_changed_is_attached_and_goes_by_that_address() -> None:
    shop = Workshop()
    large = a_picture(size_bytes=MODEL_TAKES + 1)
    request = await shop.running(uploads=uploads(shop, large=large, small=a_picture(), moving=b"GIF fox 8x8;"))
    assert [reference.change for reference in request.references] == [
        Change.MADE_SMALLER,
        Change.NONE,
        Change.FIRST_FRAME,
    ]
    assert max(reference.size_bytes for reference in request.references) == MODEL_TAKES
    (paid,) = shop.api.paid.values()
    assert paid.wanted.image_urls == (
        "https://cdn.test/attached/large.png",
        "https://cdn.test/small.png",
        "https://cdn.test/attached/moving.png",
    )


async def test_what_is_attached_are_the_bytes_the_model_is_meant_to_see() -> None:
    shop = Workshop()
    draft = a_draft(uploads=uploads(shop, moving=b"GIF fox 8x8;", small=a_picture()))
    request = await shop.submission.submit(draft)
    assert await shop.submission.files_to_attach(request) == [("moving.png", b"PICTURE of  fox 8x8;")]


async def test_one_of_the_bots_own_pictures_is_taken_from_disk() -> None:
    shop = Workshop()
    first = await shop.ready()
    await shop.show()
    kept = Upload("earlier.png", "https://cdn.test/dead", size_bytes=None, kept=shop.run(first).image)
    request = await shop.submission.submit(an_edit((kept,)))
    assert [name for name, _ in await shop.submission.files_to_attach(request)] == ["earlier.png"]
    assert shop.files.contents[request.references[0].sha256] == PICTURE


async def test_one_of_the_bots_own_pictures_that_is_gone_is_said_to_be_gone() -> None:
    shop = Workshop()
    kept = Upload("earlier.png", "https://cdn.test/dead", size_bytes=None, kept=a_sha256("swept long ago"))
    with pytest.raises(ReferenceGone):
        await shop.submission.submit(an_edit((), (kept,)))


async def test_one_of_the_bots_own_pictures_goes_by_the_message_that_shows_it() -> None:
    shop = Workshop()
    first = await shop.ready()
    await shop.show()
    shop.downloads.web["https://cdn.test/shown.png"] = PICTURE
    shown = Upload("shown.png", "https://cdn.test/shown.png", 60, kept=shop.run(first).image, is_shown=True)
    request = await shop.submission.submit(an_edit((shown,)))
    assert [one.url for one in request.references] == ["https://cdn.test/shown.png"]
    assert await shop.submission.files_to_attach(request) == []


@pytest.mark.parametrize("trouble", [DownloadGone(), DownloadFailed()])
async def test_where_the_message_shows_it_no_more_a_copy_of_what_is_kept_is_attached(trouble: DownloadFailed) -> None:
    shop = Workshop()
    first = await shop.ready()
    await shop.show()
    shop.downloads.web["https://cdn.test/shown.png"] = trouble
    shown = Upload("shown.png", "https://cdn.test/shown.png", 60, kept=shop.run(first).image, is_shown=True)
    request = await shop.submission.submit(an_edit((shown,)))
    assert await shop.submission.files_to_attach(request) == [("shown.png", PICTURE)]


async def test_what_neither_the_message_nor_the_disk_has_is_gone() -> None:
    shop = Workshop()
    shown = Upload("shown.png", "https://cdn.test/gone.png", 60, kept=a_sha256("swept long ago"), is_shown=True)
    with pytest.raises(ReferenceGone):
        await shop.submission.submit(an_edit((), (shown,)))


async def test_a_delivered_picture_stays_on_disk_for_as_long_as_the_operator_wants() -> None:
    shop = Workshop()
    request = await shop.ready()
    await shop.show()
    shop.clock.advance(KEEP_IMAGES.total_seconds())
    await shop.retention.turn()
    assert shop.run(request).image in shop.files.contents
    shop.clock.advance(300)
    await shop.retention.turn()
    assert shop.run(request).image not in shop.files.contents


# What for


@pytest.mark.parametrize(
    ("width_px", "height_px", "ratio"),
    [(1000, 1000, "1:1"), (1600, 1000, "3:2"), (1000, 1600, "2:3"), (1200, 1000, "1:1"), (5000, 100, "3:2")],
)
async def test_the_same_shape_means_the_nearest_the_model_can_make(width_px: int, height_px: int, ratio: str) -> None:
    shop = Workshop()
    seen = uploads(shop, fox=a_picture(width_px=width_px, height_px=height_px), other=a_picture("other"))
    request = await shop.submission.submit(an_edit(seen, aspect=SAME_AS_PICTURE))
    assert (request.aspect, request.kind) == (ratio, Kind.EDIT)


async def test_without_a_picture_the_same_shape_is_the_default() -> None:
    request = await Workshop().submission.submit(a_draft(aspect=SAME_AS_PICTURE))
    assert (request.aspect, request.kind) == ("1:1", Kind.GENERATE)


async def test_an_edit_of_one_of_our_results_remembers_which_image_it_was() -> None:
    shop = Workshop()
    first = await shop.ready()
    await shop.show()
    assert first.address.message_id is not None
    parent = Parent(ChannelId(20), first.address.message_id, run_id=None)
    request = await shop.submission.submit(an_edit(pictures(shop, "fox"), parent=parent))
    assert request.parent == Parent(ChannelId(20), first.address.message_id, shop.run(first).id)


@pytest.mark.parametrize(
    "parent",
    [
        Parent(ChannelId(20), MessageId(1), run_id=None),
        Parent(ChannelId(20), None, run_id=None),
        Parent(ChannelId(20), MessageId(1), run_id=RunId("chosen.0")),
    ],
)
async def test_other_origins_stay_as_they_were_given(parent: Parent) -> None:
    shop = Workshop()
    request = await shop.submission.submit(an_edit(pictures(shop, "fox"), parent=parent))
    assert request.parent == parent


# What is refused leaves nothing behind


def nothing_is_on_disk(shop: Workshop) -> bool:
    return not shop.files.contents and not shop.files.staged


async def test_a_hundred_requests_with_one_broken_file_leave_nothing_on_disk() -> None:
    shop = Workshop()
    for number in range(100):
        good = {f"good-{number}-{each}": a_picture(f"{number}-{each}") for each in range(4)}
        chosen = uploads(shop, **good, **{f"bad-{number}": b"no picture"})
        with pytest.raises(NotAPicture):
            await shop.submission.submit(a_draft(uploads=chosen))
    assert nothing_is_on_disk(shop)


async def test_a_hundred_requests_for_a_full_queue_leave_nothing_on_disk() -> None:
    shop = Workshop(queue_length=0)
    for number in range(100):
        with pytest.raises(QueueFull):
            await shop.submission.submit(a_draft(uploads=pictures(shop, f"fox-{number}")))
    assert nothing_is_on_disk(shop)


async def test_requests_at_once_beyond_the_quota_leave_nothing_on_disk() -> None:
    shop = Workshop(windows=[a_window(1)])
    drafts = [a_draft(uploads=pictures(shop, f"fox-{number}")) for number in range(5)]
    ends = await both(*map(shop.submission.submit, drafts))
    assert [isinstance(end, QuotaExceeded) for end in ends].count(True) == 4
    assert len(shop.files.contents) == 1
    assert not shop.files.staged


async def test_a_refusal_takes_nothing_from_whoever_uses_the_same_picture() -> None:
    shop = Workshop(windows=[a_window(1)])
    first = await shop.submission.submit(a_draft(uploads=uploads(shop, moving=b"GIF fox 8x8;")))
    other = a_draft(address=asked_by(31), uploads=uploads(shop, moving=b"GIF fox 8x8;", bad=b"no picture"))
    with pytest.raises(NotAPicture):
        await shop.submission.submit(other)
    assert await shop.submission.files_to_attach(first) == [("moving.png", b"PICTURE of  fox 8x8;")]


async def test_a_request_whose_files_the_disk_does_not_take_is_called_off() -> None:
    shop = Workshop()
    draft = a_draft(uploads=pictures(shop, "fox"))
    shop.files.keeps_nothing_staged = True
    with pytest.raises(StorageUnavailable):
        await shop.submission.submit(draft)
    assert {run.state for run in shop.ledger.runs.values()} == {RunState.CANCELLED}
    assert {take.state for take in shop.ledger.takes.values()} == {TakeState.GIVEN_BACK}
    assert nothing_is_on_disk(shop)


@pytest.mark.parametrize("steps", range(12))
async def test_a_crash_while_a_request_is_taken_leaves_nothing_behind(steps: int) -> None:
    shop = Workshop()
    draft = a_draft(uploads=uploads(shop, moving=b"GIF fox 8x8;", small=a_picture()))
    submitting = asyncio.ensure_future(shop.submission.submit(draft))
    await shop.crash(after_steps=steps)
    await asyncio.gather(submitting, return_exceptions=True)
    await shop.send()
    assert {run.state for run in shop.ledger.runs.values()} <= {RunState.CANCELLED}
    assert not shop.api.paid
    shop.clock.advance(7200)
    await shop.retention.turn()
    assert nothing_is_on_disk(shop)


# Sizes that Discord did not tell


async def test_a_file_that_is_larger_than_discord_said_is_refused_without_its_wrong_size() -> None:
    shop = Workshop()
    chosen = uploads(shop, fox=a_picture(size_bytes=MOST_FETCHED_BYTES + 1))
    with pytest.raises(ReferenceTooLarge) as raised:
        await shop.submission.submit(a_draft(uploads=chosen))
    assert raised.value.size_bytes is None


async def test_a_file_that_is_larger_than_usual_is_used_whatever_discord_said() -> None:
    shop = Workshop()
    large = a_picture(size_bytes=MOST_FETCHED_BYTES)
    for size_bytes in (None, 100, MOST_FETCHED_BYTES):
        (fox,) = uploads(shop, fox=large)
        assert await used(shop, a_draft(uploads=(replace(fox, size_bytes=size_bytes),))) == (["fox.png"], [])


# A refusal that lives for long


async def test_a_refusal_does_not_hold_the_file_it_refuses() -> None:
    shop = Workshop()
    with pytest.raises(NotAPicture) as raised:
        await shop.submission.submit(a_draft(uploads=uploads(shop, large=b"x" * 3_000_000)))
    shop.downloads.web.clear()
    assert max(map(sys.getsizeof, held_by(raised.value)), default=0) < 1_000_000


def held_by(error: BaseException | None) -> Iterator[object]:
    """Every local of every place that an error, and those it came from, went through within the bot."""
    while error is not None:
        for frame, _ in walk_tb(error.__traceback__):
            if "/bot/" in frame.f_code.co_filename:
                yield from frame.f_locals.values()
        error = error.__cause__ or error.__context__
