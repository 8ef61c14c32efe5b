"""The place of one run: Discord's stand-in, the RunBase look-alike, and the bot as a process between them."""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.chaos.contestants import Contestant
from tests.chaos.keeper import Keeper
from tests.chaos.runbase import KEYS, LookAlike
from tests.sockets.house import INVITED_WITH
from tests.standin.discord import Channel, Hold, Member, Server, StandIn

_ROOT = Path(__file__).parents[2]
PATIENCE_S = 8
READ_TIMEOUT_S = 3
_UNLIMITED = '[{"images": 100000, "per": "1d"}]'


@dataclass
class Stage:
    """`met` counts the troubles that did happen, as far as nothing else keeps count of them."""

    contestant: Contestant
    folder: Path
    standin: StandIn
    runbase: LookAlike
    keeper: Keeper
    server: Server
    rooms: list[Channel]
    members: list[Member]
    started_at: datetime
    met: Counter[str] = field(default_factory=Counter)
    rest_faults: dict[int, tuple[str, object]] = field(default_factory=dict)
    events: list[tuple[float, str]] = field(default_factory=list)

    @property
    def patience_s(self) -> float:
        return PATIENCE_S

    @property
    def database(self) -> Path:
        return self.folder / "easel.sqlite3"

    @property
    def traffic(self) -> int:
        """Grows with every request the bot makes."""
        return len(self.standin.requests) + len(self.runbase.emulator.requests_log)

    def seconds(self, at: datetime) -> float:
        return (at - self.started_at).total_seconds()

    def now_s(self) -> float:
        return self.seconds(datetime.now(UTC))

    def note(self, words: str) -> None:
        self.events.append((self.now_s(), words))

    async def nap_until(self, at_s: float) -> None:
        await asyncio.sleep(max(0.0, at_s - self.now_s()))

    async def is_online(self, *, within_s: float) -> bool:
        """Whether the bot is connected now or soon."""
        try:
            await self.standin.until(lambda: self.standin.gateway.is_connected, within_s=within_s)
        except TimeoutError:
            return False
        return True

    def calm(self) -> None:
        """No more faults, whether they were met or not, and nothing is held any more."""
        for _, fault in self.rest_faults.values():
            if isinstance(fault, Hold):
                fault.release()
        self.runbase.faults.clear()
        for key in KEYS:
            self.runbase.emulator.refuse_key(key, None)
        self.standin.faults.clear()
        self.standin.rate_limits.clear()
        self.standin.settings.enforced_size_limit = None


@asynccontextmanager
async def open_stage(
    contestant: Contestant, folder: Path, *, seed: int, rooms: int, members: int
) -> AsyncIterator[Stage]:
    started_at = datetime.now(UTC)

    def now_s() -> float:
        return (datetime.now(UTC) - started_at).total_seconds()

    async with AsyncExitStack() as stack:
        standin = await stack.enter_async_context(StandIn())
        runbase = LookAlike(now_s, seed=seed)
        await stack.enter_async_context(runbase.open())
        server = standin.new_server("The Easel Studio")
        standin.bot_joins(server, permissions=INVITED_WITH)
        environment = _environment(folder, standin, runbase)
        command = standin.command(*contestant.module)
        stage = Stage(
            contestant=contestant,
            folder=folder,
            standin=standin,
            runbase=runbase,
            keeper=Keeper(command, environment, folder, now_s),
            server=server,
            rooms=[standin.new_channel(server, f"room-{number}") for number in range(rooms)],
            members=[standin.new_member(server, f"member-{number}") for number in range(members)],
            started_at=started_at,
        )
        try:
            yield stage
        finally:
            await stage.keeper.kill()


def _environment(folder: Path, standin: StandIn, runbase: LookAlike) -> Mapping[str, str]:
    """Nothing but what an operator may set, and the seams of discord.py."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {
        **kept,
        "PYTHONPATH": str(_ROOT),
        **standin.environment(),
        "DISCORD_TOKEN": standin.token,
        "RUNBASE_API_KEYS": ",".join(KEYS),
        "EASEL__RUNBASE__BASE_URL": runbase.emulator.base_url,
        "EASEL__RUNBASE__CONNECT_TIMEOUT": "1s",
        "EASEL__RUNBASE__READ_TIMEOUT": f"{READ_TIMEOUT_S}s",
        "EASEL__RUNBASE__GIVE_UP_AFTER": f"{PATIENCE_S}s",
        "EASEL__QUOTA__MEMBER": _UNLIMITED,
        "EASEL__QUOTA__GLOBAL": _UNLIMITED,
        "EASEL__STORAGE__PATH": str(folder / "easel.sqlite3"),
        "EASEL__DISCORD__CDN_ORIGINS": f'["{standin.cdn_origin}"]',
    }
