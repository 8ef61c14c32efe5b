"""What was deleted is not in the database's files either; and nothing of the deleting reads the whole ledger."""

import re
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot.domain.runs import EndReason, RunState
from bot.storage.queries import query
from tests.builders import START, a_reference, first_run, runs_of
from tests.contract.ledgers import PLENTY, WAYS, Ledger, placed, sqlite_ledger
from tests.contract.test_records import LATER, told

PLANTED = "planted-"


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    async with sqlite_ledger(tmp_path) as opened:
        yield opened


def files_of(folder: Path) -> bytes:
    return b"".join(found.read_bytes() for found in folder.iterdir())


def planted_in(folder: Path) -> set[str]:
    return {found.decode() for found in re.findall(rb"planted-\d+", files_of(folder))}


def size_of(folder: Path) -> int:
    return (folder / "easel.sqlite3").stat().st_size


@contextmanager
def somebody_reads(folder: Path) -> Iterator[None]:
    with closing(sqlite3.connect(folder / "easel.sqlite3", isolation_level=None)) as connection:
        connection.execute("BEGIN")
        connection.execute("SELECT COUNT(*) FROM requests").fetchall()
        yield


async def test_what_was_deleted_is_overwritten_and_leaves_the_log(ledger: Ledger, tmp_path: Path) -> None:
    request = await told(ledger, prompt=f"{PLANTED}1", references=(a_reference(f"{PLANTED}2.png"),))
    await ledger.records.forget_prompts(over_before=LATER, most=PLENTY)
    assert planted_in(tmp_path)
    await ledger.records.erase()
    assert planted_in(tmp_path) == set()
    assert ledger.states()[first_run(request)] is RunState.DELIVERED


async def test_after_a_rebuild_nothing_is_left_in_any_corner(ledger: Ledger, tmp_path: Path) -> None:
    """Rows grow as requests are answered and made, so pages are split and rows are moved."""
    requests = [
        await ledger.accepted(prompt=f"{PLANTED}{number} {'and more ' * (number % 50)}") for number in range(600)
    ]
    for request in reversed(requests):
        await ledger.requests.acknowledge(request.id, placed(first_run(request)).message, START)
        for step in WAYS[RunState.READY]:
            await ledger.move(first_run(request), step)
    for request in requests[:500]:
        await ledger.requests.deliver(request.id, [placed(run) for run in runs_of(request)], START)
    before = size_of(tmp_path)
    while await ledger.records.forget_prompts(over_before=LATER, most=50):
        pass
    await ledger.records.rebuild()
    assert planted_in(tmp_path) == {f"{PLANTED}{number}" for number in range(500, 600)}
    assert size_of(tmp_path) < before


async def test_a_large_database_is_not_rebuilt(ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.storage.records._QUICKLY_REBUILT_BYTES", 1)
    for _ in range(50):
        await told(ledger, prompt="x" * 4000)
    await ledger.records.delete_requests(over_before=LATER, most=PLENTY)
    await ledger.records.erase()
    before = size_of(tmp_path)
    await ledger.records.rebuild()
    assert size_of(tmp_path) == before


async def test_space_of_what_was_deleted_is_used_again(ledger: Ledger, tmp_path: Path) -> None:
    sizes = []
    for _ in range(4):
        for _ in range(100):
            await told(ledger, prompt="x" * 4000)
        await ledger.records.delete_requests(over_before=LATER, most=PLENTY)
        await ledger.records.erase()
        sizes.append(size_of(tmp_path))
    assert sizes[-1] <= sizes[0] * 1.2


async def test_while_somebody_reads_the_log_stays_and_members_are_served(ledger: Ledger, tmp_path: Path) -> None:
    await told(ledger, prompt=f"{PLANTED}1")
    with somebody_reads(tmp_path):
        await ledger.records.forget_prompts(over_before=LATER, most=PLENTY)
        await ledger.records.erase()
        assert planted_in(tmp_path)
        request = await ledger.accepted()
        await ledger.requests.withdraw(request.id, EndReason.NOT_ACKNOWLEDGED, START)
    await ledger.records.erase()
    assert planted_in(tmp_path) == set()


DELETING = [
    *("forget_tokens", "find_next_token_death", "forget_references", "forget_left_out", "forget_prompts"),
    *("delete_requests", "delete_takes", "delete_given_back_takes", "delete_forms", "list_needed_files"),
    *("forget_wishes", "forget_wish_references", "forget_round_words", "forget_reasons", "delete_thumbnails"),
]


@pytest.mark.parametrize("name", DELETING)
async def test_no_query_reads_the_whole_ledger(ledger: Ledger, tmp_path: Path, name: str) -> None:
    values = {"at_ms": 1, "before_ms": 1, "most": 1, "delivered_since_ms": 1}
    with closing(sqlite3.connect(tmp_path / "easel.sqlite3")) as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {query(name)}", values)]
    assert plan
    assert [step for step in plan if re.fullmatch(r"SCAN \w+", step)] == []
