"""A RunBase that does what the test says, and knows what it would charge for."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.errors import BotError, CreateUncertain, RunUnknown
from bot.domain.ids import KeyId, ProviderRunId
from bot.domain.pacing import RequestBudget
from bot.ports import Clock, ImageInput, Look, StillRunning

KEY, OTHER_KEY = KeyId("key-one"), KeyId("key-two")


@dataclass(frozen=True, slots=True)
class Paid:
    """A run that was created, by whom and for what."""

    key: KeyId
    wanted: ImageInput


class FakeImageApi:
    """`ImageApi` whose answers are scripted; what the script does not say succeeds, and then runs for ever.

    `paid` is the truth on money: every run that was created, whether its answer arrived or not. `rushed` names keys
    that made more requests than RunBase allows, `looked_at_twice` runs that were looked at twice at the same time.
    """

    def __init__(self, clock: Clock, *keys: KeyId, requests_per_10_s: int = 20) -> None:
        self.keys: Sequence[KeyId] = keys or (KEY,)
        self.paid: dict[ProviderRunId, Paid] = {}
        self.rushed: set[KeyId] = set()
        self.looked_at_twice: set[ProviderRunId] = set()
        self._clock = clock
        self._allowed = requests_per_10_s
        self._budgets: dict[KeyId, RequestBudget] = {}
        self._looking: set[ProviderRunId] = set()
        self._coming: deque[BotError] = deque()
        self._closed: dict[KeyId, BotError] = {}
        self._looks: dict[ProviderRunId | None, Look | BotError] = {None: StillRunning()}
        self.hangs_at_looks = False
        self._open = asyncio.Event()
        self._open.set()

    def refuse_next(self, *errors: BotError) -> None:
        """The next POSTs create nothing (or, if uncertain, create a run and lose the answer)."""
        self._coming.extend(errors)

    def close_key(self, key: KeyId, error: BotError) -> None:
        self._closed[key] = error

    def open_key(self, key: KeyId) -> None:
        del self._closed[key]

    def show(self, look: Look | BotError, run: ProviderRunId | None = None) -> None:
        """What looking at a run finds from now on; without a run: at any that has no look of its own."""
        self._looks[run] = look

    def hang(self) -> None:
        """Answer nothing until `go_on`."""
        self._open.clear()

    def go_on(self) -> None:
        self._open.set()

    async def create(self, key: KeyId, wanted: ImageInput) -> ProviderRunId:
        self._count(key)
        await self._open.wait()
        error = self._closed.get(key) or (self._coming.popleft() if self._coming else None)
        if error is not None and not isinstance(error, CreateUncertain):
            raise error
        run = ProviderRunId(f"provider-run-{len(self.paid) + 1}")
        self.paid[run] = Paid(key, wanted)
        if error is not None:
            raise error
        return run

    async def look(self, key: KeyId, run: ProviderRunId) -> Look:
        self._count(key)
        if run in self._looking:
            self.looked_at_twice.add(run)
        self._looking.add(run)
        try:
            await (asyncio.Event() if self.hangs_at_looks else self._open).wait()
        finally:
            self._looking.discard(run)
        if run not in self._looks and (run not in self.paid or self.paid[run].key != key):
            raise RunUnknown
        found = self._looks.get(run, self._looks[None])
        if isinstance(found, BotError):
            raise found
        return found

    def _count(self, key: KeyId) -> None:
        budget = self._budgets.setdefault(key, RequestBudget(self._allowed, 10.0))
        now_s = self._clock.elapsed_s()
        if budget.left(now_s) <= 0:
            self.rushed.add(key)
        budget.spend(now_s)
