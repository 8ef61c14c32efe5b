"""Runs a module in a process of its own, unmodified, with discord.py pointed at a stand-in.

`STANDIN_REST=... STANDIN_GATEWAY=... python tests/standin/run_against.py bot run` does what `python -m bot run` does.
"""

import os
import runpy
import sys
from pathlib import Path

if __name__ == "__main__":
    # As `python -m` would have it; this folder holds a package called `discord`, which must not be found.
    sys.path[0] = str(Path.cwd())

import discord
import discord.gateway
import discord.http
import yarl

Seams = tuple[str, yarl.URL, str]


def seams() -> Seams:
    return discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY, discord.Asset.BASE


def point_at(rest: str, gateway: yarl.URL, assets: str) -> None:
    """The whole of what discord.py 2.7.1 needs to talk to somebody else."""
    discord.http.Route.BASE = rest
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = gateway
    discord.Asset.BASE = assets


def main() -> None:
    rest, gateway = os.environ["STANDIN_REST"], yarl.URL(os.environ["STANDIN_GATEWAY"])
    point_at(rest, gateway, str(yarl.URL(rest).origin()))
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
