"""Measures one store: submissions a second, waits of a reader beside them, and a burst for the last free places."""

import asyncio
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from bot.domain.requests import Request
from tests.bench.quota.full import Full
from tests.bench.quota.stores import Opened, Store

BURST, PLACES = 100, 10
_ROUND = 500  # submissions; the line is cleared in between
_READS_EVERY_S = 0.01
_PAGES_BYTES = 4 * 4096  # about what a submission adds to the log

T = TypeVar("T")


@dataclass(frozen=True)
class Rates:
    per_s: float
    refused: int
    reads_s: tuple[float, ...]
    accepted_of_burst: int

    def read_s(self, share: float) -> float:
        return sorted(self.reads_s)[int(len(self.reads_s) * share)]


def rates(opened: Opened, full: Full, *, at_once: int, submissions: int, within: Path) -> Rates:
    with TemporaryDirectory(dir=within) as folder:
        return asyncio.run(_rates(opened, full, Path(folder), at_once=at_once, rounds=submissions // _ROUND))


async def _rates(opened: Opened, full: Full, folder: Path, *, at_once: int, rounds: int) -> Rates:
    async with opened(folder, full) as store:
        coming, reads_s = full.requests(), list[float]()
        took_s, accepted = 0.0, 0
        for _ in range(rounds):
            reading = asyncio.create_task(_read(store, next(full.requests()), reads_s))
            began_s = time.perf_counter()
            answers = await asyncio.gather(*(_submit(store, part) for part in _shared(coming, at_once)))
            took_s += time.perf_counter() - began_s
            accepted += sum(answers)
            await _stop(reading)
            store.clear_line()
        burst = full.burst(BURST, next(coming), places=PLACES)
        lucky = await asyncio.gather(*(store.submit(one) for one in burst))
        return Rates(accepted / took_s, rounds * _ROUND - accepted, tuple(reads_s), sum(lucky))


def _shared(coming: Iterator[Request], at_once: int) -> list[Iterator[Request]]:
    """One round's requests, taken by each as it gets to it, so that they come in order."""
    round_ = iter([next(coming) for _ in range(_ROUND)])
    return [round_] * at_once


async def _submit(store: Store, coming: Iterator[Request]) -> int:
    accepted = 0
    for request in coming:
        accepted += await store.submit(request)
    return accepted


async def _read(store: Store, request: Request, reads_s: list[float]) -> None:
    while True:
        began_s = time.perf_counter()
        await store.look(request)
        reads_s.append(time.perf_counter() - began_s)
        await asyncio.sleep(_READS_EVERY_S)


async def _stop(reading: asyncio.Task[None]) -> None:
    reading.cancel()
    await asyncio.wait({reading})


def syncs_per_s(within: Path, *, for_s: float = 1.0) -> float:
    """How often the disk brings something small to safety."""
    with TemporaryDirectory(dir=within) as folder, Path(folder, "log").open("wb", buffering=0) as file:
        began_s, syncs = time.perf_counter(), 0
        while (took_s := time.perf_counter() - began_s) < for_s:
            file.write(bytes(_PAGES_BYTES))
            os.fdatasync(file.fileno())
            syncs += 1
        return syncs / took_s
