"""The ledgers that one suite is run against: in memory, and in SQLite."""

import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.errors import QuotaScope
from bot.domain.ids import ChannelId, KeyId, MessageId, ProviderRunId, RequestId, RunId
from bot.domain.quotas import Usage
from bot.domain.requests import Request
from bot.domain.runs import EndReason, Run, RunState
from bot.ports import EditStore, GalleryStore, ImageStore, Placed, PostStore, QuotaStore, ReportStore, RequestStore
from bot.records import Records
from bot.storage.edits import SqliteEditStore
from bot.storage.gallery import SqliteGalleryStore, SqlitePostStore
from bot.storage.images import SqliteImageStore, SqliteReportStore
from bot.storage.quotas import SqliteQuotaStore
from bot.storage.records import SqliteRecords
from bot.storage.requests import SqliteRequestStore
from bot.storage.sqlite import SqliteDatabase
from tests.builders import MESSAGE, START, a_request, a_sha256, a_window, first_run
from tests.fakes import (
    MemoryEditStore,
    MemoryGalleryStore,
    MemoryImageStore,
    MemoryLedger,
    MemoryPostStore,
    MemoryQuotaStore,
    MemoryRecords,
    MemoryReportStore,
    MemoryRequestStore,
    TakeState,
)

KEY = KeyId("key-one")
PLENTY = 1_000_000
LONG_AGO = START - timedelta(days=1000)


@dataclass(frozen=True, slots=True)
class Ledger:
    """The stores over the same data, and a look inside. `terminal` serves the command line, `requests` the bot."""

    requests: RequestStore
    terminal: RequestStore
    quotas: QuotaStore
    edits: EditStore
    records: Records
    images: ImageStore
    gallery: GalleryStore
    posts: PostStore
    reports: ReportStore
    states: Callable[[], Mapping[RunId, RunState]]
    takes: Callable[[], Mapping[RunId, TakeState]]
    tokens: Callable[[], Mapping[RequestId, str | None]]

    async def accepted(self, **changes: Any) -> Request:
        request = a_request(**changes)
        await self.requests.accept(request, queue_length=PLENTY)
        return request

    async def acknowledged(self, **changes: Any) -> Request:
        request = await self.accepted(**changes)
        await self.requests.acknowledge(request.id, MESSAGE, START)
        return request

    async def run_in(self, state: RunState, **changes: Any) -> RunId:
        """The one run of a new request, moved to a state by the shortest way."""
        run = first_run(await self.acknowledged(**changes))
        for step in WAYS[state]:
            assert await self.move(run, step)
        return run

    async def move(self, run: RunId, to: RunState) -> bool:
        """Try the one method that leads to a state. True when the run is there now and was not before."""
        before = self.states()[run]
        match to:
            case RunState.QUEUED:
                return await self.requests.release(run)
            case RunState.SUBMITTING:
                return await self.requests.claim(run, KEY, START)
            case RunState.RUNNING:
                return await self.requests.start(run, ProviderRunId(f"provider-{run}"))
            case RunState.READY:
                return await self.requests.finish(run, a_sha256(run), START)
            case RunState.DELIVERED:
                await self.requests.deliver(request_of(run), [placed(run)], START)
                return self.states()[run] is not before
            case RunState.FAILED if before is RunState.READY:
                return await self.requests.lose(run, START)
            case _:
                return await self.requests.end(run, to, EndReason.PROVIDER_FAILED, START)

    async def usage(self, request: Request) -> tuple[Usage, ...]:
        address = request.address
        return await self.quotas.usage(address.server_id, address.member_id, request.created_at)


WAYS: Mapping[RunState, tuple[RunState, ...]] = {
    RunState.QUEUED: (),
    RunState.SUBMITTING: (RunState.SUBMITTING,),
    RunState.RUNNING: (RunState.SUBMITTING, RunState.RUNNING),
    RunState.OVERDUE: (RunState.SUBMITTING, RunState.RUNNING, RunState.OVERDUE),
    RunState.READY: (RunState.SUBMITTING, RunState.RUNNING, RunState.READY),
    RunState.DELIVERED: (RunState.SUBMITTING, RunState.RUNNING, RunState.READY, RunState.DELIVERED),
    RunState.FAILED: (RunState.FAILED,),
    RunState.CANCELLED: (RunState.CANCELLED,),
    RunState.UNCERTAIN: (RunState.SUBMITTING, RunState.UNCERTAIN),
}


async def next_queued(store: RequestStore) -> tuple[Request, Run] | None:
    """The one that came first."""
    waiting = await store.queue()
    return await store.queued(waiting[0].run) if waiting else None


def request_of(run: RunId) -> RequestId:
    return RequestId(run.rpartition(".")[0])


def placed(run: RunId, message: MessageId = MESSAGE) -> Placed:
    return Placed(run, ChannelId(2), message, attachment=None)


@asynccontextmanager
async def memory_ledger(_: Path) -> AsyncIterator[Ledger]:
    memory = MemoryLedger()
    yield Ledger(
        MemoryRequestStore(memory),
        MemoryRequestStore(memory, at_terminal=True),
        MemoryQuotaStore(memory),
        MemoryEditStore(memory),
        MemoryRecords(memory),
        MemoryImageStore(memory),
        MemoryGalleryStore(memory),
        MemoryPostStore(memory),
        MemoryReportStore(memory),
        lambda: {run.id: run.state for run in memory.runs.values()},
        lambda: {run: take.state for run, take in memory.takes.items()},
        lambda: {entry.request.id: entry.request.address.token for entry in memory.entries.values()},
    )


@asynccontextmanager
async def sqlite_ledger(folder: Path) -> AsyncIterator[Ledger]:
    path = folder / "easel.sqlite3"
    database = await SqliteDatabase.open(path, at=START)
    try:
        yield Ledger(
            SqliteRequestStore(database),
            SqliteRequestStore(database, at_terminal=True),
            SqliteQuotaStore(database),
            SqliteEditStore(database),
            SqliteRecords(database),
            SqliteImageStore(database),
            SqliteGalleryStore(database),
            SqlitePostStore(database),
            SqliteReportStore(database),
            lambda: {RunId(run): RunState(state) for run, state in _rows(path, "SELECT id, state FROM runs")},
            lambda: {RunId(run): TakeState(state) for run, state in _rows(path, "SELECT id, state FROM takes")},
            lambda: {RequestId(request): token for request, token in _rows(path, "SELECT id, token FROM requests")},
        )
    finally:
        await database.close()


def _rows(path: Path, sql: str) -> list[tuple[Any, Any]]:
    """What was committed, past every store."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        return connection.execute(sql).fetchall()


LEDGERS = {"memory": memory_ledger, "sqlite": sqlite_ledger}


@pytest.fixture(params=LEDGERS)
async def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Ledger]:
    async with LEDGERS[request.param](tmp_path) as opened:
        yield opened


@pytest.fixture
async def generous(ledger: Ledger) -> Ledger:
    """A ledger that counts and never refuses."""
    await ledger.quotas.configure([a_window(PLENTY, scope=scope) for scope in QuotaScope])
    return ledger
