"""How late each bot's event loop woke: Easel's by its own metric, the naive bot's by its file."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Protocol

import httpx
from prometheus_client.parser import text_string_to_metric_families

_BUCKETS = "easel_loop_lag_seconds_bucket"
_WORST = "easel_loop_lag_max_seconds"


@dataclass(frozen=True)
class Lag:
    p99_s: float
    worst_s: float


class Lags(Protocol):
    async def begin(self) -> None:
        """What came before does not count."""

    async def found(self) -> Lag: ...


class MetricLags:
    """By the histogram of `/metrics`, and no later than the worst."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._before: Mapping[float, float] = {}

    async def begin(self) -> None:
        self._before, _ = await self._read()

    async def found(self) -> Lag:
        counts, worst_s = await self._read()
        since = {up_to: counts[up_to] - self._before[up_to] for up_to in counts}
        return Lag(min(_percentile(since, 0.99), worst_s), worst_s)

    async def _read(self) -> tuple[Mapping[float, float], float]:
        async with httpx.AsyncClient(trust_env=False) as client:
            text = (await client.get(self._url)).raise_for_status().text
        samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
        counts = {float(one.labels["le"]): one.value for one in samples if one.name == _BUCKETS}
        return counts, next(one.value for one in samples if one.name == _WORST)


def _percentile(counts: Mapping[float, float], share: float) -> float:
    """Of a histogram whose counts include all smaller ones; linear within a bucket."""
    total = counts[math.inf]
    for (low, below), (high, up_to) in pairwise([(0.0, 0.0), *sorted(counts.items())]):
        if up_to >= share * total:
            return high if math.isinf(high) else low + (high - low) * (share * total - below) / (up_to - below)
    return math.inf


class FileLags:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._before = 0

    async def begin(self) -> None:
        self._before = len(self._read())

    async def found(self) -> Lag:
        lags_s = sorted(self._read()[self._before :])
        return Lag(lags_s[int(len(lags_s) * 0.99)], lags_s[-1])

    def _read(self) -> list[float]:
        return [float(line) for line in self._path.read_text().split()] if self._path.exists() else []
