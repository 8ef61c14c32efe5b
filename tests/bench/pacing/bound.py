"""What the window costs anybody: a bound that no way of looking can beat, found by Lagrangian duality.

The new runs are given, with the seconds in which they are begun. A schedule may know all of them beforehand, and has to
keep the budget of each window only on average over the times the runs may take. Any prices of the windows then give a
lower bound: what the best looks cost at these prices, less what the budgets are worth at them. The prices rise where
looks are too many and fall where they are too few, and the best bound counts. Time goes in whole seconds.
"""

import math
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate, pairwise

from bot.domain.pacing import Curve
from tests.bench.pacing.times import Times
from tests.bench.pacing.world import WINDOW_S
from tests.curves import share_running

_ROUNDS = 15  # with four times as many it rises by less than a hundredth
_ALIVE_NO_MORE = 1e-4
_LEAST_PRICE_S = 1e-4
_WINDOW = int(WINDOW_S)


class Bound:
    def __init__(self, times: Times, budget: int) -> None:
        curve = times.curve()
        self._budget = budget
        self._last = math.ceil(curve.percentile(1 - _ALIVE_NO_MORE))
        self._alive = [share_running(curve, age) for age in range(self._last + 1)]
        self._areas = _areas(curve, self._last)

    def delay_s(self, begun_s: Sequence[float], price_s: float) -> float:
        """Seconds of mean delay at the least; the search begins with `price_s` for a look."""
        begun = Counter(int(second) for second in begun_s)
        seconds = max(begun) + self._last + 1
        windows = [price_s / _WINDOW] * seconds
        begun_by_window = _ahead([begun[second] for second in range(seconds)])
        best = 0.0
        for round_ in range(_ROUNDS):
            cost, used = self._best_looks(begun, _back(windows))
            worth = sum(price * (new - self._budget) for price, new in zip(windows, begun_by_window, strict=True))
            best = max(best, (cost + worth) / len(begun_s))
            over = [requests - self._budget for requests in _ahead(used)]
            windows = [_moved(price, by, round_) for price, by in zip(windows, over, strict=True)]
        return best

    def _best_looks(self, begun: Counter[int], prices: Sequence[float]) -> tuple[float, list[float]]:
        """The cost of all runs, and the requests made in each second, with those of the new runs."""
        cost, used = 0.0, [float(begun[second]) for second in range(len(prices))]
        for second, runs in begun.items():
            here = [*prices[second : second + self._last], 0.0]  # the last look is given away: a bound all the more
            costs = self._costs(here)
            cost += runs * costs[0]
            age = 0
            while (look := self._next_look(here, costs, age)) < self._last:
                used[second + look] += runs * self._alive[age]
                age = look
        return cost, used

    def _costs(self, prices: Sequence[float]) -> list[float]:
        """From each age on, as `plan` reckons; a look at second n also costs what it costs there."""
        costs = [0.0] * (self._last + 1)
        slopes = [age + price for age, price in enumerate(prices)]
        rest = [-area for area in self._areas]
        for age in range(self._last - 1, -1, -1):
            share, lines = self._alive[age], zip(slopes[age + 1 :], rest[age + 1 :], strict=True)
            costs[age] = min([slope * share + least for slope, least in lines]) - age * share + self._areas[age]
            rest[age] = costs[age] - self._areas[age]
        return costs

    def _next_look(self, prices: Sequence[float], costs: Sequence[float], age: int) -> int:
        def cost(look: int) -> float:
            return (look + prices[look]) * self._alive[age] + costs[look] - self._areas[look]

        return min(range(age + 1, self._last + 1), key=cost)


def _areas(curve: Curve, last: int) -> list[float]:
    """Under the curve, from 0 to each second."""
    tenths = [share_running(curve, tenth / 10) for tenth in range(last * 10 + 1)]
    return list(accumulate(((high + low) / 20 for high, low in pairwise(tenths)), initial=0.0))[::10]


def _back(values: Sequence[float]) -> list[float]:
    """The sum over each second and the nine before it."""
    sums = list(accumulate(values, initial=0.0))
    return [now - before for now, before in zip(sums[1:], [0.0] * (_WINDOW - 1) + sums, strict=False)]


def _ahead(values: Sequence[float]) -> list[float]:
    """The sum over each second and the nine after it."""
    return _back(values[::-1])[::-1]


def _moved(price: float, over: float, round_: int) -> float:
    step = min(max(0.3 * over / math.sqrt(1 + round_), -0.5), 0.5)
    return max(price * math.exp(step), _LEAST_PRICE_S if over > 0 else 0.0)
