"""How a key's requests are shared between looks at runs under way and new runs."""

import math

from bot.domain.pacing.prices import PriceList

LAST_SLOT_S = 0.3


def price_of_a_look_s(free: int) -> float:
    return LAST_SLOT_S / free if free > 0 else math.inf


def most_under_way(prices: PriceList, requests_per_s: float) -> float:
    delay_s = prices.curve.mean_s / 2
    return requests_per_s / (1 + prices.looks_at_delay(delay_s)) * (prices.curve.mean_s + delay_s)
