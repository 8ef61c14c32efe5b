"""Where pictures of a round are shown, it says which candidates they are; and cards say what was used for them."""

import pytest

from bot.domain.ids import MessageId
from bot.domain.runs import RunState
from bot.domain.thumbnails.states import ThumbnailState
from bot.domain.thumbnails.thumbnails import Thumbnail
from tests.unit import workshop
from tests.unit.community import ME, Community

no_hidden_bugs = workshop.no_hidden_bugs


async def with_more(town: Community, thumbnail: Thumbnail) -> None:
    await town.thumbnails.making.more(thumbnail.id, ME)
    await town.tend()
    await town.paint()
    await town.settle()


def told(town: Community) -> list[tuple[int, ...]]:
    return [numbers for _, numbers, _ in town.board.numbered]


async def messages(town: Community, thumbnail: Thumbnail) -> set[MessageId]:
    """That show candidates."""
    return {one.spot.message for one in await town.candidates(thumbnail) if one.spot}


async def test_every_round_says_which_candidates_it_shows() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    assert told(town) == [(1, 2, 3)]
    await town.enter(thumbnail, 77)
    await with_more(town, thumbnail)
    assert told(town) == [(1, 2, 3), (5, 6)]
    assert {message for message, *_ in town.board.numbered} == await messages(town, thumbnail)


async def test_a_round_that_made_some_names_those() -> None:
    town = Community()
    await town.set_up()
    await town.made(fails=[0])
    assert told(town) == [(1, 2)]


async def one_is_late(town: Community) -> Thumbnail:
    """The first of three is given up, the others are there."""
    thumbnail = await town.approve(await town.wish())
    await town.send()
    late, *others = town.ledger.runs.values()
    for run in others:
        assert run.provider_id is not None
        town._paint(run.provider_id)
    await town.look(after_s=15)
    await town.show()
    await town.look_too_late()
    await town.show()
    await town.settle()
    assert town.ledger.runs[late.id].state is RunState.OVERDUE
    return await town.now(thumbnail.id)


async def arrives(town: Community) -> None:
    (late,) = [run for run in town.ledger.runs.values() if run.state is RunState.OVERDUE]
    assert late.provider_id is not None
    town._paint(late.provider_id)
    await town.look(after_s=3600)
    await town.show()


@pytest.mark.parametrize("crashed", [False, True])
async def test_a_picture_that_comes_late_is_told_with_those_beside_it(crashed: bool) -> None:
    town = Community()
    await town.set_up()
    thumbnail = await one_is_late(town)
    assert told(town) == [(1, 2)]
    await arrives(town)
    if crashed:
        await town.crash()
    await town.settle()
    assert told(town) == [(1, 2), (1, 2, 3)]
    assert {message for message, *_ in town.board.numbered} == await messages(town, thumbnail)
    assert [is_vote for *_, is_vote in town.board.numbered] == [True, True]


async def test_a_late_picture_leaves_the_lines_of_other_rounds_alone() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await one_is_late(town)
    await with_more(town, thumbnail)
    assert told(town) == [(1, 2), (3, 4)]
    await arrives(town)
    await town.settle()
    assert told(town) == [(1, 2), (3, 4), (1, 2, 5)]


async def test_after_the_vote_nobody_is_told_to_vote() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await one_is_late(town)
    await town.thumbnails.voting.close(thumbnail.id, ME)
    await arrives(town)
    await town.settle()
    assert (await town.now(thumbnail.id)).state is ThumbnailState.DECIDING
    assert told(town) == [(1, 2), (1, 2, 3)]
    assert [is_vote for *_, is_vote in town.board.numbered] == [True, False]


async def test_a_board_that_does_not_answer_keeps_no_round_open() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.approve(await town.wish())
    town.board.fail_next(1)
    await town.paint()
    await town.settle()
    assert await town.shelf.open_rounds(thumbnail.id) == []
    assert len(await town.candidates(thumbnail)) == 3


async def test_a_card_counts_what_was_used_and_not_given_back() -> None:
    town = Community()
    await town.set_up()
    waiting = await town.wish()
    assert town.card(waiting).used == 0
    thumbnail = await town.made(fails=[1])
    await town.settle()
    assert town.card(thumbnail).used == 2
    await with_more(town, thumbnail)
    assert town.card(thumbnail).used == 4
    assert town.card(waiting).used == 0
