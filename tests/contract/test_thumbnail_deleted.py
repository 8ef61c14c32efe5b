"""Candidates whose pictures were deleted in the channel, in every state of their thumbnail; in memory and in SQLite."""

import re
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.ids import MemberId
from bot.domain.thumbnails.states import ThumbnailState
from bot.domain.thumbnails.thumbnails import MOST_CANDIDATES, Candidate, Thumbnail
from bot.storage.queries import query
from tests.board_builders import MODERATOR, a_move
from tests.builders import START
from tests.contract import shelves as of_shelves
from tests.contract.shelves import Shelves, sqlite_shelves

shelves = of_shelves.shelves
S = ThumbnailState
LATER = START + timedelta(minutes=1)
WITH_CANDIDATES = [state for state in S if state not in {S.ASKED, S.DECLINED, S.EXPIRED}]


async def with_candidates(shelves: Shelves, state: ThumbnailState) -> tuple[Thumbnail, list[Candidate]]:
    """Three that were made; in the end the first one wins, and the card shows everything."""
    thumbnail = await shelves.in_state(S.APPROVED)
    await shelves.delivered(await shelves.requested(await shelves.ordered(thumbnail.id)))
    (order,) = await shelves.candidates.open_rounds(thumbnail.id)
    await shelves.candidates.settle(order, START)
    await shelves.candidates.collect(thumbnail.id, START, most=MOST_CANDIDATES)
    before = S.APPROVED
    for after in (state,) if state is S.WITHDRAWN else of_shelves.WAYS[state][1:]:
        move = a_move(before, after, chosen=1 if after is S.CHOSEN else None)
        assert await shelves.thumbnails.move(thumbnail.id, move)
        before = after
    await shelves.thumbnails.note_shown(thumbnail.id, 1000, "")
    await shelves.thumbnails.note_edition(thumbnail.id, 1000)
    return await shelves.now(thumbnail.id), list(await shelves.candidates.candidates(thumbnail.id))


async def delete(shelves: Shelves, candidate: Candidate) -> None:
    assert candidate.run is not None
    await shelves.images.delete(candidate.run, LATER)


@pytest.mark.parametrize("state", WITH_CANDIDATES)
async def test_a_deleted_candidate_is_none_at_once_and_presses_once(shelves: Shelves, state: S) -> None:
    thumbnail, (first, *_) = await with_candidates(shelves, state)
    assert await shelves.tended() == {}
    await delete(shelves, first)
    found = await shelves.candidates.candidates(thumbnail.id)
    assert [(one.is_removed, one.is_deleted) for one in found] == [(True, True), (False, False), (False, False)]
    assert await shelves.tended() == {thumbnail.id: (True, False)}
    await shelves.candidates.collect(thumbnail.id, LATER, most=MOST_CANDIDATES)
    assert (await shelves.now(thumbnail.id)).revision == thumbnail.revision + 1
    await shelves.thumbnails.note_shown(thumbnail.id, 2000, "")
    assert await shelves.tended() == {}
    assert list(await shelves.candidates.candidates(thumbnail.id)) == found


@pytest.mark.parametrize("state", WITH_CANDIDATES)
async def test_the_bytes_of_a_deleted_candidate_are_not_needed(shelves: Shelves, state: S) -> None:
    _, (first, second, third) = await with_candidates(shelves, state)
    await delete(shelves, first)
    needed = await shelves.records.needed_files(delivered_since=LATER)
    assert first.sha256 not in needed
    assert ({second.sha256, third.sha256} <= needed) is (state is not S.WITHDRAWN)


async def test_the_same_bytes_that_a_member_entered_stay_needed(shelves: Shelves) -> None:
    thumbnail, (first, *_) = await with_candidates(shelves, S.VOTING)
    await shelves.candidates.enter(thumbnail.id, MemberId(77), first.sha256, START, most=MOST_CANDIDATES)
    await delete(shelves, first)
    assert first.sha256 in await shelves.records.needed_files(delivered_since=LATER)


async def test_a_deleted_candidate_cannot_be_chosen(shelves: Shelves) -> None:
    thumbnail, (first, *_) = await with_candidates(shelves, S.DECIDING)
    await delete(shelves, first)
    assert not await shelves.thumbnails.move(thumbnail.id, a_move(S.DECIDING, S.CHOSEN, chosen=1))
    assert await shelves.thumbnails.move(thumbnail.id, a_move(S.DECIDING, S.CHOSEN, chosen=2))


async def test_what_was_taken_away_was_not_deleted(shelves: Shelves) -> None:
    thumbnail, _ = await with_candidates(shelves, S.VOTING)
    await shelves.candidates.remove(thumbnail.id, 1, MODERATOR, LATER)
    (first, *_) = await shelves.candidates.candidates(thumbnail.id)
    assert (first.is_removed, first.is_deleted) == (True, False)


async def test_looking_for_work_reads_no_table_as_a_whole(tmp_path: Path) -> None:
    async with sqlite_shelves(tmp_path):
        with closing(sqlite3.connect(tmp_path / "easel.sqlite3")) as connection:
            rows = connection.execute(f"EXPLAIN QUERY PLAN {query('list_thumbnails_to_tend')}", {"at_ms": 1, "most": 1})
            plan = [row[3] for row in rows]
    assert [step for step in plan if re.fullmatch(r"SCAN \w+", step)] == ["SCAN work"]
