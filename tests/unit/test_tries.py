"""What fails for days is tried again every five minutes, whatever the clock says."""

import pytest

from bot.domain.ids import RequestId
from bot.services.tries import Tries
from tests.fakes import FakeClock

FOX = RequestId("the fox")
AN_HOUR_S = 3600.0


def test_what_has_failed_for_a_week_is_still_tried_every_five_minutes() -> None:
    clock = FakeClock()
    tries = Tries(clock)
    for _ in range(7 * 24 * 12):
        assert tries.is_due(FOX)
        tries.begin(FOX)
        clock.advance(300)
    tries.begin(FOX)
    clock.advance(299)
    assert not tries.is_due(FOX)
    clock.advance(1)
    assert tries.is_due(FOX)


@pytest.mark.parametrize("jump_s", [AN_HOUR_S, -AN_HOUR_S], ids=["forward", "back"])
def test_a_clock_that_is_set_changes_no_pause(jump_s: float) -> None:
    clock = FakeClock()
    tries = Tries(clock)
    tries.begin(FOX)
    clock.jump(jump_s)
    clock.advance(4)
    assert not tries.is_due(FOX)
    clock.advance(1)
    assert tries.is_due(FOX)


def test_what_was_given_up_is_never_due_until_it_is_forgotten() -> None:
    clock = FakeClock()
    tries = Tries(clock)
    tries.give_up(FOX)
    clock.advance(1000 * AN_HOUR_S)
    assert not tries.is_due(FOX)
    tries.forget(FOX)
    assert tries.is_due(FOX)
