"""What the machine says of a process: memory, CPU time, children; and how late an event loop wakes."""

import asyncio
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

_LAG_EVERY_S = 0.1  # as the bot's own metric
_LOOK_EVERY_S = 0.02
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_UTIME, _STIME, _CUTIME, _CSTIME = 11, 12, 13, 14  # of /proc/[pid]/stat, counted behind the name: see proc(5)


@dataclass
class Gauges:
    """Of one process and its children, which may live for moments only."""

    pid: int
    children_mb: float = 0.0
    _began_s: float = field(init=False)

    def __post_init__(self) -> None:
        self._began_s = _cpu_s(self.pid)

    @property
    def cpu_s(self) -> float:
        """Since this object was made, with the children that have ended."""
        return _cpu_s(self.pid) - self._began_s

    @property
    def most_mb(self) -> float:
        """The most memory it ever had."""
        return _most_mb(self.pid)

    async def watch_children(self) -> None:
        """For ever."""
        children = Path(f"/proc/{self.pid}/task").glob
        while True:
            for listed in children("*/children"):
                with suppress(OSError):
                    for child in map(int, listed.read_text().split()):
                        self._look_at(child)
            await asyncio.sleep(_LOOK_EVERY_S)

    def _look_at(self, child: int) -> None:
        """Until it runs a program of its own, it is a copy of the process itself."""
        if _command(child) not in (b"", _command(self.pid)):
            self.children_mb = max(self.children_mb, _most_mb(child))


def _command(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(fields[at]) for at in (_UTIME, _STIME, _CUTIME, _CSTIME)) / _TICKS_PER_S


def _most_mb(pid: int) -> float:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1_000_000
    return 0.0


async def watch_lag(note: list[float]) -> None:
    """For ever: how many seconds late this loop wakes."""
    loop = asyncio.get_running_loop()
    while True:
        due_s = loop.time() + _LAG_EVERY_S
        await asyncio.sleep(_LAG_EVERY_S)
        note.append(loop.time() - due_s)
