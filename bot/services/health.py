"""What has to hold for the bot to be healthy: Discord reaches it, the database can be written, a key is usable."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.errors import StorageUnavailable
from bot.operations import Gateway
from bot.ports import Clock, SettingStore
from bot.services.keys import Keys

_WRITTEN = "health_written_at"
_WRITTEN_WITHIN_S = 2.0  # `bot health` waits 3 s for all of it
_FRESH_FOR = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `finding` is for the operator."""

    name: str
    is_good: bool
    finding: str


class Health:
    """Checks at most once a second, however often it is asked, and never waits longer than two."""

    def __init__(self, *, clock: Clock, gateway: Gateway, settings: SettingStore, keys: Keys) -> None:
        self._clock = clock
        self._gateway = gateway
        self._settings = settings
        self._keys = keys
        self._one_at_a_time = asyncio.Lock()
        self._checked: tuple[Check, ...] = ()
        self._checked_at: datetime | None = None
        self._writing: asyncio.Task[str | None] | None = None

    async def check(self) -> tuple[Check, ...]:
        async with self._one_at_a_time:
            if not self._is_fresh():
                self._checked = (self._discord(), await self._database(), self._usable_keys())
                self._checked_at = self._clock.now()
            return self._checked

    def _is_fresh(self) -> bool:
        return self._checked_at is not None and timedelta(0) <= self._clock.now() - self._checked_at < _FRESH_FOR

    def _discord(self) -> Check:
        is_connected = self._gateway.is_connected
        return Check("discord", is_connected, "connected" if is_connected else "not connected; it keeps trying")

    def _usable_keys(self) -> Check:
        keys = self._keys.standing()
        usable = sum(key.is_usable for key in keys)
        advice = "" if usable else "; see `key put aside` in the log"
        return Check("keys", usable > 0, f"{usable} of {len(keys)} usable{advice}")

    async def _database(self) -> Check:
        """Really written: a full disk can still be read. A write that hangs is waited for, not repeated."""
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write(), name="health")
        ended = asyncio.Event()
        self._writing.add_done_callback(lambda _: ended.set())
        await self._clock.wait(ended, _WRITTEN_WITHIN_S)
        if not self._writing.done():
            return Check("database", False, f"a write has not ended within {_WRITTEN_WITHIN_S:g} s")
        problem = self._writing.result()
        return Check("database", problem is None, problem or "written")

    async def _write(self) -> str | None:
        """What keeps the database from being written, if anything does."""
        try:
            await self._settings.put(_WRITTEN, self._clock.now().isoformat())
        except StorageUnavailable as error:
            return f"cannot be written: {error.why or 'refused'}"
        return None
