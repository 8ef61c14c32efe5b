"""The place of the load: Discord's stand-in and the RunBase look-alike in this process, the bot in its own."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import aiohttp
import uvicorn

from bot.preview.emulator import Emulator
from tests.bench.load.contestants import Contestant
from tests.bench.load.lags import Lags
from tests.bench.load.pictures import picture
from tests.sockets.house import INVITED_WITH
from tests.standin.discord import Channel, Member, StandIn

KEYS = tuple(f"sk-load-{number}" for number in range(20))
SPEED = 5.0  # run times are divided by it: half of the runs take less than three seconds
_SERVERS, _MEMBERS = 5, 100
_ALLOCATOR = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "1048576", "MALLOC_TRIM_THRESHOLD_": "1048576"}
_UNLIMITED = '[{"images": 100000, "per": "1d"}]'
_STARTS_WITHIN_S = 30.0
_STOPS_WITHIN_S = 25.0


@dataclass
class Stage:
    standin: StandIn
    runbase: Emulator
    process: asyncio.subprocess.Process
    members: list[tuple[Member, Channel]]
    lags: Lags


# The stand-in reads uploads by pieces of 8 KB, which for pictures of 2 MB would be most of what it does.
aiohttp.BodyPartReader.chunk_size = 1 << 18


@asynccontextmanager
async def open_stage(contestant: Contestant, folder: Path) -> AsyncIterator[Stage]:
    """The bot is connected when it begins."""
    async with AsyncExitStack() as stack:
        standin = await stack.enter_async_context(StandIn())
        runbase = await stack.enter_async_context(_listening())
        watched, lags = contestant.watched(folder)
        environment = {**_environment(folder, standin, runbase), **watched}
        members = list(_invited(standin))
        process = await stack.enter_async_context(_running(standin.command(*contestant.module), environment, folder))
        await standin.connected(within_s=_STARTS_WITHIN_S)
        yield Stage(standin, runbase, process, members, lags)


def _invited(standin: StandIn) -> Iterator[tuple[Member, Channel]]:
    """Every member with the channel they write in."""
    for number in range(_SERVERS):
        server = standin.new_server(f"studio-{number}")
        standin.bot_joins(server, permissions=INVITED_WITH)
        channel = standin.new_channel(server, "pictures")
        for one in range(_MEMBERS // _SERVERS):
            yield standin.new_member(server, f"member-{number}-{one}"), channel


@asynccontextmanager
async def _running(
    command: list[str], environment: dict[str, str], folder: Path
) -> AsyncIterator[asyncio.subprocess.Process]:
    with _log_in(folder) as log:
        process = await asyncio.create_subprocess_exec(*command, env=environment, cwd=folder, stdout=log, stderr=log)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), _STOPS_WITHIN_S)
        except TimeoutError:
            process.kill()
            await process.wait()


def _log_in(folder: Path) -> IO[bytes]:
    return (folder / "log").open("wb")


@asynccontextmanager
async def _listening() -> AsyncIterator[Emulator]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        base_url = f"http://127.0.0.1:{listener.getsockname()[1]}/api/v1"
        runbase = Emulator(balances=dict.fromkeys(KEYS, 1000), speed=SPEED, base_url=base_url, painter=picture)
        config = uvicorn.Config(runbase.app, log_level="critical", access_log=False, timeout_graceful_shutdown=1)
        server = _Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield runbase
        finally:
            server.should_exit = True
            await serving


class _Server(uvicorn.Server):
    """Ctrl+C belongs to the command, not to its server."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _environment(folder: Path, standin: StandIn, runbase: Emulator) -> dict[str, str]:
    """What an operator would raise for so many, what the image and the service set, and the seams of discord.py."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {
        **kept,
        **_ALLOCATOR,
        "PYTHONPATH": str(Path(__file__).parents[3]),
        **standin.environment(),
        "DISCORD_TOKEN": standin.token,
        "RUNBASE_API_KEYS": ",".join(KEYS),
        "EASEL__RUNBASE__BASE_URL": runbase.base_url,
        "EASEL__QUOTA__MEMBER": _UNLIMITED,
        "EASEL__QUOTA__GLOBAL": _UNLIMITED,
        "EASEL__STORAGE__PATH": str(folder / "easel.sqlite3"),
        "EASEL__DISCORD__CDN_ORIGINS": f'["{standin.cdn_origin}"]',
    }
