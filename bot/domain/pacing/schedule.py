"""When to look at a run, given how long runs take and what a look costs."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.pacing.curve import Curve, interpolated

SHORTEST_GAP_S = 1.0  # RunBase's advice: poll every 1–2 s
LONGEST_GAP_S = 60.0

Line = tuple[float, float, int]  # slope, intercept, and the index of the age it stands for


@dataclass(frozen=True, slots=True)
class Schedule:
    """The best ages to look at, for one curve and one price.

    `looks` and `delay_s` are what a run costs on average: requests for looking, and seconds from ready to noticed.
    """

    price_s: float
    looks: float
    delay_s: float
    shortest_gap_s: float
    _ages: Sequence[float]
    _next_looks_s: Sequence[float]

    def next_look_s(self, seen_s: float) -> float:
        """The age at which to look next at a run that was seen running at age `seen_s`; 0 for a new one."""
        if seen_s >= self._ages[-1]:
            return seen_s + LONGEST_GAP_S
        return max(seen_s + self.shortest_gap_s, interpolated(self._ages, self._next_looks_s, seen_s))


def plan(curve: Curve, price_s: float, *, shortest_gap_s: float = SHORTEST_GAP_S) -> Schedule:
    """The schedule that minimises E[delay] + price × E[looks]; the price is what a look costs, in seconds of delay.

    This is the inspection problem of R. E. Barlow, L. C. Hunter and F. Proschan, "Optimum checking procedures", Journal
    of the Society for Industrial and Applied Mathematics 11(4), 1963. Their recursion, each interval from the one
    before, holds for densities that are PF2, and what is learned from observations seldom is one. So the same minimum
    is found by dynamic programming, which assumes nothing about the curve. With S the share still running, A the area
    under it, and n the next look after one at s that found the run running, the least cost from s on, times S(s), is

        U(s) = min over n of  price · S(s)  +  ∫ S(s) - S(t) dt from s to n  +  U(n)
             = (price - s) · S(s) + A(s) + min over n of  [ n · S(s)  +  U(n) - A(n) ].

    Each n is a straight line in S(s). Going back from the last age, S(s) only grows and the slopes n only fall: the
    lower envelope of the lines is kept in a deque, and the whole plan takes one pass over the ages, half a millisecond.
    """
    ages, alive, areas = curve.ages, curve.alive, curve.areas
    last = len(ages) - 1
    # Beyond the last age nothing is known: one more look, at the longest gap.
    costs = [share * (price_s + LONGEST_GAP_S / 2) for share in alive]
    looks, nexts = list(alive), [last + 1] * (last + 1)
    envelope: deque[Line] = deque()
    candidate = last
    for index in range(last - 1, -1, -1):
        age, share = ages[index], alive[index]
        nearest_s = age + shortest_gap_s - (ages[index + 1] - age) / 2  # to the nearest age of the grid
        while candidate > index and ages[candidate] >= nearest_s:
            _add(envelope, (ages[candidate], costs[candidate] - areas[candidate], candidate))
            candidate -= 1
        while len(envelope) > 1 and _at(envelope[1], share) <= _at(envelope[0], share):
            envelope.popleft()
        if envelope:
            nexts[index] = best = envelope[0][2]
            costs[index] = (price_s - age) * share + areas[index] + _at(envelope[0], share)
            looks[index] = share + looks[best]
    reach = [*ages, float("inf")]
    next_looks_s = [min(age + LONGEST_GAP_S, reach[best]) for age, best in zip(ages, nexts, strict=True)]
    return Schedule(price_s, looks[0], costs[0] - price_s * looks[0], shortest_gap_s, ages, next_looks_s)


def _at(line: Line, share: float) -> float:
    return line[0] * share + line[1]


def _add(envelope: deque[Line], line: Line) -> None:
    """Slopes only fall. Lines that are nowhere the lowest any more leave."""
    slope, intercept, _ = line
    while len(envelope) > 1:
        (slope_1, intercept_1, _), (slope_2, intercept_2, _) = envelope[-2], envelope[-1]
        if (intercept - intercept_1) * (slope_1 - slope_2) > (intercept_2 - intercept_1) * (slope_1 - slope):
            break
        envelope.pop()
    envelope.append(line)
