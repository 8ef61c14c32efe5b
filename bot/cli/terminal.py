"""The terminal: where lines go, which exit codes there are, and how mistakes an operator can mend are told."""

import asyncio
import math
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import NoReturn, TypeVar

import aiohttp
import discord
import typer
from rich.console import Console

from bot.cli.checks.lines import counted
from bot.config import ConfigError
from bot.domain.errors import CannotStart, StorageUnavailable

WRONG_USE = 2  # the exit code for a wrong configuration, as for wrong options
FAILED = 1

console = Console(highlight=False)
complaints = Console(stderr=True, highlight=False, soft_wrap=True)

T = TypeVar("T")


def configured(load: Callable[[], T]) -> T:
    try:
        return load()
    except ConfigError as error:
        stop(str(error), WRONG_USE)


def stop(why: str, code: int = FAILED) -> NoReturn:
    complaints.print(why, markup=False)
    raise typer.Exit(code)


@contextmanager
def libraries_of_the_preview() -> Iterator[None]:
    """They are an extra, which an installation for serving does without."""
    try:
        yield
    except ModuleNotFoundError as error:
        stop(f"The preview needs {error.name}, which is not installed: uv sync --extra preview (make setup does it).")


def finish(work: Coroutine[None, None, T]) -> T:
    """Run to the end; what an operator can mend becomes one line instead of a traceback."""
    try:
        return asyncio.run(work)
    except discord.LoginFailure:
        stop("DISCORD_TOKEN: expected a valid bot token, found one that Discord refuses", WRONG_USE)
    except discord.PrivilegedIntentsRequired:
        stop(
            "discord.message_content: expected the Message Content intent to be enabled for this application "
            "in Discord's developer portal, found it disabled",
            WRONG_USE,
        )
    except CannotStart as error:
        stop(str(error))
    except StorageUnavailable as error:
        stop(f"storage.path {error.path}: expected a database I can write, found: {error.why}")
    except discord.RateLimited as error:
        wait = counted(math.ceil(error.retry_after / 60), "minute")
        stop(f"Discord: expected an answer, found a rate limit: try again in {wait}")
    except (aiohttp.ClientError, discord.HTTPException, discord.ConnectionClosed, OSError) as error:
        stop(f"Discord: expected a connection, found none ({error})")
    except KeyboardInterrupt:
        console.print()
        raise typer.Exit(130) from None  # as shells tell of Ctrl+C
