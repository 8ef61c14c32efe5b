"""A Discord in this process: the real bot inside simcord, against the RunBase look-alike, in a time that can be moved.

The one module of the bot that touches simcord's insides: its stored uploads, which no socket serves.
"""

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx
from pydantic import SecretStr
from simcord.env import Env
from simcord.preview import Preview

from bot.app import App, open_app
from bot.config import Config
from bot.preview.emulator import Emulator

KEY = "sk-preview"
BASE_URL = "http://127.0.0.1/api/v1"  # answered by the look-alike's transport, never by a socket
CDN_ORIGIN = "https://cdn.simcord.invalid"
_TURN_S = 0.002  # real time that loops and database threads get between two moves of the simulated clock


class SimulatedClock:
    """`Clock` over the simulated world's time. It stands still until somebody moves it."""

    def __init__(self) -> None:
        self.env: Env | None = None
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._order = itertools.count()
        self.sleeping = 0

    def now(self) -> datetime:
        # simcord's worlds begin here; before there is one, so does ours.
        return self.env.now() if self.env is not None else datetime.fromisoformat("2026-01-01T00:00:00+00:00")

    def elapsed_s(self) -> float:
        return self.now().timestamp()

    async def sleep(self, seconds: float) -> None:
        """For those in the world who need time to pass before they go on, unlike the loops, which only wait."""
        self.sleeping += 1
        try:
            await self._until(self.now() + timedelta(seconds=seconds))
        finally:
            self.sleeping -= 1

    async def wait(self, event: asyncio.Event, timeout_s: float) -> None:
        waits = [
            asyncio.ensure_future(event.wait()),
            asyncio.ensure_future(self._until(self.now() + timedelta(seconds=timeout_s))),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    def wake_due(self) -> None:
        """Wake whoever slept until now or earlier."""
        while self._sleepers and self._sleepers[0][0] <= self.now():
            _, _, sleeper = heapq.heappop(self._sleepers)
            if not sleeper.done():
                sleeper.set_result(None)

    async def _until(self, at: datetime) -> None:
        sleeper: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (at, next(self._order), sleeper))
        await sleeper


class SimulatedCdn(httpx.AsyncBaseTransport):
    """Serves what members uploaded in the simulated world."""

    def __init__(self) -> None:
        self.env: Env | None = None
        self.missing: set[str] = set()  # names of files that Discord no longer has

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        content = self._find(request.url.path)
        if content is None or request.url.path.rsplit("/", 1)[1] in self.missing:
            return httpx.Response(404)
        return httpx.Response(200, stream=httpx.ByteStream(content))

    def read(self, url: str) -> bytes:
        content = self._find(httpx.URL(url).path)
        assert content is not None, url
        return content

    def _find(self, path: str) -> bytes | None:
        """By channel and attachment id: the file name in an address may be encoded in more ways than one."""
        assert self.env is not None
        prefix = CDN_ORIGIN + "/".join(path.split("/")[:4]) + "/"
        stored = self.env.backend.cdn._blobs
        return next((content for url, content in stored.items() if url.startswith(prefix)), None)


@dataclass
class World:
    """The running bot and everything around it."""

    config: Config
    clock: SimulatedClock
    cdn: SimulatedCdn
    emulator: Emulator
    env: Env
    app: App
    turns: asyncio.Lock = field(default_factory=asyncio.Lock, kw_only=True)
    _life: AsyncExitStack = field(repr=False)
    _work: AsyncExitStack = field(repr=False, default_factory=AsyncExitStack)

    def take_turns_with(self, page: Preview) -> None:
        """A page answers an action that meets the world moving with an error it cannot recover from: let it wait."""
        act = page._action

        async def act_in_turn(context_id: str | None, body: Mapping[str, Any]) -> dict[str, Any]:
            async with self.turns:
                return await act(context_id, body)

        page._action = act_in_turn  # type: ignore[method-assign] # the page has no hook for it

    @property
    def happened(self) -> int:
        """How many things have happened in this Discord; grows with each."""
        return len(self.env.backend.transcript)

    async def advance(self, seconds: float, *, step_s: float = 0.25) -> None:
        """Let simulated time pass in steps, giving the loops a turn after each."""
        steps = max(1, round(seconds / step_s))
        for _ in range(steps):
            await self.env.advance_time(seconds / steps)
            self.clock.wake_due()
            await self._let_work()

    async def until(self, condition: Callable[[], object], *, within_s: float = 120.0) -> None:
        """Let time pass until the condition holds. Raises: TimeoutError after `within_s` simulated seconds."""
        deadline = self.clock.now() + timedelta(seconds=within_s)
        while not condition():
            if self.clock.now() >= deadline:
                raise TimeoutError(f"did not happen within {within_s} simulated seconds")
            await self.advance(0.25)

    async def _let_work(self) -> None:
        """Real time for real work: painting a picture takes none of the simulated time."""
        await asyncio.sleep(_TURN_S)
        while self.app.is_busy and not self.clock.sleeping:  # noqa: ASYNC110 - nobody announces that loops are idle
            await asyncio.sleep(_TURN_S)

    async def pause(self) -> None:
        """The loops stop; commands are still answered."""
        await self._work.aclose()

    async def restart(self) -> None:
        """The bot goes down and a new one comes up over the same database, in the same Discord."""
        await self.close()
        self._life, self.app = await _open(self.config, self.clock, self.cdn, self.emulator)
        await self.env.restart_bot(self.app.bot)
        await self._work.enter_async_context(self.app.working())

    async def close(self) -> None:
        await self._work.aclose()
        await self._life.aclose()


async def _open(
    config: Config, clock: SimulatedClock, cdn: SimulatedCdn, emulator: Emulator
) -> tuple[AsyncExitStack, App]:
    life = AsyncExitStack()
    opening = open_app(config, (SecretStr(KEY),), clock=clock, image_transport=emulator.transport(), cdn_transport=cdn)
    return life, await life.enter_async_context(opening)


@asynccontextmanager
async def open_world(config: Config, *, seed: int = 0, speed: float = 1.0) -> AsyncIterator[World]:
    """A world whose look-alike takes seeded run times, divided by `speed`."""
    clock, cdn = SimulatedClock(), SimulatedCdn()
    emulator = Emulator(
        clock=clock, balances={KEY: 100}, seed=seed, speed=speed, base_url=BASE_URL, fetch_transport=cdn
    )
    life, app = await _open(config, clock, cdn, emulator)
    try:
        async with _discord(app) as env:
            clock.env = cdn.env = env
            world = World(config, clock, cdn, emulator, env, app, life)
            await world._work.enter_async_context(app.working())
            try:
                yield world
            finally:
                await world.close()
    finally:
        await life.aclose()


@asynccontextmanager
async def _discord(app: App) -> AsyncIterator[Env]:
    """`simcord.run` without its context variables, which a test's set-up and tear-down do not share."""
    env = Env(app.bot)
    env.backend.bot_user.name = "Easel"
    await env.start()
    try:
        yield env
    finally:
        await env.shutdown()
    env._raise_errors_since(env._errors_acknowledged)
