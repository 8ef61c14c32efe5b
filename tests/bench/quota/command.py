"""`python -m tests.bench quota`: fills the windows of each store, submits, and prints the table."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir

from rich.console import Console
from rich.table import Table

from tests.bench.demands import Demand
from tests.bench.quota.full import A_DAY, AN_HOUR, Full
from tests.bench.quota.rates import BURST, PLACES, Rates, rates, syncs_per_s
from tests.bench.quota.stores import Easel, Naive, Opened

_LEAST_PER_S = 1000
_DEFAULT, _LARGE = Full(1000), Full(10_000)
_MANY = 50


@dataclass(frozen=True)
class Contest:
    store: str
    opened: Opened
    full: Full
    at_once: int
    submissions: int
    is_promised: bool = False


_CONTESTS = (
    Contest("Easel", Easel.opened, _DEFAULT, _MANY, 4000, is_promised=True),
    Contest("Easel", Easel.opened, _DEFAULT, 1, 2000),
    Contest("Easel", Easel.opened, _LARGE, _MANY, 2000),
    Contest("naive", Naive.opened, _DEFAULT, _MANY, 500),
    Contest("naive", Naive.opened, _DEFAULT, 1, 500),
)


def add_options(parser: argparse.ArgumentParser) -> None:
    folder = Path(gettempdir())
    parser.add_argument("--folder", type=Path, default=folder, help=f"on the disk to be measured ({folder})")


def run(options: argparse.Namespace, console: Console) -> Sequence[Demand]:
    found = []
    for one in _CONTESTS:
        with console.status(f"quota store: {one.store}, {one.at_once} at once"):
            found.append(
                rates(one.opened, one.full, at_once=one.at_once, submissions=one.submissions, within=options.folder)
            )
    console.print(_table(found, syncs_per_s(options.folder)), "")
    easel = [rates for one, rates in zip(_CONTESTS, found, strict=True) if one.store == "Easel"]
    promised = next(rates for one, rates in zip(_CONTESTS, found, strict=True) if one.is_promised)
    return [
        Demand.at_least("submissions a second, windows full", promised.per_s, _LEAST_PER_S),
        Demand.at_most("submissions refused though they fit", sum(one.refused for one in easel), 0),
        Demand.at_most("images beyond a window", sum(one.accepted_of_burst - PLACES for one in easel), 0),
    ]


def _table(found: Sequence[Rates], syncs: float) -> Table:
    table = Table(title="Quota store: windows full to their limits", title_justify="left", caption_justify="left")
    table.add_column("store")
    for heading in (
        "images a day",
        "at once",
        "submissions/s",
        "read p50 ms",
        "read p99 ms",
        f"of {BURST} for {PLACES}",
    ):
        table.add_column(heading, justify="right")
    for one, rates_ in zip(_CONTESTS, found, strict=True):
        table.add_row(one.store, f"{one.full.a_day:,}", str(one.at_once), *_cells(rates_))
    table.caption = (
        f"Each submission is on disk (WAL, synchronous=FULL) before it is answered. Windows: {AN_HOUR} an hour and "
        f"{A_DAY} a day for each member, and a day's images for all; they stay full, since with each submission an old "
        f"image has just left. A read asks what a member may still make, all the while. Last, {BURST} members ask at "
        f"once for the last {PLACES} places. This disk alone makes {syncs:,.0f} fdatasync/s; those who wait together "
        "share one. Naive: count, compare, insert and commit on one connection, with SQLite as it comes."
    )
    return table


def _cells(found: Rates) -> tuple[str, ...]:
    return (
        f"{found.per_s:,.0f}",
        f"{found.read_s(0.5) * 1000:.1f}",
        f"{found.read_s(0.99) * 1000:.1f}",
        str(found.accepted_of_burst),
    )
