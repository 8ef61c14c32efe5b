"""The stand-in as tests hold it: it starts and stops the server, and every verb and view hangs off it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import yarl
from aiohttp import web

from tests.standin import run_against
from tests.standin.discord.building import Building, user_of
from tests.standin.discord.callbacks import Callbacks
from tests.standin.discord.cdn import Cdn
from tests.standin.discord.changes import Changes, Predicate
from tests.standin.discord.channels import Channels
from tests.standin.discord.commands import Commands
from tests.standin.discord.core import Core, Settings
from tests.standin.discord.crafting import Crafting
from tests.standin.discord.directory import Addresses, Directory, GatewayAnswers
from tests.standin.discord.events import Events
from tests.standin.discord.faults import Faults
from tests.standin.discord.gateway import Gateway
from tests.standin.discord.ids import Now, Snowflakes
from tests.standin.discord.interactions import Interaction
from tests.standin.discord.payloads import Payloads
from tests.standin.discord.posting import Posting
from tests.standin.discord.ratelimits import RateLimits
from tests.standin.discord.rest import Request, Rest
from tests.standin.discord.routing import Router
from tests.standin.discord.seen import SeenMessage, see
from tests.standin.discord.sightings import Sighting
from tests.standin.discord.talking import Who
from tests.standin.discord.world import Channel, User, World

API = "/api/v10"
RECENT = 15


def _real_now() -> datetime:
    return datetime.now(UTC)


class StandIn(Building, Crafting):
    """`async with StandIn() as standin:` listens on a free port of 127.0.0.1 until the block ends."""

    def __init__(self, *, now: Now = _real_now, token: str = "standin.token", bot_name: str = "easel") -> None:
        self.token = token
        self.changes = Changes(self._describe)
        notify = self.changes.notify
        ids, world = Snowflakes(now), World()
        self.bot = User(ids.next(), bot_name, bot=True)
        world.users[self.bot.id] = self.bot
        self.cdn = Cdn(ids, now, notify)
        self.gateway = Gateway(notify)
        payloads = Payloads(self.bot, world, self.cdn)
        events = Events(self.gateway, payloads, self.bot)
        self.core = Core(now, token, self.bot, world, ids, self.changes, self.cdn, payloads, events)
        self.posting = Posting(self.core)
        self.commands = Commands(self.core)
        self._addresses = Addresses()
        self._rest = Rest(self._router(), lambda: self.token, lambda: now() + self.settings.dates_ahead, notify)
        self._runner: web.AppRunner | None = None

    def _router(self) -> Router:
        directory = Directory(self.core, self._addresses)
        self.gateway.application = GatewayAnswers(self.core, directory, self._addresses)
        channels, callbacks = Channels(self.core, self.posting), Callbacks(self.core, self.posting)
        return Router([*directory.routes(), *channels.routes(), *callbacks.routes(), *self.commands.routes()])

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=1 << 40)  # Refusing is ours, in Discord's words.
        application.router.add_route("*", API + "/{tail:.*}", self._rest.serve)
        application.router.add_get("/gateway/", self.gateway.serve)
        application.router.add_get("/{tail:.*}", self.cdn.serve)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        _, port = self._runner.addresses[0][:2]
        self.cdn.origin = f"http://127.0.0.1:{port}"
        self._addresses.gateway_url = f"ws://127.0.0.1:{port}/gateway/"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.gateway.stop()
        if self._runner is not None:
            await self._runner.cleanup()
        if self._rest.bugs:
            raise ExceptionGroup("the stand-in itself failed", self._rest.bugs)

    @property
    def rest_url(self) -> str:
        return self.cdn.origin + API

    @property
    def gateway_url(self) -> str:
        return self._addresses.gateway_url

    @property
    def cdn_origin(self) -> str:
        return self.cdn.origin

    @property
    def faults(self) -> Faults:
        return self._rest.faults

    @property
    def rate_limits(self) -> RateLimits:
        return self._rest.rate_limits

    @property
    def requests(self) -> list[Request]:
        """Every REST request so far, oldest first."""
        return self._rest.requests

    @property
    def sightings(self) -> list[Sighting]:
        """Every version of every message of the bot so far, oldest first."""
        return self.core.sightings

    @property
    def settings(self) -> Settings:
        return self.core.settings

    @contextmanager
    def patched(self) -> Iterator[None]:
        """discord.py in this process talks to the stand-in while the block runs."""
        before = run_against.seams()
        run_against.point_at(self.rest_url, yarl.URL(self.gateway_url), self.cdn_origin)
        try:
            yield
        finally:
            run_against.point_at(*before)

    def launcher(self) -> str:
        """The script that runs a module in another process against `environment`."""
        return str(Path(run_against.__file__).resolve())

    def command(self, *module_and_arguments: str) -> list[str]:
        return [sys.executable, self.launcher(), *module_and_arguments]

    def environment(self) -> dict[str, str]:
        return {"STANDIN_REST": self.rest_url, "STANDIN_GATEWAY": self.gateway_url}

    async def until(self, predicate: Predicate, *, within_s: float = 5.0) -> None:
        """Raises: TimeoutError that tells what happened instead."""
        await self.changes.until(predicate, within_s=within_s)

    async def connected(self, *, times: int = 1, within_s: float = 5.0) -> None:
        """Wait for a bot that is there and has identified so many times; a restarted process makes it two."""
        await self.until(lambda: self.gateway.is_connected and len(self.gateway.identified) >= times, within_s=within_s)

    def messages(self, channel: Channel, viewer: Who | None = None) -> list[SeenMessage]:
        """What stands in a channel, oldest first; with `viewer`, without what only others see."""
        everyone = viewer is None
        seen_by = (None, None if viewer is None else user_of(viewer))
        messages = sorted(channel.messages.values(), key=lambda message: message.id)
        return [see(one, self.core.payloads) for one in messages if everyone or one.ephemeral_to in seen_by]

    @property
    def interactions(self) -> list[Interaction]:
        return list(self.core.interactions.values())

    def _describe(self) -> str:
        requests = [f"  {one.method} {one.path} -> {one.status} {one.code or ''}" for one in self.requests[-RECENT:]]
        asked = [f"  {one}" for one in self.interactions[-RECENT:]]
        bugs = [f"bug in the stand-in: {bug!r}" for bug in self._rest.bugs]
        return "\n".join(
            ["requests:", *requests, "interactions:", *asked, f"connected: {self.gateway.is_connected}", *bugs]
        )
