"""`preview` and `demo`: the simulated world as a page in the browser, with one picture asked for at the start."""

import asyncio
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import discord
from rich.console import Console
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle
from simcord.preview import Preview
from simcord.results import InteractionResult

from bot.config import Allowance, Config, DiscordConfig, QuotaConfig, RunBaseConfig, StorageConfig
from bot.preview.painter import paint
from bot.preview.world import BASE_URL, CDN_ORIGIN, World, open_world

PROMPT = "a red fox in the snow, vintage travel poster"
REFERENCE = ("fox-sketch.png", "a fox at the edge of a winter forest")
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# A quiet browser that talks to nobody but the page.
CHROMIUM_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_TICK_S = 0.2
_REFRESH_AFTER_S = 1.0
# Nobody pays for these, and whoever tries things out makes four at once.
_PLENTY = (Allowance(images=100, per=timedelta(hours=1)),)
_LOOKING_AFTER = discord.Permissions(manage_guild=True, manage_messages=True)
_SPEED = 2.0  # the look-alike is twice as fast as RunBase usually is, so that trying things out is no waiting

console = Console(highlight=False, soft_wrap=True)


@dataclass(frozen=True)
class Stage:
    """A server with a few channels and two members, shown on a page."""

    world: World
    page: Preview
    channel: ChannelHandle
    member: MemberActor


async def run_preview(port: int) -> None:
    """Serve the page until it is closed or interrupted."""
    async with open_stage(port) as stage:
        await imagine_once(stage)
        console.print(f"\nOpen [bold]{stage.page.url}[/bold] and type /imagine. Ctrl+C ends it.")
        flowing = asyncio.create_task(flow(stage.world, stage.page))
        try:
            await stage.page.wait_closed()
        finally:
            flowing.cancel()


async def run_demo(out: Path) -> None:
    """Make one picture, save it, and take a screenshot where there is a browser for it."""
    async with open_stage(port=0) as stage:
        result = await imagine_once(stage)
        assert result.response is not None
        attachment = result.response.attachments[0]
        picture = await asyncio.to_thread(_save, out / attachment.filename, stage.world.cdn.read(attachment.url))
        console.print(f"\nThe picture: {picture}")
        await _screenshot(stage.page, out / "page.png")


async def flow(world: World, page: Preview) -> None:
    """Let the world's time pass as on the wall, and show what changed, while people act on the page."""
    loop = asyncio.get_running_loop()
    last_s, refreshed_s, shown = loop.time(), loop.time(), 0
    while True:
        await asyncio.sleep(_TICK_S)
        now_s = loop.time()
        async with world.turns:
            await world.advance(now_s - last_s)
            last_s = now_s
            if world.happened > shown and now_s - refreshed_s >= _REFRESH_AFTER_S:
                shown, refreshed_s = world.happened, now_s
                await page.refresh()


@asynccontextmanager
async def open_stage(port: int) -> AsyncIterator[Stage]:
    with tempfile.TemporaryDirectory(prefix="easel-") as folder:
        config = Config(
            discord=DiscordConfig(cdn_origins=(CDN_ORIGIN,)),
            runbase=RunBaseConfig(base_url=BASE_URL),
            storage=StorageConfig(path=Path(folder) / "easel.sqlite3"),
            quota=QuotaConfig(member=_PLENTY),
        )
        async with open_world(config, speed=_SPEED) as world:
            server = world.env.create_guild("The Easel Studio")
            channel = server.create_text_channel("pictures")
            server.create_text_channel("thumbnails")
            server.create_text_channel("talk")
            alice, bob = (server.add_member(world.env.create_user(name)) for name in ("alice", "bob"))
            staff = server.create_role("staff", permissions=_LOOKING_AFTER)
            mo = server.add_member(world.env.create_user("mo"), roles=[staff])
            async with world.env.preview(channel, viewers=[alice, bob, mo], layout="channel", port=port) as page:
                world.take_turns_with(page)
                yield Stage(world, page, channel, alice)


async def imagine_once(stage: Stage) -> InteractionResult:
    """Ask for a picture as a member would, and tell what the channel shows meanwhile."""
    name, drawn = REFERENCE
    reference = (name, await asyncio.to_thread(paint, drawn, (768, 512)))
    console.print(f"[bold]alice[/bold] in #pictures: /imagine prompt:{PROMPT} aspect:3:2 reference1:{name}")
    result = await stage.member.slash(stage.channel, "imagine", prompt=PROMPT, aspect="3:2", reference1=reference)
    told: list[str] = []
    without_isolates = str.maketrans("", "", "\u2068\u2069")  # which terminals show as boxes

    def is_done() -> bool:
        assert result.response is not None
        if result.response.content not in told:
            told.append(result.response.content)
            console.print(f"[dim]{stage.world.clock.now():%H:%M:%S}[/dim]", end=" ")
            words = result.response.content.translate(without_isolates)
            console.print(words.replace("\n", "\n         "), markup=False)
        return bool(result.response.attachments)

    await stage.world.until(is_done)
    await stage.page.refresh()
    return result


def find_chromium() -> str | None:
    return next(filter(None, map(shutil.which, _CHROMIUM)), None)


def _save(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


async def _screenshot(page: Preview, target: Path) -> None:
    browser = find_chromium()
    if browser is None:
        console.print("No screenshot: Chromium is not installed here.")
        return
    with tempfile.TemporaryDirectory(prefix="easel-chromium-") as profile:
        shooting = await asyncio.create_subprocess_exec(
            browser,
            "--headless",
            *CHROMIUM_OPTIONS,
            "--hide-scrollbars",
            "--window-size=1280,1000",
            "--virtual-time-budget=10000",
            f"--user-data-dir={profile}",
            f"--screenshot={target}",
            page.url,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        code = await asyncio.wait_for(shooting.wait(), timeout=60)
    console.print(f"The page: {target}" if code == 0 else f"No screenshot: Chromium ended with {code}.")
