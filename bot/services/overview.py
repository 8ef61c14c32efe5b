"""What is being made and what waits in a server, for whoever asks how long it will take."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.ids import ServerId
from bot.domain.requests import Request
from bot.ports import Clock, RequestStore
from bot.services.line import Line
from bot.services.times import Times

_MOST = 10  # lines that one message of 2,000 characters takes with ease


@dataclass(frozen=True, slots=True)
class Entry:
    """A request under way; `place` is None when it is being made, `expected_at` when its picture may be there."""

    request: Request
    place: int | None
    expected_at: datetime


@dataclass(frozen=True, slots=True)
class View:
    """The first entries, those being made first, and how many requests there are in all, each counted once.

    Of a request for several pictures, one that is begun counts as being made.
    """

    entries: tuple[Entry, ...]
    being_made: int
    waiting: int


class Overview:
    def __init__(self, *, clock: Clock, line: Line, requests: RequestStore, times: Times) -> None:
        self._clock = clock
        self._line = line
        self._requests = requests
        self._times = times

    async def of(self, server: ServerId) -> View:
        standings = await self._line.standings_now()
        made = await self._requests.under_way_in(server)
        queued = set(await self._requests.queued_in(server)) - made.keys()
        waiting = {request: standing for request, standing in standings.items() if request in queued}
        entries = []
        for request_id in [*made, *waiting][:_MOST]:
            request = await self._requests.asked(request_id)
            if request is None:
                continue
            usual = timedelta(seconds=(await self._times.of(request)).median_s)
            standing = waiting.get(request_id)
            begins_at = standing.begins_at if standing else made.get(request_id, self._clock.now())
            entries.append(Entry(request, standing.place if standing else None, begins_at + usual))
        return View(tuple(entries), len(made), len(waiting))
