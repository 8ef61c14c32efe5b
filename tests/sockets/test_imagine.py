"""`imagine` as a process of its own, against the look-alike on a socket, over a real ledger."""

import asyncio
import os
import pty
import re
import signal
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from bot.preview.emulator import Emulator, Fault, Place
from tests.sockets.house import KEY, listening, open_house
from tests.sockets.past import remember_runs
from tests.unit.emulator_world import picture

ROOT = Path(__file__).parents[2]
PROMPT = "a red fox in the snow"
WITHIN_S = 30.0
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    said: list[str]


@dataclass
class Shell:
    """A folder to work in, and the environment of somebody who has a key and no Discord."""

    folder: Path
    emulator: Emulator

    async def start(self, *words: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "imagine", *words),
            cwd=self.folder,
            env=environment() | {"RUNBASE_API_KEYS": KEY, "EASEL__RUNBASE__BASE_URL": self.emulator.base_url},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    async def imagine(self, *words: str) -> Ended:
        return await ended(await self.start(*words))

    def arrived(self, place: Place) -> int:
        return sum(arrival.place is place for arrival in self.emulator.requests_log)

    def pictures(self) -> list[str]:
        files = (path.name for path in self.folder.iterdir() if path.is_file())
        return sorted(name for name in files if not name.startswith("log-"))


def environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {"PYTHONPATH": str(ROOT)}


async def ended(process: asyncio.subprocess.Process) -> Ended:
    out, said = await process.communicate()
    assert process.returncode is not None
    assert b"Traceback" not in said
    return Ended(process.returncode, out.decode(), said.decode().splitlines())


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not condition():  # noqa: ASYNC110 - it is another process that makes it true
            await asyncio.sleep(0.02)


@asynccontextmanager
async def a_shell(
    folder: Path, *, speed: float = 40.0, takes_data_uris: bool = False, is_new: bool = False
) -> AsyncIterator[Shell]:
    """A ledger that knows how long pictures take, unless it `is_new`."""
    async with listening(speed, takes_data_uris=takes_data_uris) as emulator:
        if not is_new:
            (folder / "data").mkdir(mode=0o700)
            await remember_runs(folder / "data" / "easel.sqlite3", speed=speed)
        yield Shell(folder, emulator)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def umask() -> int:
    os.umask(found := os.umask(0))
    return found


def size_of(path: Path) -> tuple[int, int]:
    with Image.open(path) as opened:
        opened.load()
        return opened.size


async def test_a_script_gets_the_path_alone_and_the_picture_has_the_aspect_of_the_request(tmp_path: Path) -> None:
    (tmp_path / "sketch.png").write_bytes(picture("red", (60, 40)))
    async with a_shell(tmp_path, takes_data_uris=True, is_new=True) as shell:
        done = await shell.imagine(PROMPT, "--aspect", "3:2", "--reference", "sketch.png", "--out", "fox.png")
        (run,) = shell.emulator.runs
    assert (done.code, done.out) == (0, "fox.png\n")
    assert done.said[0] == f"{PROMPT}: being made, usually 12–20 s"  # a busy machine may be "slower than usual", too
    assert size_of(tmp_path / "fox.png") == (1536, 1024)
    assert {name: mode(tmp_path / name) for name in ("fox.png", "data", "data/files", "data/easel.sqlite3")} == {
        "fox.png": 0o666 & ~umask(),
        "data": 0o700,
        "data/files": 0o700,
        "data/easel.sqlite3": 0o600,
    }
    assert (run.prompt, len(run.references)) == (PROMPT, 1)


async def test_killed_while_it_is_being_made_the_picture_comes_with_the_next_call(tmp_path: Path) -> None:
    async with a_shell(tmp_path, speed=3.0) as shell:
        first = await shell.start(PROMPT, "--out", "fox.png")
        await until(lambda: shell.arrived(Place.READ) > 0)
        first.kill()
        assert (await ended(first)).code == -signal.SIGKILL
        assert shell.pictures() == []
        done = await shell.imagine()
        assert (done.code, done.out) == (0, "red-fox-in-the-snow.png\n")
        assert shell.pictures() == ["red-fox-in-the-snow.png"]
        assert shell.arrived(Place.CREATE) == 1


