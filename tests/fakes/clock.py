"""Time that stands still until a test moves it."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from tests.builders import START


class FakeClock:
    """`Clock` whose sleepers wake when `advance` has gone past their time."""

    def __init__(self, at: datetime = START) -> None:
        self._now = at
        self._elapsed_s = 1000.0
        self._sleepers: dict[asyncio.Future[None], datetime] = {}

    def now(self) -> datetime:
        return self._now

    def elapsed_s(self) -> float:
        return self._elapsed_s

    def jump(self, seconds: float) -> None:
        """Somebody sets the clock, forward or back; no time passes."""
        self._now += timedelta(seconds=seconds)

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        self._elapsed_s += max(0.0, seconds)
        for sleeper, until in tuple(self._sleepers.items()):
            if until <= self._now and not sleeper.done():
                sleeper.set_result(None)

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        sleeper = asyncio.get_running_loop().create_future()
        self._sleepers[sleeper] = self._now + timedelta(seconds=seconds)
        try:
            await sleeper
        finally:
            del self._sleepers[sleeper]

    async def wait(self, event: asyncio.Event, timeout_s: float) -> None:
        either = {asyncio.ensure_future(event.wait()), asyncio.ensure_future(self.sleep(timeout_s))}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for waiting in either:
                waiting.cancel()


_TURNS_OF_THE_LOOP = 10_000


async def eventually(condition: Callable[[], bool]) -> None:
    """Let everything else run until the condition holds; no time passes."""
    for _ in range(_TURNS_OF_THE_LOOP):
        if condition():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never happened")
