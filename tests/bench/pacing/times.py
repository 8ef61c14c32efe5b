"""How long the simulated RunBase takes for a run, and the same as a curve."""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

from bot.domain.pacing import AGES, Curve

DRIFTS_FROM, DRIFTS_OVER = 300, 200  # runs


@dataclass(frozen=True)
class Times:
    """`median_of` draws the median of one run's time, of the number of the run and a die."""

    name: str
    sigma: float
    medians: tuple[tuple[float, float], ...]  # share, median in seconds
    slower: Callable[[int], float] = lambda number: 1.0

    def draw(self, seed: int, number: int) -> float:
        """The same for every bot, whenever it begins the run."""
        dice = random.Random(seed * 1_000_003 + number)
        median_s = dice.choices([median for _, median in self.medians], [share for share, _ in self.medians])[0]
        return self.slower(number) * dice.lognormvariate(math.log(median_s), self.sigma)

    def curve(self, number: int = 1, ages: Sequence[float] = AGES) -> Curve:
        normals = [(share, NormalDist(math.log(median * self.slower(number)), self.sigma)) for share, median in self.medians]

        def still_runs(age_s: float) -> float:
            return sum(share * (1 - normal.cdf(math.log(age_s))) for share, normal in normals) if age_s > 0 else 1.0

        return Curve.of(still_runs, ages)


def _drift(number: int) -> float:
    return 1 + min(max((number - DRIFTS_FROM) / DRIFTS_OVER, 0.0), 1.0)


LOG_NORMAL = Times("log-normal: median 15 s, σ 0.35", 0.35, ((1.0, 15.0),))
BIMODAL = Times("bimodal: 70 % around 12 s, 30 % around 35 s, each σ 0.15", 0.15, ((0.7, 12.0), (0.3, 35.0)))
DRIFTING = Times("log-normal, drifting from 15 s to 30 s", 0.35, ((1.0, 15.0),), _drift)
