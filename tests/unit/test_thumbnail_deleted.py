"""A candidate whose picture is deleted in the channel is gone for good: from the card, the files and the disk."""

from datetime import timedelta

import pytest

from bot.domain.thumbnails.refusals import CandidateDeleted
from bot.domain.thumbnails.states import ThumbnailState
from bot.domain.thumbnails.thumbnails import Candidate, Thumbnail, Trouble
from tests.builders import a_picture
from tests.unit import workshop
from tests.unit.community import ME, Community
from tests.unit.community import MODERATOR as A_MODERATOR

no_hidden_bugs = workshop.no_hidden_bugs
S = ThumbnailState
LIMIT = 10_000_000


async def won(town: Community) -> Thumbnail:
    """By candidate 2."""
    await town.set_up()
    thumbnail = await town.made()
    await town.vote(thumbnail, 1, 2)
    return await town.vote_over(thumbnail)


async def deleted(town: Community, thumbnail: Thumbnail, number: int) -> Candidate:
    candidate = next(one for one in await town.candidates(thumbnail) if one.number == number)
    assert candidate.run is not None
    town.delete(candidate.run)
    return candidate


async def test_a_winner_that_is_deleted_leaves_its_card() -> None:
    town = Community()
    thumbnail = await won(town)
    assert town.message_of(thumbnail).picture is not None
    await deleted(town, thumbnail, 2)
    await town.settle()
    card = town.card(thumbnail)
    assert (card.thumbnail.state, card.thumbnail.chosen, card.picture) == (S.DONE, 2, None)
    assert [one.number for one in card.candidates] == [1, 3]
    assert town.message_of(thumbnail).picture is None
    assert await town.shelf.to_tend(town.clock.now()) == []


async def test_a_winner_that_is_deleted_is_handed_to_nobody() -> None:
    town = Community()
    thumbnail = await won(town)
    await deleted(town, thumbnail, 2)
    finishing = town.thumbnails.finishing
    for person in (ME, A_MODERATOR):
        with pytest.raises(CandidateDeleted):
            await finishing.export(thumbnail.id, person, 2, (), limit_bytes=LIMIT)
        with pytest.raises(CandidateDeleted):
            await finishing.reletter(thumbnail.id, person, "Here it is again")
    await town.settle()
    with pytest.raises(CandidateDeleted):
        await finishing.export(thumbnail.id, ME, 2, (), limit_bytes=LIMIT)
    assert len(town.board.files()) == 1
    (others,) = await finishing.export(thumbnail.id, ME, 1, (), limit_bytes=LIMIT)
    assert others.candidate.number == 1


async def test_the_bytes_of_a_deleted_winner_go_and_the_others_stay() -> None:
    town = Community()
    thumbnail = await won(town)
    winner = await deleted(town, thumbnail, 2)
    town.clock.advance(timedelta(days=2).total_seconds())
    await town.retention.turn()
    assert winner.sha256 not in town.files.contents
    assert {one.sha256 for one in await town.candidates(thumbnail)} <= set(town.files.contents)


async def test_what_a_member_entered_stays_though_the_same_picture_was_deleted() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    first = await deleted(town, thumbnail, 1)
    await town.enter(thumbnail, 77, town.files.contents[first.sha256])
    town.clock.advance(600)
    await town.retention.turn()
    assert first.sha256 in town.files.contents


async def test_a_winner_that_is_deleted_before_its_files_are_posted_is_not_posted() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made(sizes=("youtube", "square"))
    await town.vote(thumbnail, 1, 2)
    await town.thumbnails.voting.close(thumbnail.id, ME)
    await deleted(town, thumbnail, 2)
    await town.settle()
    found = await town.now(thumbnail.id)
    assert (found.state, found.trouble) == (S.DONE, Trouble.PICTURE_DELETED)
    assert town.board.files() == []


async def test_letters_that_were_just_changed_bring_no_deleted_winner_back() -> None:
    town = Community()
    thumbnail = await won(town)
    await town.thumbnails.finishing.reletter(thumbnail.id, ME, "Other words")
    await deleted(town, thumbnail, 2)
    await town.settle()
    assert len(town.board.files()) == 1
    assert (await town.now(thumbnail.id)).trouble is Trouble.PICTURE_DELETED


async def test_a_deleted_candidate_is_no_source_of_another() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    await town.thumbnails.making.change(thumbnail.id, ME, 1, "make it night")
    await deleted(town, thumbnail, 1)
    before = len(town.asked_of_runbase())
    await town.settle()
    assert len(town.asked_of_runbase()) == before
    assert a_picture("number 1") not in [town.files.contents[one.sha256] for one in await town.candidates(thumbnail)]
