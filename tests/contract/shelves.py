"""The stores of thumbnails that one suite is run against, beside a ledger: in memory, and in SQLite."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.domain.ids import KeyId, MemberId, ProviderRunId, RunId
from bot.domain.requests import Request
from bot.domain.thumbnails.ids import ThumbnailId
from bot.domain.thumbnails.states import ThumbnailState
from bot.domain.thumbnails.thumbnails import MOST_CANDIDATES, Round, Thumbnail
from bot.ports import ImageStore, Placed, RequestStore
from bot.ports.thumbnails import BoardStore, CandidateStore, ThumbnailStore, VoteStore
from bot.records import Records
from bot.storage.boards import SqliteBoardStore
from bot.storage.candidates import SqliteCandidateStore
from bot.storage.images import SqliteImageStore
from bot.storage.records import SqliteRecords
from bot.storage.requests import SqliteRequestStore
from bot.storage.sqlite import SqliteDatabase
from bot.storage.thumbnails import SqliteThumbnailStore
from bot.storage.votes import SqliteVoteStore
from tests.board_builders import BOARD_CHANNEL, a_move, a_round, a_spot, a_thumbnail
from tests.builders import START, a_request, a_sha256, runs_of
from tests.fakes import MemoryLedger, MemoryRecords, MemoryRequestStore
from tests.fakes.images import MemoryImageStore
from tests.fakes.thumbnails import MemoryThumbnails

S = ThumbnailState
WAYS: Mapping[ThumbnailState, tuple[ThumbnailState, ...]] = {
    S.ASKED: (),
    S.APPROVED: (S.APPROVED,),
    S.MAKING: (S.APPROVED, S.MAKING),
    S.VOTING: (S.APPROVED, S.VOTING),
    S.DECIDING: (S.APPROVED, S.MAKING, S.DECIDING),
    S.CHOSEN: (S.APPROVED, S.MAKING, S.DECIDING, S.CHOSEN),
    S.DONE: (S.APPROVED, S.MAKING, S.DECIDING, S.CHOSEN, S.DONE),
    S.DECLINED: (S.DECLINED,),
    S.WITHDRAWN: (S.WITHDRAWN,),
    S.EXPIRED: (S.EXPIRED,),
}


@dataclass(frozen=True, slots=True)
class Shelves:
    boards: BoardStore
    thumbnails: ThumbnailStore
    candidates: CandidateStore
    votes: VoteStore
    requests: RequestStore
    records: Records
    images: ImageStore

    async def asked(self, **changes: Any) -> Thumbnail:
        thumbnail = a_thumbnail(**changes)
        await self.thumbnails.ask(thumbnail, most_open=1000)
        return await self.now(thumbnail.id)

    async def in_state(self, state: ThumbnailState, *, at: datetime = START, **changes: Any) -> Thumbnail:
        """By the shortest way."""
        thumbnail = await self.asked(**changes)
        before = S.ASKED
        for after in WAYS[state]:
            assert await self.thumbnails.move(thumbnail.id, a_move(before, after, at=at))
            before = after
        return await self.now(thumbnail.id)

    async def now(self, thumbnail: ThumbnailId) -> Thumbnail:
        found = await self.thumbnails.thumbnail(thumbnail)
        assert found is not None
        return found

    async def voting(self, candidates: int = 3) -> Thumbnail:
        """A vote on so many entries, open for a day."""
        thumbnail = await self.in_state(S.VOTING)
        for number in range(1, candidates + 1):
            await self.enter(thumbnail.id, 500 + number)
        return await self.now(thumbnail.id)

    async def enter(self, thumbnail: ThumbnailId, member: int) -> int:
        sha256 = a_sha256(f"entry {member}")
        return await self.candidates.enter(thumbnail, MemberId(member), sha256, START, most=MOST_CANDIDATES)

    async def ordered(self, thumbnail: ThumbnailId, **changes: Any) -> Round:
        """A round with its waiting message."""
        found = await self.now(thumbnail)
        order = a_round(thumbnail, **changes)
        number = await self.candidates.order(order, None, expected=found.state, most=MOST_CANDIDATES)
        assert number is not None
        (opened,) = await self.candidates.open_rounds(thumbnail)
        await self.candidates.note_waiting(opened, a_spot())
        (opened,) = await self.candidates.open_rounds(thumbnail)
        return opened

    async def requested(self, order: Round) -> Request:
        """The request made for a round, acknowledged."""
        assert order.waiting is not None
        request = a_request(source_id=order.waiting.message, images=order.pictures)
        await self.requests.accept(request, queue_length=1000)
        await self.requests.acknowledge(request.id, order.waiting.message, START)
        return request

    async def make(self, run: RunId) -> None:
        """Until its picture is on disk."""
        await self.requests.claim(run, KeyId("key"), START)
        await self.requests.start(run, ProviderRunId(f"provider {run}"))
        await self.requests.finish(run, a_sha256(run), START)

    async def delivered(self, request: Request) -> tuple[RunId, ...]:
        runs = runs_of(request)
        for run in runs:
            await self.make(run)
        message = request.address.message_id or a_spot().message
        places = [Placed(run, BOARD_CHANNEL, message, attachment=None) for run in runs]
        await self.requests.deliver(request.id, places, START)
        return runs

    async def tended(self, at: datetime = START) -> dict[ThumbnailId, tuple[bool, bool]]:
        return {one.id: (one.is_pressing, one.is_dirty) for one in await self.thumbnails.to_tend(at)}


@asynccontextmanager
async def memory_shelves(_: Path) -> AsyncIterator[Shelves]:
    ledger = MemoryLedger()
    stores, images = MemoryThumbnails(ledger), MemoryImageStore(ledger)
    yield Shelves(stores, stores, stores, stores, MemoryRequestStore(ledger), MemoryRecords(ledger), images)


@asynccontextmanager
async def sqlite_shelves(folder: Path) -> AsyncIterator[Shelves]:
    """Opened again over what is there, if anything is."""
    database = await SqliteDatabase.open(folder / "easel.sqlite3", at=START)
    try:
        yield Shelves(
            SqliteBoardStore(database),
            SqliteThumbnailStore(database),
            SqliteCandidateStore(database),
            SqliteVoteStore(database),
            SqliteRequestStore(database),
            SqliteRecords(database),
            SqliteImageStore(database),
        )
    finally:
        await database.close()


SHELVES = {"memory": memory_shelves, "sqlite": sqlite_shelves}


@pytest.fixture(params=SHELVES)
async def shelves(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Shelves]:
    async with SHELVES[request.param](tmp_path) as opened:
        yield opened
