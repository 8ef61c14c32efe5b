"""What the table of the load is made of: lags from metrics and files, memory and CPU time of processes, pictures."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path

import pytest
from aiohttp import web
from PIL import Image

from bot.domain.catalogue import CATALOGUE, DEFAULT_MODEL
from bot.metrics import PrometheusMeter
from tests.bench.load.gauges import Gauges
from tests.bench.load.lags import FileLags, MetricLags
from tests.bench.load.pictures import picture


@asynccontextmanager
async def page_of(meter: PrometheusMeter) -> AsyncIterator[str]:
    async def serve(request: web.Request) -> web.Response:
        body, content_type = meter.page(request.headers.get("Accept", ""), runs={}, keys=())
        return web.Response(body=body, headers={"Content-Type": content_type})

    application = web.Application()
    application.router.add_get("/metrics", serve)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/metrics"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(
    ("overslept", "between_s"),
    [
        ({0.0005: 1000}, (0.0004, 0.0005)),
        ({0.0005: 980, 0.04: 20}, (0.025, 0.04)),
        ({0.0005: 980, 0.2: 20}, (0.1, 0.2)),
        ({0.2: 5}, (0.2, 0.2)),
    ],
)
async def test_the_lag_of_the_metrics_is_that_since_the_beginning(
    overslept: Mapping[float, int], between_s: tuple[float, float]
) -> None:
    meter = PrometheusMeter(CATALOGUE[DEFAULT_MODEL])
    meter.overslept(2.0)
    async with page_of(meter) as url:
        lags = MetricLags(url)
        await lags.begin()
        for seconds, times in overslept.items():
            for _ in range(times):
                meter.overslept(seconds)
        found = await lags.found()
    least_s, most_s = between_s
    assert found.worst_s == max(overslept)
    assert least_s <= found.p99_s <= most_s


async def test_the_lag_of_a_file_begins_where_it_was_said_to(tmp_path: Path) -> None:
    path = tmp_path / "lags"
    lags = FileLags(path)
    path.write_text("2.0\n3.0")
    await lags.begin()
    path.write_text("\n".join(["2.0", "3.0", *["0.001"] * 98, "0.4", "0.5"]))
    found = await lags.found()
    assert (found.p99_s, found.worst_s) == (0.5, 0.5)


async def test_a_process_is_seen_with_its_memory_its_time_and_its_children(tmp_path: Path) -> None:
    gauges = Gauges(os.getpid())
    watching = asyncio.create_task(gauges.watch_children())
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "sum(range(10_000_000)); input()", stdin=asyncio.subprocess.PIPE
    )
    while gauges.children_mb < 5:  # noqa: ASYNC110 - the system announces nothing
        await asyncio.sleep(0.01)
    await child.communicate(b"\n")
    watching.cancel()
    assert 5 < gauges.children_mb < 200
    assert 20 < gauges.most_mb < 2000
    assert gauges.cpu_s > 0.02


def test_each_picture_is_whole_and_none_is_like_another() -> None:
    one, other = (picture(f"picture {number}", (1024, 1024), ()) for number in (1, 2))
    assert one != other
    for content in (one, other):
        with Image.open(BytesIO(content)) as opened:
            opened.load()
            assert opened.size == (1024, 1024)
        assert 1_500_000 < len(content) < 4_000_000
