"""Weighs a process and its children while something goes on: from the outside, by what Linux says of them."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_EVERY_S = 0.01
_PEAK = re.compile(r"VmHWM:\s+(\d+) kB")
_NOW = re.compile(r"VmRSS:\s+(\d+) kB")


@dataclass
class Weight:
    """The most there was: of the process, of the largest of its children, and of all of them at one moment."""

    process_bytes: int = 0
    child_bytes: int = 0
    together_bytes: int = 0

    def __str__(self) -> str:
        bot, child, both = (each / 1024 / 1024 for each in (self.process_bytes, self.child_bytes, self.together_bytes))
        return f"at most {bot:.0f} MiB, its largest child {child:.0f} MiB, together at one moment {both:.0f} MiB"


@asynccontextmanager
async def weighed(pid: int) -> AsyncIterator[Weight]:
    weight = Weight()
    _start_anew(pid)

    async def watch() -> None:
        while True:
            _weigh(pid, weight)
            await asyncio.sleep(_EVERY_S)

    watching = asyncio.create_task(watch())
    try:
        yield weight
    finally:
        watching.cancel()
        _weigh(pid, weight)


def _start_anew(pid: int) -> None:
    Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")  # the peak is what it is now


def _weigh(pid: int, weight: Weight) -> None:
    weight.process_bytes = max(weight.process_bytes, _read(pid, _PEAK))
    children = tuple(_children(pid))
    weight.child_bytes = max([weight.child_bytes, *(_read(child, _PEAK) for child in children)])
    together = sum(_read(each, _NOW) for each in (pid, *children))
    weight.together_bytes = max(weight.together_bytes, together)


def _children(pid: int) -> Iterator[int]:
    """Each stands with the thread that started it."""
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            yield from map(int, listed.read_text(encoding="ascii").split())


def _read(pid: int, what: re.Pattern[str]) -> int:
    with suppress(OSError):
        found = what.search(Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace"))
        return int(found[1]) * 1024 if found else 0
    return 0
