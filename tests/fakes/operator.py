"""What the services told for the operator's sake, and how things stand."""

import asyncio
from collections import Counter
from collections.abc import Mapping

from bot.domain.ids import RequestId
from bot.domain.ladder import Rung
from bot.domain.requests import Request
from bot.domain.runs import EndReason, RunState
from bot.operations import News, Phase
from tests.fakes.ledger import MemoryLedger

_FINISHED = frozenset({RunState.DELIVERED, RunState.FAILED, RunState.CANCELLED})


class FakeMeter:
    """`Meter` that remembers everything."""

    def __init__(self) -> None:
        self.requests: list[RequestId] = []
        self.refusals: list[str] = []
        self.waits: dict[Phase, list[float]] = {phase: [] for phase in Phase}
        self.created_runs = 0
        self.refunded_runs = 0
        self.endings: Counter[tuple[RunState, EndReason | None]] = Counter()
        self.deliveries: Counter[Rung] = Counter()
        self.kept_requests = 0
        self.keys_put_aside: list[tuple[int, str]] = []
        self.keys_slowed_down: list[int] = []

    def accepted(self, request: Request) -> None:
        self.requests.append(request.id)

    def refused(self, error: BaseException) -> None:
        self.refusals.append(type(error).__name__)

    def waited(self, phase: Phase, seconds: float) -> None:
        self.waits[phase].append(seconds)

    def created(self) -> None:
        self.created_runs += 1

    def refunded(self) -> None:
        self.refunded_runs += 1

    def ended(self, state: RunState, reason: EndReason | None = None) -> None:
        self.endings[state, reason] += 1

    def delivered(self, rung: Rung) -> None:
        self.deliveries[rung] += 1

    def kept(self) -> None:
        self.kept_requests += 1

    def put_aside(self, key: int, *, why: str) -> None:
        self.keys_put_aside.append((key, why))

    def slowed_down(self, key: int) -> None:
        self.keys_slowed_down.append(key)


class FakeOperator:
    """`Operator` that listens."""

    def __init__(self) -> None:
        self.heard: list[News] = []

    def tell(self, news: News) -> None:
        self.heard.append(news)


class MemoryTally:
    """`Tally` over the ledger in memory."""

    def __init__(self, ledger: MemoryLedger) -> None:
        self._ledger = ledger

    async def open_runs(self) -> Mapping[RunState, int]:
        counted = Counter(run.state for run in self._ledger.runs.values())
        return {state: counted[state] for state in RunState if state not in _FINISHED}


class FakeGateway:
    def __init__(self) -> None:
        self.is_connected = True


class MemorySettings:
    """`SettingStore` that refuses while it has `trouble`, and writes nothing while it hangs.

    `most_writing` is how many writes were ever under way at the same time.
    """

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.trouble: Exception | None = None
        self.most_writing = 0
        self._writing = 0
        self._open = asyncio.Event()
        self._open.set()

    def hang(self) -> None:
        self._open.clear()

    def go_on(self) -> None:
        self._open.set()

    async def get(self, name: str) -> str | None:
        return self.values.get(name)

    async def put(self, name: str, value: str) -> None:
        self._writing += 1
        self.most_writing = max(self.most_writing, self._writing)
        try:
            await asyncio.sleep(0)
            await self._open.wait()
        finally:
            self._writing -= 1
        if self.trouble is not None:
            raise self.trouble
        self.values[name] = value
