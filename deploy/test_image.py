"""The image as it is run: `deploy/check-image` makes it, `EASEL_IMAGE=… EASEL_ENGINE=docker pytest deploy` takes one.

The bot in the container meets the stand-in for Discord and the look-alike of RunBase on this machine's loopback.
"""

import asyncio
import io
import json
import os
import re
import secrets
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image

from tests.sockets.house import House, open_house

ROOT = Path(__file__).parents[1]
ENGINE = shlex.split(os.environ.get("EASEL_ENGINE", "docker"))
IMAGE = os.environ.get("EASEL_IMAGE", "easel")
# As compose.yaml has it.
HARDENED = shlex.split(
    "--read-only --tmpfs /tmp:size=16m,mode=1777 --cap-drop ALL --security-opt no-new-privileges "
    "--memory 512m --memory-swap 512m --pids-limit 128"
)
OPTIONS = [*shlex.split(os.environ.get("EASEL_RUN_OPTIONS", "")), "--network", "host"]
LAUNCHER = ROOT / "tests/standin/run_against.py"
SET_BY_OPERATORS = ("DISCORD", "RUNBASE", "EASEL", "STANDIN")
DATABASE = "EASEL__STORAGE__PATH=/data/easel.sqlite3"  # the image's own, which the stand-in's environment would hide
WITHIN_S = 30.0


def engine(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*ENGINE, *words], capture_output=True, text=True, timeout=100, check=False)


