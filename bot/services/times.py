"""How long runs take, as measured on those that were made lately."""

from datetime import datetime, timedelta

from bot.domain.pacing import RunTimes
from bot.domain.requests import Kind, Request
from bot.ports import Clock, RequestStore

_REMEMBERED_RUNS = 200
_MEASURED_FOR = timedelta(minutes=1)


class Times:
    def __init__(self, *, clock: Clock, requests: RequestStore) -> None:
        self._clock = clock
        self._requests = requests
        self._measured: dict[tuple[str, Kind], tuple[datetime, RunTimes]] = {}

    async def of(self, request: Request) -> RunTimes:
        """Of its model and kind; a minute old at most."""
        now = self._clock.now()
        measured = self._measured.get((request.model, request.kind))
        if measured is None or not timedelta(0) <= now - measured[0] < _MEASURED_FOR:
            seconds = await self._requests.run_seconds(request.model, request.kind, most=_REMEMBERED_RUNS)
            measured = (now, RunTimes.measured(seconds))
            self._measured[request.model, request.kind] = measured
        return measured[1]
