"""The only source of time."""

import asyncio
from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The only source of time: `now` is aware UTC, and simulated worlds bring their own."""

    def now(self) -> datetime: ...

    def elapsed_s(self) -> float:
        """Seconds since any moment. Unlike `now` it is never set, and goes on from process to process on one machine.

        Only for spans: when the machine is started anew it begins anew."""

    async def sleep(self, seconds: float) -> None: ...

    async def wait(self, event: asyncio.Event, timeout_s: float) -> None:
        """Return when the event is set or the time is over, whichever comes first; the event stays as it is."""
