"""`run`: the bot on Discord until it is told to stop."""

import asyncio
import os
import signal

from bot.app import open_app
from bot.config import Config, Secrets

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


async def serve(config: Config, secrets: Secrets) -> None:
    """Until SIGTERM or SIGINT: nothing new is taken, what is under way ends, then the connection closes."""
    stop = asyncio.Event()
    for number in _SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, _stop, stop, number)
    async with open_app(config, secrets.runbase_api_keys) as app:
        await app.bot.login(secrets.discord_token.get_secret_value())
        async with app.working():
            connecting = asyncio.create_task(app.bot.connect())
            stopping = asyncio.create_task(stop.wait())
            await asyncio.wait({connecting, stopping}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            await app.take_no_more()
        await app.bot.close()
        await connecting


def _stop(stop: asyncio.Event, number: int) -> None:
    """The second signal ends the process where it stands, which loses nothing: the next start goes on from the ledger.

    By a call and not by the signal's default, which the first process of a container does not have.
    """
    if stop.is_set():
        os._exit(128 + number)
    stop.set()
