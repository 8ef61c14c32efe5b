"""`check` on its own machine: how it looks in a terminal and in a pipe, and what it leaves behind."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
COLUMNS = 60


def check(folder: Path, output: int, **changes: str) -> int:
    """Without secrets, so that nobody is asked."""
    base = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(folder), "TERM": "xterm-256color"}
    command = [sys.executable, "-m", "bot", "check"]
    environment = base | {"COLUMNS": str(COLUMNS)} | changes
    return subprocess.run(command, cwd=folder, env=environment, stdout=output, timeout=60, check=False).returncode


def shown_in_a_terminal(folder: Path) -> str:
    ours, theirs = pty.openpty()
    try:
        assert check(folder, theirs) == 2
    finally:
        os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 65536):
            shown += part
    except OSError:
        pass  # how the end of a terminal is told
    finally:
        os.close(ours)
    return shown.decode().replace("\r\n", "\n")


def printed_to_a_file(folder: Path, **changes: str) -> str:
    with (folder / "printed").open("w+") as file:
        assert check(folder, file.fileno(), **changes) == 2
        file.seek(0)
        return file.read()


def test_a_terminal_gets_colours_and_lines_that_fit(tmp_path: Path) -> None:
    shown = shown_in_a_terminal(tmp_path)
    plain = re.sub(r"\x1b\[[\d;]*m", "", shown)
    assert plain != shown
    assert max(map(len, plain.splitlines())) <= COLUMNS
    assert re.search(r"^ok +configuration ", plain, re.MULTILINE)
    assert re.search(r"^failed +secrets ", plain, re.MULTILINE)


def test_a_pipe_gets_words_alone_and_each_finding_on_its_line(tmp_path: Path) -> None:
    printed = printed_to_a_file(tmp_path)
    assert "\x1b" not in printed
    (finding,) = [line for line in printed.splitlines() if "DISCORD_TOKEN: " in line]
    assert finding.startswith("failed  secrets ")
    assert finding.endswith("expected the bot's token in the environment, found nothing")
    assert printed.endswith("\n2 failed.\n")


def test_spending_without_bounds_is_a_warning(tmp_path: Path) -> None:
    assert "quota.global" not in printed_to_a_file(tmp_path)
    assert "warning quota           quota.global is empty" in printed_to_a_file(tmp_path, EASEL__QUOTA__GLOBAL="[]")


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    printed_to_a_file(tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == ["printed"]
