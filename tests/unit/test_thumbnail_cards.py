"""Cards show their thumbnails as they stand, seldom enough, through refusals and restarts."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from bot.domain.thumbnails.states import ThumbnailState
from bot.domain.thumbnails.thumbnails import Thumbnail
from tests.board_builders import BOARD_CHANNEL, SERVER
from tests.unit import workshop
from tests.unit.community import ME, Community
from tests.unit.community import MODERATOR as A_MODERATOR

no_hidden_bugs = workshop.no_hidden_bugs
S = ThumbnailState


def edits(town: Community, thumbnail: Thumbnail) -> list[tuple[datetime, ThumbnailState]]:
    assert thumbnail.card is not None
    return [(at, card.thumbnail.state) for at, card in town.board.edits[thumbnail.card.spot.message]]


async def test_a_card_shows_every_state_that_lasts() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.wish()
    seen = [town.card(thumbnail).thumbnail.state]
    await town.approve(thumbnail)
    await town.settle()
    seen.append(town.card(thumbnail).thumbnail.state)
    await town.paint()
    await town.settle()
    seen.append(town.card(thumbnail).thumbnail.state)
    await town.vote(thumbnail, 1, 2)
    await town.vote_over(thumbnail)
    seen.append(town.card(thumbnail).thumbnail.state)
    assert seen == [S.ASKED, S.MAKING, S.VOTING, S.DONE]


async def test_a_card_is_edited_at_most_every_four_seconds_and_the_last_state_wins() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    await town.settle()
    for member in range(100, 160):
        await town.vote(thumbnail, member, 1)
        await town.tend(turns=1)
    await town.settle()
    moments = [at for at, _ in edits(town, thumbnail)]
    assert all(later - earlier >= timedelta(seconds=4) for earlier, later in pairwise(moments))
    assert len(moments) < 30
    assert town.card(thumbnail).tally.cast == 60


async def test_what_changed_before_a_restart_is_shown_after_it() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    await town.settle()
    await town.vote(thumbnail, 1, 2)
    await town.crash()
    await town.settle()
    assert town.card(thumbnail).tally.votes == {2: 1}


async def test_a_card_that_shows_everything_is_left_alone() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    await town.settle()
    before = len(edits(town, thumbnail))
    await town.crash()
    for _ in range(5):
        await town.settle()
    assert len(edits(town, thumbnail)) == before


async def test_the_sheet_is_uploaded_once_and_again_when_it_changes() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    await town.settle()
    await town.vote(thumbnail, 1, 2)
    await town.settle()
    picture = town.card(thumbnail).picture
    assert picture is not None
    assert (picture.content, picture.name.split("-")[0]) == (None, "sheet")
    await town.thumbnails.finishing.reletter(thumbnail.id, ME, "Other words", template="band")
    await town.settle()
    assert town.message_of(thumbnail).picture == b"sheet 'Other words': 1, 2, 3 as band"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("The Easel Studio", "The Easel Studio"),
        ("  Kino\x00\x1b\n\u202eKlub\u200b ", "Kino Klub"),
        ("ᚠᚢᚦ and friends", "ᚠᚢᚦ and friends"),
        ("ᚠᚢᚦ", "Your channel"),
        ("ᚠᚢᚦ …", "Your channel"),
        ("\u200b\u3164", "Your channel"),
        ("", "Your channel"),
        ("W" * 100, "W" * 100),
    ],
)
async def test_the_sheet_shows_the_servers_name_as_far_as_it_can_be_written(name: str, shown: str) -> None:
    town = Community()
    town.board.server_name = name
    await town.set_up()
    await town.made()
    await town.settle()
    assert set(town.composer.channels) == {shown}


async def test_another_name_of_the_server_waits_for_the_next_change() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    await town.settle()
    town.board.server_name = "Another Studio"
    await town.vote(thumbnail, 1, 2)
    await town.settle()
    assert set(town.composer.channels) == {"The Easel Studio"}
    await town.thumbnails.finishing.reletter(thumbnail.id, ME, "Other words")
    await town.settle()
    assert town.composer.channels[-1] == "Another Studio"


async def test_a_candidate_that_cannot_be_read_is_left_out_of_the_sheet() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.approve(await town.wish())
    await town.paint()
    first, second, _ = await town.candidates(thumbnail)
    town.composer.breaks.add(town.files.contents[first.sha256])
    del town.files.contents[second.sha256]
    await town.thumbnails.finishing.reletter(thumbnail.id, ME, "Other words")
    await town.settle()
    assert town.message_of(thumbnail).picture == b"sheet 'Other words': 3 as outline"


async def test_without_any_readable_candidate_the_card_shows_none() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    town.files.contents.clear()
    await town.thumbnails.finishing.reletter(thumbnail.id, ME, "Other words")
    await town.settle()
    assert town.card(thumbnail).picture is None


async def test_the_card_of_a_done_thumbnail_shows_the_winner() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    await town.vote(thumbnail, 1, 3)
    await town.vote_over(thumbnail)
    picture = town.message_of(thumbnail).picture or b""
    assert picture.startswith(b"1280x720 'Fox tricks' as outline of ")


# Refusals


async def test_words_that_are_blocked_are_left_away() -> None:
    town = Community()
    town.board.blocks_words = True
    await town.set_up()
    thumbnail = await town.wish()
    assert not town.card(thumbnail).is_quoted
    await town.approve(thumbnail)
    await town.settle()
    assert (town.card(thumbnail).is_quoted, town.card(thumbnail).thumbnail.state) == (False, S.MAKING)


async def test_a_picture_that_was_too_large_is_uploaded_once_it_fits() -> None:
    town = Community()
    await town.set_up()
    town.board.most_bytes = 10
    thumbnail = await town.made()
    await town.settle()
    assert town.card(thumbnail).picture is None
    town.board.most_bytes = 1_000_000
    await town.vote(thumbnail, 1, 2)
    await town.settle()
    assert town.message_of(thumbnail).picture == b"sheet 'Fox tricks': 1, 2, 3 as outline"


async def test_a_card_that_was_deleted_is_posted_again_while_it_matters() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    assert thumbnail.card is not None
    town.board.delete(thumbnail.card.spot.message)
    await town.vote(thumbnail, 1, 2)
    await town.settle()
    await town.settle()
    message = town.message_of(thumbnail)
    assert message.card is not None
    assert (message.card.tally.votes, message.picture is not None) == ({2: 1}, True)


async def test_the_card_of_what_has_ended_stays_deleted() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.wish()
    assert thumbnail.card is not None
    town.board.delete(thumbnail.card.spot.message)
    await town.thumbnails.approving.decline(thumbnail.id, A_MODERATOR)
    for _ in range(3):
        await town.settle()
    assert town.board.cards() == []
    assert await town.shelf.to_tend(town.clock.now()) == []


@pytest.mark.parametrize("failures", [1, 2, 3])
async def test_a_board_that_does_not_answer_is_tried_again(failures: int) -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.wish()
    town.board.fail_next(failures)
    await town.approve(thumbnail)
    for _ in range(8):
        await town.tend(after_s=30)
    assert town.card(thumbnail).thumbnail.state is S.MAKING
    assert len(town.board.waiting()) == 1


async def test_a_closed_board_is_asked_seldom_and_moves_go_on() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    await town.settle()
    town.board.close(BOARD_CHANNEL, "permission")
    await town.vote(thumbnail, 1, 2)
    await town.settle()
    assert (await town.thumbnails.boards.board(SERVER)).closed == "permission"
    await town.vote_over(thumbnail)
    assert (await town.now(thumbnail.id)).state is S.CHOSEN
    assert town.board.files() == []
    town.board.open(BOARD_CHANNEL)
    await town.tend(after_s=300)
    await town.settle()
    assert (await town.now(thumbnail.id)).state is S.DONE
    assert town.card(thumbnail).thumbnail.state is S.DONE
    assert (await town.thumbnails.boards.board(SERVER)).closed is None


async def test_a_card_that_may_be_there_is_not_posted_again_where_nobody_may_look() -> None:
    town = Community()
    await town.set_up()
    town.board.loses_answers = True
    thumbnail = await town.wish()
    town.board.loses_answers, town.board.may_look = False, False
    await town.tend(after_s=30)
    assert len(town.board.cards()) == 1
    assert (await town.thumbnails.boards.board(SERVER)).closed == "permission"
    town.board.may_look = True
    await town.tend(after_s=300)
    assert len(town.board.cards()) == 1
    assert town.card(thumbnail).thumbnail.state is S.ASKED


async def test_what_was_refused_is_nowhere_and_is_posted_though_nobody_may_look() -> None:
    town = Community()
    await town.set_up()
    town.board.close(BOARD_CHANNEL, "permission")
    thumbnail = await town.wish()
    town.board.may_look = False
    town.board.open(BOARD_CHANNEL)
    await town.tend(after_s=300)
    assert town.card(thumbnail).thumbnail.state is S.ASKED


async def test_a_clock_that_is_set_back_holds_nothing_up() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.wish()
    town.clock.jump(-3600)
    await town.thumbnails.approving.approve(thumbnail.id, A_MODERATOR)
    await town.tend(after_s=5)
    assert len(town.asked_of_runbase()) == 1
    await town.settle()
    assert town.card(thumbnail).thumbnail.state is S.MAKING


async def test_turns_come_when_something_is_due() -> None:
    town = Community()
    await town.set_up()
    assert await town.thumbnails.tending.turn() == 10
    thumbnail = await town.made()
    await town.settle()
    assert await town.thumbnails.tending.turn() == 10
    assert thumbnail.deadline is not None
    town.clock.advance((thumbnail.deadline - town.clock.now()).total_seconds() - 3)
    assert await town.thumbnails.tending.turn() == 3
