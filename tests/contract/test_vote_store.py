"""Votes: one a member, the last counts, exact however many come at once; in memory and in SQLite, across restarts."""

import asyncio
import random
import tempfile
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.ids import MemberId
from bot.domain.thumbnails.ids import ThumbnailId
from bot.domain.thumbnails.refusals import CandidateGone, VoteNotOpen
from bot.domain.thumbnails.states import ThumbnailState
from tests.board_builders import MODERATOR, VOTE_FOR, a_move
from tests.builders import START
from tests.contract import shelves as of_shelves
from tests.contract.shelves import SHELVES, Shelves, sqlite_shelves

shelves = of_shelves.shelves
S = ThumbnailState
LATER = START + timedelta(minutes=1)
CROWD = 200


async def cast(
    shelves: Shelves, thumbnail: ThumbnailId, member: int, candidate: int, at: datetime = START
) -> int | None:
    return await shelves.votes.cast(thumbnail, MemberId(member), candidate, at)


# One member


async def test_a_second_click_changes_the_vote(shelves: Shelves) -> None:
    thumbnail = await shelves.voting()
    assert await cast(shelves, thumbnail.id, 1, 2) is None
    assert await cast(shelves, thumbnail.id, 1, 3) == 2
    assert await shelves.votes.votes(thumbnail.id) == {3: 1}
    assert await shelves.votes.vote_of(thumbnail.id, MemberId(1)) == 3
    assert await shelves.votes.vote_of(thumbnail.id, MemberId(2)) is None


async def test_a_vote_shows_on_the_card(shelves: Shelves) -> None:
    thumbnail = await shelves.voting()
    await shelves.thumbnails.note_shown(thumbnail.id, thumbnail.revision, "")
    assert await shelves.tended() == {}
    await cast(shelves, thumbnail.id, 1, 2)
    assert await shelves.tended() == {thumbnail.id: (False, True)}


@pytest.mark.parametrize("state", [state for state in S if state is not S.VOTING])
async def test_only_an_open_vote_counts(shelves: Shelves, state: S) -> None:
    thumbnail = await shelves.in_state(state)
    with pytest.raises(VoteNotOpen):
        await cast(shelves, thumbnail.id, 1, 1)
    assert await shelves.votes.votes(thumbnail.id) == {}


async def test_a_vote_is_over_the_very_moment_it_ends(shelves: Shelves) -> None:
    thumbnail = await shelves.voting()
    ends_at = START + VOTE_FOR
    await cast(shelves, thumbnail.id, 1, 1, ends_at - timedelta(milliseconds=1))
    with pytest.raises(VoteNotOpen):
        await cast(shelves, thumbnail.id, 2, 1, ends_at)
    assert await shelves.votes.votes(thumbnail.id) == {1: 1}


async def test_there_is_no_vote_for_what_is_not_there(shelves: Shelves) -> None:
    thumbnail = await shelves.voting()
    await shelves.candidates.remove(thumbnail.id, 2, MODERATOR, START)
    before = await shelves.now(thumbnail.id)
    for candidate in (0, 2, 4, -1):
        with pytest.raises(CandidateGone):
            await cast(shelves, thumbnail.id, 1, candidate)
    assert await shelves.votes.votes(thumbnail.id) == {}
    assert (await shelves.now(thumbnail.id)).revision == before.revision


async def test_a_vote_that_is_opened_anew_begins_from_nothing(shelves: Shelves) -> None:
    thumbnail = await shelves.voting()
    await cast(shelves, thumbnail.id, 1, 1)
    for before, after in ((S.VOTING, S.APPROVED), (S.APPROVED, S.VOTING)):
        await shelves.thumbnails.move(thumbnail.id, a_move(before, after))
    assert await shelves.votes.votes(thumbnail.id) == {}


# Hundreds at once


async def test_two_hundred_votes_at_once_are_counted_exactly(shelves: Shelves) -> None:
    thumbnail = await shelves.voting(candidates=4)
    choices = {member: 1 + member % 4 for member in range(1, CROWD + 1)}
    await asyncio.gather(*(cast(shelves, thumbnail.id, member, choice) for member, choice in choices.items()))
    assert await shelves.votes.votes(thumbnail.id) == Counter(choices.values())


async def test_whoever_changes_their_mind_in_a_crowd_has_one_vote(shelves: Shelves) -> None:
    thumbnail = await shelves.voting(candidates=4)
    dice = random.Random(7)
    clicks = [(member, dice.randint(1, 4)) for member in range(1, 51) for _ in range(4)]
    dice.shuffle(clicks)
    await asyncio.gather(*(cast(shelves, thumbnail.id, member, choice) for member, choice in clicks))
    votes = await shelves.votes.votes(thumbnail.id)
    assert sum(votes.values()) == 50
    found = [await shelves.votes.vote_of(thumbnail.id, MemberId(member)) for member in range(1, 51)]
    assert Counter(found) == votes


async def test_those_who_were_told_that_their_vote_counts_are_counted_when_it_closes_among_them(
    shelves: Shelves,
) -> None:
    thumbnail = await shelves.voting(candidates=2)
    closing = a_move(S.VOTING, S.DECIDING)
    votes = [cast(shelves, thumbnail.id, member, 1 + member % 2) for member in range(1, CROWD + 1)]
    half = CROWD // 2
    answers = await asyncio.gather(
        *votes[:half], shelves.thumbnails.move(thumbnail.id, closing), *votes[half:], return_exceptions=True
    )
    counted = sum(answer is None for answer in answers)
    assert sum(isinstance(answer, VoteNotOpen) for answer in answers) == CROWD - counted
    assert sum((await shelves.votes.votes(thumbnail.id)).values()) == counted
    with pytest.raises(VoteNotOpen):
        await cast(shelves, thumbnail.id, 1, 1)


async def test_votes_outlive_a_restart_in_the_middle_of_a_crowd(tmp_path: Path) -> None:
    async with sqlite_shelves(tmp_path) as before:
        thumbnail = await before.voting(candidates=2)
        await asyncio.gather(*(cast(before, thumbnail.id, member, 1) for member in range(1, 101)))
    async with sqlite_shelves(tmp_path) as after:
        assert (await after.now(thumbnail.id)).state is S.VOTING
        await asyncio.gather(*(cast(after, thumbnail.id, member, 2) for member in range(51, 201)))
        assert await after.votes.votes(thumbnail.id) == {1: 50, 2: 150}


# Any order


CLICKS = st.lists(st.tuples(st.integers(1, 6), st.integers(1, 3)), max_size=40)


@pytest.mark.parametrize("kind", SHELVES)
@settings(max_examples=25, deadline=None)
@given(clicks=CLICKS)
def test_the_tally_is_the_last_vote_of_each_member(kind: str, clicks: list[tuple[int, int]]) -> None:
    async def vote() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with SHELVES[kind](Path(folder)) as shelves:
                thumbnail = await shelves.voting()
                for member, candidate in clicks:
                    await cast(shelves, thumbnail.id, member, candidate)
                assert await shelves.votes.votes(thumbnail.id) == Counter(dict(clicks).values())

    asyncio.run(vote())
