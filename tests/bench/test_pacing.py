"""The simulated world keeps RunBase's rule, and Easel's pacing keeps its promises there in ten simulated minutes."""

import contextlib

import pytest

from tests.bench.pacing.bound import Bound
from tests.bench.pacing.easel import REQUESTS
from tests.bench.pacing.found import Found
from tests.bench.pacing.hours import EASEL, GIVEN, WINDOWLESS, Hour, looks_of, simulate
from tests.bench.pacing.members import LOADS, Load
from tests.bench.pacing.optimum import optimum
from tests.bench.pacing.times import BIMODAL, DRIFTING, LOG_NORMAL, Times
from tests.bench.pacing.world import LIMIT, RateLimited, RunBase, Simulation

MINUTES = 600.0


def test_runbase_refuses_what_is_beyond_its_window_and_counts_it() -> None:
    simulation = Simulation()
    runbase = RunBase(simulation, LOG_NORMAL, seed=1)

    def create_all() -> None:
        for _ in range(LIMIT):
            with contextlib.suppress(RateLimited):
                runbase.create()

    for moment_s in (0.0, 5.0, 14.0, 24.0):
        simulation.at(moment_s, create_all)
    simulation.run(10.0)
    assert (len(runbase.runs), runbase.refused) == (LIMIT, LIMIT)
    simulation.run(20.0)
    assert (len(runbase.runs), runbase.refused) == (LIMIT, 2 * LIMIT)
    simulation.run(30.0)
    assert (len(runbase.runs), runbase.refused) == (2 * LIMIT, 2 * LIMIT)


@pytest.mark.parametrize("load", LOADS, ids=lambda load: load.name)
@pytest.mark.parametrize("times", [LOG_NORMAL, BIMODAL, DRIFTING], ids=["one peak", "two peaks", "drift"])
def test_easel_is_never_refused(times: Times, load: Load) -> None:
    assert simulate(Hour(EASEL, times, load, seed=1, seconds=MINUTES)).refused == 0


def test_what_is_asked_for_is_made() -> None:
    result = simulate(Hour(EASEL, LOG_NORMAL, Load(40), seed=1, seconds=MINUTES))
    still_under_way = 30
    assert len(result.runs) >= 40 * MINUTES / 60 - still_under_way


def test_an_endless_line_gets_fifty_images_a_minute() -> None:
    result = simulate(Hour(EASEL, LOG_NORMAL, Load(None), seed=1, seconds=MINUTES))
    assert len(result.runs) >= 48 * MINUTES / 60


@pytest.mark.parametrize("load", [Load(20), Load(30)], ids=lambda load: load.name)
def test_without_a_window_what_is_learned_comes_to_the_optimum(load: Load) -> None:
    hours = [simulate(Hour(WINDOWLESS, LOG_NORMAL, load, seed)) for seed in (1, 2)]
    assert Found(hours).mean_s == pytest.approx(optimum(LOG_NORMAL, looks_of(load)).delay_s, rel=0.15)


def test_nobody_goes_below_the_bound_and_easel_stays_near_it() -> None:
    load = Load(30)
    result = simulate(Hour(GIVEN, LOG_NORMAL, load, seed=1, seconds=MINUTES))
    best = optimum(LOG_NORMAL, looks_of(load))
    bound_s = Bound(LOG_NORMAL, REQUESTS).delay_s(result.begun_s, best.more.price_s)
    assert best.delay_s < bound_s < Found([result]).mean_s < 1.4 * bound_s
