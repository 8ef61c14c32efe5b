"""The least mean delay for a number of looks kept on average, where requests could be saved up for ever."""

from bisect import bisect_left
from dataclasses import dataclass

from bot.domain.pacing import LADDER, SHORTEST_GAP_S, Curve, Schedule, plan
from tests.bench.pacing.times import Times

_AGES = tuple(step / 10 for step in range(2401))  # finer than what the bot plans with
_CHEAPEST_S, _DEAREST_S, _HALVINGS = 1e-4, 1e4, 24


@dataclass(frozen=True)
class Least:
    """Between two schedules with more and with fewer looks, a share of the runs goes by the one with more."""

    more: Schedule
    fewer: Schedule
    share: float

    @property
    def delay_s(self) -> float:
        return self.share * self.more.delay_s + (1 - self.share) * self.fewer.delay_s

    def for_run(self, number: int) -> Schedule:
        """Runs are shared out by their number, evenly."""
        goes_by_more = int(number * self.share) > int((number - 1) * self.share)
        return self.more if goes_by_more else self.fewer


def optimum(times: Times, looks: float, *, shortest_gap_s: float = SHORTEST_GAP_S) -> Least:
    """By dynamic programming on tenths of a second, at the price at which a run takes that many looks."""
    curve = times.curve(ages=_AGES)
    cheap_s, dear_s = _CHEAPEST_S, _DEAREST_S
    for _ in range(_HALVINGS):
        price_s = (cheap_s * dear_s) ** 0.5
        if plan(curve, price_s, shortest_gap_s=shortest_gap_s).looks > looks:
            cheap_s = price_s
        else:
            dear_s = price_s
    more, fewer = (plan(curve, price_s, shortest_gap_s=shortest_gap_s) for price_s in (cheap_s, dear_s))
    return _between(more, fewer, looks)


def learned_least(curve: Curve, looks: float) -> Least:
    """The same for a curve that changes all the time: between two prices of the ladder."""
    schedules = dict[int, Schedule]()

    def fewer_than(step: int) -> float:
        schedules[step] = plan(curve, LADDER[step])
        return -schedules[step].looks

    step = bisect_left(range(1, len(LADDER) - 1), -looks, key=fewer_than) + 1
    more, fewer = (schedules.get(one) or plan(curve, LADDER[one]) for one in (step - 1, step))
    return _between(more, fewer, looks)


def _between(more: Schedule, fewer: Schedule, looks: float) -> Least:
    apart = more.looks - fewer.looks
    share = (looks - fewer.looks) / apart if apart else 1.0
    return Least(more, fewer, min(max(share, 0.0), 1.0))
