"""From asking to files over real stores, each step also by a process that begins anew; in memory and in SQLite."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.domain.catalogue import CATALOGUE, DEFAULT_MODEL
from bot.domain.ids import KeyId, ProviderRunId, RunId, request_of
from bot.domain.thumbnails.ids import ThumbnailId
from bot.domain.thumbnails.states import ThumbnailState
from bot.ports import EditStore, Placed, QuotaStore, RequestStore
from bot.services.gate import Gate
from bot.services.keys import Keys
from bot.services.line import Line
from bot.services.references import References
from bot.services.signals import Signals
from bot.services.submission import House, Submission
from bot.services.thumbnails import Thumbnails
from bot.services.thumbnails.desk import Desk, Stores
from bot.services.thumbnails.opening import Supplies, open_thumbnails
from bot.storage.boards import SqliteBoardStore
from bot.storage.candidates import SqliteCandidateStore
from bot.storage.edits import SqliteEditStore
from bot.storage.quotas import SqliteQuotaStore
from bot.storage.requests import SqliteRequestStore
from bot.storage.sqlite import SqliteDatabase
from bot.storage.thumbnails import SqliteThumbnailStore
from bot.storage.votes import SqliteVoteStore
from tests.board_builders import BOARD_CHANNEL, a_board, a_manager, a_moderator, a_person, a_wish
from tests.builders import START, a_picture, an_upload, asked_by
from tests.fakes import (
    KEY,
    FakeClock,
    FakeDownloads,
    FakeImaging,
    FakeMembership,
    FakeMeter,
    FakeOperator,
    MemoryEditStore,
    MemoryFileStore,
    MemoryJournal,
    MemoryLedger,
    MemoryQuotaStore,
    MemoryRequestStore,
)
from tests.fakes.board import FakeBoard, FakeComposer
from tests.fakes.thumbnails import MemoryThumbnails

S = ThumbnailState


class World:
    """What outlives a process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ledger = MemoryLedger()
        self.clock = FakeClock()
        self.board = FakeBoard(self.clock)
        self.files = MemoryFileStore(self.clock)
        self.downloads = FakeDownloads()


class Process:
    """The services of thumbnails over stores; pictures are made by hand."""

    def __init__(
        self, world: World, stores: Stores, requests: RequestStore, quotas: QuotaStore, edits: EditStore
    ) -> None:
        self._world, self.stores, self.requests = world, stores, requests
        model, clock = CATALOGUE[DEFAULT_MODEL], world.clock
        keys = Keys(
            [KEY], clock, journal=MemoryJournal(), requests_per_window=19, meter=FakeMeter(), operator=FakeOperator()
        )
        references = References(limit_bytes=10_000, downloads=world.downloads, imaging=FakeImaging(), files=world.files)
        gate = Gate(frozenset(), clock=clock, files=world.files, quotas=quotas, keys=keys)
        submission = Submission(
            House(model, 100),
            gate=gate,
            clock=clock,
            line=Line(in_flight=4, keys=1, clock=clock, requests=requests),
            meter=FakeMeter(),
            references=references,
            requests=requests,
            edits=edits,
            signals=Signals(),
        )
        self.services: Thumbnails = open_thumbnails(
            Supplies(
                desk=Desk(clock, stores),
                model=model,
                publisher=world.board,
                composer=FakeComposer(),
                files=world.files,
                requests=requests,
                membership=FakeMembership(),
                submission=submission,
                gate=gate,
                references=references,
                entries=references,
            )
        )

    async def tend(self) -> None:
        for _ in range(4):
            await self.services.tending.turn()
            await self.services.tending.finish()
            self._world.clock.advance(5)

    async def paint(self) -> None:
        for queued in await self.requests.queue():
            run, at = queued.run, self._world.clock.now()
            await self.requests.claim(run, KeyId("key"), at)
            await self.requests.start(run, ProviderRunId(f"provider {run}"))
            await self.requests.finish(run, await self._world.files.keep(a_picture(run)), at)
            await self._deliver(run)

    async def _deliver(self, run: RunId) -> None:
        parcel = await self.requests.parcel(request_of(run))
        assert parcel is not None
        address = parcel.request.address
        assert address.message_id is not None
        place = Placed(run, address.channel_id, address.message_id, attachment=None)
        await self.requests.deliver(parcel.request.id, [place], self._world.clock.now())


