"""Waiting for a state without polling: everything that changes the stand-in calls `notify`."""

import asyncio
from collections.abc import Callable

Predicate = Callable[[], bool]
Describe = Callable[[], str]


class Changes:
    """A condition variable that can be notified from plain functions, since all state lives in one event loop."""

    def __init__(self, describe: Describe) -> None:
        self._describe = describe
        self._changed = asyncio.Event()

    def notify(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def until(self, predicate: Predicate, *, within_s: float) -> None:
        """Raises: TimeoutError that tells what the stand-in saw, when the predicate stays false."""
        try:
            async with asyncio.timeout(within_s):
                while not predicate():
                    await self._changed.wait()
        except TimeoutError:
            raise TimeoutError(f"still not so after {within_s} s\n{self._describe()}") from None
