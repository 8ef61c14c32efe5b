"""A start that brings a large database up to date and is killed in the middle: old or new, never half."""

import asyncio
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.storage.migrate import load_migrations, migrate
from bot.storage.soundness import check_whole
from tests.builders import START
from tests.sockets.house import House, open_house

PATIENCE_S = 30.0
REQUESTS = 40_000
NEWEST = load_migrations()[-1].version
FILL = """
WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :requests)
INSERT INTO requests (id, source_id, kind, application_id, server_id, channel_id, member_id, private, prompt, model,
                      aspect, images, upload_limit_bytes, token_expires_at_ms, created_at_ms, acknowledged_at_ms,
                      settled_at_ms)
SELECT 'request-' || n, n, 'generate', 1, 1, 1, 1, FALSE, 'a red fox in the snow', 'openai/gpt-image-1',
       '1:1', 1, 1000, :now_ms, :now_ms, :now_ms, :now_ms
  FROM numbers
"""


def an_old_ledger(path: Path, mode: str) -> None:
    """Of the first version, large enough that bringing it up to date takes a moment."""
    migrate(path, at=START, migrations=load_migrations()[:1])
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"PRAGMA journal_mode = {mode}")
        connection.execute(FILL, {"requests": REQUESTS, "now_ms": time.time_ns() // 1_000_000})


def schema(path: Path) -> set[tuple[str, str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        return set(connection.execute("SELECT type, name, sql FROM sqlite_schema"))


def version(path: Path) -> int:
    """The schema the database is at, which is there as a whole and nothing beyond; and nothing else has changed."""
    check_whole(path)
    with closing(sqlite3.connect(path)) as connection:
        ((found,),) = connection.execute("SELECT MAX(version) FROM schema_migrations")
        assert connection.execute("SELECT COUNT(*) FROM requests").fetchone() == (REQUESTS,)
    fresh = path.with_name(f"fresh-{found}.sqlite3")
    migrate(fresh, at=START, migrations=load_migrations()[:found])
    assert schema(path) == schema(fresh)
    return int(found)


async def kill_a_start(house: House, has_come: Callable[[], bool]) -> None:
    """As soon as it has come so far."""
    await house.launch()
    async with asyncio.timeout(PATIENCE_S):
        while not has_come():  # noqa: ASYNC110 - another process does not announce anything
            await asyncio.sleep(0.001)
    await house.stop(signal.SIGKILL)


@pytest.mark.parametrize(("mode", "log"), [("WAL", "-wal"), ("DELETE", "-journal")])
async def test_a_start_that_is_killed_while_it_brings_the_database_up_to_date_is_simply_done_again(
    tmp_path: Path, mode: str, log: str
) -> None:
    async with open_house(tmp_path) as house:
        path = tmp_path / "easel.sqlite3"
        half, changes = path.with_name(f"{path.name}.half"), path.with_name(f"{path.name}{log}")
        an_old_ledger(path, mode)

        await kill_a_start(house, half.exists)
        assert (version(path), copies(path)) == (1, [])
        await kill_a_start(house, lambda: bool(copies(path)))
        assert version(path) < NEWEST
        await kill_a_start(house, lambda: changes.exists() and changes.stat().st_size > 0)
        assert version(path) <= NEWEST

        await house.start()
        assert version(path) == NEWEST
        assert not half.exists()
        assert {version(copy) for copy in copies(path)} == {1}
        await house.picture(await house.imagine())


def copies(path: Path) -> list[Path]:
    """Of the database as it was before, whole."""
    return list(path.parent.glob(f"{path.name}.before-*"))
