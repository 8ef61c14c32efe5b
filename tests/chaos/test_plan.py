"""A seed is a plan, and a commit is five seeds."""

from collections import Counter

from tests.chaos.__main__ import SEEDS, seeds_of
from tests.chaos.deck import DECK
from tests.chaos.plan import CAN_BE_SEVERAL, MENTIONS, Closing, Plan, make_plan


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


def test_some_ask_for_several_pictures_where_a_command_takes_a_count() -> None:
    asks = plan(1, asks=500).asks
    assert {ask.images for ask in asks} == {1, 2, 3, 4}
    assert not any(ask.images > 1 for ask in asks if ask.how not in CAN_BE_SEVERAL)


def test_no_two_requests_share_a_mark_and_mentions_are_never_private() -> None:
    asks = plan(1, asks=500).asks
    assert len({ask.mark for ask in asks}) == 500
    assert not any(ask.is_private for ask in asks if ask.how in MENTIONS)