@asynccontextmanager
async def in_memory(world: World) -> AsyncIterator[Process]:
    stores = MemoryThumbnails(world.ledger)
    yield Process(
        world,
        Stores(stores, stores, stores, stores),
        MemoryRequestStore(world.ledger),
        MemoryQuotaStore(world.ledger),
        MemoryEditStore(world.ledger),
    )


@asynccontextmanager
async def in_sqlite(world: World) -> AsyncIterator[Process]:
    database = await SqliteDatabase.open(world.folder / "easel.sqlite3", at=START)
    try:
        yield Process(
            world,
            Stores(
                SqliteBoardStore(database),
                SqliteThumbnailStore(database),
                SqliteCandidateStore(database),
                SqliteVoteStore(database),
            ),
            SqliteRequestStore(database),
            SqliteQuotaStore(database),
            SqliteEditStore(database),
        )
    finally:
        await database.close()


PROCESSES = {"memory": in_memory, "sqlite": in_sqlite}


@pytest.mark.parametrize("stores", PROCESSES)
async def test_the_whole_way_with_a_new_process_for_every_step(stores: str, tmp_path: Path) -> None:
    world, begin = World(tmp_path), PROCESSES[stores]
    upload = an_upload("cat.png", size_bytes=60)
    world.downloads.web[upload.url] = a_picture("cat")
    async with begin(world) as one:
        await one.services.boards.set_up(a_board(), a_manager())
        thumbnail = (await one.services.asking.ask(a_wish(uploads=(upload,), sizes=("youtube", "event")))).id
    async with begin(world) as one:
        await one.tend()
        await one.services.approving.approve(thumbnail, a_moderator())
    async with begin(world) as one:
        await one.tend()
        assert await _state(one, thumbnail) is S.MAKING
    async with begin(world) as one:
        await one.paint()
        await one.tend()
        assert await _state(one, thumbnail) is S.VOTING
        entry = an_upload("mine.png", size_bytes=60)
        world.downloads.web[entry.url] = a_picture("mine")
        assert await one.services.entries.enter(thumbnail, asked_by(77), entry) == 4
        await one.services.making.change(thumbnail, a_person(), 4, "make it night")
        await one.tend()
    async with begin(world) as one:
        await one.paint()
        await one.tend()
        for member, candidate in ((1, 2), (2, 4), (3, 4), (1, 5)):
            await one.services.voting.cast(thumbnail, a_person(member), candidate)
    async with begin(world) as one:
        await one.tend()
        world.clock.advance(24 * 3600)
        await one.tend()
        assert await _state(one, thumbnail) is S.DONE
        await one.services.finishing.reletter(thumbnail, a_person(), "Night fox")
    async with begin(world) as one:
        await one.tend()
        story = await one.services.listing.show(thumbnail, a_board().server)
    assert [move.after for move in story.moves] == [
        S.APPROVED,
        S.MAKING,
        S.VOTING,
        S.DECIDING,
        S.CHOSEN,
        S.DONE,
    ]
    assert (story.card.thumbnail.chosen, dict(story.card.tally.votes)) == (4, {4: 2, 5: 1})
    assert [(one.number, one.author, one.parent) for one in story.card.candidates] == [
        (1, 30, None),
        (2, 30, None),
        (3, 30, None),
        (4, 77, None),
        (5, 30, 4),
    ]
    (card,) = world.board.cards()
    assert card.card is not None
    assert (card.channel, card.card.thumbnail.state, card.card.thumbnail.headline) == (
        BOARD_CHANNEL,
        S.DONE,
        "Night fox",
    )
    assert [post.files[0].size.key for post in world.board.files()] == ["youtube", "event"] * 2


async def _state(process: Process, thumbnail: ThumbnailId) -> ThumbnailState:
    found = await process.stores.thumbnails.thumbnail(thumbnail)
    assert found is not None
    return found.state
