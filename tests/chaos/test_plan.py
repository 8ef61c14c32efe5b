"""A seed is a plan, and a commit is five seeds."""

from collections import Counter

from tests.chaos.__main__ import SEEDS, seeds_of
from tests.chaos.deck import DECK
from tests.chaos.plan import MENTIONS, Closing, Plan, make_plan


def plan(seed: int, *, asks: int = 200, kills: int = 10) -> Plan:
    return make_plan(seed, asks=asks, kills=kills, troubles=tuple(DECK), asks_per_s=2.0)


def test_the_same_seed_is_the_same_plan() -> None:
    assert plan(1) == plan(1)
    assert plan(1) != plan(2)


def test_a_commit_gives_five_different_seeds_and_always_the_same() -> None:
    seeds = seeds_of("0a1b2c", SEEDS)
    assert len(set(seeds)) == SEEDS
    assert seeds == seeds_of("0a1b2c", SEEDS)
    assert not set(seeds) & set(seeds_of("other", SEEDS))


def test_every_trouble_is_dealt_before_any_is_dealt_again() -> None:
    dealt = Counter(trouble.name for trouble in plan(1, asks=4 * len(DECK)).troubles)
    assert set(dealt) == set(DECK)
    assert set(dealt.values()) <= {2, 3}


def test_five_long_seeds_have_every_story() -> None:
    told = {closing for seed in range(5) for ask in plan(seed).asks for closing, _ in ask.story.closings}
    assert told == set(Closing)


def test_no_two_requests_share_a_mark_and_mentions_are_never_private() -> None:
    asks = plan(1, asks=500).asks
    assert len({ask.mark for ask in asks}) == 500
    assert not any(ask.is_private for ask in asks if ask.how in MENTIONS)
