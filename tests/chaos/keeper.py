"""The bot's process as a supervisor has it: started, killed, told to stop, started again when it ends by itself."""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.chaos.evidence import Interval

LOG = "bot.log"
_STOPS_WITHIN_S = 50.0  # as operators are told: its own grace for what is under way, and ten seconds
_AFTER_A_CRASH_S = 0.3


class Keeper:
    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], folder: Path, now_s: Callable[[], float]
    ) -> None:
        self.ends: list[Interval] = []
        self.crashes = 0
        self._command = command
        self._environment = environment
        self._folder = folder
        self._now_s = now_s
        self._process: asyncio.subprocess.Process | None = None
        self._watching: asyncio.Task[None] | None = None
        self._ending = asyncio.Lock()

    async def start(self) -> None:
        with (self._folder / LOG).open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command, env=self._environment, cwd=self._folder, stdout=log, stderr=log
            )
        self._watching = asyncio.create_task(self._watch(self._process))

    async def _watch(self, process: asyncio.subprocess.Process) -> None:
        await process.wait()
        self.crashes += 1
        now_s = self._now_s()
        self.ends.append(Interval(now_s, now_s))
        await asyncio.sleep(_AFTER_A_CRASH_S)
        await self.start()

    async def end(self, how: signal.Signals) -> None:
        """Send the signal and return when the process is gone; one that does not go is killed."""
        async with self._ending:
            process = self._process
            if process is None:
                return
            await self._look_away()
            since_s = self._now_s()
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(how)
            is_kill = how is signal.SIGKILL
            try:
                await asyncio.wait_for(process.wait(), _STOPS_WITHIN_S)
            except TimeoutError:
                is_kill = True
                process.kill()
                await process.wait()
            self._process = None
            self.ends.append(Interval(since_s, self._now_s(), is_kill))

    async def _look_away(self) -> None:
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.wait({self._watching})

    async def kill(self) -> None:
        await self.end(signal.SIGKILL)

    async def restart(self, how: signal.Signals, *, down_s: float) -> None:
        await self.end(how)
        await asyncio.sleep(down_s)
        await self.start()
