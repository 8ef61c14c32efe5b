"""What was spent, read from the ledger beside a bot that may be running: no lock, nothing written."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.domain.errors import CannotStart
from bot.domain.ids import KeyId, MemberId, ProviderRunId, RequestId, RunId, ServerId
from bot.domain.requests import Kind
from bot.domain.runs import EndReason, RunState
from bot.domain.spending import BilledRun
from bot.storage.migrate import load_migrations
from bot.storage.queries import query
from bot.storage.rows import from_ms, to_ms


def read_bills(path: Path, *, since: datetime, until: datetime) -> tuple[BilledRun, ...]:
    """Runs that RunBase was asked for in this time, and those asked for by members and not sent; oldest first.

    Raises: CannotStart.
    """
    if not path.is_file():
        raise CannotStart(f"storage.path {path}: expected the bot's database, found no file")
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            _check_schema(connection, path)
            span = {"since_ms": to_ms(since), "until_ms": to_ms(until)}
            return tuple(_run_from(dict(row)) for row in connection.execute(query("list_billed_runs"), span))
    except sqlite3.Error as error:
        raise CannotStart(f"storage.path {path}: expected the bot's database, found: {error}") from error


def _check_schema(connection: sqlite3.Connection, path: Path) -> None:
    """A database that this version has not brought up to date yet may lack what is asked of it."""
    (found,) = connection.execute("SELECT MAX(version) FROM schema_migrations").fetchone()
    newest = load_migrations()[-1].version
    if found != newest:
        cure = "start the bot or `python -m bot migrate`" if (found or 0) < newest else "use the bot's newer version"
        raise CannotStart(f"storage.path {path}: expected schema {newest}, found {found}; {cure}")


def _run_from(row: Mapping[str, Any]) -> BilledRun:
    return BilledRun(
        id=RunId(row["id"]),
        request=RequestId(row["request_id"]),
        model=row["model"],
        kind=Kind(row["kind"]),
        server=ServerId(row["server_id"]),
        member=MemberId(row["member_id"]),
        asked_at=from_ms(row["created_at_ms"]),
        submitted_at=None if row["submitted_at_ms"] is None else from_ms(row["submitted_at_ms"]),
        ended_at=None if row["ended_at_ms"] is None else from_ms(row["ended_at_ms"]),
        state=RunState(row["state"]),
        reason=None if row["reason"] is None else EndReason(row["reason"]),
        key=None if row["key_id"] is None else KeyId(row["key_id"]),
        provider_id=None if row["provider_id"] is None else ProviderRunId(row["provider_id"]),
        quota=row["quota"],
    )
