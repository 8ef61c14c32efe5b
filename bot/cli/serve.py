"""`run`: the bot on Discord until it is told to stop."""

import asyncio
import gc
import logging
import os
import signal
import sys

from bot import __version__
from bot.app import open_app
from bot.client import ImageBot
from bot.config import Config, Secrets

log = logging.getLogger(__name__)

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
# How long a thread that decodes a picture or reads rows may keep the interpreter from the loop, which answers members:
# with Python's own 5 ms the loop wakes twice as late under load (`make bench ARGS=load`).
_THREADS_GIVE_WAY_AFTER_S = 0.0005


async def serve(config: Config, secrets: Secrets) -> None:
    """Until SIGTERM or SIGINT: nothing new is taken, what is under way ends, then the connection closes."""
    _answer_promptly()
    stop = asyncio.Event()
    for number in _SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, _stop, stop, number)
    async with open_app(config, secrets.runbase_api_keys) as app:
        await app.bot.login(secrets.discord_token.get_secret_value())
        async with app.working():
            log.info("started version=%s", __version__)
            connecting = asyncio.create_task(app.bot.connect())
            greeting = asyncio.create_task(_tell_ready(app.bot))
            stopping = asyncio.create_task(stop.wait())
            await asyncio.wait({connecting, stopping}, return_when=asyncio.FIRST_COMPLETED)
            log.info("stopping")
            stopping.cancel()
            greeting.cancel()
            await app.take_no_more()
        await app.bot.close()
        await connecting
    log.info("stopped")


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


def _stop(stop: asyncio.Event, number: int) -> None:
    """The second signal ends the process where it stands, which loses nothing: the next start goes on from the ledger.

    By a call and not by the signal's default, which the first process of a container does not have.
    """
    if stop.is_set():
        os._exit(128 + number)
    stop.set()
