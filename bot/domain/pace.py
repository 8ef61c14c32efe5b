"""How fast the line moves, measured where it stands; from the arithmetic of one key until something is measured."""

from dataclasses import dataclass
from datetime import datetime, timedelta

# What the requests of one key carry while there is a line: `python -m tests.bench pacing`, 50 images a minute.
_PRIOR_INTERVAL_S = 60 / 50
_WAITED = timedelta(seconds=2)  # who waited less met no line
_LONGEST_S = 60.0  # a longer gap is an outage and no pace
_WEIGHT = 0.1  # of the newest interval: about the last twenty count


@dataclass(slots=True)
class Pace:
    keys: int
    _interval_s: float | None = None
    _last: datetime | None = None

    def note_start(self, at: datetime, *, came_at: datetime) -> None:
        """A run was begun that had come at a moment. Only intervals between those who stood in line tell the pace."""
        last, self._last = self._last, at if at - came_at >= _WAITED else None
        if last is None or self._last is None:
            return
        interval_s = min(_LONGEST_S, max(0.0, (at - last).total_seconds()))
        self._interval_s = self.interval_s + _WEIGHT * (interval_s - self.interval_s)

    @property
    def interval_s(self) -> float:
        """Seconds from one start to the next."""
        return _PRIOR_INTERVAL_S / max(1, self.keys) if self._interval_s is None else self._interval_s

    def wait_for(self, images: int) -> timedelta:
        return timedelta(seconds=images * self.interval_s)
