"""`run`: the bot on Discord until it is told to stop."""

import asyncio
import gc
import logging
import os
import signal
import sys
from contextlib import ExitStack, suppress
from types import FrameType

from bot import __version__
from bot.app import App, open_app
from bot.client import ImageBot
from bot.config import Config, Secrets

log = logging.getLogger(__name__)

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
# How long a thread that decodes a picture or reads rows may keep the interpreter from the loop, which answers members:
# with Python's own 5 ms the loop wakes twice as late under load (`make bench ARGS=load`).
_THREADS_GIVE_WAY_AFTER_S = 0.0005
# Beyond the grace, for answers to be written down and everything to be closed. Operators are told to wait for ten.
CLOSES_WITHIN_S = 8.0


async def serve(config: Config, secrets: Secrets) -> None:
    """Until SIGTERM or SIGINT: nothing new is taken, what is under way ends, then the connection closes."""
    _answer_promptly()
    stop = asyncio.Event()
    _hear(stop, ends_within_s=config.queue.shutdown_grace.total_seconds() + CLOSES_WITHIN_S)
    async with open_app(config, secrets.runbase_api_keys) as app:
        living = asyncio.create_task(_live(app, secrets.discord_token.get_secret_value()))
        telling = asyncio.create_task(stop.wait())
        await asyncio.wait({living, telling}, return_when=asyncio.FIRST_COMPLETED)
        for one in (living, telling):
            one.cancel()
        with suppress(asyncio.CancelledError):
            await living
    log.info("stopped")


async def _live(app: App, token: str) -> None:
    """Until it is cancelled, at the start too, or the connection fails for good."""
    await app.bot.login(token)
    with ExitStack() as beside:
        async with app.working():
            log.info("started version=%s", __version__)
            connecting = asyncio.create_task(app.bot.connect())
            greeting = asyncio.create_task(_tell_ready(app.bot))
            beside.callback(connecting.cancel)
            beside.callback(greeting.cancel)
            try:
                await asyncio.shield(connecting)  # what is under way ends while it lasts
            finally:
                log.info("stopping")
                app.take_no_more()


def _answer_promptly() -> None:
    """Nothing shall hold up the loop. What was imported stays for good: each time the collector looked through it, that
    took 80 ms.
    """
    sys.setswitchinterval(_THREADS_GIVE_WAY_AFTER_S)
    gc.collect()
    gc.freeze()


async def _tell_ready(bot: ImageBot) -> None:
    """Once: discord.py itself tells of later connections."""
    await bot.wait_until_ready()
    log.info("ready name=%s servers=%d", "_".join(str(bot.user).split()), len(bot.guilds))


def _hear(stop: asyncio.Event, *, ends_within_s: float) -> None:
    """The first signal sets `stop`. What hangs for good, such as a disk, and a second signal end the process where it
    stands, which loses nothing: the next start goes on from the ledger.

    By calls and not by the signals' defaults, which the first process of a container does not have; and by Python's
    handlers and not by the loop's, since the loop may be what hangs.
    """
    loop, has_come = asyncio.get_running_loop(), False

    def hear(number: int, _: FrameType | None) -> None:
        nonlocal has_come
        if has_come:
            os._exit(128 + number)
        has_come = True
        signal.setitimer(signal.ITIMER_REAL, ends_within_s)
        loop.call_soon_threadsafe(stop.set)

    signal.signal(signal.SIGALRM, _give_up)
    for number in _SIGNALS:
        signal.signal(number, hear)


def _give_up(_: int, __: FrameType | None) -> None:
    try:
        log.error("stopped the hard way: something hangs, see the disks")
    finally:
        os._exit(1)
