"""Snowflakes: ids that carry their time and never repeat."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

# discord-api-docs, reference.mdx "Snowflakes": milliseconds since the first second of 2015, shifted left by 22.
EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
TIME_SHIFT = 22

Now = Callable[[], datetime]


def snowflake_at(moment: datetime) -> int:
    return ((moment - EPOCH) // timedelta(milliseconds=1)) << TIME_SHIFT


class Snowflakes:
    """Strictly increasing, even when the injected clock stands still or goes back."""

    def __init__(self, now: Now) -> None:
        self._now = now
        self._last = 0

    def next(self) -> int:
        self._last = max(snowflake_at(self._now()), self._last + 1)
        return self._last
