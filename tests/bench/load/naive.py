"""The simple bot of `tests.chaos`, with its loop watched: every delay is a line of the file that LAG_FILE names."""

import asyncio
import os
from pathlib import Path

from tests.bench.load.gauges import watch_lag
from tests.chaos.naive import Naive

_WRITTEN_EVERY_S = 0.5


class Watched(Naive):
    async def setup_hook(self) -> None:
        await super().setup_hook()
        self._watching = asyncio.create_task(_write_lag(Path(os.environ["LAG_FILE"])))


async def _write_lag(path: Path) -> None:
    lags_s: list[float] = []
    watching = asyncio.create_task(watch_lag(lags_s))
    while not watching.done():
        await asyncio.sleep(_WRITTEN_EVERY_S)
        await asyncio.to_thread(path.write_text, "\n".join(map(str, lags_s)))


def main() -> None:
    Watched().run(os.environ["DISCORD_TOKEN"])


if __name__ == "__main__":
    main()
