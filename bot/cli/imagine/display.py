"""The terminal while it waits: a bar for every picture that is being made, or plain lines where nobody looks."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.table import Column

from bot.cli.imagine.sentences import short
from bot.domain.ids import RequestId
from bot.domain.pacing import PRIOR, Curve
from bot.domain.requests import Request
from bot.ports import Clock, Waiting

_BAR_CELLS = 24
_USUAL = (0.25, 0.8)
_SLOW = 0.95
_MOST_FILLED = 0.95  # nobody knows when a run ends, so the bar stops short of full


@dataclass(slots=True)
class _Row:
    """A picture on its way; `started` is when RunBase was asked, as soon as it was."""

    task: TaskID
    title: str
    times: Curve
    started: datetime | None = None
    is_told_slow: bool = False


class Display:
    """On standard error, so that standard output holds nothing but the result."""

    def __init__(self, console: Console, clock: Clock) -> None:
        self._console = console
        self._clock = clock
        self._is_watched = console.is_terminal
        self._rows: dict[RequestId, _Row] = {}
        self._bars = Progress(
            TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True)),
            BarColumn(bar_width=_BAR_CELLS, complete_style="green"),
            TextColumn("{task.fields[pace]}", markup=False, table_column=Column(no_wrap=True)),
            console=console,
            auto_refresh=False,
            transient=True,
            disable=not self._is_watched,
        )

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """No bars any more; lines are still said."""
        self._bars.stop()

    def say(self, line: str) -> None:
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)

    def add(self, request: Request) -> None:
        """From now on it has a row, whose bar has nothing to tell yet."""
        title = short(request.prompt)
        task = self._bars.add_task(title, total=None, pace="sending")
        self._rows[request.id] = _Row(task, title, PRIOR)

    def show(self, request: Request, waiting: Waiting) -> None:
        if request.id not in self._rows:
            self.add(request)
        row = self._rows[request.id]
        if row.started is None and not self._is_watched:
            self.say(f"{row.title}: being made, usually {_range(waiting.times)}")
        row.started = self._clock.now() - timedelta(seconds=waiting.elapsed_s)
        row.times = waiting.times

    def remove(self, request: RequestId) -> None:
        if (row := self._rows.pop(request, None)) is not None:
            self._bars.remove_task(row.task)

    def is_slow(self, request: RequestId) -> bool:
        """Whether the picture takes longer than nearly all others did."""
        row = self._rows.get(request)
        return row is not None and self._elapsed_s(row) > row.times.percentile(_SLOW)

    def refresh(self) -> None:
        for request, row in self._rows.items():
            if row.started is not None:
                self._move(row, is_slow=self.is_slow(request))
        self._bars.refresh()

    def _move(self, row: _Row, *, is_slow: bool) -> None:
        elapsed_s = self._elapsed_s(row)
        pace = "slower than usual" if is_slow else f"usually {_range(row.times)}"
        filled = min(_MOST_FILLED, elapsed_s / row.times.percentile(_USUAL[1]))
        self._bars.update(row.task, total=1.0, completed=filled, pace=f"{elapsed_s:.0f} s · {pace}")
        if is_slow and not (self._is_watched or row.is_told_slow):
            row.is_told_slow = True
            self.say(f"{row.title}: slower than usual")

    def _elapsed_s(self, row: _Row) -> float:
        return 0.0 if row.started is None else max(0.0, (self._clock.now() - row.started).total_seconds())


def _range(times: Curve) -> str:
    low, high = (round(times.percentile(share)) for share in _USUAL)
    return f"{low}–{high} s" if low < high else f"{high} s"
