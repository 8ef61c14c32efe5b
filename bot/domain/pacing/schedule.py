"""When to look at a run, given how long runs take and what a look costs."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.pacing.curve import Curve, interpolated

SHORTEST_GAP_S = 1.0  # RunBase's advice: poll every 1–2 s
LONGEST_GAP_S = 60.0


@dataclass(frozen=True, slots=True)
class Schedule:
    """The best ages to look at, for one curve and one price.

    `looks` and `delay_s` are what a run costs on average: requests for looking, and seconds from ready to noticed.
    """

    price_s: float
    looks: float
    delay_s: float
    _ages: Sequence[float]
    _next_looks_s: Sequence[float]

    def next_look_s(self, seen_s: float) -> float:
        """The age at which to look next at a run that was seen running at age `seen_s`; 0 for a new one."""
        beyond_s = seen_s - self._ages[-1]
        return interpolated(self._ages, self._next_looks_s, seen_s) + max(0.0, beyond_s)


def plan(curve: Curve, price_s: float, *, shortest_gap_s: float = SHORTEST_GAP_S) -> Schedule:
    """The schedule that minimises E[delay] + price × E[looks], where a look costs as much as `price_s` seconds of delay.

    This is the inspection problem of R. E. Barlow, L. C. Hunter and F. Proschan, "Optimum checking procedures", Journal
    of the Society for Industrial and Applied Mathematics 11(4), 1963. Their recursion (the next interval from the last
    one) holds for densities that are PF2, and what is learned from observations seldom is one. So the same minimum is
    found by dynamic programming, which assumes nothing about the curve. With S the share still running, A its area and
    n the next look after one at s that found the run running, the least cost from there on, times S(s), is

        U(s) = min over n of  price · S(s)  +  ∫ S(s) − S(t) dt from s to n  +  U(n)
             = (price − s) · S(s) + A(s) + min over n of  [ n · S(s)  +  U(n) − A(n) ].

    Each n is a straight line in S(s). Going back from the last age, S(s) only grows and the slopes n only fall, so the
    lower envelope of the lines is kept in a deque and the whole plan takes one pass over the ages.
    """
    ages, alive, areas = curve.ages, curve.alive, curve.areas
    last = len(ages) - 1
    costs, looks, nexts = [0.0] * (last + 1), [0.0] * (last + 1), [0] * (last + 1)
    envelope: deque[tuple[float, float, int]] = deque()  # slope, intercept, index of the age
    candidate = last
    for index in range(last, -1, -1):
        age, share = ages[index], alive[index]
        while candidate > index and ages[candidate] >= age + shortest_gap_s:
            _add(envelope, (ages[candidate], costs[candidate] - areas[candidate], candidate))
            candidate -= 1
        if not envelope:  # nothing is known beyond: a look at the longest gap
            costs[index], looks[index], nexts[index] = share * (price_s + LONGEST_GAP_S / 2), share, -1
            continue
        while len(envelope) > 1 and _at(envelope[1], share) <= _at(envelope[0], share):
            envelope.popleft()
        best = envelope[0][2]
        costs[index] = (price_s - age) * share + areas[index] + _at(envelope[0], share)
        looks[index], nexts[index] = share + looks[best], best
    next_looks_s = [
        min(age + LONGEST_GAP_S, ages[best]) if best > 0 else age + LONGEST_GAP_S
        for age, best in zip(ages, nexts, strict=True)
    ]
    return Schedule(price_s, looks[0], costs[0] - price_s * looks[0], ages, next_looks_s)


def _at(line: tuple[float, float, int], share: float) -> float:
    return line[0] * share + line[1]


def _add(envelope: deque[tuple[float, float, int]], line: tuple[float, float, int]) -> None:
    """Lines come with falling slopes; those that are nowhere lowest any more leave."""
    slope, intercept, _ = line
    while len(envelope) > 1:
        (slope_1, intercept_1, _), (slope_2, intercept_2, _) = envelope[-2], envelope[-1]
        if (intercept - intercept_1) * (slope_1 - slope_2) > (intercept_2 - intercept_1) * (slope_1 - slope):
            break
        envelope.pop()
    envelope.append(line)
