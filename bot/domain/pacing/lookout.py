"""Which run to look at next, of all that are under way with one key, and whether the key can look after more."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from bot.domain.ids import RunId
from bot.domain.pacing.curve import Curve
from bot.domain.pacing.learning import LearnedTimes, Sighting
from bot.domain.pacing.prices import PriceList
from bot.domain.pacing.schedule import LONGEST_GAP_S, SHORTEST_GAP_S
from bot.domain.pacing.sharing import most_under_way, price_of_a_look_s
from bot.domain.requests import Kind

_OVERDUE_GAP = 0.1  # of its age: a minute from ten minutes on
_EARLY_S = 0.001  # timers and sums are no finer, and a look is worth the same


class Family(NamedTuple):
    """Runs that take the same time."""

    model: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Watched:
    """A run under way: its age now, and the age at which it was last seen running, which is 0 when it never was.

    For an overdue run nobody waits any more.
    """

    run: RunId
    family: Family
    age_s: float
    seen_s: float = 0.0
    is_overdue: bool = False


class Lookout:
    """Learns how long the runs of each family take, and tells by that which look is worth a request, and when.

    To learn, and to plan by what was learned, takes some ten milliseconds. So each call plans one schedule, and the old
    ones serve until the new ones are all there: no call takes longer than two milliseconds.
    """

    def __init__(self, times: Callable[[], LearnedTimes] = LearnedTimes) -> None:
        self._learned = defaultdict[Family, LearnedTimes](times)
        self._prices: dict[Family, PriceList] = {}
        self._coming: dict[Family, PriceList] = {}
        self._most: dict[tuple[Family, float], float] = {}

    def note(self, family: Family, run: RunId, sighting: Sighting) -> None:
        self._learned[family].note(run, sighting)

    def curve(self, family: Family) -> Curve:
        return self._learned[family].curve()

    def prepare(self, family: Family) -> bool:
        """Plan a little for a family that is new, or of which much was just noted. False when all is planned."""
        return self._plan_one(family)

    def next(self, watched: Iterable[Watched], free: int) -> Watched | None:
        """The run most worth one of the free requests; None when no look is worth its price yet."""
        self._plan_ahead()
        price_s = price_of_a_look_s(free)
        due = [one for one in watched if self._due_at_s(one, price_s) - _EARLY_S <= one.age_s]
        return max(due, key=self._worth) if len(due) > 1 else next(iter(due), None)

    def wait_s(self, watched: Iterable[Watched], free: int) -> float:
        """Seconds until a look is due, should the price stay as it is; infinite when none will be."""
        self._plan_ahead()
        price_s = price_of_a_look_s(free)
        return min((max(0.0, self._due_at_s(one, price_s) - one.age_s) for one in watched), default=math.inf)

    def load(self, watched: Iterable[Watched], requests_per_s: float) -> float:
        """The share of what the key can look after; a new run is begun below 1."""
        self._plan_ahead()
        under_way = Counter(one.family for one in watched if not one.is_overdue)
        return sum(runs / self._most_of(family, requests_per_s) for family, runs in under_way.items())

    def _due_at_s(self, one: Watched, price_s: float) -> float:
        if math.isinf(price_s):
            return math.inf
        if one.is_overdue:
            return one.seen_s + min(max(SHORTEST_GAP_S, one.seen_s * _OVERDUE_GAP), LONGEST_GAP_S)
        return self._prices_of(one.family).next_look_s(one.seen_s, price_s)

    def _worth(self, one: Watched) -> tuple[float, float]:
        """Of two that are worth the same, the older."""
        worth_s = 0.0 if one.is_overdue else self._prices_of(one.family).worth_s(one.seen_s, one.age_s)
        return worth_s, one.age_s

    def _most_of(self, family: Family, requests_per_s: float) -> float:
        prices = self._prices_of(family)
        if (family, requests_per_s) not in self._most:
            self._most[family, requests_per_s] = max(1.0, most_under_way(prices, requests_per_s))
        return self._most[family, requests_per_s]

    def _prices_of(self, family: Family) -> PriceList:
        if family not in self._prices:
            self._prices[family] = PriceList(self._learned[family].curve())
        return self._prices[family]

    def _plan_ahead(self) -> None:
        for family in self._prices:
            if self._plan_one(family):
                return

    def _plan_one(self, family: Family) -> bool:
        """What is learned while new schedules are being planned has its turn after them."""
        if family not in self._coming:
            curve = self._learned[family].curve()
            if self._prices_of(family).curve is curve:
                return self._prices[family].plan_one()
            self._coming[family] = PriceList(curve)
        if not self._coming[family].plan_one():
            self._prices[family] = self._coming.pop(family)
            self._most = {known: most for known, most in self._most.items() if known[0] != family}
        return True
