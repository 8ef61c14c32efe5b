"""`report` as the one who pays meets it: what was spent, and every run that may have been paid for."""

import asyncio
import csv
import io
import re
import sqlite3
import subprocess
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer

from bot.cli.report import period
from bot.domain.ids import RunId
from bot.domain.requests import Address
from bot.domain.runs import EndReason, RunState
from tests.builders import START, an_address, asked_by
from tests.contract.ledgers import Ledger, request_of, sqlite_ledger
from tests.unit.test_cli import complaints, easel

PROMPT = "a red fox in the snow"
WHOLE = ("--since", "2026-01-01", "--until", "2026-01-01")  # the day of START


async def report(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return await asyncio.to_thread(easel, folder, "report", *words, EASEL__STORAGE__PATH="easel.sqlite3")


async def rows(folder: Path, *words: str) -> dict[str, dict[str, str]]:
    """The CSV, by run."""
    done = await report(folder, "--csv", *words)
    assert (done.returncode, done.stderr) == (0, "")
    return {row["run"]: row for row in csv.DictReader(io.StringIO(done.stdout))}


async def some_runs(ledger: Ledger) -> dict[str, RunId]:
    runs = {state.value: await ledger.run_in(state) for state in RunState}
    runs["refunded"] = await ledger.run_in(RunState.RUNNING)
    await ledger.requests.end(runs["refunded"], RunState.FAILED, EndReason.DECLINED, START)
    runs["gift"] = await ledger.run_in(RunState.OVERDUE)
    for state in (RunState.READY, RunState.DELIVERED):
        await ledger.move(runs["gift"], state)
    return runs


def cells(done: subprocess.CompletedProcess[str], start: str) -> list[str]:
    """The first line of a table that starts like this."""
    line = next(line for line in done.stdout.splitlines() if line.strip().startswith(start))
    return re.split(" {2,}", line.strip())


async def test_what_was_spent_runs_from_certain_to_possible(tmp_path: Path) -> None:
    async with sqlite_ledger(tmp_path) as ledger:  # which is in use meanwhile
        runs = await some_runs(ledger)
        done = await report(tmp_path, *WHOLE)
    assert (done.returncode, done.stderr) == (0, "")
    assert "From 2026-01-01 00:00 to 2026-01-02 00:00 UTC" in done.stdout
    assert cells(done, "gpt-image-1") == ["gpt-image-1", "11", "5", "1", "2", "$0.05", "$0.25", "$0.35"]
    assert cells(done, "2026-01-01")[:3] == ["2026-01-01", "gpt-image-1", "11"]
    assert cells(done, "failed")[:3] == ["failed", "declined", "1"]
    assert cells(done, "gifts")[2] == "1"
    for state in ("uncertain", "submitting"):
        assert runs[state] in done.stdout
    assert PROMPT not in done.stdout


async def test_an_uncertain_run_is_shown_with_all_that_is_known(tmp_path: Path) -> None:
    async with sqlite_ledger(tmp_path) as ledger:
        address = asked_by(1574058478647902213, server=1574058478647902208)
        run = await ledger.run_in(RunState.RUNNING, address=address)
        await ledger.requests.end(run, RunState.UNCERTAIN, EndReason.KEY_GONE, START)
        done = await report(tmp_path, *WHOLE)
    known = ["key-one", request_of(run), f"provider-{run}", str(address.server_id), str(address.member_id)]
    assert [word for word in [*known, run, "2026-01-01 12:00"] if word not in done.stdout] == []
    assert "Look for these in RunBase's console" in " ".join(done.stdout.split())


async def test_a_line_fits_80_characters_and_nothing_is_cut(tmp_path: Path) -> None:
    async with sqlite_ledger(tmp_path) as ledger:
        for _ in range(100):
            await ledger.run_in(RunState.DELIVERED, model="openai/gpt-image-1.5")
        await some_runs(ledger)
        done = await report(tmp_path, *WHOLE)
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert cells(done, "gpt-image-1.5")[:2] == ["gpt-image-1.5", "100"]
    header = cells(done, "day ")
    assert header == ["day", "model", "runs", "paid", "refunded", "perhaps", "certain", "at most"]


async def test_what_was_asked_at_the_terminal_is_called_so(tmp_path: Path) -> None:
    async with sqlite_ledger(tmp_path) as ledger:
        await ledger.run_in(RunState.UNCERTAIN, address=Address.at_terminal(START))
        done = await report(tmp_path, *WHOLE)
    assert cells(done, "from ") == ["from", "terminal"]


async def test_for_machines_there_is_a_row_for_every_run(tmp_path: Path) -> None:
    async with sqlite_ledger(tmp_path) as ledger:
        runs = await some_runs(ledger)
        found = await rows(tmp_path, *WHOLE)
    assert set(found) == set(runs.values())
    charges = {name: found[run]["charge"] for name, run in runs.items()}
    assert charges == {
        "queued": "none",
        "submitting": "perhaps",
        "running": "paid",
        "overdue": "paid",
        "ready": "paid",
        "delivered": "paid",
        "failed": "none",
        "cancelled": "none",
        "uncertain": "perhaps",
        "refunded": "refunded",
        "gift": "paid",
    }
    delivered = found[runs["delivered"]]
    assert (delivered["price_usd"], delivered["quota"], delivered["gift"]) == ("0.05", "spent", "no")
    assert delivered["submitted_at"] == "2026-01-01T12:00:00.000+00:00"
    assert found[runs["gift"]]["gift"] == "yes"
    assert PROMPT not in str(found)


async def test_a_model_without_a_price_is_said_to_have_none(tmp_path: Path) -> None:
    async with sqlite_ledger(tmp_path) as ledger:
        run = await ledger.run_in(RunState.DELIVERED, model="openai/gpt-image-2")
        await ledger.run_in(RunState.DELIVERED)
        done = await report(tmp_path, *WHOLE)
        found = await rows(tmp_path, *WHOLE)
    assert cells(done, "gpt-image-2")[-3:] == ["unknown", "unknown", "unknown"]
    assert cells(done, "all")[-2:] == ["unknown", "unknown"]
    assert "openai/gpt-image-2: its price is not known here" in done.stdout
    assert found[run]["price_usd"] == ""


PERIODS: list[tuple[tuple[str, ...], list[int]]] = [
    ((), [0, 1, 29]),
    (("--since", "2d"), [0, 1]),
    (("--since", "40d", "--until", "20d"), [29, 35]),
    (("--since", "1h"), [0]),
]


@pytest.mark.parametrize(("words", "days_ago"), PERIODS, ids=[" ".join(words) or "default" for words, _ in PERIODS])
async def test_a_period_is_so_long_ago_or_until_now(
    tmp_path: Path, words: tuple[str, ...], days_ago: list[int]
) -> None:
    async with sqlite_ledger(tmp_path) as ledger:
        runs = {days: await asked(ledger, days) for days in (0, 1, 29, 35)}
        found = await rows(tmp_path, *words)
    assert sorted(days for days, run in runs.items() if run in found) == days_ago


async def asked(ledger: Ledger, days_ago: int) -> RunId:
    """Never sent: the moment it was asked for counts."""
    at = datetime.now(UTC) - timedelta(days=days_ago, minutes=1)
    return await ledger.run_in(RunState.QUEUED, created_at=at, address=an_address())


WRONG = [
    ("yesterday", None, "expected a date such as 2026-01-31 or a span such as 30d, found yesterday"),
    ("30d", "2026-02-30", "found 2026-02-30"),
    ("2026-02-01", "2026-01-01", "nothing lies between 2026-02-01 and 2026-01-01"),
    ("9999d", None, "found 9999d"),
    ("1d", "2d", "nothing lies between 1d and 2d"),
]


@pytest.mark.parametrize(("since", "until", "complaint"), WRONG)
def test_a_period_that_is_none_is_told(since: str, until: str | None, complaint: str) -> None:
    with pytest.raises(typer.BadParameter, match=complaint):
        period(since, until)


async def test_a_wrong_period_is_wrong_use(tmp_path: Path) -> None:
    done = await report(tmp_path, "--since", "yesterday")
    assert done.returncode == 2
    assert "30d" in "".join(complaints(done))


async def test_without_a_ledger_it_says_so(tmp_path: Path) -> None:
    done = await report(tmp_path)
    line = "storage.path easel.sqlite3: expected the bot's database, found no file"
    assert (done.returncode, complaints(done)) == (1, [line])


async def test_a_period_longer_than_requests_are_kept_is_said_to_be_incomplete(tmp_path: Path) -> None:
    async with sqlite_ledger(tmp_path):
        long, short = await report(tmp_path, "--since", "366d"), await report(tmp_path)
    assert "storage.keep_requests" in long.stdout
    assert "storage.keep_requests" not in short.stdout


async def test_an_empty_ledger_is_an_empty_report(tmp_path: Path) -> None:
    async with sqlite_ledger(tmp_path):
        done = await report(tmp_path)
    assert done.returncode == 0
    assert "\nNo runs in this period.\n" in done.stdout
    assert "paid" not in done.stdout
    assert await rows(tmp_path) == {}


async def test_reading_leaves_the_ledger_as_it_was(tmp_path: Path) -> None:
    async with sqlite_ledger(tmp_path) as ledger:
        await some_runs(ledger)
    before = everything(tmp_path)
    await report(tmp_path, *WHOLE)
    assert everything(tmp_path) == before


def everything(folder: Path) -> list[Any]:
    with closing(sqlite3.connect(folder / "easel.sqlite3")) as connection:
        return [connection.execute(f"SELECT * FROM {table}").fetchall() for table in ("requests", "runs", "takes")]
