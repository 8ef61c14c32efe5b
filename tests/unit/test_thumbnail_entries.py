"""Pictures that come to nothing take no room on the disk: refused entries, and wishes beyond a member's limit."""

import asyncio

import pytest

from bot.domain.requests import Upload
from bot.domain.thumbnails.refusals import AlreadyEntered, ThumbnailMoved, TooManyCandidates, TooManyThumbnails
from bot.domain.thumbnails.states import ThumbnailState
from tests.board_builders import a_wish
from tests.builders import a_picture, an_upload, asked_by
from tests.unit import workshop
from tests.unit.community import ME, Community

no_hidden_bugs = workshop.no_hidden_bugs
S = ThumbnailState


def an_upload_of(town: Community, name: str) -> Upload:
    upload = an_upload(name, size_bytes=100)
    town.downloads.web[upload.url] = a_picture(name)
    return upload


async def test_an_entry_beside_an_earlier_one_is_not_kept() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    await town.enter(thumbnail, 77)
    kept = dict(town.files.contents)
    for number in range(5):
        with pytest.raises(AlreadyEntered):
            await town.enter(thumbnail, 77, a_picture(f"another {number}"))
    assert (town.files.contents, town.files.staged) == (kept, {})


async def test_of_many_entries_of_a_member_at_once_one_is_kept() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    kept = len(town.files.contents)
    uploads = [an_upload_of(town, f"cat {number}.png") for number in range(10)]
    enter = town.thumbnails.entries.enter
    entries = [enter(thumbnail.id, asked_by(77), upload) for upload in uploads]
    answers = await asyncio.gather(*entries, return_exceptions=True)
    assert answers.count(4) == 1
    assert sum(isinstance(answer, AlreadyEntered) for answer in answers) == 9
    assert (len(town.files.contents) - kept, town.files.staged) == (1, {})


async def test_an_entry_there_is_no_room_for_is_not_kept() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made(pictures=4)
    for member in range(70, 72):
        await town.enter(thumbnail, member)
    await town.thumbnails.making.more(thumbnail.id, ME)
    kept = dict(town.files.contents)
    with pytest.raises(TooManyCandidates):
        await town.enter(thumbnail, 76)
    assert town.files.contents == kept


async def test_an_entry_after_the_vote_is_not_kept() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    await town.vote_over(thumbnail)
    kept = dict(town.files.contents)
    with pytest.raises(ThumbnailMoved) as moved:
        await town.enter(thumbnail, 77)
    assert moved.value.state is S.DECIDING
    assert town.files.contents == kept


async def test_of_many_wishes_at_once_the_references_of_those_that_count_are_kept() -> None:
    town = Community()
    await town.set_up(open_each=2)
    uploads = [an_upload_of(town, f"cat {number}.png") for number in range(8)]
    wishes = [town.thumbnails.asking.ask(a_wish(uploads=(upload,))) for upload in uploads]
    answers = await asyncio.gather(*wishes, return_exceptions=True)
    assert sum(isinstance(answer, TooManyThumbnails) for answer in answers) == 6
    assert (len(town.files.contents), town.files.staged) == (2, {})
