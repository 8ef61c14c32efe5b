"""The pages for machines, over a ledger that does not answer."""

from collections.abc import Mapping

import httpx

from bot.domain.catalogue import CATALOGUE, DEFAULT_MODEL
from bot.domain.errors import StorageUnavailable
from bot.domain.runs import RunState
from bot.metrics import PrometheusMeter
from bot.services.health import Health
from bot.services.keys import Keys
from bot.status import Status, open_status
from tests.fakes import KEY, FakeClock, FakeGateway, FakeMeter, FakeOperator, MemoryJournal, MemorySettings


class LostLedger:
    """`Tally` on a disk that is gone."""

    async def open_runs(self) -> Mapping[RunState, int]:
        raise StorageUnavailable


async def test_without_the_ledger_the_other_numbers_are_still_there() -> None:
    clock, settings = FakeClock(), MemorySettings()
    settings.trouble = StorageUnavailable()
    keys = Keys(
        (KEY,), clock, journal=MemoryJournal(), requests_per_window=19, meter=FakeMeter(), operator=FakeOperator()
    )
    health = Health(clock=clock, gateway=FakeGateway(), settings=settings, keys=keys)
    status = Status(health, PrometheusMeter(CATALOGUE[DEFAULT_MODEL]), LostLedger(), keys)
    async with open_status("127.0.0.1", 0, status) as port, httpx.AsyncClient(trust_env=False) as client:
        metrics = await client.get(f"http://127.0.0.1:{port}/metrics")
        healthz = await client.get(f"http://127.0.0.1:{port}/healthz")
    assert metrics.status_code == 200
    assert "easel_runs{" not in metrics.text
    assert 'easel_key_requests_left{key="key 1"} 19.0' in metrics.text
    assert (healthz.status_code, healthz.text.splitlines()[1]) == (503, "FAIL database: cannot be written: refused")
