"""The bots that are put under load: how each is started, and how its loop is watched."""

import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.bench.load.lags import FileLags, Lags, MetricLags


@dataclass(frozen=True)
class Contestant:
    """`watched` returns what its environment needs, and where its lags are to be found."""

    name: str
    module: tuple[str, ...]
    watched: Callable[[Path], tuple[Mapping[str, str], Lags]]


def _by_metrics(folder: Path) -> tuple[Mapping[str, str], Lags]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    return {"EASEL__METRICS__LISTEN": address}, MetricLags(f"http://{address}/metrics")


def _by_file(folder: Path) -> tuple[Mapping[str, str], Lags]:
    path = folder / "lags"
    return {"LAG_FILE": str(path)}, FileLags(path)


EASEL = Contestant("Easel", ("bot", "run"), _by_metrics)
NAIVE = Contestant("naive", ("tests.bench.load.naive",), _by_file)
