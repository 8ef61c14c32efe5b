"""The tables of pacing: all bots at all loads, Easel against the optimum, and run times that drift."""

from collections.abc import Sequence
from statistics import fmean, median

from rich.table import Table

from tests.bench.pacing.bound import Bound
from tests.bench.pacing.easel import REQUESTS
from tests.bench.pacing.found import Found
from tests.bench.pacing.hours import EASEL, GIVEN, NAIVE, WINDOWLESS, Result, looks_of
from tests.bench.pacing.members import Load
from tests.bench.pacing.optimum import optimum
from tests.bench.pacing.times import DRIFTS_FROM, DRIFTS_OVER, Times

BLOCK = 50  # runs
_FEW = 20  # images, of which a mean says nothing
_STEADY_WITHIN = {5: 0.15, 10: 0.15, 20: 0.15, 30: 0.15, 40: 0.25}
_AT_MOST_S = {50: 8.0}


def bots_table(times: Times, loads: Sequence[Load], results: Sequence[Result]) -> Table:
    headings = ("images/min", "mean s", "p95 s", "requests/image", "429s", "in line s")
    table = _table(f"Pacing: one key, one hour; run times {times.name}", ("asked/min", "bot"), headings)
    for load in loads:
        for bot in (*NAIVE, EASEL):
            table.add_row(load.name if bot == next(iter(NAIVE)) else "", bot, *_row(Found.of(results, bot, load)))
        table.add_section()
    table.caption = (
        "Seconds from ready to noticed, and in line before the run was created. RunBase allows 20 requests in 10 s and "
        "counts refused ones. Poisson arrivals; endless: 120 members who ask again once served."
    )
    return table


def _row(found: Found) -> tuple[str, ...]:
    if len(found.delays_s) < _FEW:
        return f"{found.images_a_minute:.1f}", "-", "-", "-", f"{found.refused:,}", "-"
    return (
        f"{found.images_a_minute:.1f}",
        f"{found.mean_s:.2f}",
        f"{found.p95_s:.1f}",
        f"{found.requests_an_image:.1f}",
        f"{found.refused:,}",
        f"{found.waited_s:.1f}",
    )


def optimum_table(times: Times, loads: Sequence[Load], results: Sequence[Result], *, with_bound: bool) -> Table:
    headings = ("optimum s", "Easel, no window s", "over", "the window adds s", "Easel s", "over", "p95 s")
    bound = ("least with window s", "over") if with_bound else ()
    table = _table(f"Easel and the optimum; run times {times.name}", ("asked/min",), (*headings, *bound))
    for load in loads:
        if load.per_minute is not None:
            cells = _against(times, load, results)
            table.add_row(load.name, *cells, *(_bounded(times, load, results) if with_bound else ()))
    quick = ", ".join(
        f"{optimum(times, looks_of(load), shortest_gap_s=0.1):.2f} s at {load.name}"
        for load in loads
        if load.per_minute is not None and load.per_minute <= 10
    )
    table.caption = (
        "The optimum spends the same budget (19 requests in 10 s) on average, saved up without end, on known times. "
        f"Nobody looks twice within a second, as RunBase advises; the optimum could otherwise reach {quick}."
    )
    return table


def _against(times: Times, load: Load, results: Sequence[Result]) -> tuple[str, ...]:
    least_s = optimum(times, looks_of(load))
    steady, easel = Found.of(results, WINDOWLESS, load), Found.of(results, EASEL, load)
    return (
        f"{least_s:.2f}",
        f"{steady.mean_s:.2f}",
        _over(steady.mean_s, least_s),
        f"{easel.mean_s - steady.mean_s:+.2f}",
        f"{easel.mean_s:.2f}",
        _over(easel.mean_s, least_s),
        f"{easel.p95_s:.1f}",
    )


def _bounded(times: Times, load: Load, results: Sequence[Result]) -> tuple[str, str]:
    """For the very runs that Easel began, hour by hour."""
    hours = Found.of(results, EASEL, load).results[:1]
    least_s = fmean(Bound(times, REQUESTS).delay_s(hour.begun_s) for hour in hours)
    return f"{least_s:.2f}", _over(Found(hours).mean_s, least_s)


def drift_table(load: Load, results: Sequence[Result]) -> Table:
    end = DRIFTS_FROM + DRIFTS_OVER
    headings = ("median s", "believed s", "behind", "Easel s", "times given s", "over")
    table = _table(f"Easel while runs become slower, {load.name} a minute", ("runs",), headings)
    easel, given = Found.of(results, EASEL, load), Found.of(results, GIVEN, load)
    for first in range(1, _shortest(easel) - BLOCK, BLOCK):
        table.add_row(f"{first}-{first + BLOCK - 1}", *_block(easel, given, first))
        if first + BLOCK - 1 in (DRIFTS_FROM, end):
            table.add_section()
    table.caption = (
        f"The median doubles from run {DRIFTS_FROM} to run {end}. Means of {len(easel.results)} simulations."
    )
    return table


def _shortest(found: Found) -> int:
    return min(len(result.begun_s) for result in found.results)


def _block(easel: Found, given: Found, first: int) -> tuple[str, ...]:
    numbers = range(first, first + BLOCK)
    true_s = fmean(median_at(easel.results[0], number) for number in numbers)
    believed_s = fmean(result.medians_s[number - 1] for result in easel.results for number in numbers)
    easel_s, given_s = (_mean_of(found, numbers) for found in (easel, given))
    cells = f"{true_s:.1f}", f"{believed_s:.1f}", f"{1 - believed_s / true_s:.0%}"
    return *cells, f"{easel_s:.2f}", f"{given_s:.2f}", _over(easel_s, given_s)


def _mean_of(found: Found, numbers: range) -> float:
    return fmean(run.delay_s for result in found.results for run in result.runs if run.number in numbers)


def median_at(result: Result, number: int) -> float:
    times = result.hour.times
    return median(one for _, one in times.medians) * times.slower(number)


def _over(seconds: float, least_s: float) -> str:
    return f"{seconds / least_s - 1:+.0%}"


def _table(title: str, words: Sequence[str], numbers: Sequence[str]) -> Table:
    table = Table(title=title, title_justify="left", caption_justify="left")
    for heading in words:
        table.add_column(heading)
    for heading in numbers:
        table.add_column(heading, justify="right")
    return table
