"""Configurations that are none: one line, exit code 2, at once, and without eating this machine's memory."""

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.config import ConfigError, load_config

ROOT = Path(__file__).parents[2]
MOST_ADDRESS_SPACE_BYTES = 512 * 1024 * 1024
WITHIN_S = 30  # a start alone takes one; what hangs or grows without end takes for ever
NOBODY = 65534
LARGEST_VARIABLE = 128 * 1024 - 100  # Linux takes no longer ones, so a megabyte has to come in several


def started(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """`python -m bot run` with little memory, until it ends."""

    def with_little_memory() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (MOST_ADDRESS_SPACE_BYTES, MOST_ADDRESS_SPACE_BYTES))

    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", "bot", "run", *arguments],
        cwd=folder,
        env={**kept, "PYTHONPATH": str(ROOT), "DISCORD_TOKEN": "a.b.c", "RUNBASE_API_KEYS": "sk-a", **variables},
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
        preexec_fn=with_little_memory,
    )


def refused(ended: subprocess.CompletedProcess[str]) -> str:
    """The one line that an operator reads."""
    assert (ended.returncode, ended.stdout) == (2, ""), ended
    (line,) = ended.stderr.splitlines()
    assert len(line) < 500
    return line


# ---- files ----------------------------------------------------------------------------------------------------------


def link_to_itself(path: Path) -> None:
    path.symlink_to(path)


def a_hole(path: Path) -> None:
    path.touch()
    os.truncate(path, 10**10)


FILES: Mapping[str, tuple[Callable[[Path], object], str]] = {
    "a folder": (Path.mkdir, "found Is a directory"),
    "random bytes": (lambda path: path.write_bytes(bytes(range(255, 0, -1)) * 400), "expected TOML in UTF-8"),
    "a picture": (lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(1000)), "expected TOML in UTF-8"),
    "nothing but null bytes": (lambda path: path.write_bytes(bytes(1000)), "expected TOML, found a mistake"),
    "10 MB of settings": (lambda path: path.write_bytes(b"a = 1\n" * 1_700_000), "at most 256 KiB, found more"),
    "10 GB of holes": (a_hole, "at most 256 KiB, found more"),
    "a pipe that nobody writes to": (os.mkfifo, "found a pipe or a device"),
    "a link to /dev/zero": (lambda path: path.symlink_to("/dev/zero"), "found a pipe or a device"),
    "a link to itself": (link_to_itself, "found Too many levels of symbolic links"),
    "a link that leads nowhere": (lambda path: path.symlink_to("gone"), "found No such file or directory"),
}


@pytest.mark.parametrize(("make", "words"), FILES.values(), ids=FILES.keys())
def test_what_is_no_configuration_file_is_one_line(tmp_path: Path, make: Callable[[Path], object], words: str) -> None:
    path = tmp_path / "other.toml"
    make(path)
    line = refused(started(tmp_path, "--config", str(path)))
    assert line.startswith(f"{path}: expected ")
    assert words in line


