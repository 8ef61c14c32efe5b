"""`imagine --offline`: RunBase's look-alike in this process, and a ledger that is thrown away."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from pydantic import SecretStr

from bot.config import Config
from bot.preview.emulator import Emulator

_KEY = "sk-offline"
_BASE_URL = "http://127.0.0.1/api/v1"  # answered by the look-alike's transport, never by a socket
_SPEED = 2.0  # as in the preview: trying things out is no waiting


@contextmanager
def open_offline(config: Config) -> Iterator[tuple[Config, tuple[SecretStr, ...], httpx.AsyncBaseTransport]]:
    """The same settings with another ledger, and the key and the transport that lead to the look-alike."""
    emulator = Emulator(
        balances={_KEY: 100},
        speed=_SPEED,
        base_url=_BASE_URL,
        fetch_transport=httpx.MockTransport(_nothing),
        takes_data_uris=True,
    )
    with tempfile.TemporaryDirectory(prefix="easel-") as folder:
        storage = config.storage.model_copy(update={"path": Path(folder) / "easel.sqlite3"})
        runbase = config.runbase.model_copy(update={"base_url": _BASE_URL})
        yield (
            config.model_copy(update={"storage": storage, "runbase": runbase}),
            (SecretStr(_KEY),),
            emulator.transport(),
        )


def _nothing(request: httpx.Request) -> httpx.Response:
    """There is no web here."""
    raise httpx.ConnectError("offline")