def run(*words: str, options: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    return engine("run", "--rm", *OPTIONS, *HARDENED, *options, IMAGE, *words)


def python(code: str) -> str:
    done = run("-c", code, options=("--entrypoint", "python"))
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


# ---- what is in it --------------------------------------------------------------------------------------------------


def test_it_runs_as_nobody_in_particular_and_cannot_write() -> None:
    assert python("import os; print(os.getuid(), os.getgid(), os.getpid())") == "10001 10001 1"
    assert "Read-only file system" in run("-c", "open('/app/x', 'w')", options=("--entrypoint", "python")).stderr
    assert python("import os; print(os.access('/app', os.W_OK), os.access('/data', os.W_OK))") == "False True"


def test_it_holds_no_compiler_and_none_of_the_tools_that_built_it() -> None:
    code = "import shutil, os; print([name for name in {names} if shutil.which(name)], os.path.exists('/tools'))"
    assert python(code.format(names=["gcc", "cc", "c++", "make", "uv"])) == "[] False"


def test_it_holds_nothing_that_only_tests_and_the_preview_need() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wishes = [*project["project"]["optional-dependencies"]["preview"], *project["dependency-groups"]["dev"], "pip"]
    unwanted = {re.split(r"[\[<>=~]", wish)[0] for wish in wishes}
    code = "import importlib.metadata as m; print(*(one.name for one in m.distributions(path=['{path}'])))"
    installed = set(python(code.format(path="/venv/lib/python3.11/site-packages")).split())
    assert "discord.py" in installed
    assert installed & unwanted == set()
    assert python("import os; print(sorted(os.listdir('/app')))") == "['LICENSE', 'bot', 'cogs']"


def test_every_library_that_a_wheel_needs_is_found() -> None:
    shown = run(
        "-c", "find /venv -name '*.so*' -type f -exec ldd {} +", options=("--entrypoint", "/bin/sh")
    ).stdout.splitlines()
    assert len(shown) > 100
    assert [line for line in shown if "not found" in line] == []


def test_every_format_and_script_works() -> None:
    code = (
        "from bot.imaging.features import imaging_libraries as f; print([one.name for one in f() if not one.version])"
    )
    assert python(code) == "[]"


def test_nothing_has_to_be_compiled_at_the_start() -> None:
    code = (
        "import os, sys, bot.app; "
        "print([name for name, module in sys.modules.items() if (file := getattr(module, '__file__', None) or '')"
        ".startswith(('/app', '/venv')) and file.endswith('.py') and not os.path.exists(module.__cached__)])"
    )
    assert python(code) == "[]"


# ---- what it does ---------------------------------------------------------------------------------------------------


def test_wrong_settings_end_it_with_a_line_each() -> None:
    done = run()
    assert done.returncode == 2
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == ["DISCORD_TOKEN", "RUNBASE_API_KEYS"]


@dataclass
class Place:
    """A volume, and the containers that had it one after the other."""

    volume: str
    containers: list[str] = field(default_factory=list)

    def clear(self) -> None:
        for container in self.containers:
            sys.stdout.write(engine("logs", container).stderr)  # pytest shows it when a test has failed
            engine("rm", "--force", container)
        engine("volume", "rm", "--force", self.volume)


@pytest.fixture
def place() -> Iterator[Place]:
    place = Place(f"easel-check-{secrets.token_hex(4)}")
    yield place
    place.clear()


async def start(house: House, place: Place, options: Sequence[str] = HARDENED) -> str:
    """The name of a container whose bot is connected to the stand-in."""
    name = f"{place.volume}-{len(place.containers)}"
    place.containers.append(name)
    environment = [
        f"--env={key}={value}" for key, value in house.environment.items() if key.startswith(SET_BY_OPERATORS)
    ]
    mounts = [f"--volume={place.volume}:/data", f"--volume={LAUNCHER}:/launcher.py:ro"]
    started = await asyncio.to_thread(
        engine, "run", "--detach", "--name", name, "--entrypoint", "python", *OPTIONS, *options, *mounts, *environment,
        "--env", DATABASE, IMAGE, "/launcher.py", "bot", "run",
    )  # fmt: skip
    assert started.returncode == 0, started.stderr
    await house.standin.connected(times=len(place.containers), within_s=WITHIN_S)
    return name


async def stop(name: str) -> tuple[int, str]:
    """With the signal that the image names. Returns the exit code, and what was logged."""
    await asyncio.to_thread(engine, "stop", "--time", "30", name)
    code = await asyncio.to_thread(engine, "inspect", "--format", "{{.State.ExitCode}}", name)
    return int(code.stdout), (await asyncio.to_thread(engine, "logs", name)).stderr


async def health(name: str) -> int:
    """The exit code of the image's own HEALTHCHECK."""
    (image,) = json.loads((await asyncio.to_thread(engine, "image", "inspect", IMAGE)).stdout)
    check = image.get("Healthcheck") or image["Config"]["Healthcheck"]  # Podman, Docker
    kind, *command = check["Test"]
    assert kind == "CMD"
    return (await asyncio.to_thread(engine, "exec", name, *command)).returncode


async def has_made_a_picture(house: House, **options: object) -> bool:
    asked = await house.imagine("a red fox in the snow", **options)
    return (await house.picture(asked)).startswith(b"\x89PNG")


def large_tiff() -> bytes:
    """Decoded in a process of its own, whose memory has to fit into the container's."""
    raw = io.BytesIO()
    Image.linear_gradient("L").resize((5000, 4000)).convert("RGB").save(raw, "TIFF", compression="tiff_lzw")
    return raw.getvalue()


async def test_it_serves_and_stops_and_goes_on_with_what_it_kept(tmp_path: Path, place: Place) -> None:
    async with open_house(tmp_path) as house:
        first = await start(house, place)
        assert await has_made_a_picture(house, reference1=("scan.tiff", large_tiff()))
        (run,) = house.emulator.runs
        assert len(run.image_urls) == 1
        assert await health(first) == 0
        code, log = await stop(first)
        assert (code, "request delivered" in log) == (0, True)

        second = await start(house, place)
        assert await has_made_a_picture(house)
        assert "applied" not in (await stop(second))[1]


async def test_it_is_unhealthy_once_discord_is_gone(tmp_path: Path, place: Place) -> None:
    async with open_house(tmp_path) as house:
        name = await start(house, place)
        assert await has_made_a_picture(house)
        assert await health(name) == 0
    async with asyncio.timeout(WITHIN_S):
        while await health(name) == 0:
            pass  # each look takes half a second; the bot notices within moments


async def test_it_writes_to_its_volume_alone_even_where_it_could_elsewhere(tmp_path: Path, place: Place) -> None:
    async with open_house(tmp_path) as house:
        name = await start(house, place, options=())
        assert await has_made_a_picture(house)
        await stop(name)
    changes = engine("diff", name)
    assert changes.returncode == 0
    # What the engine itself puts there: names of hosts, and the mounts.
    assert set(changes.stdout.splitlines()) <= {"C /etc", "C /run", "A /run/.containerenv", "A /data", "A /launcher.py"}
