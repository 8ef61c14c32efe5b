"""Which run is looked at next, when, and how many a key can look after."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ids import RunId
from bot.domain.pacing import Family, Lookout, Sighting, Watched, free_for_looks
from bot.domain.requests import Kind

QUICK, SLOW = Family("openai/gpt-image-1", Kind.GENERATE), Family("openai/gpt-image-1", Kind.EDIT)
ALL = 19
REQUESTS_PER_S = 1.9

ages = st.floats(0, 120)
free = st.integers(1, ALL)


def run(name: str, age_s: float, seen_s: float = 0.0, *, family: Family = QUICK, overdue: bool = False) -> Watched:
    return Watched(RunId(name), family, age_s, seen_s, is_overdue=overdue)


def experienced(took_s: float) -> Lookout:
    """Edits take so long; nothing is known of the others."""
    lookout = Lookout()
    for number in range(100):
        name = RunId(str(number))
        lookout.note(SLOW, name, Sighting())
        lookout.note(SLOW, name, Sighting(took_s - 1, took_s + 1))
    return lookout


def test_a_run_that_has_hardly_begun_is_left_alone() -> None:
    assert Lookout().next([run("new", 3.0)], ALL) is None


def test_of_two_runs_the_one_that_is_more_likely_finished_is_looked_at() -> None:
    young, old = run("young", 12.0), run("old", 17.0)
    assert Lookout().next([young, old], 1) == old
    just_seen = run("just seen", 17.0, 15.5)
    assert Lookout().next([just_seen, run("not yet", 15.0)], 1) == run("not yet", 15.0)


def test_a_run_found_after_a_restart_long_beyond_its_time_is_looked_at_at_once() -> None:
    assert Lookout().next([run("forgotten", 90.0)], 1) == run("forgotten", 90.0)


def test_with_nothing_left_of_the_window_nothing_is_looked_at() -> None:
    assert Lookout().next([run("old", 60.0)], 0) is None
    assert Lookout().wait_s([run("old", 60.0)], 0) == math.inf


def test_with_nothing_to_watch_nothing_is_waited_for() -> None:
    assert Lookout().next([], ALL) is None
    assert Lookout().wait_s([], ALL) == math.inf


def test_the_last_request_is_kept_for_a_look_that_is_worth_it() -> None:
    doubtful = run("doubtful", 9.0)
    assert Lookout().next([doubtful], ALL) == doubtful
    assert Lookout().next([doubtful], 1) is None


@given(st.lists(st.tuples(ages, st.floats(0, 1), st.booleans()), min_size=1, max_size=8), free)
def test_after_the_wait_a_look_is_due(runs: list[tuple[float, float, bool]], free: int) -> None:
    lookout = Lookout()
    watched = [run(str(n), age, age * seen, overdue=overdue) for n, (age, seen, overdue) in enumerate(runs)]
    wait_s = lookout.wait_s(watched, free)
    assert 0 <= wait_s <= 60
    assert (lookout.next(watched, free) is not None) == (wait_s <= 0.001)
    later = [Watched(one.run, one.family, one.age_s + wait_s, one.seen_s, one.is_overdue) for one in watched]
    assert lookout.next(later, free) in later


@given(st.lists(ages, min_size=1, max_size=8), free)
def test_the_more_of_the_window_is_left_the_sooner_a_look_is_due(seen: list[float], free: int) -> None:
    watched = [run(str(number), seen_s, seen_s) for number, seen_s in enumerate(seen)]
    assert Lookout().wait_s(watched, free + 1) <= Lookout().wait_s(watched, free) + 1e-9


def test_families_are_learned_apart() -> None:
    lookout = experienced(60.0)
    assert lookout.curve(SLOW).percentile(0.5) == pytest.approx(60, rel=0.05)
    assert lookout.curve(QUICK).percentile(0.5) == pytest.approx(15, rel=0.05)
    assert lookout.next([run("edit", 20.0, family=SLOW), run("new", 14.0)], 2) == run("new", 14.0)


def test_an_overdue_run_is_looked_at_once_a_minute_after_all_others() -> None:
    lookout = Lookout()
    overdue = run("overdue", 700.0, 640.0, overdue=True)
    assert lookout.next([run("overdue", 699.0, 640.0, overdue=True)], ALL) is None
    assert lookout.next([overdue], 1) == overdue
    assert lookout.next([overdue, run("awaited", 16.0)], 1) == run("awaited", 16.0)


def test_where_runs_are_soon_overdue_they_are_looked_at_whenever_they_took_a_tenth_longer() -> None:
    lookout = Lookout()
    assert lookout.next([run("overdue", 21.9, 20.0, overdue=True)], ALL) is None
    assert lookout.next([run("overdue", 22.0, 20.0, overdue=True)], ALL) is not None
    assert lookout.wait_s([run("overdue", 3.0, 3.0, overdue=True)], ALL) == pytest.approx(1)


def test_a_key_looks_after_as_many_runs_as_it_can_and_overdue_ones_do_not_count() -> None:
    lookout = Lookout()
    under_way = [run(str(number), 1.0) for number in range(60)]
    most = next(many for many in range(60) if lookout.load(under_way[:many], REQUESTS_PER_S) >= 1)
    assert 18 <= most <= 25
    assert lookout.load(under_way[:most], REQUESTS_PER_S * 2) < 0.6
    assert lookout.load([run("overdue", 700.0, overdue=True)], REQUESTS_PER_S) == 0


def test_slower_runs_are_looked_after_in_greater_numbers() -> None:
    lookout = experienced(60.0)
    slow = lookout.load([run("edit", 1.0, family=SLOW)], REQUESTS_PER_S)
    assert slow < lookout.load([run("new", 1.0)], REQUESTS_PER_S) / 3


def test_the_poorest_key_still_carries_one_run() -> None:
    lookout = Lookout()
    assert lookout.load([], 0.1) < 1
    assert lookout.load([run("only", 1.0)], 0.1) <= 1


@given(st.integers(0, ALL), st.integers(0, 1000))
def test_new_runs_go_first(left: int, in_line: int) -> None:
    looks = free_for_looks(left, in_line)
    assert looks >= 0
    assert min(in_line, left) + looks == left
