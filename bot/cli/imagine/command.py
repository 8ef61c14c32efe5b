"""The command itself: from options to an exit code. What goes wrong before anything is spent ends with 2."""

import asyncio
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.console import Console

from bot.cli.imagine.account import STOPPED, WRONG_USE, Account
from bot.cli.imagine.errand import Service, carry_out
from bot.cli.imagine.interruption import Interruption
from bot.cli.imagine.order import Order, Wish, order_of
from bot.cli.imagine.sentences import LEDGER_IN_USE, NO_PREVIEW, sentence
from bot.cli.imagine.targets import WrongOrder
from bot.cli.terminal import configured, stop
from bot.clock import SystemClock
from bot.config import Config, load_config, load_runbase_api_keys
from bot.domain.catalogue import CATALOGUE
from bot.domain.errors import BotError, CannotStart, DatabaseInUse, StorageUnavailable
from bot.logs import TextFormatter


def imagine_and_tell(wish: Wish, config_path: Path | None, *, is_offline: bool) -> None:
    config = configured(lambda: load_config(config_path))
    try:
        order = order_of(wish, CATALOGUE[config.runbase.model], is_offline=is_offline)
    except WrongOrder as error:
        stop(str(error), WRONG_USE)
    except BotError as error:
        stop(sentence(error), WRONG_USE)
    with _offline(config) if is_offline else _online(config) as service:
        raise typer.Exit(_run(order, service))


def _run(order: Order, service: Service) -> int:
    try:
        account = asyncio.run(_carry_out(order, service))
    except DatabaseInUse as error:
        stop(f"{error}. {LEDGER_IN_USE}")
    except CannotStart as error:
        stop(str(error))
    except StorageUnavailable as error:
        stop(sentence(error))
    except KeyboardInterrupt:
        return STOPPED
    for saved in account.results:  # and nothing else, so that scripts can read the paths
        typer.echo(account.line(saved) if sys.stdout.isatty() else saved.path)
    return account.code


async def _carry_out(order: Order, service: Service) -> Account:
    interruption, console = Interruption(), Console(stderr=True, highlight=False)
    _show_troubles(console)
    with interruption.heard():
        return await carry_out(order, service, SystemClock(), console, interruption)


@contextmanager
def _online(config: Config) -> Iterator[Service]:
    yield Service(config, configured(load_runbase_api_keys))


@contextmanager
def _offline(config: Config) -> Iterator[Service]:
    try:
        from bot.preview.offline import open_offline
    except ModuleNotFoundError:
        stop(NO_PREVIEW)
    with open_offline(config) as (throw_away, keys, transport):
        yield Service(throw_away, keys, transport, is_offline=True)


def _show_troubles(console: Console) -> None:
    """Of the log only what an operator has to see; everything else the sentences say."""
    handler = _Above(console)
    handler.setFormatter(TextFormatter())
    logging.basicConfig(handlers=[handler], level=logging.ERROR, force=True)


class _Above(logging.Handler):
    """Log lines above the bars, which they would tear apart."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        self._console.print(self.format(record), markup=False, soft_wrap=True)
