"""How long runs take, as a curve: the share of runs that still run at each age."""

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from statistics import NormalDist

PRIOR_MEDIAN_S, PRIOR_SIGMA = 15.0, 0.35  # log-normal: half of the runs take between 12 and 19 s

_FIRST_S, _STEP, _LAST_S = 0.5, 1.025, 660.0  # to a minute beyond the ten after which a run is overdue


def _ages() -> tuple[float, ...]:
    steps = math.ceil(math.log(_LAST_S / _FIRST_S) / math.log(_STEP))
    return (0.0, *(_FIRST_S * _STEP**step for step in range(steps + 1)))


AGES = _ages()
"""Ages in seconds, each 2.5 % beyond the one before: as fine as any look can be worth, at 15 s and at 5 minutes."""


@dataclass(frozen=True, slots=True)
class Curve:
    """`alive[i]` is the share of runs that take longer than `ages[i]`; linear in between, and from 1 at age 0."""

    ages: Sequence[float]
    alive: Sequence[float]
    areas: Sequence[float] = field(init=False, repr=False, compare=False)
    """Of the curve from 0 to each age: ∫ alive."""

    def __post_init__(self) -> None:
        steps = zip(pairwise(self.ages), pairwise(self.alive), strict=True)
        trapezia = ((end - start) * (high + low) / 2 for (start, end), (high, low) in steps)
        object.__setattr__(self, "areas", tuple(accumulate(trapezia, initial=0.0)))

    @classmethod
    def of(cls, still_runs: Callable[[float], float], ages: Sequence[float] = AGES) -> "Curve":
        return cls(ages, tuple(still_runs(age) for age in ages))

    @classmethod
    def log_normal(cls, median_s: float = PRIOR_MEDIAN_S, sigma: float = PRIOR_SIGMA) -> "Curve":
        normal = NormalDist(math.log(median_s), sigma)
        return cls.of(lambda age_s: 1.0 - normal.cdf(math.log(age_s)) if age_s > 0 else 1.0)

    @property
    def median_s(self) -> float:
        return self.percentile(0.5)

    @property
    def mean_s(self) -> float:
        """Of the runs that end within the ages known; the others count with the last age."""
        return self.areas[-1]

    def percentile(self, share: float) -> float:
        """The age in seconds by which this share of the runs has ended; the last age when they have not by then."""
        ended = [1.0 - alive for alive in self.alive]
        after = bisect_right(ended, share)
        if after == len(ended):
            return self.ages[-1]
        part = (share - ended[after - 1]) / (ended[after] - ended[after - 1])
        return self.ages[after - 1] + part * (self.ages[after] - self.ages[after - 1])


PRIOR = Curve.log_normal()
"""What is believed before anything was seen."""


def interpolated(ages: Sequence[float], values: Sequence[float], age_s: float) -> float:
    """Linear between the ages, constant beyond them."""
    age_s = max(age_s, ages[0])
    after = bisect_right(ages, age_s)
    if after == len(ages):
        return values[-1]
    start, end = ages[after - 1], ages[after]
    return values[after - 1] + (values[after] - values[after - 1]) * (age_s - start) / (end - start)
