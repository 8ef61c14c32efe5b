"""Databases that are whole and databases that are not: told apart before anything is written to them."""

import os
import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.storage.migrate import migrate
from bot.storage.soundness import DatabaseDamaged, check_whole
from bot.storage.sqlite import SqliteDatabase
from tests.builders import START
from tests.contract.damages import DAMAGES, PAGE_BYTES, Damage, contents, scribble

COMMITS = 12


@pytest.fixture(scope="module")
def crashed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with everything since a checkpoint in its log, as a killed process leaves it."""
    path, copy = (tmp_path_factory.mktemp(name) / "easel.sqlite3" for name in ("running", "crashed"))
    migrate(path, at=START)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        for number in range(2 * COMMITS):
            if number == COMMITS:
                connection.execute("PRAGMA wal_checkpoint(RESTART)")
            connection.execute("INSERT INTO settings VALUES (?, ?)", (f"name {number}", "x" * 3000))
        for file in (path, log_of(path)):
            shutil.copy(file, copy.with_name(file.name))
    return copy


@pytest.fixture
def path(crashed: Path, tmp_path: Path) -> Path:
    return shutil.copytree(crashed.parent, tmp_path / "data") / crashed.name


def log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def is_whole(path: Path) -> bool:
    try:
        check_whole(path)
    except DatabaseDamaged:
        return False
    return True


def lost(path: Path) -> int:
    """How many commits SQLite does not show any more."""
    with closing(sqlite3.connect(path)) as connection:
        ((found,),) = connection.execute("SELECT COUNT(*) FROM settings")
    return 2 * COMMITS - int(found)


def test_what_a_killed_process_leaves_is_whole(path: Path) -> None:
    assert is_whole(path)
    assert lost(path) == 0
    assert is_whole(path)


def test_where_nothing_is_nothing_is_wrong(tmp_path: Path) -> None:
    check_whole(tmp_path / "easel.sqlite3")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
async def test_a_damaged_database_is_refused_again_and_again_and_stays_as_it_is(path: Path, damage: Damage) -> None:
    damage.happen(path)
    before = contents(path.parent)
    for _ in range(2):
        with pytest.raises(DatabaseDamaged) as refusal:
            await SqliteDatabase.open(path, at=START)
        assert str(refusal.value).startswith(f"storage.path {path}: expected the bot's whole database, {damage.found}")
    assert contents(path.parent) == before


@given(st.randoms(use_true_random=False))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_bit_that_flips_in_the_log_is_noticed_or_loses_nothing_but_the_last_commit(
    crashed: Path, tmp_path: Path, dice: random.Random
) -> None:
    path = shutil.copytree(crashed.parent, tmp_path / "flipped", dirs_exist_ok=True) / crashed.name
    content = log_of(path).read_bytes()
    at = dice.randrange(len(content))
    scribble(log_of(path), at, bytes([content[at] ^ 1 << dice.randrange(8)]))
    if is_whole(path):
        assert lost(path) <= 1


@given(st.randoms(use_true_random=False))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_log_that_is_cut_off_is_what_a_crash_leaves(crashed: Path, tmp_path: Path, dice: random.Random) -> None:
    path = shutil.copytree(crashed.parent, tmp_path / "cut off", dirs_exist_ok=True) / crashed.name
    os.truncate(log_of(path), dice.randrange(log_of(path).stat().st_size + 1))
    assert is_whole(path)


def test_a_write_that_was_cut_off_in_the_middle_is_what_a_crash_leaves(path: Path) -> None:
    with log_of(path).open("ab") as log:
        log.write(b"\xa5" * 3 * PAGE_BYTES)
    assert is_whole(path)
    assert lost(path) == 0


def test_a_migration_that_was_cut_off_is_taken_back_and_not_taken_for_damage(tmp_path: Path) -> None:
    path, copy = tmp_path / "easel.sqlite3", tmp_path / "killed.sqlite3"
    migrate(path, at=START)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA cache_size = 1")
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO settings VALUES (?, ?)", [(str(n), "x" * 3000) for n in range(50)])
        for ending in ("", "-journal"):
            shutil.copy(f"{path}{ending}", f"{copy}{ending}")
    assert is_whole(copy)
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT COUNT(*) FROM settings").fetchone() == (0,)


def test_reading_a_whole_database_leaves_it_as_it_was(path: Path) -> None:
    database, log = path.read_bytes(), log_of(path).read_bytes()
    check_whole(path)
    assert (path.read_bytes(), log_of(path).read_bytes()) == (database, log)
