"""How fast to go: the request budget of a key, when to look at a run, and how long runs usually take."""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import NormalDist


@dataclass(slots=True)
class RequestBudget:
    """A sliding window over the requests one key has made; times are seconds since any moment."""

    requests: int
    per_s: float
    _made: deque[float] = field(default_factory=deque)

    def left(self, now_s: float) -> int:
        """A clock that was set back leaves requests in the future, which count no longer."""
        while self._made and not now_s - self.per_s < self._made[0] <= now_s:
            self._made.popleft()
        return self.requests - len(self._made)

    def wait_s(self, now_s: float) -> float:
        """Seconds until one request may be made; 0 when it may be made now."""
        return 0.0 if self.left(now_s) > 0 else max(0.0, self._made[0] + self.per_s - now_s)

    def spend(self, now_s: float) -> None:
        self._made.append(now_s)


@dataclass(frozen=True, slots=True)
class RunTimes:
    """How long runs take from creation to success: a log-normal distribution.

    The prior is an assumption that holds until enough runs were measured: median 15 s and σ 0.35, which puts half of
    them between 12 and 19 s.
    """

    median_s: float = 15.0
    sigma: float = 0.35

    @classmethod
    def measured(cls, seconds: Sequence[float], *, enough: int = 20) -> "RunTimes":
        """The distribution of what was observed; the prior while fewer than `enough` runs are known."""
        logs = sorted(math.log(max(second, 0.1)) for second in seconds)
        if len(logs) < enough:
            return cls()
        middle = logs[len(logs) // 2]
        # Half the distance between the 16th and 84th percentile is one σ, and outliers do not move it.
        sigma = (logs[int(len(logs) * 0.84)] - logs[int(len(logs) * 0.16)]) / 2
        return cls(median_s=math.exp(middle), sigma=max(sigma, 0.05))

    def percentile(self, share: float) -> float:
        return self.median_s * math.exp(self.sigma * NormalDist().inv_cdf(share))


FIRST_LOOK_S = 3.0
LOOK_EVERY_S = 2.0  # RunBase's advice: poll every 1–2 s
SLOW_AFTER_S = 60.0
LOOK_EVERY_WHEN_SLOW_S = 6.0
LOOK_EVERY_WHEN_OVERDUE_S = 60.0


def next_look_in_s(age_s: float, *, is_overdue: bool) -> float:
    """Seconds from now until a run of this age is worth the next look."""
    if is_overdue:
        return LOOK_EVERY_WHEN_OVERDUE_S
    if age_s < FIRST_LOOK_S:
        return FIRST_LOOK_S - age_s
    return LOOK_EVERY_S if age_s < SLOW_AFTER_S else LOOK_EVERY_WHEN_SLOW_S
