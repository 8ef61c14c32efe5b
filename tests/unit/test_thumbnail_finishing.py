"""The winner's files: posted once, in every size, with the headline and clean; and whatever is exported later."""

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.ids import MessageId
from bot.domain.requests import Spot
from bot.domain.thumbnails.errors import HeadlineTooLong, HeadlineUnlettered, UnknownSize, UnknownTemplate
from bot.domain.thumbnails.refusals import (
    CandidateGone,
    CandidateLost,
    NotYourThumbnail,
    ThumbnailMoved,
    TooManySizes,
)
from bot.domain.thumbnails.sizes import SIZES
from bot.domain.thumbnails.states import ThumbnailState
from bot.domain.thumbnails.thumbnails import Thumbnail, Trouble
from bot.ports.thumbnails import Delivered
from tests.board_builders import BOARD_CHANNEL, a_person
from tests.unit import workshop
from tests.unit.community import ME, OTHER, Community
from tests.unit.community import MODERATOR as A_MODERATOR

no_hidden_bugs = workshop.no_hidden_bugs
S = ThumbnailState
LIMIT = 10_000_000


async def done(town: Community, *, winner: int = 2, **changes: Any) -> Thumbnail:
    await town.set_up()
    thumbnail = await town.made(**changes)
    await town.vote(thumbnail, 1, winner)
    return await town.vote_over(thumbnail)


def in_words(posts: list[Delivered]) -> list[tuple[int, str, bool, str]]:
    """Candidate, size, whether clean, and the first word of what it is."""
    return [
        (post.candidate.number, file.size.key, file.is_clean, file.content.decode().split(" of ")[0])
        for post in posts
        for file in post.files
    ]


async def test_the_winner_is_posted_in_every_size_with_the_headline_and_clean() -> None:
    town = Community()
    thumbnail = await done(town, sizes=("youtube", "square"))
    assert thumbnail.state is S.DONE
    assert in_words(town.board.files()) == [
        (2, "youtube", False, "1280x720 'Fox tricks' as outline"),
        (2, "youtube", True, "1280x720"),
        (2, "square", False, "1080x1080 'Fox tricks' as outline"),
        (2, "square", True, "1080x1080"),
    ]
    assert thumbnail.card is not None
    rooms = {one.channel for one in town.board.messages.values() if one.files is not None}
    assert rooms == {thumbnail.card.thread}


async def test_without_a_headline_there_is_one_file() -> None:
    town = Community()
    await done(town, headline="")
    assert in_words(town.board.files()) == [(2, "youtube", True, "1280x720")]


async def test_files_name_whoever_the_picture_is_from() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    entered = await town.enter(thumbnail, 77)
    await town.vote(thumbnail, 1, entered)
    await town.vote_over(thumbnail)
    (post,) = town.board.files()
    assert (post.candidate.author, post.candidate.is_entry) == (77, True)


async def test_files_that_are_too_large_are_made_smaller() -> None:
    town = Community()
    town.board.most_bytes = 60
    await done(town)
    (post,) = town.board.files()
    assert sum(len(file.content) for file in post.files) <= 60


async def test_an_answer_that_is_lost_posts_nothing_twice() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    await town.vote(thumbnail, 1, 2)
    await town.thumbnails.voting.close(thumbnail.id, ME)
    town.board.loses_answers = True
    await town.tend()
    assert len(town.board.files()) == 1
    assert (await town.now(thumbnail.id)).state is S.CHOSEN
    town.board.loses_answers = False
    await town.tend(after_s=30)
    assert len(town.board.files()) == 1
    assert (await town.now(thumbnail.id)).state is S.DONE


async def test_where_nobody_may_look_files_that_may_be_there_wait_until_somebody_allows_it() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    await town.vote(thumbnail, 1, 2)
    await town.thumbnails.voting.close(thumbnail.id, ME)
    town.board.loses_answers = True
    await town.tend()
    town.board.loses_answers, town.board.may_look = False, False
    await town.tend(after_s=30)
    assert len(town.board.files()) == 1
    found = await town.now(thumbnail.id)
    assert (found.state, found.trouble) == (S.CHOSEN, Trouble.BOARD_CLOSED)
    town.board.may_look = True
    await town.tend(after_s=300)
    assert len(town.board.files()) == 1
    assert (await town.now(thumbnail.id)).state is S.DONE


async def test_where_the_thread_is_gone_files_are_in_the_channel() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    assert thumbnail.card is not None
    town.board.close(thumbnail.card.room, "channel")
    await town.vote(thumbnail, 1, 2)
    await town.vote_over(thumbnail)
    rooms = {one.channel for one in town.board.messages.values() if one.files is not None}
    assert rooms == {BOARD_CHANNEL}


async def test_a_winner_that_is_gone_from_the_disk_ends_with_a_word_about_it() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    await town.vote(thumbnail, 1, 2)
    town.files.contents.clear()
    await town.vote_over(thumbnail)
    found = await town.now(thumbnail.id)
    assert (found.state, found.trouble) == (S.DONE, Trouble.PICTURE_LOST)
    assert town.board.files() == []


# Exports


