"""What looks are worth: the schedules of one curve at every price, planned when first asked for."""

import math
from bisect import bisect_left, bisect_right

from bot.domain.pacing.curve import Curve
from bot.domain.pacing.schedule import Schedule, plan

_CHEAPEST_S, _STEP, _STEPS = 0.01, 1.5, 25  # to 170 s: dearer than any look ever is
LADDER: tuple[float, ...] = tuple(_CHEAPEST_S * _STEP**step for step in range(_STEPS))


class PriceList:
    def __init__(self, curve: Curve) -> None:
        self.curve = curve
        self._schedules: dict[int, Schedule] = {}

    def next_look_s(self, seen_s: float, price_s: float) -> float:
        """The age at which a run seen running at age `seen_s` is worth a look at that price."""
        place = min(max(math.log(price_s / _CHEAPEST_S) / math.log(_STEP), 0.0), _STEPS - 1.0)
        low, part = int(place), place % 1.0
        age_s = self.rung(low).next_look_s(seen_s)
        return age_s + part * (self.rung(low + 1).next_look_s(seen_s) - age_s) if part else age_s

    def worth_s(self, seen_s: float, age_s: float) -> float:
        """The highest price at which a look is due: the seconds of delay it saves; 0 when it is not due at any."""
        dearer = bisect_right(range(_STEPS), age_s, key=lambda step: self.rung(step).next_look_s(seen_s))
        if dearer in (0, _STEPS):
            return 0.0 if dearer == 0 else LADDER[-1]
        low_s, high_s = (self.rung(step).next_look_s(seen_s) for step in (dearer - 1, dearer))
        return LADDER[dearer - 1] * math.pow(_STEP, (age_s - low_s) / (high_s - low_s))

    def looks_at_delay(self, delay_s: float) -> float:
        """Looks per run at which the average delay is this long; between two schedules, some runs go by each."""
        step = bisect_left(range(_STEPS - 1), delay_s, lo=1, key=lambda one: self.rung(one).delay_s)
        quick, slow = self.rung(step - 1), self.rung(step)
        apart_s = slow.delay_s - quick.delay_s
        part = min(max((delay_s - quick.delay_s) / apart_s, 0.0), 1.0) if apart_s > 0 else 1.0
        return quick.looks + part * (slow.looks - quick.looks)

    def plan_one(self) -> bool:
        """Plan one schedule more, the cheapest that is missing. False when none is."""
        missing = next((step for step in range(_STEPS) if step not in self._schedules), None)
        if missing is not None:
            self.rung(missing)
        return missing is not None

    def rung(self, step: int) -> Schedule:
        if step not in self._schedules:
            self._schedules[step] = plan(self.curve, LADDER[step])
        return self._schedules[step]
