"""How the requests of one key are shared between new runs and looks at those under way."""

import math

from bot.domain.pacing.prices import PriceList

LAST_SLOT_S = 0.3
MOST_DELAY = 0.5  # of the mean time of a run


def price_of_a_look_s(free: int) -> float:
    """The seconds of delay a look must save when so many requests are left in the window: the fewer, the dearer.

    Schedules of one constant price would be the best if requests could be saved up. A window keeps none for longer than
    ten seconds, so what counts is how much of it is left: an idle key sells cheap and looks about every second, and the
    last request is dear and goes to the look that is worth most. The price itself matters little: simulated, 0.15 s or
    0.6 s for the last one, falling with the number left or with its square, differ by 3 %.
    """
    return LAST_SLOT_S / free if free > 0 else math.inf


def free_for_looks(left: int, in_line: int) -> int:
    """A new run goes first: its request saves the member who waits a second a second, and a look does so at most."""
    return max(0, left - in_line)


def most_under_way(prices: PriceList, requests_per_s: float) -> float:
    """How many runs of one family a key can look after.

    With an endless line, new runs would take all requests, and nobody would look at those under way. So no more are
    begun than can be noticed, on average, within half of a run's time after they are ready. From three fifths on, each
    further image a minute costs those under way more than it saves those in line; and with half, a member's long list
    delays the pictures of all others by a sixth at most (`make bench ARGS=fairness`). Little's law makes that a number.
    """
    delay_s = prices.curve.mean_s * MOST_DELAY
    runs_per_s = requests_per_s / (1 + prices.looks_at_delay(delay_s))
    return runs_per_s * (prices.curve.mean_s + delay_s)
