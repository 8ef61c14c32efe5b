"""How long runs take: what the ledger knows of earlier ones, and what is told of it."""

import asyncio

from bot.domain.pacing import Curve, Family, Lookout
from bot.domain.requests import Request
from bot.ports import RequestStore

_REMEMBERED_RUNS = 180  # as many as count


class Times:
    """Looks teach `lookout`. What was seen before the start it is told when a family is first asked of."""

    def __init__(self, *, lookout: Lookout, requests: RequestStore) -> None:
        self._lookout = lookout
        self._requests = requests
        self._known: set[Family] = set()
        self._one_at_a_time = asyncio.Lock()

    async def learn(self, family: Family) -> None:
        """Before a run of this family is begun or looked at. Raises: StorageUnavailable."""
        async with self._one_at_a_time:
            if family in self._known:
                return
            for run, sighting in await self._requests.sightings(family, most=_REMEMBERED_RUNS):
                self._lookout.note(family, run, sighting)
            self._known.add(family)
            while self._lookout.prepare(family):  # noqa: ASYNC110 - it works, for some ten milliseconds in all
                await asyncio.sleep(0)

    async def of(self, request: Request) -> Curve:
        """Of its model and kind, as believed now."""
        family = Family(request.model, request.kind)
        await self.learn(family)
        return self._lookout.curve(family)
