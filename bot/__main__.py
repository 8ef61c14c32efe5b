"""The command line: `python -m bot run | preview | demo | migrate`."""

import asyncio
import signal
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import aiohttp
import discord
import typer
from rich.console import Console

from bot import __version__
from bot.app import migrate_database, open_app
from bot.config import Config, ConfigError, Secrets, load_config, load_secrets
from bot.domain.errors import CannotStart
from bot.logs import LogFormat, set_up_logging

WRONG_USE = 2  # the exit code for a wrong configuration, as for wrong options
FAILED = 1

cli = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=f"Easel {__version__}"
)
console = Console(highlight=False)
complaints = Console(stderr=True, highlight=False, soft_wrap=True)

ConfigPath = Annotated[Path | None, typer.Option("--config", help="The TOML file; EASEL_CONFIG or config.toml else.")]

LogFormatOption = Annotated[LogFormat, typer.Option("--log-format", help="For people, or one JSON object a line.")]


@cli.command()
def run(config: ConfigPath = None, log_format: LogFormatOption = LogFormat.TEXT) -> None:
    """Log in to Discord and serve. DISCORD_TOKEN and RUNBASE_API_KEYS come from the environment."""
    settings, secrets = _configured(lambda: (load_config(config), load_secrets()))
    set_up_logging(log_format)
    _finish(_serve(settings, secrets))


@cli.command()
def migrate(config: ConfigPath = None) -> None:
    """Bring the database to the newest schema, after a copy of the old one."""
    settings = _configured(lambda: load_config(config))
    try:
        done = migrate_database(settings, at=datetime.now(UTC))
    except CannotStart as error:
        _stop(str(error), FAILED)
    for migration in done.applied:
        console.print(f"applied {migration.version:04} {migration.name}")
    if done.backup:
        console.print(f"the database as it was before: {done.backup}")
    if not done.applied:
        console.print("nothing to do")


@cli.command()
def preview(port: Annotated[int, typer.Option(help="The page's port; 0 takes a free one.")] = 0) -> None:
    """The bot in a local Discord in your browser: no token, no key, no network."""
    from bot.preview.session import run_preview

    _finish(run_preview(port))


@cli.command()
def demo(
    out: Annotated[Path, typer.Option(help="Where the picture and the screenshot go.")] = Path("out/demo"),
) -> None:
    """One picture in the local Discord, saved to a folder."""
    from bot.preview.session import run_demo

    _finish(run_demo(out))


async def _serve(config: Config, secrets: Secrets) -> None:
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


T = TypeVar("T")


def _configured(load: Callable[[], T]) -> T:
    try:
        return load()
    except ConfigError as error:
        _stop(str(error), WRONG_USE)


def _stop(why: str, code: int) -> NoReturn:
    complaints.print(why, markup=False)
    raise typer.Exit(code)


def _finish(work: Coroutine[None, None, None]) -> None:
    """Run to the end; what an operator can mend becomes one line instead of a traceback."""
    try:
        asyncio.run(work)
    except discord.LoginFailure:
        _stop("DISCORD_TOKEN: expected a valid bot token, found one that Discord refuses", WRONG_USE)
    except discord.PrivilegedIntentsRequired:
        _stop(
            "discord.message_content: expected the Message Content intent to be enabled for this application "
            "in Discord's developer portal, found it disabled",
            WRONG_USE,
        )
    except CannotStart as error:
        _stop(str(error), FAILED)
    except (aiohttp.ClientError, discord.HTTPException, discord.ConnectionClosed, OSError) as error:
        _stop(f"Discord: expected a connection, found none ({error})", FAILED)
    except KeyboardInterrupt:
        console.print()


if __name__ == "__main__":
    cli()
