"""Who votes, until when, and who decides where the votes do not."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from bot.domain.thumbnails.course import DECIDE_WITHIN
from bot.domain.thumbnails.refusals import (
    CandidateGone,
    MayNotVote,
    NotAmongLeaders,
    NotYourChoice,
    NotYourThumbnail,
    ThumbnailGone,
    ThumbnailMoved,
    VoteNotOpen,
)
from bot.domain.thumbnails.states import ThumbnailState, Why
from tests.board_builders import a_person
from tests.unit import workshop
from tests.unit.community import ME, OTHER, Community
from tests.unit.community import MODERATOR as A_MODERATOR

no_hidden_bugs = workshop.no_hidden_bugs
S = ThumbnailState


# Voting


async def test_a_vote_is_counted_and_can_be_changed() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    first, changed = await town.vote(thumbnail, 77, 1), await town.vote(thumbnail, 77, 3)
    assert (first.candidate, first.before) == (1, None)
    assert (changed.candidate, changed.before) == (3, 1)
    assert await town.thumbnails.voting.vote_of(thumbnail.id, a_person(77)) == 3
    await town.settle()
    assert town.card(thumbnail).tally.votes == {3: 1}


async def test_the_requester_votes_like_everybody() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    await town.thumbnails.voting.cast(thumbnail.id, ME, 2)
    await town.settle()
    assert town.card(thumbnail).tally.of(2) == 1


async def test_a_role_may_vote_alone() -> None:
    town = Community()
    await town.set_up(voters=5)
    thumbnail = await town.made()
    with pytest.raises(MayNotVote) as refusal:
        await town.vote(thumbnail, 77, 1)
    assert refusal.value.role_id == 5
    with pytest.raises(MayNotVote):
        await town.thumbnails.voting.cast(thumbnail.id, A_MODERATOR, 1)
    await town.vote(thumbnail, 77, 1, roles=frozenset({4, 5}))
    assert await town.shelf.votes(thumbnail.id) == {1: 1}


async def test_what_cannot_be_voted_for_is_refused() -> None:
    town = Community()
    await town.set_up()
    asked, voting = await town.wish(), await town.made()
    with pytest.raises(VoteNotOpen):
        await town.vote(asked, 77, 1)
    with pytest.raises(CandidateGone):
        await town.vote(voting, 77, 9)
    with pytest.raises(ThumbnailGone):
        await town.thumbnails.voting.cast(voting.id, a_person(77, server=11), 1)


async def test_two_hundred_votes_at_once_are_exact_and_the_card_is_edited_seldom() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made(pictures=4)
    await town.settle()
    before = len(town.board.edits[next(iter(town.board.edits))])
    choices = {member: 1 + member % 4 for member in range(100, 300)}
    await asyncio.gather(*(town.vote(thumbnail, member, choice) for member, choice in choices.items()))
    await town.settle()
    assert town.card(thumbnail).tally.votes == Counter(choices.values())
    assert len(town.board.edits[next(iter(town.board.edits))]) - before <= 2


# Closing


async def test_the_most_votes_win_when_the_time_is_over() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    for member, candidate in ((1, 2), (2, 2), (3, 1)):
        await town.vote(thumbnail, member, candidate)
    done = await town.vote_over(thumbnail)
    assert (done.state, done.chosen) == (S.DONE, 2)
    assert [(move.after, move.why, move.by) for move in await town.shelf.moves(thumbnail.id)][-3:] == [
        (S.DECIDING, Why.TIME, None),
        (S.CHOSEN, Why.MOST_VOTES, None),
        (S.DONE, Why.POSTED, None),
    ]


@pytest.mark.parametrize("person", [ME, A_MODERATOR])
async def test_the_requester_and_moderators_close_a_vote_early(person: object) -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    await town.vote(thumbnail, 1, 3)
    with pytest.raises(NotYourThumbnail):
        await town.thumbnails.voting.close(thumbnail.id, OTHER)
    closed = await town.thumbnails.voting.close(thumbnail.id, person)  # type: ignore[arg-type]
    assert (closed.state, closed.chosen) == (S.CHOSEN, 3)
    with pytest.raises(VoteNotOpen):
        await town.vote(thumbnail, 2, 1)
    with pytest.raises(ThumbnailMoved):
        await town.thumbnails.voting.close(thumbnail.id, ME)


async def test_of_two_who_close_at_once_one_is_first_and_one_wins() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    await town.vote(thumbnail, 1, 3)
    answers = await asyncio.gather(
        *(town.thumbnails.voting.close(thumbnail.id, ME) for _ in range(4)), return_exceptions=True
    )
    assert sum(isinstance(answer, ThumbnailMoved) for answer in answers) == 3
    assert [move.after for move in await town.shelf.moves(thumbnail.id)].count(S.CHOSEN) == 1


async def test_a_vote_that_ended_while_the_bot_was_down_is_closed_when_it_is_back() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    await town.vote(thumbnail, 1, 3)
    town.clock.advance(timedelta(days=2).total_seconds())
    await town.crash()
    with pytest.raises(VoteNotOpen):
        await town.vote(thumbnail, 2, 1)
    await town.settle()
    assert (await town.now(thumbnail.id)).chosen == 3


# Deciding


async def test_a_tie_goes_to_the_requester() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    for member, candidate in ((1, 2), (2, 3)):
        await town.vote(thumbnail, member, candidate)
    tied = await town.vote_over(thumbnail)
    assert (tied.state, town.card(thumbnail).leaders) == (S.DECIDING, (2, 3))
    choose = town.thumbnails.voting.choose
    for person in (OTHER, A_MODERATOR):
        with pytest.raises(NotYourChoice):
            await choose(thumbnail.id, person, 3)
    with pytest.raises(NotAmongLeaders) as refusal:
        await choose(thumbnail.id, ME, 1)
    assert refusal.value.leaders == (2, 3)
    with pytest.raises(CandidateGone):
        await choose(thumbnail.id, ME, 9)
    chosen = await choose(thumbnail.id, ME, 3)
    assert (chosen.state, chosen.chosen, chosen.moved_by) == (S.CHOSEN, 3, ME.member)
    with pytest.raises(ThumbnailMoved):
        await choose(thumbnail.id, ME, 2)


@pytest.mark.parametrize("steps", range(10))
async def test_what_is_chosen_and_taken_away_at_once_is_one_or_the_other(steps: int) -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    await town.vote_over(thumbnail)
    choosing = asyncio.create_task(town.thumbnails.voting.choose(thumbnail.id, ME, 1))
    for _ in range(steps):
        await asyncio.sleep(0)
    is_removed = await town.shelf.remove(thumbnail.id, 1, A_MODERATOR.member, town.clock.now())
    (answer,) = await asyncio.gather(choosing, return_exceptions=True)
    assert isinstance(answer, CandidateGone) is is_removed
    found = await town.now(thumbnail.id)
    assert (found.state, found.chosen) == ((S.DECIDING, None) if is_removed else (S.CHOSEN, 1))


async def test_where_nobody_voted_the_requester_has_the_whole_choice() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    await town.vote_over(thumbnail)
    assert town.card(thumbnail).leaders == (1, 2, 3)
    assert (await town.thumbnails.voting.choose(thumbnail.id, ME, 3)).chosen == 3


async def test_a_requester_who_does_not_choose_gets_the_first_of_the_leaders() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    for member, candidate in ((1, 3), (2, 2)):
        await town.vote(thumbnail, member, candidate)
    await town.vote_over(thumbnail)
    await town.tend(after_s=DECIDE_WITHIN.total_seconds())
    await town.settle()
    done = await town.now(thumbnail.id)
    assert (done.state, done.chosen) == (S.DONE, 2)


async def test_a_choice_before_the_vote_is_over_is_refused() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.made()
    with pytest.raises(ThumbnailMoved):
        await town.thumbnails.voting.choose(thumbnail.id, ME, 1)
    with pytest.raises(ThumbnailMoved):
        await town.thumbnails.voting.open(thumbnail.id, ME)
