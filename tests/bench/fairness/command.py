"""`python -m tests.bench fairness`: lets one member ask for far more than the others, and prints how long they wait."""

import argparse
import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, quantiles

from rich.console import Console
from rich.table import Table

from tests.bench.demands import Demand
from tests.bench.fairness.studio import EASEL, FIRST_COME, Studio, Wish

_HE, _NINE = 1, tuple(range(2, 11))
_EACH, _MANY = 2, 200
_SEEDS = 20
_MOST_TIMES = 1.2
_EARLIER_S = 60.0


@dataclass(frozen=True)
class Case:
    line: str
    he_asks: int
    he_comes_s: float = 0.0

    @property
    def wishes(self) -> list[Wish]:
        nine = [Wish(member, _EACH, self.he_comes_s) for member in _NINE]
        return [Wish(_HE, self.he_asks), *nine]


@dataclass(frozen=True)
class Waits:
    """Of the nine's images, in seconds."""

    in_line_s: Sequence[float]
    there_s: Sequence[float]

    @property
    def mean_s(self) -> float:
        return fmean(self.there_s)


_AT_ONCE = (Case(EASEL, _EACH), Case(EASEL, _MANY), Case(FIRST_COME, _MANY))
_LATER = tuple(Case(one.line, one.he_asks, _EARLIER_S) for one in _AT_ONCE)


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seeds", type=int, default=_SEEDS, help=f"how often each is simulated ({_SEEDS})")


def run(options: argparse.Namespace, console: Console) -> Sequence[Demand]:
    with console.status("fairness"):
        found = {case: asyncio.run(waits_of(case, options.seeds)) for case in (*_AT_ONCE, *_LATER)}
    console.print(_table(found), "")
    alone, beside = found[_AT_ONCE[0]], found[_AT_ONCE[1]]
    return [
        Demand.at_most("the wait of the nine, times that without his list", beside.mean_s / alone.mean_s, _MOST_TIMES)
    ]


async def waits_of(case: Case, seeds: int) -> Waits:
    in_line_s, there_s = list[float](), list[float]()
    for seed in range(seeds):
        for image in await Studio(case.line, seed).serve(case.wishes, until_served=_NINE):
            in_line_s.append(image.begun_s)
            there_s.append(image.there_s)
    return Waits(in_line_s, there_s)


def _table(found: dict[Case, Waits]) -> Table:
    title = f"Fairness: one member with {_MANY} requests, nine with {_EACH} each"
    table = Table(title=title, title_justify="left", caption_justify="left")
    for heading in ("they come", "whose turn", "he asks for"):
        table.add_column(heading)
    for heading in ("in line s", "until there s", "p95 s", "times"):
        table.add_column(heading, justify="right")
    for alone, *others in (_AT_ONCE, _LATER):
        for case in (alone, *others):
            comes = f"{case.he_comes_s:.0f} s after him" if case.he_comes_s else "with him"
            table.add_row(comes, case.line, str(case.he_asks), *_cells(found[case], found[alone].mean_s))
        table.add_section()
    table.caption = (
        "Seconds that the nine wait for an image, on average: until it is begun, and until it is there. Times: of what "
        f"they wait when he, too, asks for {_EACH}. The real services in simulated time with one key, runs of 15 s "
        f"(log-normal, σ 0.35). Who comes {_EARLIER_S:.0f} s after him finds the key's "
        "requests of the last ten seconds spent and his runs under way, which nobody can take back."
    )
    return table


def _cells(found: Waits, alone_s: float) -> tuple[str, ...]:
    return (
        f"{fmean(found.in_line_s):.1f}",
        f"{found.mean_s:.1f}",
        f"{quantiles(found.there_s, n=20)[-1]:.0f}",
        f"{found.mean_s / alone_s:.2f}",
    )
