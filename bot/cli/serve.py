"""`run`: the bot on Discord until it is told to stop."""

import asyncio
import signal

from bot.app import open_app
from bot.config import Config, Secrets

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


async def serve(config: Config, secrets: Secrets) -> None:
    """Until SIGTERM or SIGINT: nothing new is taken, what is under way ends, then the connection closes.

    A second signal ends the process where it stands, which loses nothing: the next start goes on from the ledger.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop_gently() -> None:
        stop.set()
        for number in _SIGNALS:
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_DFL)

    for number in _SIGNALS:
        loop.add_signal_handler(number, stop_gently)
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
