"""`health`: asks a running bot how it is, for Docker's HEALTHCHECK and for people."""

import http.client

from bot.cli.terminal import WRONG_USE, console, stop
from bot.config import Config

_WITHIN_S = 3.0
_NOT_LISTENING = (
    "metrics.listen: expected an address to ask at, found none. Set it (export EASEL__METRICS__LISTEN=127.0.0.1:9464) "
    "and restart the bot."
)
_THIS_MACHINE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - a server that listens everywhere listens here, too


def tell_health(config: Config) -> None:
    """One line a check. Ends with exit code 1 unless all are good."""
    address = config.metrics.address
    if address is None or not address[1]:
        stop(_NOT_LISTENING, WRONG_USE)
    host, port = _THIS_MACHINE.get(address[0], address[0]), address[1]
    try:
        status, lines = _ask(host, port)
    except (OSError, http.client.HTTPException) as error:
        stop(f"{config.metrics.listen}: expected a running bot, found none ({error})")
    if status not in {http.client.OK, http.client.SERVICE_UNAVAILABLE}:
        stop(f"{config.metrics.listen}: expected a bot's health, found another server (HTTP {status})")
    console.print(lines.rstrip("\n"), markup=False, soft_wrap=True)
    if status != http.client.OK:
        stop("not healthy")


def _ask(host: str, port: int) -> tuple[int, str]:
    """Past every proxy that the environment names: it is a machine of ours."""
    connection = http.client.HTTPConnection(host, port, timeout=_WITHIN_S)
    try:
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        return answer.status, answer.read(10_000).decode("utf-8", "replace")
    finally:
        connection.close()
