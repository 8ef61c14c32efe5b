"""When something that failed is worth another try: five seconds later, then after twice as long each time."""

from datetime import UTC, datetime, timedelta

from bot.domain.ids import RequestId
from bot.ports import Clock

_FIRST_PAUSE_S = 5.0
_LONGEST_PAUSE_S = 300.0
_NEVER = datetime.max.replace(tzinfo=UTC)


class Tries:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counts: dict[RequestId, int] = {}
        self._not_before: dict[RequestId, datetime] = {}

    def count(self, request: RequestId) -> int:
        return self._counts.get(request, 0)

    def is_due(self, request: RequestId) -> bool:
        now = self._clock.now()
        return self._not_before.get(request, now) <= now

    def begin(self, request: RequestId) -> None:
        """Held back first, so that whatever goes wrong is not tried again at once."""
        pause_s = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2 ** self.count(request))
        self._counts[request] = self.count(request) + 1
        self._not_before[request] = self._clock.now() + timedelta(seconds=pause_s)

    def give_up(self, request: RequestId) -> None:
        self._not_before[request] = _NEVER

    def forget(self, request: RequestId) -> None:
        self._counts.pop(request, None)
        self._not_before.pop(request, None)
