"""The door through which requests come: open while the bot works, closed before it stops."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from bot.domain.errors import ShuttingDown


class Intake:
    """Knows how many requests are just being taken, so that stopping leaves none half taken."""

    def __init__(self) -> None:
        self._is_open = True
        self._under_way = 0
        self._none_under_way = asyncio.Event()
        self._none_under_way.set()

    @contextmanager
    def taking(self) -> Iterator[None]:
        """Around everything from a member's wish to its stored acknowledgement. Raises: ShuttingDown."""
        if not self._is_open:
            raise ShuttingDown
        self._under_way += 1
        self._none_under_way.clear()
        try:
            yield
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._none_under_way.set()

    def close(self) -> None:
        """Take nothing more."""
        self._is_open = False

    async def emptied(self) -> None:
        """Return when nothing is being taken."""
        await self._none_under_way.wait()
