"""A bot's folder with a ledger and files in it, for what is backed up and restored."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.ids import ProviderRunId, RunId, Sha256
from bot.domain.requests import Request
from bot.domain.runs import EndReason, RunState
from bot.storage.backup import Backup, back_up
from bot.storage.files import DiskFileStore
from bot.storage.restore import Restored, restore
from tests.builders import START, a_picture, a_reference, first_run
from tests.contract.ledgers import KEY, WAYS, Ledger, sqlite_ledger
from tests.fakes import FakeClock

REASON = EndReason.PROVIDER_FAILED
LATER = START + timedelta(hours=3)


@dataclass(frozen=True)
class Home:
    """Where a bot keeps its things."""

    folder: Path

    @property
    def database(self) -> Path:
        return self.folder / "easel.sqlite3"

    @property
    def files(self) -> Path:
        return self.folder / "files"

    @asynccontextmanager
    async def ledger(self) -> AsyncIterator[Ledger]:
        self.folder.mkdir(exist_ok=True)
        async with sqlite_ledger(self.folder) as opened:
            yield opened

    async def keep(self, content: bytes) -> Sha256:
        return await DiskFileStore(self.files, FakeClock()).keep(content)

    def back_up(self, archive: Path, *, at: datetime = START) -> Backup:
        return back_up(self.database, self.files, archive, keep_images=timedelta(days=1), at=at)

    def restore(self, archive: Path, *, at: datetime = LATER) -> Restored:
        return restore(archive, self.database, self.files, at=at)

    async def run_in(self, ledger: Ledger, state: RunState, **changes: Any) -> Request:
        """A request whose reference and, once there is one, whose picture are on disk."""
        reference = await self.keep(a_picture(f"reference for {state}"))
        request = await ledger.acknowledged(references=(a_reference(sha256=reference),), **changes)
        for step in WAYS[state]:
            await self._move(ledger, first_run(request), step)
        return request

    async def _move(self, ledger: Ledger, run: RunId, to: RunState) -> None:
        match to:
            case RunState.SUBMITTING:
                assert await ledger.requests.claim(run, KEY, START)
            case RunState.RUNNING:
                assert await ledger.requests.start(run, ProviderRunId(f"provider-{run}"))
            case RunState.READY:
                assert await ledger.requests.finish(run, await self.keep(a_picture(f"result of {run}")), START)
            case _:
                assert await ledger.move(run, to)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def elsewhere(tmp_path: Path) -> Home:
    return Home(tmp_path / "elsewhere")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return tmp_path / "easel.tar"
