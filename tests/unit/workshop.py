"""Every service over fakes, wired as the application wires them; shared by the services' tests."""

import asyncio
from collections.abc import Awaitable, Iterator, Sequence
from datetime import timedelta
from itertools import count
from typing import Any, Protocol

import pytest

from bot.domain.catalogue import CATALOGUE, DEFAULT_MODEL
from bot.domain.ids import KeyId, MessageId, ProviderRunId, ServerId, run_id
from bot.domain.ladder import Rung
from bot.domain.quotas import Window
from bot.domain.requests import Draft, Request
from bot.domain.runs import EndReason, Run, RunState
from bot.ports import Succeeded
from bot.services.delivery import Delivery
from bot.services.dispatch import Dispatch
from bot.services.editing import Editing
from bot.services.gate import Gate
from bot.services.history import History
from bot.services.keys import Keys
from bot.services.line import Line
from bot.services.pacing import Pacing
from bot.services.presence import Presence
from bot.services.recovery import Recovery
from bot.services.references import References
from bot.services.reports import Reports
from bot.services.retention import Keep, Retention
from bot.services.signals import Signals
from bot.services.submission import House, Submission
from bot.services.tracking import Patience, Tracking
from tests.builders import a_draft, a_picture
from tests.fakes import (
    FakeClock,
    FakeDownloads,
    FakeImageApi,
    FakeImaging,
    FakeMembership,
    FakeMeter,
    FakeOperator,
    FakePublisher,
    MemoryEditStore,
    MemoryFileStore,
    MemoryImageStore,
    MemoryJournal,
    MemoryLedger,
    MemoryQuotaStore,
    MemoryRecords,
    MemoryRequestStore,
    Seen,
    TakeState,
)

GIVE_UP_AFTER = timedelta(minutes=10)
KEEP_IMAGES = timedelta(days=1)
KEEP = Keep(KEEP_IMAGES, timedelta(days=30), timedelta(days=366), longest_window=timedelta(days=1))
RESULT = "https://results.test/fox.png"
PICTURE = a_picture("the result")


class Working(Protocol):
    """A service that does one turn and then lets what it began end."""

    async def turn(self) -> float: ...

    async def finish(self) -> None: ...


