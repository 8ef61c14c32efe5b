"""Loops that never die of one bad turn: the last of the places that catch every exception."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Hashable

from bot.domain.errors import StorageUnavailable
from bot.ports import Clock

log = logging.getLogger(__name__)

_AFTER_A_BUG_S = 5.0  # and while the disk refuses
SHORT_GRACE_S = 10.0


async def keep_working(
    name: str, turn: Callable[[], Awaitable[float]], clock: Clock, wake: asyncio.Event, stopping: asyncio.Event
) -> None:
    """Call `turn` until `stopping` is set. It returns the seconds until the next one; setting `wake` brings it forward.

    A turn is not cancelled half-way: between a claim and its post, say.
    """
    is_held_up = False
    while not stopping.is_set():
        wake.clear()
        try:
            pause_s = await turn()
            is_held_up = False
        except StorageUnavailable as error:
            if not is_held_up:
                log.warning("loop held up loop=%s why=%s", name, error.why)
            is_held_up, pause_s = True, _AFTER_A_BUG_S
        except Exception:
            log.exception("loop failed loop=%s", name)
            pause_s = _AFTER_A_BUG_S
        if not stopping.is_set():
            await clock.wait(wake, pause_s)


class Hands:
    """Concurrent work with at most one piece per thing and a limit on all; a failure is logged and stays alone."""

    def __init__(self, name: str, *, most: int) -> None:
        self._name = name
        self._most = most
        self._working: dict[Hashable, asyncio.Task[None]] = {}

    @property
    def are_full(self) -> bool:
        return len(self._working) >= self._most

    @property
    def are_busy(self) -> bool:
        return bool(self._working)

    @property
    def held(self) -> frozenset[Hashable]:
        return frozenset(self._working)

    @property
    def count(self) -> int:
        return len(self._working)

    def holds(self, thing: Hashable) -> bool:
        return thing in self._working

    def take(self, thing: Hashable, work: Coroutine[None, None, None], then: Callable[[], None]) -> None:
        """Start `work` on a thing nobody works on; `then` is called when it ended, however it did."""
        worker = asyncio.create_task(self._guarded(thing, work), name=f"{self._name} {thing}")
        self._working[thing] = worker
        worker.add_done_callback(lambda _: self._let_go(thing, then))

    async def finish(self, *, grace_s: float = SHORT_GRACE_S) -> None:
        """Let what is under way end by itself, then cancel the rest: a POST cut off in the middle may be paid for."""
        workers = tuple(self._working.values())
        try:
            if workers:
                await asyncio.wait(workers, timeout=grace_s)
        finally:  # whoever waits may be told to stop, too
            for worker in workers:
                worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)

    def _let_go(self, thing: Hashable, then: Callable[[], None]) -> None:
        del self._working[thing]
        then()

    async def _guarded(self, thing: Hashable, work: Coroutine[None, None, None]) -> None:
        try:
            await work
        except StorageUnavailable as error:
            log.warning("work put off loop=%s on=%s why=%s", self._name, thing, error.why)
        except Exception:
            log.exception("work failed loop=%s on=%s", self._name, thing)
