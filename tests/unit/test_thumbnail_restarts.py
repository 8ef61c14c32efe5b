"""The bot goes down at any moment: nothing is posted twice, ordered twice or lost."""

from collections import Counter
from datetime import timedelta

import pytest

from bot.domain.runs import RunState
from bot.domain.thumbnails.states import ThumbnailState, Why
from bot.domain.thumbnails.thumbnails import Thumbnail, Trouble
from tests.board_builders import a_wish
from tests.builders import a_window
from tests.fakes import TakeState
from tests.unit import workshop
from tests.unit.community import ME, Community
from tests.unit.community import MODERATOR as A_MODERATOR

no_hidden_bugs = workshop.no_hidden_bugs
S = ThumbnailState
STEPS = range(0, 60, 3)


async def test_every_step_from_asking_to_files_goes_on_after_a_restart() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.wish()
    await town.crash()
    await town.approve(thumbnail)
    await town.crash()
    await town.paint()
    await town.crash()
    await town.vote(thumbnail, 1, 2)
    await town.crash()
    await town.vote(thumbnail, 2, 2)
    await town.vote_over(thumbnail)
    await town.crash()
    await town.settle()
    assert (await town.now(thumbnail.id)).state is S.DONE
    assert (len(town.board.cards()), len(town.board.files()), len(town.asked_of_runbase())) == (1, 1, 1)
    assert town.card(thumbnail).tally.votes == {2: 2}


@pytest.mark.parametrize("steps", STEPS)
async def test_a_card_is_posted_once_wherever_the_bot_went_down(steps: int) -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.thumbnails.asking.ask(a_wish())
    await town.thumbnails.tending.turn()
    await town.crash(after_steps=steps)
    for _ in range(3):
        await town.settle()
    assert len(town.board.cards()) == 1
    assert town.card(thumbnail).thumbnail.state is S.ASKED


@pytest.mark.parametrize("steps", STEPS)
async def test_pictures_are_ordered_once_or_not_at_all_wherever_the_bot_went_down(steps: int) -> None:
    town = Community(windows=[a_window(3)])
    await town.set_up()
    thumbnail = await town.with_references("cat.png")
    await town.thumbnails.approving.approve(thumbnail.id, A_MODERATOR)
    town.clock.advance(1)
    await town.thumbnails.tending.turn()
    await town.crash(after_steps=steps)
    for _ in range(3):
        await town.settle()
    found = await town.now(thumbnail.id)
    held = [take.state for take in town.ledger.takes.values() if take.state is not TakeState.GIVEN_BACK]
    if found.state is S.APPROVED:
        assert held == []
        await town.thumbnails.making.make(thumbnail.id, ME)
        await town.settle()
    assert len(town.board.waiting()) == 1
    await town.paint()
    await town.settle()
    assert (await town.now(thumbnail.id)).state is S.VOTING
    assert len(await town.candidates(thumbnail)) == 3
    states = [run.state for run in town.ledger.runs.values()]
    assert states.count(RunState.DELIVERED) == 3


async def test_pictures_that_were_just_ordered_are_made_after_the_restart() -> None:
    town = Community()
    town.board.attaches_nothing = True
    await town.set_up()
    thumbnail = await town.approve(await town.with_references("cat.png"))
    assert [entry.acknowledged_at for entry in town.ledger.entries.values()] == [None]
    town.board.attaches_nothing = False
    await town.crash()
    await town.settle()
    await town.paint()
    assert (await town.now(thumbnail.id)).state is S.VOTING
    assert [take.state for take in town.ledger.takes.values()] == [TakeState.SPENT] * 3


async def being_ordered(town: Community, *names: str) -> list[Thumbnail]:
    """The bot goes down before anybody was answered about their pictures."""
    town.board.attaches_nothing = True
    found = [await town.approve(await town.with_references(name)) for name in names]
    town.board.attaches_nothing = False
    assert {entry.acknowledged_at for entry in town.ledger.entries.values()} == {None}
    return found


