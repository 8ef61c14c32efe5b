"""Runs the look-alike on a loopback port: `python -m bot.preview.emulator --port 8460 --key sk-… --balance 10`."""

import argparse
import socket
import sys
from decimal import Decimal

import uvicorn

from bot.preview.emulator import Emulator


def main() -> None:
    options = _options()
    listener = socket.create_server(("127.0.0.1", options.port))  # already takes connections when the line is printed
    base_url = f"http://127.0.0.1:{listener.getsockname()[1]}/api/v1"
    keys = options.key or ["sk-preview"]
    emulator = Emulator(
        balances=dict.fromkeys(keys, options.balance),
        seed=options.seed,
        speed=options.speed,
        base_url=base_url,
        takes_data_uris=options.data_uris,
    )
    sys.stdout.write(f"{base_url}\n")
    sys.stdout.flush()
    config = uvicorn.Config(emulator.app, log_level="warning", access_log=False, timeout_graceful_shutdown=1)
    uvicorn.Server(config).run(sockets=[listener])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.preview.emulator", description="A look-alike of RunBase.")
    parser.add_argument("--port", type=int, default=8460, help="0 = a free one (default 8460)")
    parser.add_argument("--key", action="append", help="an API key, repeatable (default sk-preview)")
    parser.add_argument("--balance", type=Decimal, default=Decimal(100), help="dollars on each key (default 100)")
    parser.add_argument("--speed", type=float, default=1.0, help="run times are divided by this (default 1)")
    parser.add_argument("--seed", type=int, default=0, help="of the run times and ids (default 0)")
    parser.add_argument("--data-uris", action="store_true", help="take data: URIs as references (not documented)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
