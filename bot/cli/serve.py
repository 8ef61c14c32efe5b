"""`run`: the bot on Discord until it is told to stop."""

import asyncio
import signal

from bot.app import open_app
from bot.config import Config, Secrets


async def serve(config: Config, secrets: Secrets) -> None:
    """Until SIGTERM or SIGINT: loops stop first, what is under way ends, then the connection closes."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with open_app(config, secrets.runbase_api_keys) as app:
        await app.bot.login(secrets.discord_token.get_secret_value())
        async with app.working():
            connecting = asyncio.create_task(app.bot.connect())
            stopping = asyncio.create_task(stop.wait())
            await asyncio.wait({connecting, stopping}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
        await app.bot.close()
        await connecting
