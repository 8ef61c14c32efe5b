"""`imagine` in this process, over a real ledger and against the look-alike, in a time that passes at once."""

import asyncio
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from rich.console import Console

from bot.cli.imagine.account import Account
from bot.cli.imagine.errand import Service, carry_out
from bot.cli.imagine.interruption import Interruption
from bot.cli.imagine.order import Wish, order_of
from bot.config import Config, RunBaseConfig, StorageConfig
from bot.domain.catalogue import CATALOGUE
from bot.preview.emulator import Emulator, Place, Status
from tests.fakes import FakeClock
from tests.unit.emulator_world import picture

KEY = "sk-of-the-terminal"
PROMPT = "a red fox in the snow"
BASE_URL = "http://127.0.0.1/api/v1"
_STEP_S = 0.25
_TURN_S = 0.002  # real time that database threads get between two steps


@dataclass
class Told:
    """What a call left on the screen."""

    account: Account
    lines: list[str]

    @property
    def code(self) -> int:
        return self.account.code

    @property
    def results(self) -> list[str]:
        return [self.account.line(saved) for saved in self.account.results]


def paint(prompt: str, size: tuple[int, int], *_: object) -> bytes:
    return picture("navy", size)


@dataclass
class TerminalWorld:
    folder: Path
    clock: FakeClock = field(default_factory=FakeClock)
    takes_data_uris: bool = False
    balance: Decimal = Decimal(1)
    give_up_after: timedelta = timedelta(minutes=10)
    config: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.emulator = Emulator(
            clock=self.clock,
            balances={KEY: self.balance},
            base_url=BASE_URL,
            painter=paint,
            takes_data_uris=self.takes_data_uris,
        )

    async def imagine(
        self,
        prompt: str | None = PROMPT,
        *,
        aspect: str | None = None,
        references: tuple[str, ...] = (),
        out: Path | None = None,
        force: bool = False,
        until: Callable[[], bool] = lambda: False,
        is_offline: bool = False,
    ) -> Told:
        """One call to its end, or Ctrl+C as soon as `until` holds."""
        screen, interruption = io.StringIO(), Interruption()
        wish = Wish(prompt, aspect, references, out or self.folder, force)
        calling = self._called(wish, screen, interruption, is_offline=is_offline)
        while not calling.done():
            if until():
                interruption.event.set()
            await self._step()
        return Told(calling.result(), screen.getvalue().splitlines())

    async def crash(self, when: Callable[[], bool]) -> None:
        """A call that dies and can say nothing any more."""
        wish = Wish(PROMPT, None, (), self.folder, False)
        calling = self._called(wish, io.StringIO(), Interruption(), is_offline=False)
        while not when():
            await self._step()
        calling.cancel()
        await asyncio.gather(calling, return_exceptions=True)

    def _called(
        self, wish: Wish, screen: io.StringIO, interruption: Interruption, *, is_offline: bool
    ) -> asyncio.Task[Account]:
        config = Config(
            runbase=RunBaseConfig(base_url=BASE_URL, give_up_after=self.give_up_after),
            storage=StorageConfig(path=self.folder / "data" / "easel.sqlite3"),
            **self.config,
        )
        order = order_of(wish, CATALOGUE[config.runbase.model], is_offline=is_offline)
        service = Service(config, (SecretStr(KEY),), self.emulator.transport(), is_offline)
        return asyncio.create_task(carry_out(order, service, self.clock, Console(file=screen), interruption))

    async def _step(self) -> None:
        self.clock.advance(_STEP_S)
        await asyncio.sleep(_TURN_S)

    @property
    def posts(self) -> int:
        return sum(arrival.place is Place.CREATE for arrival in self.emulator.requests_log)

    @property
    def spent(self) -> Decimal:
        return self.balance - self.emulator.balance(KEY)

    def is_being_made(self) -> bool:
        return any(run.status in {Status.PENDING, Status.PROCESSING} for run in self.emulator.runs)

    def pass_time(self, minutes: float) -> None:
        self.clock.advance(timedelta(minutes=minutes).total_seconds())


@pytest.fixture
def world(tmp_path: Path) -> TerminalWorld:
    return TerminalWorld(tmp_path)
