"""The line of those who wait: whose turn it is, everybody's place, and when their pictures can be expected."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from bot.domain.ids import RequestId, run_id
from bot.domain.pace import Pace
from bot.domain.requests import Request
from bot.domain.turns import Queued, Standing, Turns, Who
from bot.ports import Clock, RequestStore

_STANDS_FOR = timedelta(seconds=2)
_LONGER_THAN_READING = 20
_SHORT = 500  # what this many take to put into order, 2 ms, may hold up the loop

Found = TypeVar("Found")


class Line:
    """`keys` says for how many keys there is work, as long as nothing was measured.

    A line of thousands takes a tenth of a second to read. What was read serves for twenty times as long as that took,
    while anybody is left of it: so a long line costs no more than a twentieth of the time, and newcomers to a short one
    are seen at once.
    """

    def __init__(self, *, in_flight: int, keys: int, clock: Clock, requests: RequestStore) -> None:
        self._turns = Turns(in_flight)
        self._pace = Pace(keys)
        self._clock = clock
        self._requests = requests
        self._waiting: dict[Who, deque[Queued]] = {}
        self._serves_until_s = 0.0
        self._standings: Mapping[RequestId, Standing] = {}
        self._standings_at = datetime.min.replace(tzinfo=UTC)

    async def next(self) -> Queued | None:
        """The run whose turn it is. Whoever takes it says so, with `note_served` or `leave`."""
        await self._read()
        under_way = await self._requests.under_way()
        self._turns.forget_all_but(self._waiting.keys())
        return self._turns.next({who: runs[0] for who, runs in self._waiting.items()}, under_way)

    @property
    def length(self) -> int:
        """Runs in line, as last read."""
        return sum(map(len, self._waiting.values()))

    def note_served(self, one: Queued) -> None:
        self.leave(one)
        self._turns.note_served(one)
        self._pace.note_start(self._clock.now(), came_at=one.came_at)

    def leave(self, one: Queued) -> None:
        """It is not in line any more, by whatever way."""
        who = (one.server, one.member)
        left = deque(other for other in self._waiting.get(who, ()) if other.run != one.run)
        if left:
            self._waiting[who] = left
        else:
            self._waiting.pop(who, None)

    async def standings(self) -> Mapping[RequestId, Standing]:
        """Everybody's, the next one first; as it was up to two seconds ago."""
        now = self._clock.now()
        if not timedelta(0) <= now - self._standings_at < _STANDS_FOR:
            self._standings, self._standings_at = await self.standings_now(), now
        return self._standings

    async def standings_now(self) -> Mapping[RequestId, Standing]:
        await self._read()
        waiting = [one for runs in self._waiting.values() for one in runs]
        if not waiting:
            return {}
        turns, under_way, now = self._turns.ahead(), await self._requests.under_way(), self._clock.now()

        def told() -> dict[RequestId, Standing]:
            standings: dict[RequestId, Standing] = {}
            for place, one in enumerate(turns.order(waiting, under_way), start=1):
                standings.setdefault(one.request, self._standing(place, now))
            return standings

        return await _beside(told, len(waiting))

    async def standing_of_new(self, request: Request) -> Standing:
        """Of a request that is just being taken, behind everybody who is there."""
        await self._read()
        address, now = request.address, self._clock.now()
        new = Queued(run_id(request.id, 0), request.id, address.server_id, address.member_id, now)
        waiting = [*(one for runs in self._waiting.values() for one in runs if one.request != request.id), new]
        turns, under_way = self._turns.ahead(), await self._requests.under_way()

        def told() -> Standing:
            order = enumerate(turns.order(waiting, under_way), start=1)
            return self._standing(next(place for place, one in order if one is new), now)

        return await _beside(told, len(waiting))

    def wait_for(self, images: int) -> timedelta:
        """How long so many images take to be begun."""
        return self._pace.wait_for(images)

    def _standing(self, place: int, now: datetime) -> Standing:
        return Standing(place, now + self._pace.wait_for(place - 1))

    async def _read(self) -> None:
        began_s = self._clock.elapsed_s()
        if self._waiting and began_s < self._serves_until_s:
            return
        queue = await self._requests.queue()
        self._waiting = await _beside(lambda: _by_member(queue), len(queue))
        ended_s = self._clock.elapsed_s()
        self._serves_until_s = ended_s + _LONGER_THAN_READING * (ended_s - began_s)


def _by_member(queue: Sequence[Queued]) -> dict[Who, deque[Queued]]:
    waiting = defaultdict[Who, deque[Queued]](deque)
    for one in queue:
        waiting[one.server, one.member].append(one)
    return dict(waiting)


async def _beside(work: Callable[[], Found], length: int) -> Found:
    """The order of thousands takes some fifty milliseconds, which the loop does not wait for."""
    return work() if length <= _SHORT else await asyncio.to_thread(work)