async def test_killed_while_it_is_being_sent_it_is_told_and_never_sent_again(tmp_path: Path) -> None:
    async with a_shell(tmp_path) as shell:
        shell.emulator.faults.set(Place.CREATE, Fault.TIMEOUT_AFTER, times=1)
        first = await shell.start(PROMPT)
        await until(lambda: shell.arrived(Place.CREATE) > 0)
        first.kill()
        await ended(first)
        done = await shell.imagine("an owl", "--out", "owl.png")
        assert (done.code, done.out) == (0, "owl.png\n")
        (about_the_first,) = [line for line in done.said if line.startswith(f"An earlier call asked for “{PROMPT}”: ")]
        assert "It may or may not have been made and paid for; I will not send it twice." in about_the_first
        assert shell.arrived(Place.CREATE) == 2
        assert shell.pictures() == ["owl.png"]


async def test_the_first_ctrl_c_says_what_was_paid(tmp_path: Path) -> None:
    async with a_shell(tmp_path, speed=1.0) as shell:
        process = await shell.start(PROMPT)
        await until(lambda: shell.arrived(Place.READ) > 0)
        process.send_signal(signal.SIGINT)
        done = await ended(process)
    assert (done.code, done.out) == (130, "")
    assert done.said[-1] == "Stopped. The picture is paid for and being made: the next `imagine` fetches it."


async def test_the_second_ctrl_c_ends_at_once(tmp_path: Path) -> None:
    async with a_shell(tmp_path) as shell:
        shell.emulator.faults.set(Place.CREATE, Fault.TIMEOUT_AFTER)  # the answer never comes
        process = await shell.start(PROMPT)
        await until(lambda: shell.arrived(Place.CREATE) > 0)
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        while b"Ctrl+C again ends at once" not in await process.stderr.readline():
            pass
        process.send_signal(signal.SIGINT)
        assert (await ended(process)).code == -signal.SIGINT


async def test_beside_a_running_call_there_is_one_line_that_says_what_to_do(tmp_path: Path) -> None:
    async with a_shell(tmp_path, speed=1.0) as shell:
        first = await shell.start(PROMPT)
        await until(lambda: shell.arrived(Place.CREATE) > 0)
        done = await shell.imagine("an owl")
        first.kill()
        await ended(first)
    (line,) = done.said
    assert (done.code, done.out) == (1, "")
    assert line.startswith("data/easel.sqlite3: another process works on this database. The bot is running, or another")
    assert shell.arrived(Place.CREATE) == 1


async def test_a_bot_in_between_serves_its_members_and_leaves_the_terminals_picture_alone(tmp_path: Path) -> None:
    async with open_house(tmp_path, speed=3.0) as house:
        shell = Shell(tmp_path, house.emulator)
        first = await shell.start(PROMPT)
        await until(lambda: shell.arrived(Place.READ) > 0)
        first.kill()
        await ended(first)
        await house.start(EASEL__STORAGE__PATH=str(tmp_path / "data/easel.sqlite3"))
        assert await house.picture(await house.imagine("an owl"))
        assert await house.stop() == 0
        assert shell.pictures() == []
        done = await shell.imagine()
        assert (done.code, done.out) == (0, "red-fox-in-the-snow.png\n")
        assert shell.arrived(Place.CREATE) == 2


# ---- offline --------------------------------------------------------------------------------------------------------


async def test_offline_needs_nothing_and_leaves_nothing_but_the_picture(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "imagine", PROMPT, "--aspect", "portrait", "--offline"),
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    done = await ended(process)
    assert (done.code, done.out) == (0, "red-fox-in-the-snow.png\n")
    assert names_in(tmp_path) == ["red-fox-in-the-snow.png"]
    assert size_of(tmp_path / "red-fox-in-the-snow.png") == (1024, 1536)


async def test_in_a_terminal_a_bar_moves_and_the_last_line_has_the_facts(tmp_path: Path) -> None:
    shown, terminal = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "imagine", PROMPT, "--out", "fox.webp", "--offline"),
        cwd=tmp_path,
        env=environment() | {"TERM": "xterm", "COLUMNS": "80"},
        stdout=terminal,
        stderr=terminal,
    )
    os.close(terminal)
    screen = await asyncio.to_thread(_read_all, shown)
    assert await process.wait() == 0
    assert "\x1b[?25h" in screen  # the cursor is there again
    *frames, last = _CONTROL.sub("", screen).strip().split("\r")
    moved = {frame for frame in frames if re.fullmatch(r"a red fox in the snow ━.+ \d+ s · usually 12–20 s", frame)}
    assert len(moved) > 2
    assert re.fullmatch(r"fox\.webp  1024×1024  \d+ s  nothing paid", last)


def _read_all(descriptor: int) -> str:
    """Until the other side is closed, which Linux tells as an error."""
    content = bytearray()
    with open(descriptor, "rb", buffering=0) as screen:
        try:
            while part := screen.read(65536):
                content += part
        except OSError:
            pass
    return content.decode()