async def test_any_candidate_is_exported_in_any_size_without_quota() -> None:
    town = Community()
    thumbnail = await done(town)
    spent = len(town.ledger.takes)
    made = await town.thumbnails.finishing.export(thumbnail.id, ME, 1, ("reels", "podcast"), limit_bytes=LIMIT)
    assert in_words(list(made)) == [
        (1, "shorts", False, "1080x1920 'Fox tricks' as outline"),
        (1, "shorts", True, "1080x1920"),
        (1, "podcast", False, "3000x3000 'Fox tricks' as outline"),
        (1, "podcast", True, "3000x3000"),
    ]
    assert len(town.ledger.takes) == spent
    (again,) = await town.thumbnails.finishing.export(thumbnail.id, A_MODERATOR, 1, (), limit_bytes=LIMIT)
    assert {file.size for file in again.files} == {SIZES["youtube"]}


async def test_discords_limit_counts_beside_the_platforms() -> None:
    town = Community()
    thumbnail = await done(town)
    (made,) = await town.thumbnails.finishing.export(thumbnail.id, ME, 1, ("youtube",), limit_bytes=12)
    assert {len(file.content) for file in made.files} == {12}


async def test_exports_are_for_whom_they_concern() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    entered = await town.enter(thumbnail, 77)
    export = town.thumbnails.finishing.export
    await export(thumbnail.id, a_person(77), entered, (), limit_bytes=LIMIT)
    for person, candidate in ((a_person(77), 1), (OTHER, 1), (OTHER, entered)):
        with pytest.raises(NotYourThumbnail):
            await export(thumbnail.id, person, candidate, (), limit_bytes=LIMIT)
    with pytest.raises(CandidateGone):
        await export(thumbnail.id, ME, 9, (), limit_bytes=LIMIT)
    with pytest.raises(UnknownSize):
        await export(thumbnail.id, ME, 1, ("billboard",), limit_bytes=LIMIT)
    with pytest.raises(TooManySizes):
        await export(thumbnail.id, ME, 1, tuple(SIZES), limit_bytes=LIMIT)


async def test_candidates_can_be_exported_until_their_words_are_forgotten() -> None:
    town = Community()
    thumbnail = await done(town)
    town.clock.advance(timedelta(days=29).total_seconds())
    await town.retention.turn()
    await town.thumbnails.finishing.export(thumbnail.id, ME, 1, (), limit_bytes=LIMIT)
    town.clock.advance(timedelta(days=2).total_seconds())
    await town.retention.turn()
    town.clock.advance(600)
    await town.retention.turn()
    with pytest.raises(CandidateLost):
        await town.thumbnails.finishing.export(thumbnail.id, ME, 1, (), limit_bytes=LIMIT)
    assert (await town.now(thumbnail.id)).shows == ""
    town.clock.advance(timedelta(days=366).total_seconds())
    await town.retention.turn()
    assert town.ledger.shelf.thumbnails == {}


# Letters


async def test_new_letters_are_posted_once_more_and_shown() -> None:
    town = Community()
    thumbnail = await done(town)
    await town.thumbnails.finishing.reletter(thumbnail.id, ME, "Fox flies", template="side")
    await town.settle()
    assert [one[3] for one in in_words(town.board.files())] == [
        "1280x720 'Fox tricks' as outline",
        "1280x720",
        "1280x720 'Fox flies' as side",
        "1280x720",
    ]
    assert (town.message_of(thumbnail).picture or b"").startswith(b"1280x720 'Fox flies' as side")
    assert (await town.now(thumbnail.id)).state is S.DONE
    await town.crash()
    await town.settle()
    assert len(town.board.files()) == 2


async def test_letters_are_the_requesters_and_moderators() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.wish()
    reletter = town.thumbnails.finishing.reletter
    with pytest.raises(NotYourThumbnail):
        await reletter(thumbnail.id, OTHER, "Mine")
    with pytest.raises(HeadlineTooLong):
        await reletter(thumbnail.id, ME, "W" * 81)
    with pytest.raises(HeadlineUnlettered):
        await reletter(thumbnail.id, ME, "ᚠᚢᚦ")
    with pytest.raises(UnknownTemplate):
        await reletter(thumbnail.id, ME, "Words", template="marquee")
    assert (await reletter(thumbnail.id, A_MODERATOR, "Better")).headline == "Better"
    kept = await reletter(thumbnail.id, ME, None, template="band")
    assert (kept.headline, kept.template) == ("Better", "band")
    assert (await reletter(thumbnail.id, ME, "")).headline == ""
    await town.thumbnails.approving.decline(thumbnail.id, A_MODERATOR)
    with pytest.raises(ThumbnailMoved):
        await reletter(thumbnail.id, ME, "Words")


async def test_a_place_says_where_everything_about_it_is() -> None:
    town = Community()
    town.board.opens_threads = False
    await town.set_up()
    thumbnail = await town.wish()
    assert thumbnail.card is not None
    assert thumbnail.card.room == thumbnail.card.spot.channel == BOARD_CHANNEL
    assert Spot(BOARD_CHANNEL, MessageId(1)) != thumbnail.card.spot