class Workshop:
    def __init__(
        self,
        *keys: KeyId,
        servers: Sequence[int] = (),
        windows: Sequence[Window] = (),
        queue_length: int = 100,
        requests_per_window: int = 19,
        runbase_allows: int = 20,
    ) -> None:
        self.clock = FakeClock()
        self.api = FakeImageApi(self.clock, *keys, requests_per_10_s=runbase_allows)
        self.publisher = FakePublisher()
        self.membership = FakeMembership()
        self.meter = FakeMeter()
        self.operator = FakeOperator()
        self.journal = MemoryJournal()
        self.downloads = FakeDownloads()
        self.ledger = MemoryLedger(windows=tuple(windows))
        self.files = MemoryFileStore(self.clock)
        self._house = House(CATALOGUE[DEFAULT_MODEL], queue_length)
        self._servers = frozenset(map(ServerId, servers))
        self._requests_per_window = requests_per_window
        self._messages = count(900)
        self.start_again()

    async def crash(self, *, after_steps: int = 0) -> None:
        """Everything under way goes on for so many steps and dies where it stands; a new process begins."""
        for _ in range(1 + after_steps):
            await asyncio.sleep(0)
        dying = asyncio.all_tasks() - {asyncio.current_task()}
        for task in dying:
            task.cancel()
        await asyncio.gather(*dying, return_exceptions=True)
        self.api.go_on()
        self.publisher.go_on()
        self.start_again()
        await self.recovery.recover()
        self.keys.take_over()
        await self.tracking.follow()
        await self.recovery.turn()

    def start_again(self, *keys: KeyId) -> None:
        """A new process over what the old one stored; with other keys, if any are given."""
        self.api.keys = keys or self.api.keys
        self.signals = Signals()
        self.keys = Keys(
            self.api.keys,
            self.clock,
            journal=self.journal,
            requests_per_window=self._requests_per_window,
            meter=self.meter,
            operator=self.operator,
        )
        self.requests = MemoryRequestStore(self.ledger)
        self.pacing = Pacing(clock=self.clock, keys=self.keys, requests=self.requests)
        self._open_the_front()
        self._open_the_back()
        self._open_the_counter()

    def _open_the_front(self) -> None:
        self.line = Line(in_flight=4, keys=len(self.api.keys), clock=self.clock, requests=self.requests)
        self.edits = MemoryEditStore(self.ledger)
        gate = Gate(
            self._servers, clock=self.clock, files=self.files, quotas=MemoryQuotaStore(self.ledger), keys=self.keys
        )
        references = References(
            limit_bytes=self._house.model.reference_bytes,
            downloads=self.downloads,
            imaging=FakeImaging(),
            files=self.files,
        )
        self.submission = Submission(
            self._house,
            gate=gate,
            clock=self.clock,
            line=self.line,
            meter=self.meter,
            references=references,
            requests=self.requests,
            edits=self.edits,
            signals=self.signals,
        )
        self.memory = History(images=MemoryImageStore(self.ledger), requests=self.requests, signals=self.signals)
        self.editing = Editing(gate=gate, clock=self.clock, edits=self.edits)

    def _open_the_back(self) -> None:
        self.dispatch = Dispatch(
            clock=self.clock,
            api=self.api,
            pacing=self.pacing,
            line=self.line,
            meter=self.meter,
            presence=Presence(clock=self.clock, membership=self.membership),
            files=self.files,
            requests=self.requests,
            signals=self.signals,
        )

        self.tracking = Tracking(
            Patience(GIVE_UP_AFTER),
            clock=self.clock,
            api=self.api,
            pacing=self.pacing,
            meter=self.meter,
            downloads=self.downloads,
            imaging=FakeImaging(),
            files=self.files,
            requests=self.requests,
            signals=self.signals,
        )

    def _open_the_counter(self) -> None:
        self.reports = Reports(
            clock=self.clock,
            line=self.line,
            publisher=self.publisher,
            requests=self.requests,
            signals=self.signals,
            times=self.pacing.times,
        )
        self.delivery = Delivery(
            clock=self.clock,
            meter=self.meter,
            publisher=self.publisher,
            imaging=FakeImaging(),
            files=self.files,
            reports=self.reports,
            requests=self.requests,
            signals=self.signals,
        )
        self.recovery = Recovery(
            clock=self.clock,
            meter=self.meter,
            publisher=self.publisher,
            requests=self.requests,
            signals=self.signals,
        )
        self.records = MemoryRecords(self.ledger)
        self.retention = Retention(KEEP, clock=self.clock, records=self.records, files=self.files)

    # What a member does

    async def ask(self, draft: Draft | None = None, **changes: Any) -> Request:
        """Submit, and show the member a message of its own."""
        request = await self.submission.submit(draft or a_draft(**changes))
        attached = [f"https://cdn.test/attached/{name}" for name, _ in await self.submission.files_to_attach(request)]
        await self.submission.acknowledge(request.id, MessageId(next(self._messages)), attached=attached)
        return self.ledger.entries[request.id].request

    def a_message(self) -> MessageId:
        """One that Discord just made."""
        return MessageId(next(self._messages))

    # What the loops do

    async def send(self) -> None:
        await self._turn(self.dispatch)

    async def look(self, *, after_s: float = 0.0) -> None:
        self.clock.advance(after_s)
        await self._turn(self.tracking)

    async def look_too_late(self) -> None:
        """Twice, since the clock may be wrong for a moment."""
        await self.look(after_s=GIVE_UP_AFTER.total_seconds())
        await self.look(after_s=10)

    async def show(self, *, after_s: float = 0.0) -> None:
        self.clock.advance(after_s)
        await self._turn(self.delivery)

    async def _turn(self, loop: Working) -> None:
        """Signals that are set afterwards were set by this turn."""
        self.all_quiet()
        await loop.turn()
        await loop.finish()

    def all_quiet(self) -> None:
        """Every loop has seen what there was to see."""
        for signal in (self.signals.queued, self.signals.running, self.signals.outbox):
            signal.clear()

    async def running(self, **changes: Any) -> Request:
        request = await self.ask(**changes)
        await self.send()
        return request

    async def ready(self, **changes: Any) -> Request:
        """A request whose pictures are on disk and not yet shown."""
        request = await self.running(**changes)
        self.succeed()
        await self.look(after_s=15)
        return request

    async def overdue(self, **changes: Any) -> Request:
        """A request whose member was told that it takes too long."""
        request = await self.running(**changes)
        await self.look_too_late()
        await self.show()
        return request

    def succeed(self, *, run: ProviderRunId | None = None, picture: bytes = PICTURE) -> None:
        self.downloads.web[RESULT] = picture
        self.api.show(Succeeded(RESULT), run)

    # What became of it

    def run(self, request: Request, number: int = 0) -> Run:
        return self.ledger.runs[run_id(request.id, number)]

    def take(self, request: Request, number: int = 0) -> TakeState:
        return self.ledger.takes[run_id(request.id, number)].state

    def ended(self, request: Request) -> tuple[RunState, object, TakeState]:
        """State, reason and quota of its first run."""
        run = self.run(request)
        return run.state, run.reason, self.take(request)

    def shown(self, request: Request) -> Seen | None:
        """What the member sees now; None while it is the message as it was first sent."""
        history = self.history(request)
        return history[-1] if history else None

    def history(self, request: Request) -> Sequence[Seen]:
        message = self.ledger.entries[request.id].request.address.message_id
        assert message is not None
        return self.publisher.history.get(message, [])

    def token(self, request: Request) -> str | None:
        return self.ledger.entries[request.id].request.address.token


@pytest.fixture(autouse=True)
def no_hidden_bugs(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """The loops survive bugs and log them; a test must not."""
    yield
    assert [record.exc_text for record in caplog.get_records("call") if record.exc_info] == []


async def at_once(*turns: Awaitable[object]) -> None:
    await asyncio.gather(*turns)


async def both(*turns: Awaitable[object]) -> list[object]:
    """What each returned or raised."""
    return list(await asyncio.gather(*turns, return_exceptions=True))


async def some_time() -> None:
    """More turns of the event loop than any turn of a service needs."""
    for _ in range(500):
        await asyncio.sleep(0)


def what(seen: Seen | None) -> tuple[Rung, tuple[bytes, ...], tuple[EndReason, ...]] | None:
    return None if seen is None else (seen.rung, seen.images, seen.problems)


def shown_by(rung: Rung, *images: bytes) -> tuple[Rung, tuple[bytes, ...], tuple[EndReason, ...]]:
    return rung, images, ()


def is_delivered(shop: Workshop, request: Request) -> bool:
    return (shop.run(request).state, shop.take(request)) == (RunState.DELIVERED, TakeState.SPENT)


def is_on_disk_and_held(shop: Workshop, request: Request) -> bool:
    return shop.ended(request) == (RunState.READY, None, TakeState.HELD) and PICTURE in shop.files.contents.values()
