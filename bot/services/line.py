"""The line of those who wait: whose turn it is, everybody's place, and when their pictures can be expected."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from bot.domain.ids import RequestId, run_id
from bot.domain.pace import Pace
from bot.domain.requests import Request
from bot.domain.turns import Queued, Standing, Turns
from bot.ports import Clock, RequestStore

_STANDS_FOR = timedelta(seconds=2)


class Line:
    """`keys` says for how many keys there is work, as long as nothing was measured."""

    def __init__(self, *, in_flight: int, keys: int, clock: Clock, requests: RequestStore) -> None:
        self._turns = Turns(in_flight)
        self._pace = Pace(keys)
        self._clock = clock
        self._requests = requests
        self._standings: Mapping[RequestId, Standing] = {}
        self._standings_at = datetime.min.replace(tzinfo=UTC)

    async def next(self) -> Queued | None:
        heads = await self._requests.heads()
        self._turns.forget_all_but(heads)
        return self._turns.next(heads, await self._requests.under_way())

    def note_served(self, one: Queued) -> None:
        self._turns.note_served(one)
        self._pace.note_start(self._clock.now(), came_at=one.came_at)

    async def standings(self) -> Mapping[RequestId, Standing]:
        """Everybody's, the next one first; as it was up to two seconds ago, for a long line takes long to read."""
        now = self._clock.now()
        if not timedelta(0) <= now - self._standings_at < _STANDS_FOR:
            self._standings, self._standings_at = await self.standings_now(), now
        return self._standings

    async def standings_now(self) -> Mapping[RequestId, Standing]:
        now, waiting = self._clock.now(), await self._requests.queue()
        standings: dict[RequestId, Standing] = {}
        if waiting:
            for place, one in enumerate(self._turns.order(waiting, await self._requests.under_way()), start=1):
                standings.setdefault(one.request, Standing(place, now + self._pace.wait_for(place - 1)))
        return standings

    async def standing_of_new(self, request: Request) -> Standing:
        """Of a request that is just being taken, behind everybody who is there."""
        address, now = request.address, self._clock.now()
        new = Queued(run_id(request.id, 0), request.id, address.server_id, address.member_id, now)
        order = self._turns.order([*await self._requests.queue(), new], await self._requests.under_way())
        place = next(place for place, one in enumerate(order, start=1) if one.request == request.id)
        return Standing(place, now + self._pace.wait_for(place - 1))

    def wait_for(self, images: int) -> timedelta:
        """How long so many images take to be begun."""
        return self._pace.wait_for(images)
