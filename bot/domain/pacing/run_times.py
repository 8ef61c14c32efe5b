"""How long runs take, as two numbers, for what members are told; and a plain rhythm of looks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist


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
