"""`backup` and `restore` as an operator uses them: by the lines of the page, and what is said when they cannot work."""

import fcntl
import os
import re
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from bot.config import StorageConfig
from tests.unit.test_cli import ROOT, complaints, easel

DATABASE = Path("data/easel.sqlite3")
PAGE = (ROOT / "docs/operating.md").read_text(encoding="utf-8")
TOKEN = "a-very-secret-token"


def section(title: str) -> str:
    return re.split(r"^## ", PAGE.partition(f"\n## {title}\n")[2], flags=re.MULTILINE)[0]


def lines_to_paste() -> list[str]:
    blocks = re.findall(r"```console\n(.*?)```", section("Back up and restore"), flags=re.DOTALL)
    return re.findall(r"^\$ (.*)$", "".join(blocks), flags=re.MULTILINE)


def paste(folder: Path, *lines: str) -> subprocess.CompletedProcess[str]:
    """Into a terminal set up as the page says."""
    script = "\n".join(['easel() { "$PYTHON" -m bot "$@"; }', *lines])
    return subprocess.run(
        ["bash", "-euc", script],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(folder), "PYTHON": sys.executable},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def a_ledger(folder: Path) -> None:
    """One request that was delivered, and one that waits to be sent."""
    assert easel(folder, "migrate").returncode == 0
    now_ms = int(time.time() * 1000)
    with closing(sqlite3.connect(folder / DATABASE)) as database, database:
        for name, state, settled_at_ms in (("delivered", "delivered", now_ms), ("waiting", "queued", None)):
            database.execute(
                "INSERT INTO requests (id, source_id, kind, application_id, server_id, channel_id, member_id, private,"
                " prompt, model, aspect, images, upload_limit_bytes, token, token_expires_at_ms, created_at_ms,"
                " acknowledged_at_ms, settled_at_ms)"
                " VALUES (?, ?, 'generate', 1, 2, 3, 4, 0, 'a fox', 'm', '1:1', 1, 1, ?, ?, ?, ?, ?)",
                (name, len(name), TOKEN, now_ms, now_ms, now_ms, settled_at_ms),
            )
            run = f"{name}.0"
            database.execute(
                "INSERT INTO runs (id, request_id, number, state, queued_at_ms) VALUES (?, ?, 0, ?, ?)",
                (run, name, state, now_ms),
            )
            database.execute("INSERT INTO takes VALUES (?, ?, 2, 4, ?, 'held')", (run, name, now_ms))


def states(folder: Path) -> dict[str, str]:
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        return dict(database.execute("SELECT id, state FROM runs").fetchall())


# By the page


def test_a_backup_is_made_and_restored_by_pasting_the_lines_of_the_page(tmp_path: Path) -> None:
    a_ledger(tmp_path)
    made, *restored = lines_to_paste()
    done = paste(tmp_path, made)
    assert done.returncode == 0, done.stderr
    archive, requests, files, advice = done.stdout.splitlines()
    assert re.fullmatch(r"data/\S+\.tar\.gz: 0\.\d MB", archive)
    assert (requests, files) == ("requests: 2, of them unfinished: 1", "files: 0, 0.0 MB")
    assert "no tokens or keys" in advice

    done = paste(tmp_path, *restored)
    assert done.returncode == 0, done.stderr
    where, requests, files, cancelled = done.stdout.splitlines()
    assert where.startswith(f"{DATABASE}: as it was on 20")
    assert (requests, files) == ("requests: 2", "files: 0")
    assert cancelled == "waited to be sent, may have been made since, cancelled: 1"
    assert states(tmp_path) == {"delivered.0": "delivered", "waiting.0": "cancelled"}


def test_files_are_where_the_bot_looks_for_them() -> None:
    assert StorageConfig(path=DATABASE).files == Path("data/files")


# While a bot runs


def test_a_running_bot_is_backed_up_and_not_restored(tmp_path: Path) -> None:
    a_ledger(tmp_path)
    with (tmp_path / "data/easel.sqlite3.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert easel(tmp_path, "backup", "easel.tar").returncode == 0
        done = easel(tmp_path, "restore", "easel.tar")
    line = f"{DATABASE}: another process works on this database"
    assert (done.returncode, complaints(done)) == (1, [line])


# What is refused


def test_a_database_is_not_replaced(tmp_path: Path) -> None:
    a_ledger(tmp_path)
    assert easel(tmp_path, "backup", "easel.tar").returncode == 0
    done = easel(tmp_path, "restore", "easel.tar")
    line = f"storage.path {DATABASE}: expected no database there, found {DATABASE}; move it away first"
    assert (done.returncode, complaints(done)) == (1, [line])


@pytest.mark.parametrize("name", ["easel.tar", "[bold]easel.tar.gz"])
def test_an_archive_is_not_replaced(tmp_path: Path, name: str) -> None:
    a_ledger(tmp_path)
    assert easel(tmp_path, "backup", name).returncode == 0
    done = easel(tmp_path, "backup", name)
    line = f"{name}: expected a new file, found that there is one already"
    assert (done.returncode, complaints(done)) == (1, [line])


def test_a_disk_without_room_is_told_in_one_line_and_nothing_is_left(tmp_path: Path) -> None:
    a_ledger(tmp_path)
    limited = "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (65536,) * 2)\n"
    script = limited + "sys.argv[:] = ['bot', 'backup', 'easel.tar']; runpy.run_module('bot', run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    (line,) = complaints(done)
    assert line.startswith("easel.tar: expected ")
    assert sorted(found.name for found in tmp_path.iterdir()) == ["data"]


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_a_file_has_to_be_named(tmp_path: Path, command: str) -> None:
    done = easel(tmp_path, command)
    assert done.returncode == 2
    assert "Missing argument 'FILE'" in "".join(complaints(done))


def test_restoring_what_is_not_there_changes_nothing(tmp_path: Path) -> None:
    done = easel(tmp_path, "restore", "easel.tar")
    assert (done.returncode, len(complaints(done))) == (1, 1)
    assert not (tmp_path / DATABASE).exists()
