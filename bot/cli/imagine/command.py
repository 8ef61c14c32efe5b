"""The command itself: from options to an exit code. What goes wrong before anything is spent ends with 2."""

import asyncio
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import typer
from pydantic import SecretStr
from rich.console import Console

from bot.app import open_app
from bot.cli.imagine.account import FAILED, WRONG_USE, Account
from bot.cli.imagine.display import Display
from bot.cli.imagine.errand import Errand
from bot.cli.imagine.interruption import Interruption
from bot.cli.imagine.order import Order, Wish, order_of
from bot.cli.imagine.publisher import TerminalPublisher
from bot.cli.imagine.sentences import LEDGER_IN_USE, NO_PREVIEW, sentence
from bot.cli.imagine.targets import WrongOrder
from bot.cli.terminal import configured, stop
from bot.clock import SystemClock
from bot.config import Config, load_config, load_runbase_api_keys
from bot.domain.catalogue import CATALOGUE
from bot.domain.errors import BotError, CannotStart, DatabaseInUse, StorageUnavailable
from bot.logs import TextFormatter
from bot.ports import Imaging


@dataclass(frozen=True, slots=True)
class Service:
    """The image service to use, and the ledger to keep."""

    config: Config
    keys: tuple[SecretStr, ...]
    transport: httpx.AsyncBaseTransport | None = None
    is_offline: bool = False


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
        return asyncio.run(_carry_out(order, service))
    except DatabaseInUse as error:
        stop(f"{error}. {LEDGER_IN_USE}")
    except CannotStart as error:
        stop(str(error))
    except StorageUnavailable as error:
        stop(sentence(error))
    except KeyboardInterrupt:
        return FAILED


async def _carry_out(order: Order, service: Service) -> int:
    clock, interruption = SystemClock(), Interruption()
    display = Display(Console(stderr=True, highlight=False), clock)
    account = Account(display, only_fetches=order.wanted is None, is_offline=service.is_offline)

    def publisher(imaging: Imaging) -> TerminalPublisher:
        return TerminalPublisher(order, display, imaging, account.note)

    _show_bugs(display)
    with interruption.heard(), display:
        async with open_app(...) as app:
            return 0