@pytest.mark.parametrize("what", ["a folder", "a link to itself", "a link that leads nowhere"])
def test_what_stands_in_for_the_configuration_file_is_not_passed_over(tmp_path: Path, what: str) -> None:
    make, words = FILES[what]
    make(tmp_path / "config.toml")
    assert words in refused(started(tmp_path))


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may read everything, so for a moment this is somebody else."""
    if os.geteuid():
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_file_that_may_not_be_read_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.touch(mode=0o000)
    with as_nobody(), pytest.raises(ConfigError) as refusal:
        load_config(path)
    assert str(refusal.value) == f"{path}: expected a readable TOML file, found Permission denied"


# ---- what stands in them --------------------------------------------------------------------------------------------

DEEP: Mapping[str, tuple[str, str]] = {
    "lists": ("a = " + "[" * 200_000, "brackets within brackets without end"),
    "tables": ("a = " + "{a=" * 60_000, "brackets within brackets without end"),
    "a dotted key": ("a" + ".a" * 100_000 + " = 1", "a line with more than 100 dots"),
    "a dotted key of a setting": ("queue.length" + ".a" * 20_000 + " = 1", "a line with more than 100 dots"),
    "a dotted section": ("[" + "a." * 100_000 + "a]", "a line with more than 100 dots"),
    "tables for a number": (f"[queue]\nlength = {'{a=' * 300}1{'}' * 300}", "expected a valid integer, found {'a'"),
    "lists for a number": (f"[queue]\nlength = {'[' * 300}1{']' * 300}", "expected a valid integer, found [[["),
}
LONG: Mapping[str, tuple[str, str]] = {
    "a number of 5,000 digits": ("[queue]\nlength = " + "9" * 5000, "found a number of thousands of digits"),
    "a number past all counting": ("[queue]\nlength = 1e999999", "queue.length: expected a finite number"),
    "a name of 200,000 characters": (f"[runbase]\nmodel = '{'x' * 200_000}'", "expected one of openai/gpt-image-1"),
    "a key of 200,000 characters, twice": (f"{'x' * 100_000} = 1\n" * 2, "expected TOML, found a mistake: Cannot"),
    "a host of 200,000 characters": (f"[metrics]\nlisten = '{'x' * 200_000}:1'", "expected host and port"),
    "a host with an empty part": ("[runbase]\nbase_url = 'https://a..b'", "expected an http(s) URL"),
    "a path of 200,000 characters": (f"[storage]\npath = '{'x' * 200_000}'", "expected the path of a file"),
}


@pytest.mark.parametrize(("text", "words"), [*DEEP.values(), *LONG.values()], ids=[*DEEP, *LONG])
def test_what_no_setting_can_be_is_one_line(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    line = refused(started(tmp_path))
    assert line.startswith("config.toml: ")
    assert words in line


@pytest.mark.parametrize(
    "text",
    ["".join(f"k{number} = 1\n" for number in range(20_000)), f"[discord]\nservers = [{'0,' * 100_000}]"],
    ids=["unknown settings", "entries that are wrong"],
)
def test_of_very_many_mistakes_the_first_are_told_and_the_others_counted(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    ended = started(tmp_path)
    *lines, last = ended.stderr.splitlines()
    assert ended.returncode == 2
    assert len(lines) == 20
    assert last.startswith("and ")
    assert last.endswith(" more mistakes")


# ---- the environment ------------------------------------------------------------------------------------------------

VARIABLES: Mapping[str, tuple[str, str]] = {
    "EASEL__QUEUE__LENGTH": ("9" * LARGEST_VARIABLE, "expected a valid integer"),
    "EASEL__DISCORD__SERVERS": ("[" * LARGEST_VARIABLE, "expected a list as JSON"),
    "EASEL__RUNBASE__BASE_URL": ("https://" + "a@" * 60_000, "expected an http(s) URL"),
    "EASEL__DISCORD__CDN_ORIGINS": ('["https://' + "[" * 120_000 + '"]', "expected an http(s) URL"),
    "EASEL__ABOUT__WEBSITE": ("https://" + "x" * 120_000, "expected a link such as"),
    "EASEL__METRICS__LISTEN": ("1" * 120_000 + ":1", "expected host and port"),
    "EASEL_CONFIG": ("x" * LARGEST_VARIABLE, "found File name too long"),
    "DISCORD_TOKEN": ("é" * 60_000, "expected one word of letters"),
    "RUNBASE_API_KEYS": ("x," * 1 + "y" * 120_000, 'expected keys that start with "sk-"'),
}


@pytest.mark.parametrize(("name", "value", "words"), [(name, *rest) for name, rest in VARIABLES.items()])
def test_a_variable_as_large_as_they_get_is_one_line(tmp_path: Path, name: str, value: str, words: str) -> None:
    ended = started(tmp_path, **{name: value})
    lines = ended.stderr.splitlines()
    assert (ended.returncode, ended.stdout) == (2, "")
    assert words in lines[0]
    assert all(len(line) < 500 for line in lines)


def test_a_megabyte_of_variables_that_nobody_knows_is_a_line_each(tmp_path: Path) -> None:
    ended = started(tmp_path, **{f"EASEL__NOBODY{number}__KNOWS": "x" * 100_000 for number in range(10)})
    lines = ended.stderr.splitlines()
    assert ended.returncode == 2
    assert len(lines) == 10
    assert all(line.endswith("found an unknown one") and "xx" not in line for line in lines)
