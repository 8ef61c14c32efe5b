"""When something that failed is worth another try: five seconds later, then after twice as long each time."""

import math

from bot.domain.ids import RequestId
from bot.ports import Clock

_FIRST_PAUSE_S = 5.0
_LONGEST_PAUSE_S = 300.0
_DOUBLINGS = 6  # after so many the pause is the longest


class Tries:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counts: dict[RequestId, int] = {}
        self._not_before_s: dict[RequestId, float] = {}

    def count(self, request: RequestId) -> int:
        return self._counts.get(request, 0)

    def is_due(self, request: RequestId) -> bool:
        now_s = self._clock.elapsed_s()
        return self._not_before_s.get(request, now_s) <= now_s

    def begin(self, request: RequestId) -> None:
        """Held back first, so that whatever goes wrong is not tried again at once."""
        pause_s = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2 ** min(self.count(request), _DOUBLINGS))
        self._counts[request] = self.count(request) + 1
        self._not_before_s[request] = self._clock.elapsed_s() + pause_s

    def give_up(self, request: RequestId) -> None:
        self._not_before_s[request] = math.inf

    def forget(self, request: RequestId) -> None:
        self._counts.pop(request, None)
        self._not_before_s.pop(request, None)
