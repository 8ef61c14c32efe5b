"""The bot's process under attack: its log in a file, what it says of itself at `/metrics`, and a look into its ledger."""

import re
import signal
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import asyncio
from prometheus_client.parser import text_string_to_metric_families

from tests.sockets.house import House, open_house
from tests.standin.discord import Interaction, Member

MOST_MEMORY_BYTES = 250 * 1024 * 1024
MOST_LAG_S = 0.1
_LISTENING = re.compile(r"status open host=127\.0\.0\.1 port=(\d+)")


@dataclass(frozen=True)
class Vitals:
    """What the process says of itself; the lag is the longest since the look before."""

    memory_bytes: float
    lag_s: float

    def __str__(self) -> str:
        return f"memory {self.memory_bytes / 1024 / 1024:.0f} MiB, loop lag at most {self.lag_s * 1000:.0f} ms"


@dataclass
class Fortress:
    house: House
    bob: Member
    folder: Path

    async def start(self, **changes: str) -> None:
        house = self.house
        with self._log_file.open("ab") as log:
            house.process = await asyncio.create_subprocess_exec(
                *house.standin.command("bot", "run"),
                env={**house.environment, "EASEL__METRICS__LISTEN": "127.0.0.1:0", **changes},
                stderr=log,
            )
        await house.standin.connected(within_s=20)

    async def stop(self) -> int:
        process = self.house.process
        assert process is not None
        process.send_signal(signal.SIGTERM)
        code = await process.wait()
        self.house.process = None
        return code

    @property
    def log(self) -> str:
        return self._log_file.read_text(encoding="utf-8")

    @property
    def _log_file(self) -> Path:
        return self.folder / "bot.log"

    async def vitals(self) -> Vitals:
        (port,) = _LISTENING.findall(self.log)
        async with aiohttp.request("GET", f"http://127.0.0.1:{port}/metrics") as answer:
            page = await answer.text()
        values = {one.name: one.value for family in text_string_to_metric_families(page) for one in family.samples}
        return Vitals(values["process_resident_memory_bytes"], values["easel_loop_lag_max_seconds"])
