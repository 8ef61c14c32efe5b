"""`report`: what was spent and what became of it, to hold against RunBase's bill; works beside a running bot."""

import csv
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import typer
from pydantic import TypeAdapter, ValidationError
from rich import box
from rich.console import Console
from rich.table import Table

from bot.beside import bills
from bot.cli.terminal import stop
from bot.config import Config
from bot.config.values import Span
from bot.domain.errors import CannotStart
from bot.domain.requests import TERMINAL
from bot.domain.runs import RunState
from bot.domain.spending import BilledRun, Charge, Spending, price_usd, spending_by_day, spending_by_model

_DAY = timedelta(days=1)
_PIPE_CHARACTERS = 80  # where no terminal tells its width
_COLUMNS = (
    "run", "request", "model", "kind", "server", "member", "asked_at", "submitted_at", "ended_at", "state", "reason",
    "key", "provider_id", "quota", "gift", "charge", "price_usd",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` up to, and without, `until`."""

    since: datetime
    until: datetime


def period(since: str, until: str | None) -> Period:
    """Days count whole, in UTC: the first one, and the last one when it is named. Raises: typer.BadParameter."""
    now = datetime.now(UTC)
    chosen = Period(_moment(since, now), now if until is None else _moment(until, now, is_end=True))
    if chosen.since >= chosen.until:
        raise typer.BadParameter(f"nothing lies between {since} and {until or 'now'}")
    return chosen


def _moment(words: str, now: datetime, *, is_end: bool = False) -> datetime:
    """`2026-01-31`, or `30d` for so long ago."""
    try:
        day = datetime.combine(date.fromisoformat(words), datetime.min.time(), UTC)
        return day + _DAY if is_end else day
    except ValueError:
        pass
    try:
        ago: timedelta = TypeAdapter[timedelta](Span).validate_python(words)
    except ValidationError:
        raise typer.BadParameter(f"expected a date such as 2026-01-31 or a span such as 30d, found {words}") from None
    moment = now - ago
    return moment.replace(hour=0, minute=0, second=0, microsecond=0) if not ago % _DAY else moment


def report_spending(config: Config, chosen: Period, *, as_csv: bool) -> None:
    try:
        runs = bills(config, since=chosen.since, until=chosen.until)
    except CannotStart as error:
        stop(str(error))
    if as_csv:
        _write_csv(runs)
        return
    console = Console(highlight=False, width=None if sys.stdout.isatty() else _PIPE_CHARACTERS)
    console.print(f"From {_minute(chosen.since)} to {_minute(chosen.until)} UTC, by the time RunBase was asked.\n")
    if not runs:
        console.print("No runs in this period.")
    for table in _tables(runs) if runs else ():
        console.print(table)
        console.print()
    for note in (*(_notes(runs) if runs else ()), *_gaps(config, chosen)):
        console.print(note, markup=False)


# ---- for machines ---------------------------------------------------------------------------------------------------


def _write_csv(runs: Iterable[BilledRun]) -> None:
    """One row a run; the prompt is nobody's business here."""
    writer = csv.writer(sys.stdout)
    writer.writerow(_COLUMNS)
    for run in runs:
        price = price_usd(run.model)
        moments = (_iso(run.asked_at), _iso(run.submitted_at), _iso(run.ended_at))
        writer.writerow(
            (run.id, run.request, run.model, run.kind, run.server, run.member, *moments, run.state, run.reason or "",
             run.key or "", run.provider_id or "", run.quota or "", "yes" if run.is_gift else "no", run.charge,
             "" if price is None else price)
        )  # fmt: skip


def _iso(at: datetime | None) -> str:
    return "" if at is None else at.isoformat(timespec="milliseconds")


# ---- for people -----------------------------------------------------------------------------------------------------


def _tables(runs: Sequence[BilledRun]) -> Iterable[Table]:
    yield _spending(runs)
    yield _endings(runs)
    yield _days(runs)
    if uncertain := [run for run in runs if run.charge is Charge.PERHAPS]:
        yield _uncertain(uncertain)


def _spending(runs: Sequence[BilledRun]) -> Table:
    table = _table("Spent, by model", "model", "runs", "paid", "refunded", "perhaps", "price", "certain", "at most")
    by_model = spending_by_model(runs)
    for one in by_model:
        price = "unknown" if one.price_usd is None else f"${one.price_usd}"
        table.add_row(_short(one.model), *_counts(one), price, _usd(one.certain_usd), _usd(one.most_usd))
    if len(by_model) > 1:
        certain, most = _total(one.certain_usd for one in by_model), _total(one.most_usd for one in by_model)
        table.add_row("all", "", "", "", "", "", _usd(certain), _usd(most))
    return table


def _endings(runs: Sequence[BilledRun]) -> Table:
    table = _table("What became of them", "state", "reason", "runs")
    order = list(RunState)
    counted = Counter((run.state, run.reason or "") for run in runs)
    for (state, reason), count in sorted(counted.items(), key=lambda item: (order.index(item[0][0]), item[0][1])):
        table.add_row(state, reason, str(count))
    table.add_section()
    table.add_row("gifts", "delivered after the quota was given back", str(sum(run.is_gift for run in runs)))
    table.add_row("given back", "images that count on nobody's quota", str(sum(run.is_given_back for run in runs)))
    return table


def _days(runs: Sequence[BilledRun]) -> Table:
    table = _table("By day and model", "day", "model", "runs", "paid", "refunded", "perhaps", "certain", "at most")
    for day, one in spending_by_day(runs):
        table.add_row(day.isoformat(), _short(one.model), *_counts(one), _usd(one.certain_usd), _usd(one.most_usd))
    return table


def _uncertain(runs: Sequence[BilledRun]) -> Table:
    """A fact a line, since ids have to stay whole."""
    table = Table(title="Perhaps paid", title_justify="left", box=None, show_header=False, padding=(0, 2, 0, 0))
    for run in runs:
        sent = "not known" if run.submitted_at is None else _minute(run.submitted_at)
        table.add_row("request", run.request)
        table.add_row("run", run.id)
        table.add_row("from", "terminal" if run.server == TERMINAL else f"server {run.server}, member {run.member}")
        table.add_row("asked", f"{_minute(run.asked_at)}, sent {sent}")
        table.add_row("key", run.key or "not known")
        table.add_row("RunBase's id", run.provider_id or "not known")
        table.add_row()
    return table


def _notes(runs: Sequence[BilledRun]) -> Iterable[str]:
    yield "paid: RunBase made the run, and has not said that it failed. refunded: it has, and refunds those."
    if any(run.charge is Charge.PERHAPS for run in runs):
        yield "perhaps: paid or not, since the answer was lost. Look for these in RunBase's console by time and key."
    for model in sorted({run.model for run in runs if price_usd(run.model) is None}):
        yield f"{model}: its price is not known here; RunBase's bill has it."


def _gaps(config: Config, chosen: Period) -> Iterable[str]:
    kept = config.storage.keep_requests
    if chosen.since < datetime.now(UTC) - kept:
        yield f"storage.keep_requests: requests older than {kept.days} days are deleted, and missing here."


def _table(title: str, *columns: str) -> Table:
    """Without lines between columns and of what 80 characters hold; only words are ever wrapped."""
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    numbers = {"runs", "paid", "refunded", "perhaps", "price", "certain", "at most"}
    for column in columns:
        is_number = column in numbers
        whole = is_number or column in {"day", "model"}
        table.add_column(column, justify="right" if is_number else "left", overflow="fold", no_wrap=whole)
    return table


def _short(model: str) -> str:
    """Without its vendor."""
    return model.rpartition("/")[2]


def _counts(spending: Spending) -> tuple[str, str, str, str]:
    return str(spending.runs), str(spending.paid), str(spending.refunded), str(spending.perhaps)


def _total(sums: Iterable[Decimal | None]) -> Decimal | None:
    known = list(sums)
    return None if None in known else sum(filter(None, known), Decimal(0))


def _usd(amount: Decimal | None) -> str:
    return "unknown" if amount is None else f"${amount:,.2f}"


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"
