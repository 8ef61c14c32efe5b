"""`imagine` as an operator mistypes it: exit codes, and one line for what is wrong, before anything is spent."""

import fcntl
from pathlib import Path

import pytest

from tests.unit.test_cli import NO_KEY, complaints, easel

KEY = {"RUNBASE_API_KEYS": "sk-very-secret"}  # never used: whatever is tested here stops before anything is sent
FOX = "a red fox in the snow"


def test_a_key_is_needed_and_a_token_is_not(tmp_path: Path) -> None:
    done = easel(tmp_path, "imagine", FOX)
    assert (done.returncode, complaints(done)) == (2, [NO_KEY])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("",), "There is nothing to read in the prompt."),
        (("x" * 4001,), "The prompt has 4,001 characters; 4,000 fit."),
        ((FOX, "--aspect", "16:9"), "--aspect 16:9: expected one of Square 1:1, "),
        ((FOX, "--out", "fox.gif"), "--out fox.gif: expected a name that ends in "),
        ((FOX, "--out", "nowhere/fox.png"), "--out nowhere/fox.png: expected a folder that is there"),
        ((FOX, "--out", "here.png"), "here.png: is there already."),
        ((FOX, "--reference", "nowhere.png"), "--reference nowhere.png: expected a file or an https address"),
        ((FOX, *("--reference", "here.png") * 6), "5 references are the most; you gave 6."),
    ],
    ids=lambda value: value[-1][:20] if isinstance(value, tuple) else "",
)
def test_wrong_words_are_refused_before_anything_is_opened(
    tmp_path: Path, words: tuple[str, ...], complaint: str
) -> None:
    (tmp_path / "here.png").write_bytes(b"here")
    done = easel(tmp_path, "imagine", *words, **KEY)
    assert done.returncode == 2
    (line,) = complaints(done)
    assert line.startswith(complaint)
    assert [path.name for path in tmp_path.iterdir()] == ["here.png"]


def test_a_mistake_of_the_configuration_is_told_first(tmp_path: Path) -> None:
    done = easel(tmp_path, "imagine", FOX, EASEL__QUEUE__LENGTH="many", **KEY)
    assert done.returncode == 2
    assert complaints(done)[0].startswith("EASEL__QUEUE__LENGTH: ")


def test_beside_a_running_bot_there_is_one_line_that_says_what_to_do(tmp_path: Path) -> None:
    assert easel(tmp_path, "migrate").returncode == 0
    with (tmp_path / "data/easel.sqlite3.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = easel(tmp_path, "imagine", FOX, **KEY)
    (line,) = complaints(done)
    assert done.returncode == 1
    assert line.startswith("data/easel.sqlite3: another process works on this database. The bot is running, or another")


def test_offline_says_so_where_the_look_alike_is_not_installed(tmp_path: Path) -> None:
    (tmp_path / "starlette").mkdir()
    (tmp_path / "starlette/__init__.py").write_text("raise ModuleNotFoundError('no starlette', name='starlette')\n")
    done = easel(tmp_path, "imagine", FOX, "--offline", PYTHONPATH=f"{tmp_path}:{Path(__file__).parents[2]}")
    (line,) = complaints(done)
    assert done.returncode == 1
    assert line.startswith("--offline: expected the libraries of the look-alike, found them missing.")


def test_the_help_says_what_is_needed_and_what_nobody_knows(tmp_path: Path) -> None:
    shown = " ".join(easel(tmp_path, "imagine", "--help", COLUMNS="200").stdout.split())
    assert "RUNBASE_API_KEYS" in shown
    assert "Whether RunBase takes files is not documented" in shown
