"""The command line as an operator meets it: exit codes, and one line for each thing that is wrong."""

import fcntl
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bot import __version__
from bot.domain.styles import STYLES

ROOT = Path(__file__).parents[2]
NO_TOKEN = "DISCORD_TOKEN: expected the bot's token in the environment, found nothing"
NO_KEY = "RUNBASE_API_KEYS: expected one or more keys in the environment, found nothing"
# Never used: whatever is tested here stops before anything is sent.
SECRETS = {"DISCORD_TOKEN": "a-very-secret-token", "RUNBASE_API_KEYS": "sk-very-secret"}


def easel(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`python -m bot …` in a folder, with nothing in the environment but what is given."""
    base = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(folder)}
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=folder,
        env=base | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def complaints(done: subprocess.CompletedProcess[str]) -> list[str]:
    assert not done.stdout
    assert "Traceback" not in done.stderr
    assert "very-secret" not in done.stderr
    return done.stderr.splitlines()


# ---- run ------------------------------------------------------------------------------------------------------------


def test_run_with_nothing_set_says_what_is_missing(tmp_path: Path) -> None:
    done = easel(tmp_path, "run")
    assert (done.returncode, complaints(done)) == (2, [NO_TOKEN, NO_KEY])
    assert not list(tmp_path.iterdir())


def test_run_with_a_key_that_cannot_be_one_does_not_show_it(tmp_path: Path) -> None:
    done = easel(tmp_path, "run", **(SECRETS | {"RUNBASE_API_KEYS": "very-secret"}))
    assert done.returncode == 2
    assert len(complaints(done)) == 1


@pytest.mark.parametrize("by_environment", [False, True])
def test_run_with_a_missing_file_names_it(tmp_path: Path, by_environment: bool) -> None:
    words = () if by_environment else ("--config", "missing.toml")
    environment = {"EASEL_CONFIG": "missing.toml"} if by_environment else {}
    done = easel(tmp_path, "run", *words, **SECRETS, **environment)
    line = "missing.toml: expected a readable TOML file, found No such file or directory"
    assert (done.returncode, complaints(done)) == (2, [line])


def test_every_mistake_of_a_configuration_is_a_line(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[queue]\nlength = 0\n[runbase]\nmodel = '[bold]x[/bold]'\n")
    done = easel(tmp_path, "run", **SECRETS)
    assert done.returncode == 2
    lines = complaints(done)
    assert [line.split(": ")[:2] for line in lines] == [
        ["config.toml", "runbase.model"],
        ["config.toml", "queue.length"],
    ]
    assert lines[0].endswith("found '[bold]x[/bold]'")


def test_a_long_complaint_stays_on_its_line(tmp_path: Path) -> None:
    name = f"{'very-long-name-' * 12}.toml"
    done = easel(tmp_path, "run", "--config", name)
    assert complaints(done) == [f"{name}: expected a readable TOML file, found No such file or directory"]


def test_run_on_a_database_in_use_stops_before_it_logs_in(tmp_path: Path) -> None:
    assert easel(tmp_path, "migrate").returncode == 0
    with (tmp_path / "data/easel.sqlite3.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = easel(tmp_path, "run", **SECRETS)
    line = "data/easel.sqlite3: another process works on this database"
    assert (done.returncode, complaints(done)) == (1, [line])


# ---- migrate --------------------------------------------------------------------------------------------------------


def test_migrate_makes_a_database_where_there_is_none_and_then_has_nothing_to_do(tmp_path: Path) -> None:
    environment = {"EASEL__STORAGE__PATH": "some/folder/easel.sqlite3"}
    first, second = (easel(tmp_path, "migrate", **environment) for _ in range(2))
    assert first.returncode == second.returncode == 0
    assert first.stdout.startswith("applied 0001 ")
    assert second.stdout == "nothing to do\n"
    assert (first.stderr, second.stderr) == ("", "")
    with closing(sqlite3.connect(tmp_path / "some/folder/easel.sqlite3")) as database:
        assert database.execute("SELECT COUNT(*) FROM requests").fetchone() == (0,)


def test_migrate_needs_no_secrets_but_a_good_configuration(tmp_path: Path) -> None:
    done = easel(tmp_path, "migrate", EASEL__QUEUE__LENGTH="none")
    assert done.returncode == 2
    assert complaints(done)[0].startswith("EASEL__QUEUE__LENGTH: expected ")


def test_migrate_on_a_database_in_use_says_so(tmp_path: Path) -> None:
    assert easel(tmp_path, "migrate").returncode == 0
    with (tmp_path / "data/easel.sqlite3.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = easel(tmp_path, "migrate")
    line = "data/easel.sqlite3: another process works on this database"
    assert (done.returncode, complaints(done)) == (1, [line])


def test_migrate_refuses_a_database_of_a_newer_bot(tmp_path: Path) -> None:
    assert easel(tmp_path, "migrate").returncode == 0
    with closing(sqlite3.connect(tmp_path / "data/easel.sqlite3")) as database:
        database.execute("INSERT INTO schema_migrations (version, name, applied_at) VALUES (9999, 'later', '2099')")
        database.commit()
    done = easel(tmp_path, "migrate")
    line = "data/easel.sqlite3: made by a newer version of the bot (schema 9999)"
    assert (done.returncode, complaints(done)) == (1, [line])


NO_DATABASE = {
    "a text file": ("notes.txt", "file is not a database"),
    "a folder": ("folder", "unable to open database file"),
    "below a file": ("notes.txt/easel.sqlite3", "File exists"),
    "below a folder that cannot be": ("/proc/nowhere/easel.sqlite3", "No such file or directory"),
}


@pytest.mark.parametrize(("path", "why"), NO_DATABASE.values(), ids=NO_DATABASE.keys())
def test_migrate_on_what_is_no_database_says_so(tmp_path: Path, path: str, why: str) -> None:
    (tmp_path / "notes.txt").write_text("Dear diary, this is no database.\n" * 100)
    (tmp_path / "folder").mkdir()
    done = easel(tmp_path, "migrate", EASEL__STORAGE__PATH=path)
    assert done.returncode == 1
    (line,) = complaints(done)
    assert line.removeprefix("storage.path ").startswith(path.partition("/easel")[0])
    assert why in line


# ---- who may read what is kept --------------------------------------------------------------------------------------


def readable_for_others(folder: Path) -> list[str]:
    """Of what was made in it."""
    return [str(path.relative_to(folder)) for path in folder.rglob("*") if path.stat().st_mode & 0o077]


def test_what_is_kept_is_its_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        assert easel(tmp_path, "migrate").returncode == 0
        assert easel(tmp_path, "backup", "easel.tar").returncode == 0
        restored = easel(tmp_path, "restore", "easel.tar", EASEL__STORAGE__PATH="other/easel.sqlite3")
    finally:
        os.umask(before)
    assert restored.returncode == 0
    assert {"data", "easel.tar", "other"} == {path.name for path in tmp_path.iterdir()}
    assert readable_for_others(tmp_path) == []


# ---- wrong use ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [["fly"], ["run", "--fly"], ["run", "now"], ["preview", "--port", "many"]])
def test_wrong_use_is_told_in_a_few_lines(tmp_path: Path, words: list[str]) -> None:
    done = easel(tmp_path, *words)
    assert done.returncode == 2
    assert "--help" in "".join(complaints(done))


def test_without_words_the_help_is_shown(tmp_path: Path) -> None:
    shown = easel(tmp_path, "--help")
    assert shown.returncode == 0
    assert all(word in shown.stdout for word in ("run", "migrate", "preview", "demo", "RUNBASE_API_KEYS"))
    assert "run" in easel(tmp_path).stderr
    assert "bool" not in easel(tmp_path, "check", "--help").stdout


def test_the_styles_are_listed(tmp_path: Path) -> None:
    done = easel(tmp_path, "styles")
    assert (done.returncode, done.stderr) == (0, "")
    assert all(style in done.stdout for style in STYLES)


def test_a_style_that_is_not_there_costs_nothing(tmp_path: Path) -> None:
    done = easel(tmp_path, "imagine", "a red fox", "--style", "zzz", **SECRETS)
    assert done.returncode == 2
    (line,) = complaints(done)
    assert line.startswith("--style zzz: expected one of the styles, found zzz. There are ghibli-watercolor, ")


def test_the_version_is_told(tmp_path: Path) -> None:
    done = easel(tmp_path, "--version")
    assert (done.returncode, done.stdout) == (0, f"Easel {__version__}\n")


@pytest.mark.parametrize("path", ["", "/"])
def test_a_database_needs_a_name(tmp_path: Path, path: str) -> None:
    done = easel(tmp_path, "migrate", EASEL__STORAGE__PATH=path)
    assert done.returncode in {1, 2}
    assert len(complaints(done)) == 1
