"""How many runs are where, for the metrics."""

from collections.abc import Mapping

from bot.domain.runs import RunState
from bot.storage.rows import number, text
from bot.storage.sqlite import SqliteDatabase

_COUNTED = frozenset(
    {RunState.QUEUED, RunState.SUBMITTING, RunState.RUNNING, RunState.OVERDUE, RunState.READY, RunState.UNCERTAIN}
)


class SqliteTally:
    """`Tally` on SQLite."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._database = database

    async def open_runs(self) -> Mapping[RunState, int]:
        counted = {
            RunState(text(row, "state")): number(row, "runs") for row in await self._database.read("count_open_runs")
        }
        return {state: counted.get(state, 0) for state in RunState if state in _COUNTED}
