"""The tables of pacing: all bots at all loads, Easel against the optimum, and run times that drift."""

from collections.abc import Mapping, Sequence

from rich.table import Table

from tests.bench.pacing.found import Found, mean_of_s, medians_s
from tests.bench.pacing.hours import EASEL, GIVEN, NAIVE, WINDOWLESS, Result, looks_of
from tests.bench.pacing.members import Load
from tests.bench.pacing.optimum import optimum
from tests.bench.pacing.times import DRIFTS_FROM, DRIFTS_OVER, Times

_FEW = 20  # images, of which a mean says nothing
MOST_SHOWN = 40  # a minute, against the optimum: with more, members wait in line
_IDLE = 10  # a minute; with fewer, the optimum is bound by the shortest gap
BLOCK = 50  # runs


def bots_table(times: Times, loads: Sequence[Load], results: Sequence[Result]) -> Table:
    headings = ("images/min", "mean s", "p95 s", "requests/image", "429s", "in line s")
    table = _table(f"Pacing: one key, one hour; {times.name}", ("asked/min", "bot"), headings)
    for load in loads:
        for bot in (*NAIVE, EASEL):
            table.add_row(load.name if bot == EASEL else "", bot, *_row(Found.of(results, bot, load)))
        table.add_section()
    table.caption = (
        "Mean and 95th percentile of the seconds from ready to noticed; then those in line before a run is created. "
        "RunBase allows 20 requests in 10 s and counts refused ones, so that bots that keep their pace drown in the "
        "first crowd and never come up again. Poisson arrivals; endless: 120 members who ask again once served."
    )
    return table


def _row(found: Found) -> tuple[str, ...]:
    if len(found.delays_s) < _FEW:
        return f"{found.images_a_minute:.1f}", "-", "-", "-", f"{found.refused_an_hour:,.0f}", "-"
    return (
        f"{found.images_a_minute:.1f}",
        f"{found.mean_s:.2f}",
        f"{found.p95_s:.1f}",
        f"{found.requests_an_image:.1f}",
        f"{found.refused_an_hour:,.0f}",
        f"{found.waited_s:.1f}",
    )


def optimum_table(
    times: Times, loads: Sequence[Load], results: Sequence[Result], bounds_s: Mapping[Load, float]
) -> Table:
    headings = ("optimum s", "learned s", "over", "window: Easel", "anybody", "Easel s", "in line s")
    table = _table(f"Easel and the optimum; {times.name}", ("asked/min",), headings)
    for load in loads:
        table.add_row(load.name, *_against(times, load, results, bounds_s.get(load)))
    quick = (load for load in loads if load.per_minute is not None and load.per_minute <= _IDLE)
    quick_s = (f"{optimum(times, looks_of(load), shortest_gap_s=0.1).delay_s:.2f} s at {load.name}" for load in quick)
    table.caption = (
        "Mean seconds from ready to noticed. The optimum knows the times and spends the budget, 19 requests in 10 s, "
        "on average over the hour; so does what Easel learned, without the window. Then what the window adds: to "
        "Easel, and at least to anybody, who may know when members come and which window will be scarce. Nobody looks "
        f"twice within a second, as RunBase advises; the optimum would else be {', '.join(quick_s)}. Beyond "
        f"{MOST_SHOWN} a minute Easel lets members wait in line rather than look less; where more is asked for than a "
        "key carries, the line grows. 429s in all these hours: "
        f"{sum(one.refused for one in results if one.hour.bot == EASEL):,}."
    )
    return table


def _against(times: Times, load: Load, results: Sequence[Result], bound_s: float | None) -> tuple[str, ...]:
    least_s = optimum(times, looks_of(load)).delay_s
    easel = Found.of(results, EASEL, load)
    ends = f"{easel.mean_s:.2f}", f"{easel.waited_s:.1f}"
    if bound_s is None:
        return f"{least_s:.2f}", "-", "-", "-", "-", *ends
    learned_s = Found.of(results, WINDOWLESS, load).mean_s
    window = f"{easel.mean_s - learned_s:+.2f}", f"{max(0.0, bound_s - least_s):+.2f}"
    return f"{least_s:.2f}", f"{learned_s:.2f}", _over(learned_s, least_s), *window, *ends


def drift_table(load: Load, results: Sequence[Result]) -> Table:
    end = DRIFTS_FROM + DRIFTS_OVER
    headings = ("median s", "believed s", "behind", "Easel s", "times known s", "over")
    table = _table(f"Easel while runs become slower, {load.name} a minute", ("runs",), headings)
    easel, given = Found.of(results, EASEL, load), Found.of(results, GIVEN, load)
    last = min(len(result.begun_s) for result in easel.results) - BLOCK
    for first in range(1, last, BLOCK):
        table.add_row(f"{first}-{first + BLOCK - 1}", *_block(easel, given, range(first, first + BLOCK)))
        if first + BLOCK - 1 in (DRIFTS_FROM, end):
            table.add_section()
    table.caption = (
        f"The median doubles from run {DRIFTS_FROM} to run {end}. Believed: the median learned when a run began. Then "
        f"seconds from ready to noticed, also of Easel when told the times. Means of {len(easel.results)} simulations."
    )
    return table


def _block(easel: Found, given: Found, numbers: range) -> tuple[str, ...]:
    median_s, believed_s = medians_s(easel, numbers)
    easel_s, given_s = (mean_of_s(found, numbers) for found in (easel, given))
    cells = f"{median_s:.1f}", f"{believed_s:.1f}", f"{1 - believed_s / median_s:.0%}"
    return *cells, f"{easel_s:.2f}", f"{given_s:.2f}", _over(easel_s, given_s)


def _over(seconds: float, least_s: float) -> str:
    return f"{seconds / least_s - 1:+.0%}"


def _table(title: str, words: Sequence[str], numbers: Sequence[str]) -> Table:
    table = Table(title=title, title_justify="left", caption_justify="left")
    for heading in words:
        table.add_column(heading, no_wrap=True)
    for heading in numbers:
        table.add_column(heading, justify="right")
    return table
