"""Where an operator's machines look: `/metrics` for Prometheus, `/healthz` for whoever restarts a sick bot."""

import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from aiohttp import web

from bot.domain.errors import CannotStart, StorageUnavailable
from bot.domain.runs import RunState
from bot.operations import KeyStanding, Tally
from bot.services.health import Check, Health
from bot.services.keys import Keys

log = logging.getLogger(__name__)

_LINGERS_S = 1.0  # for an answer under way when the bot ends


class Page(Protocol):
    """Renders the metrics: the body, and its content type."""

    def page(
        self, accept: str, *, runs: Mapping[RunState, int] | None, keys: Sequence[KeyStanding]
    ) -> tuple[bytes, str]: ...


@dataclass(frozen=True, slots=True)
class Status:
    """Both pages, read anew for each request."""

    health: Health
    meter: Page
    tally: Tally
    keys: Keys

    async def healthz(self, _: web.Request) -> web.Response:
        checks = await self.health.check()
        is_well = all(check.is_good for check in checks)
        return web.Response(text="".join(map(_line, checks)), status=200 if is_well else 503)

    async def metrics(self, request: web.Request) -> web.Response:
        accept = request.headers.get("Accept", "")
        body, content_type = self.meter.page(accept, runs=await self._open_runs(), keys=self.keys.standing())
        return web.Response(body=body, headers={"Content-Type": content_type})

    async def _open_runs(self) -> Mapping[RunState, int] | None:
        try:
            return await self.tally.open_runs()
        except StorageUnavailable:
            return None


def _line(check: Check) -> str:
    return f"{'ok  ' if check.is_good else 'FAIL'} {check.name}: {check.finding}\n"


@asynccontextmanager
async def open_status(host: str, port: int, status: Status) -> AsyncIterator[int]:
    """Answer at this address until the block ends; port 0 takes a free one. Yields the port.

    Raises: CannotStart when the address cannot be had.
    """
    application = web.Application()
    application.router.add_get("/metrics", status.metrics, allow_head=False)
    application.router.add_get("/healthz", status.healthz, allow_head=False)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=_LINGERS_S)
    await runner.setup()
    try:
        await _listen(runner, host, port)
        chosen: int = runner.addresses[0][1]
        log.info("status open host=%s port=%d", host, chosen)
        yield chosen
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        raise CannotStart(
            f"metrics.listen {host}:{port}: expected a free address of this machine, found: {error.strerror or error}"
        ) from error
