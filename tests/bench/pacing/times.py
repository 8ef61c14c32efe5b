"""How long the simulated RunBase takes for a run, and the same as a curve."""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist

from bot.domain.pacing import AGES, Curve

DRIFTS_FROM, DRIFTS_OVER = 300, 200  # runs
_FEW = 10


def always(number: int) -> float:
    return 1.0


def drift(number: int) -> float:
    return 1.0 + min(max((number - DRIFTS_FROM) / DRIFTS_OVER, 0.0), 1.0)


@dataclass(frozen=True)
class Times:
    """A mixture of log-normal distributions; `slower` is a factor by the number of the run."""

    name: str
    sigma: float
    medians: tuple[tuple[float, float], ...]  # share, and median in seconds
    slower: Callable[[int], float] = always

    def draw(self, seed: int, number: int) -> float:
        """The same for every bot, whenever it begins the run."""
        dice = random.Random(seed * 1_000_003 + number)
        median_s = dice.choices([median for _, median in self.medians], [share for share, _ in self.medians])[0]
        return self.slower(number) * dice.lognormvariate(math.log(median_s), self.sigma)

    def median_s(self, number: int) -> float:
        """Of times with one peak."""
        ((_, median_s),) = self.medians
        return median_s * self.slower(number)

    def curve_of(self, number: int) -> Curve:
        """The same object while the times hardly change."""
        return _curve(self, number - number % _FEW)

    def curve(self, number: int = 1, ages: Sequence[float] = AGES) -> Curve:
        """Of the times that runs of this number may take."""
        slower = math.log(self.slower(number))
        parts = [(share, NormalDist(math.log(median) + slower, self.sigma)) for share, median in self.medians]

        def still_runs(age_s: float) -> float:
            return sum(share * (1 - part.cdf(math.log(age_s))) for share, part in parts) if age_s > 0 else 1.0

        return Curve.of(still_runs, ages)


@cache
def _curve(times: Times, number: int) -> Curve:
    return times.curve(number)


LOG_NORMAL = Times("log-normal: median 15 s, σ 0.35", 0.35, ((1.0, 15.0),))
BIMODAL = Times("bimodal: 70 % around 12 s, 30 % around 35 s, each σ 0.15", 0.15, ((0.7, 12.0), (0.3, 35.0)))
DRIFTING = Times("log-normal, drifting from 15 s to 30 s", 0.35, ((1.0, 15.0),), drift)
