"""The RunBase look-alike on a socket that can go away and come back, with every fault and request written down."""

import asyncio
import contextlib
import socket
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime

import uvicorn

from bot.preview.emulator import Emulator, Fault, Faults, Place
from tests.chaos.marks import paint
from tests.chaos.witness import Witness

# Each may make 20 requests in 10 s, and some are refused for a while.
KEYS = tuple(f"sk-chaos-{number}" for number in range(12))
_SPEED = 10.0  # half of the runs take less than a second and a half
_PAUSES_SHORTER = 10.0


class HurriedClock:
    """Real time, with the look-alike's pauses cut short: a slow file takes three seconds, not half a minute."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def elapsed_s(self) -> float:
        raise NotImplementedError

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / _PAUSES_SHORTER)

    async def wait(self, event: asyncio.Event, timeout_s: float) -> None:
        raise NotImplementedError


class CountedFaults(Faults):
    def __init__(self) -> None:
        super().__init__()
        self.met: Counter[str] = Counter()

    def take(self, place: Place, among: frozenset[Fault]) -> Fault | None:
        fault = super().take(place, among)
        if fault is not None:
            self.met[fault_name(place, fault)] += 1
        return fault

    def clear(self) -> None:
        for place in Place:
            self.set(place, None)


def fault_name(place: Place, fault: Fault) -> str:
    return f"RunBase {place}: {fault.replace('_', ' ')}"


class LookAlike:
    def __init__(self, now_s: Callable[[], float], *, seed: int) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port: int = free.getsockname()[1]
        self.faults = CountedFaults()
        self.post_arrived = asyncio.Event()
        self.emulator = Emulator(
            clock=HurriedClock(),
            balances=dict.fromkeys(KEYS, 1000),
            seed=seed,
            speed=_SPEED,
            base_url=f"http://127.0.0.1:{self._port}/api/v1",
            painter=paint,
        )
        self.emulator.faults = self.faults
        self.witness = Witness(self.emulator.app, now_s, arrived=self._note_post)
        self.outages = 0
        self._server: _Server | None = None
        self._serving: asyncio.Task[None] | None = None

    @property
    def is_making(self) -> bool:
        """Whether a run will still end: its picture would come after everything was compared."""
        now = datetime.now(UTC)
        return any(run.finishes_at is not None and run.finishes_at > now for run in self.emulator.runs)

    def _note_post(self) -> None:
        self.post_arrived.set()
        self.post_arrived = asyncio.Event()

    async def come_up(self) -> None:
        if self._server is not None:
            return
        listener = socket.create_server(("127.0.0.1", self._port))
        config = uvicorn.Config(self.witness, log_level="critical", access_log=False, timeout_graceful_shutdown=1)
        self._server = _Server(config)
        self._serving = asyncio.create_task(self._server.serve(sockets=[listener]))

    async def go_down(self) -> None:
        """Connections are refused from now on; answers under way are given a second."""
        if self._server is not None and self._serving is not None:
            self._server.should_exit = True
            await self._serving
            self._server = None

    async def fail_for(self, seconds: float) -> None:
        if self._server is None:
            return
        self.outages += 1
        await self.go_down()
        await asyncio.sleep(seconds)
        await self.come_up()

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        await self.come_up()
        try:
            yield
        finally:
            await self.go_down()


class _Server(uvicorn.Server):
    """Ctrl+C belongs to the command, not to one of its servers."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
