"""Help with prompts: a hint to a member whose request is being made anyway, once a day at most."""

from datetime import timedelta

from bot.domain.hints import Hint, hint_for
from bot.domain.requests import Request
from bot.ports import Clock
from bot.ports.hints import HintStore

EVERY = timedelta(days=1)


class Hints:
    def __init__(self, *, clock: Clock, hints: HintStore) -> None:
        self._clock = clock
        self._hints = hints

    async def due(self, request: Request) -> Hint | None:
        """What to tell the member of this request; it counts as told. Raises: StorageUnavailable."""
        hint = hint_for(request.prompt)
        if hint is None:
            return None
        now = self._clock.now()
        is_noted = await self._hints.note(request.address.member_id, now, after=now - EVERY)
        return hint if is_noted else None