async def test_the_bot_starts_though_a_reference_of_what_was_being_ordered_is_gone() -> None:
    town = Community()
    await town.set_up()
    lost, whole = await being_ordered(town, "cat.png", "dog.png")
    del town.files.contents[lost.references[0].sha256]
    await town.crash()
    await town.settle()
    await town.paint()
    found = await town.now(lost.id)
    assert (found.state, found.why) == (S.APPROVED, Why.NONE_MADE)
    assert (await town.now(whole.id)).state is S.VOTING
    states = Counter(take.state for take in town.ledger.takes.values())
    assert states == {TakeState.GIVEN_BACK: 3, TakeState.SPENT: 3}
    await town.thumbnails.making.make(lost.id, ME)
    await town.settle()
    assert (await town.now(lost.id)).trouble is Trouble.REFERENCES_GONE


async def test_a_reference_that_is_gone_before_anybody_was_answered_costs_nothing() -> None:
    town = Community()
    await town.set_up()
    (thumbnail,) = await being_ordered(town, "cat.png")
    town.files.contents.clear()
    await town.settle()
    assert (await town.now(thumbnail.id)).why is Why.NONE_MADE
    assert {take.state for take in town.ledger.takes.values()} == {TakeState.GIVEN_BACK}


async def test_the_bot_starts_though_the_disk_gives_nothing() -> None:
    town = Community()
    await town.set_up()
    (thumbnail,) = await being_ordered(town, "cat.png")
    town.files.is_unreadable = True
    await town.crash()
    town.files.is_unreadable = False
    await town.settle()
    await town.thumbnails.making.make(thumbnail.id, ME)
    await town.settle()
    await town.paint()
    assert (await town.now(thumbnail.id)).state is S.VOTING
    states = Counter(take.state for take in town.ledger.takes.values())
    assert states == {TakeState.GIVEN_BACK: 3, TakeState.SPENT: 3}


async def test_references_that_can_never_be_attached_cost_nothing() -> None:
    town = Community()
    town.board.attaches_nothing = True
    await town.set_up()
    thumbnail = await town.approve(await town.with_references("cat.png"))
    for _ in range(8):
        await town.tend(after_s=30)
        await town.recovery.turn()
    await town.settle()
    assert (await town.now(thumbnail.id)).why is Why.NONE_MADE
    assert {take.state for take in town.ledger.takes.values()} == {TakeState.GIVEN_BACK}


@pytest.mark.parametrize("steps", STEPS)
async def test_files_are_posted_once_wherever_the_bot_went_down(steps: int) -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made(sizes=("youtube", "square", "event"))
    await town.vote(thumbnail, 1, 2)
    await town.settle()
    await town.thumbnails.voting.close(thumbnail.id, ME)
    await town.thumbnails.tending.turn()
    await town.crash(after_steps=steps)
    for _ in range(3):
        await town.settle()
    assert (await town.now(thumbnail.id)).state is S.DONE
    assert [post.files[0].size.key for post in town.board.files()] == ["youtube", "square", "event"]


async def test_a_vote_that_was_closed_but_not_counted_is_counted() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    await town.vote(thumbnail, 1, 2)
    await town.settle()
    found = await town.now(thumbnail.id)
    drawn = await town.desk.draw(found, S.DECIDING, (await town.shelf.moves(thumbnail.id))[-1].why)
    assert await town.shelf.move(thumbnail.id, drawn)
    await town.crash()
    await town.settle()
    assert (await town.now(thumbnail.id)).chosen == 2


async def test_after_a_restore_what_may_have_been_posted_is_looked_for_first() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    await town.vote(thumbnail, 1, 2)
    await town.settle()
    backup = town.back_up()
    await town.vote_over(thumbnail)
    assert len(town.board.files()) == 1
    town.restore(backup)
    await town.crash()
    await town.tend(after_s=timedelta(days=1).total_seconds())
    await town.settle()
    assert (await town.now(thumbnail.id)).state is S.DONE
    assert len(town.board.files()) == 1
