"""The bot as its own process, between a stand-in for Discord and the RunBase look-alike, all on loopback sockets."""

import asyncio
import os
import signal
import socket
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn

from bot.ports import Clock
from bot.preview.emulator import Emulator
from bot.preview.emulator.server import Painter
from bot.preview.painter import paint
from tests.sockets.past import remember_runs
from tests.standin.discord import Channel, Interaction, Member, Permission, Server, StandIn

KEY = "sk-of-the-sockets"
ARRIVES_WITHIN_S = 20.0
# What the README's invite link asks for, and nothing else.
INVITED_WITH = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.SEND_MESSAGES_IN_THREADS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
)


@dataclass
class House:
    standin: StandIn
    emulator: Emulator
    server: Server
    channel: Channel
    alice: Member
    environment: dict[str, str]
    home: Path
    speed: float
    is_new: bool = False
    wrapper: tuple[str, ...] = ()
    process: asyncio.subprocess.Process | None = None
    output: list[str] = field(default_factory=list)
    _logs: dict[int, Path] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """Where the bot keeps what it keeps."""
        return Path(self.environment["EASEL__STORAGE__PATH"]).parent

    @property
    def log(self) -> str:
        """What the process has logged so far."""
        assert self.process is not None
        return self._logs[self.process.pid].read_text(encoding="utf-8")

    async def start(self, *options: str, **changes: str) -> None:
        """Start the bot and wait until it is connected."""
        await self.launch(*options, **changes)
        await self.standin.connected(within_s=15)

    async def launch(self, *options: str, **changes: str) -> None:
        """The log goes to a file: a pipe that nobody reads until the end would stop a talkative bot."""
        command = [*self.wrapper, *self.standin.command("bot", "run", *options)]
        environment = {**self.environment, **changes}
        await self.furnish(environment)
        with tempfile.NamedTemporaryFile(prefix="log-", dir=self.home, delete=False) as log:
            self.process = await asyncio.create_subprocess_exec(*command, env=environment, stderr=log)
        self._logs[self.process.pid] = Path(log.name)

    async def furnish(self, environment: Mapping[str, str]) -> None:
        """Before the bot's first start; later it finds what is there."""
        if not self.is_new:
            await remember_runs(Path(environment["EASEL__STORAGE__PATH"]), speed=self.speed)

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Send the signal and return the exit code; what was logged is added to `output`."""
        assert self.process is not None
        with suppress(ProcessLookupError):  # it ended by itself, and the exit code tells
            self.process.send_signal(how)
        return await self.ended()

    async def ended(self) -> int:
        assert self.process is not None
        code = await self.process.wait()
        self.output.append(self.log)
        self.process = None
        return code

    async def imagine(self, prompt: str = "a red fox in the snow", **options: object) -> Interaction:
        asked = await self.standin.slash(self.alice, self.channel, "imagine", prompt=prompt, **options)  # type: ignore[arg-type]
        return await asked.acknowledged_within()

    async def picture(self, asked: Interaction) -> bytes:
        """The bytes of the picture that answers a request."""
        await self.standin.until(lambda: _shows(asked, "**"), within_s=ARRIVES_WITHIN_S)
        assert asked.message is not None
        (content,) = asked.message.files.values()
        return content


def _shows(asked: Interaction, start: str) -> bool:
    return asked.message is not None and asked.message.content.startswith(start)


@asynccontextmanager
async def open_house(
    folder: Path,
    *,
    speed: float = 40.0,
    keys: Sequence[str] = (KEY,),
    clock: Clock | None = None,
    painter: Painter = paint,
    is_new: bool = False,
) -> AsyncIterator[House]:
    """A bot that has served before, and knows how long pictures take, unless it `is_new`."""
    async with AsyncExitStack() as stack:
        standin = await stack.enter_async_context(StandIn())
        emulator = await stack.enter_async_context(listening(speed, keys=keys, clock=clock, painter=painter))
        server = standin.new_server("The Easel Studio")
        standin.bot_joins(server, permissions=INVITED_WITH)
        house = House(
            standin=standin,
            emulator=emulator,
            server=server,
            channel=standin.new_channel(server, "pictures"),
            alice=standin.new_member(server, "alice"),
            environment=_environment(folder, standin, emulator, keys),
            home=folder,
            speed=speed,
            is_new=is_new,
        )
        try:
            yield house
        finally:
            if house.process is not None:
                await house.stop(signal.SIGKILL)


@asynccontextmanager
async def listening(
    speed: float,
    *,
    keys: Sequence[str] = (KEY,),
    clock: Clock | None = None,
    painter: Painter = paint,
    takes_data_uris: bool = False,
) -> AsyncIterator[Emulator]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        base_url = f"http://127.0.0.1:{listener.getsockname()[1]}/api/v1"
        emulator = Emulator(
            clock=clock,
            balances=dict.fromkeys(keys, 100),
            speed=speed,
            base_url=base_url,
            painter=painter,
            takes_data_uris=takes_data_uris,
        )
        config = uvicorn.Config(emulator.app, log_level="warning", access_log=False, timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield emulator
        finally:
            server.should_exit = True
            await serving


def _environment(folder: Path, standin: StandIn, emulator: Emulator, keys: Sequence[str]) -> dict[str, str]:
    """Nothing but what an operator sets, and the seams of discord.py."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {
        **kept,
        **standin.environment(),
        "DISCORD_TOKEN": standin.token,
        "RUNBASE_API_KEYS": ",".join(keys),
        "EASEL__RUNBASE__BASE_URL": emulator.base_url,
        "EASEL__STORAGE__PATH": str(folder / "easel.sqlite3"),
        "EASEL__DISCORD__CDN_ORIGINS": f'["{standin.cdn_origin}"]',
    }
