"""The real clock. Everything else takes a `Clock`, so that simulated worlds can bring their own."""

import asyncio
import time
from datetime import UTC, datetime


class SystemClock:
    """Wall-clock time, the system's monotonic clock and the event loop's timers."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def elapsed_s(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def wait(self, event: asyncio.Event, timeout_s: float) -> None:
        waiting = asyncio.ensure_future(event.wait())
        try:
            await asyncio.wait({waiting}, timeout=timeout_s)
        finally:
            waiting.cancel()
