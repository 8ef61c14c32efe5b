"""`python -m tests.bench load`: puts Easel and the naive bot under the same load and prints the table."""

import argparse
import asyncio
import math
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from tests.bench.demands import Demand
from tests.bench.load.contestants import EASEL, NAIVE, Contestant
from tests.bench.load.crowd import ASKS, CLIPS, WITHIN_S, Crowd
from tests.bench.load.gauges import Gauges, watch_lag
from tests.bench.load.lags import Lag
from tests.bench.load.stage import KEYS, SPEED, open_stage

_ALL_WITHIN_S = 80.0
_CLIPS_WITHIN_S = 20.0
_MOST_ACKNOWLEDGE_MS, _MOST_LAG_MS, _MOST_MB = 500, 50, 250


@dataclass(frozen=True)
class Result:
    """`harness_lag_s` is how late this process woke, the 99th percentile: it answers for Discord and RunBase."""

    crowd: Crowd
    took_s: float
    cpu_s: float
    refused: int
    lag: Lag
    most_mb: float
    children_mb: float
    harness_lag_s: float


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--keep", type=Path, help="an empty folder for the bots' logs and databases")


def run(options: argparse.Namespace, console: Console) -> Sequence[Demand]:
    found = {}
    for contestant in (EASEL, NAIVE):
        with console.status(f"load: {contestant.name}"), TemporaryDirectory() as folder:
            found[contestant.name] = asyncio.run(_load(contestant, _folder(options, contestant) or Path(folder)))
    console.print(_table(found), "")
    return _demands(found[EASEL.name])


def _folder(options: argparse.Namespace, contestant: Contestant) -> Path | None:
    if options.keep is None:
        return None
    folder: Path = (options.keep / contestant.name).resolve()
    folder.mkdir(parents=True)
    return folder


async def _load(contestant: Contestant, folder: Path) -> Result:
    async with open_stage(contestant, folder) as stage:
        gauges, lags_s, crowd = Gauges(stage.process.pid), list[float](), Crowd(stage)
        await stage.lags.begin()
        async with _meanwhile(watch_lag(lags_s)):
            await crowd.ask()
            took_s = WITHIN_S + await crowd.wait(within_s=_ALL_WITHIN_S)
        cpu_s, lag, most_mb = gauges.cpu_s, await stage.lags.found(), gauges.most_mb
        async with _meanwhile(gauges.watch_children()):
            await crowd.ask_with_clips(within_s=_CLIPS_WITHIN_S)
        return Result(
            crowd=crowd,
            took_s=took_s,
            cpu_s=cpu_s,
            refused=sum(arrival.status == 429 for arrival in stage.runbase.requests_log),
            lag=lag,
            most_mb=max(most_mb, gauges.most_mb),
            children_mb=gauges.children_mb,
            harness_lag_s=sorted(lags_s)[int(len(lags_s) * 0.99)],
        )


@asynccontextmanager
async def _meanwhile(watching: Coroutine[None, None, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(watching)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


def _demands(easel: Result) -> Sequence[Demand]:
    return [
        Demand.at_most("acknowledged, p99", easel.crowd.acknowledged_s(0.99) * 1000, _MOST_ACKNOWLEDGE_MS, " ms"),
        Demand.at_most("loop lag, p99", easel.lag.p99_s * 1000, _MOST_LAG_MS, " ms"),
        Demand.at_least("pictures delivered", easel.crowd.delivered, ASKS),
        Demand.at_most("peak memory", easel.most_mb, _MOST_MB, " MB"),
        Demand.at_most("429s", easel.refused, 0),
    ]


def _table(found: dict[str, Result]) -> Table:
    table = Table(title=f"Load: {ASKS} requests in {WITHIN_S:g} s", title_justify="left", caption_justify="left")
    table.add_column()
    for name in found:
        table.add_column(name, justify="right")
    results = found.values()
    for share in (0.5, 0.95, 0.99):
        waits = (one.crowd.acknowledged_s(share) for one in results)
        table.add_row(f"acknowledged, p{share * 100:.0f}", *map(_milliseconds, waits))
    table.add_row("loop lag, p99", *(_milliseconds(one.lag.p99_s) for one in results))
    table.add_row("loop lag, worst", *(_milliseconds(one.lag.worst_s) for one in results))
    table.add_section()
    table.add_row("pictures delivered", *(f"{one.crowd.delivered} of {ASKS}" for one in results))
    table.add_row("until nobody waited", *map(_seconds, results))
    table.add_row("429s of RunBase", *(f"{one.refused:,}" for one in results))
    table.add_section()
    table.add_row("peak memory", *(f"{one.most_mb:.0f} MB" for one in results))
    table.add_row("peak memory, decoding process", *(_megabytes(one.children_mb) for one in results))
    table.add_row("CPU seconds per picture", *(_cpu(one) for one in results))
    table.add_section()
    table.add_row("loop lag of the other side, p99", *(_milliseconds(one.harness_lag_s) for one in results))
    table.caption = (
        f"The bot as a process on two cores, 100 members in 5 servers, {len(KEYS)} keys, run times divided by "
        f"{SPEED:g}, pictures of 2 MB. Discord's stand-in, RunBase's look-alike and the members are one other process "
        f"that shares the two cores: what it is late counts against the bot. Memory: VmHWM. In the end {CLIPS} "
        "members attach a GIF, which Easel converts in a process of its own."
    )
    return table


def _seconds(found: Result) -> str:
    return f"{'over ' if found.took_s >= _ALL_WITHIN_S else ''}{found.took_s:.0f} s"


def _milliseconds(seconds: float) -> str:
    return "never" if math.isinf(seconds) else f"{seconds * 1000:,.0f} ms"


def _megabytes(megabytes: float) -> str:
    return f"{megabytes:.0f} MB" if megabytes else "–"


def _cpu(found: Result) -> str:
    return f"{found.cpu_s / found.crowd.delivered:.2f}" if found.crowd.delivered else "–"
