"""Which key may create or read now, and how long until one may."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import OutOfCredit
from bot.domain.ids import KeyId
from bot.services.keys import Keys
from tests.fakes import KEY, OTHER_KEY, FakeClock, FakeMeter, FakeOperator, MemoryJournal


def keys_of(clock: FakeClock, *keys: KeyId, requests: int = 3) -> Keys:
    return Keys(
        keys, clock, journal=MemoryJournal(), requests_per_window=requests, meter=FakeMeter(), operator=FakeOperator()
    )


def spend_all(keys: Keys, key: KeyId, requests: int = 3) -> None:
    for _ in range(requests):
        keys.spend(key)


def test_a_key_is_known_or_not() -> None:
    keys = keys_of(FakeClock(), KEY)
    assert keys.knows(KEY)
    assert not keys.knows(OTHER_KEY)


def test_the_key_with_the_most_budget_left_creates() -> None:
    keys = keys_of(FakeClock(), KEY, OTHER_KEY)
    keys.spend(KEY)
    assert keys.choose() == OTHER_KEY
    keys.spend(OTHER_KEY)
    keys.spend(OTHER_KEY)
    assert keys.choose() == KEY


def test_an_empty_budget_neither_creates_nor_reads() -> None:
    keys = keys_of(FakeClock(), KEY)
    spend_all(keys, KEY)
    assert keys.choose() is None
    assert keys.left(KEY) == 0


def test_a_budget_is_whole_again_after_ten_seconds() -> None:
    clock = FakeClock()
    keys = keys_of(clock, KEY)
    spend_all(keys, KEY)
    clock.advance(9.875)
    assert keys.choose() is None
    clock.advance(0.125)
    assert keys.choose() == KEY
    assert keys.left(KEY) > 0


def test_a_resting_key_creates_nothing_and_still_reads() -> None:
    clock = FakeClock()
    keys = keys_of(clock, KEY)
    keys.rest(KEY, 10)
    assert keys.choose() is None
    assert keys.left(KEY) > 0
    clock.advance(10)
    assert keys.choose() == KEY


def test_a_resting_key_leaves_the_work_to_the_others() -> None:
    keys = keys_of(FakeClock(), KEY, OTHER_KEY)
    keys.rest(KEY, 10)
    assert keys.choose() == OTHER_KEY


def test_a_key_put_aside_creates_nothing_for_five_minutes_and_still_reads() -> None:
    clock = FakeClock()
    keys = keys_of(clock, KEY, OTHER_KEY)
    keys.put_aside(KEY, why="test")
    spend_all(keys, OTHER_KEY)
    assert keys.choose() is None
    assert keys.left(KEY) > 0
    clock.advance(299)
    spend_all(keys, OTHER_KEY)
    assert keys.choose() is None
    clock.advance(1)
    assert keys.choose() == KEY


def test_one_usable_key_is_enough_to_go_on() -> None:
    keys = keys_of(FakeClock(), KEY, OTHER_KEY)
    keys.put_aside(KEY, why="test")
    keys.check_usable()


def test_when_every_key_is_put_aside_nothing_can_be_made() -> None:
    clock = FakeClock()
    keys = keys_of(clock, KEY, OTHER_KEY)
    keys.put_aside(KEY, why="test")
    keys.put_aside(OTHER_KEY, why="test")
    with pytest.raises(OutOfCredit):
        keys.check_usable()
    clock.advance(300)
    keys.check_usable()


def test_a_key_that_rests_or_is_busy_is_still_usable() -> None:
    keys = keys_of(FakeClock(), KEY)
    spend_all(keys, KEY)
    keys.rest(KEY, 60)
    keys.check_usable()


def test_the_wait_ends_when_the_first_key_is_free() -> None:
    clock = FakeClock()
    keys = keys_of(clock, KEY, OTHER_KEY)
    spend_all(keys, KEY)
    clock.advance(9.5)
    spend_all(keys, OTHER_KEY)
    assert keys.wait_s() == pytest.approx(0.5)
    clock.advance(keys.wait_s())
    assert keys.choose() == KEY


def test_a_long_wait_is_cut_into_seconds() -> None:
    keys = keys_of(FakeClock(), KEY)
    keys.rest(KEY, 60)
    assert keys.wait_s() == 1


def test_a_key_that_was_too_fast_has_half_its_window_left_and_creates_nothing_for_ten_seconds(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock, meter = FakeClock(), FakeMeter()
    keys = Keys(
        (KEY, OTHER_KEY), clock, journal=MemoryJournal(), requests_per_window=8, meter=meter, operator=FakeOperator()
    )
    sent_s = keys.spend(OTHER_KEY)
    keys.note_too_fast(OTHER_KEY, sent_s)
    assert (keys.left(OTHER_KEY), keys.left(KEY)) == (3, 8)
    assert keys.requests_per_s(OTHER_KEY) == 0.4
    assert meter.keys_slowed_down == [2]
    assert [one.getMessage() for one in caplog.records] == [f"key slowed down key={OTHER_KEY} number=2 left=3"]
    spend_all(keys, KEY, 8)
    assert keys.choose() is None
    clock.advance(10)
    assert keys.may_create(OTHER_KEY)
    assert keys.left(OTHER_KEY) == 5


def test_refusals_of_requests_that_were_under_way_together_halve_the_window_once() -> None:
    meter = FakeMeter()
    keys = Keys(
        (KEY,), FakeClock(), journal=MemoryJournal(), requests_per_window=8, meter=meter, operator=FakeOperator()
    )
    for sent_s in [keys.spend(KEY) for _ in range(3)]:
        keys.note_too_fast(KEY, sent_s)
    assert keys.left(KEY) == 1
    assert meter.keys_slowed_down == [1, 1, 1]


def test_a_request_counts_until_ten_seconds_after_its_answer() -> None:
    clock = FakeClock()
    keys = keys_of(clock, KEY)
    sent_s = keys.spend(KEY)
    clock.advance(4)
    keys.note_answer(KEY, sent_s)
    clock.advance(9.875)
    assert keys.left(KEY) == 2
    clock.advance(0.125)
    assert keys.left(KEY) == 3


def test_the_key_that_suits_is_chosen() -> None:
    keys = keys_of(FakeClock(), KEY, OTHER_KEY)
    keys.spend(OTHER_KEY)
    assert keys.choose(lambda key: key == OTHER_KEY) == OTHER_KEY
    assert keys.choose(lambda _: False) is None
    assert keys.wait_s(lambda _: False) == 1


@pytest.mark.parametrize("jump_s", [-3600.0, 3600.0])
def test_setting_the_clock_changes_neither_windows_nor_rests(jump_s: float) -> None:
    clock = FakeClock()
    keys = keys_of(clock, KEY, OTHER_KEY)
    spend_all(keys, KEY)
    keys.rest(OTHER_KEY, 10)
    clock.jump(jump_s)
    assert keys.left(KEY) == 0
    assert keys.choose() is None
    clock.advance(10)
    assert (keys.left(KEY), keys.may_create(OTHER_KEY)) == (3, True)


def test_after_three_answers_lost_in_a_row_a_key_rests_for_half_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    clock = FakeClock()
    keys = keys_of(clock, KEY, OTHER_KEY)
    for _ in range(3):
        assert keys.choose() == KEY
        keys.note_uncertain(KEY)
    assert [one.getMessage() for one in caplog.records] == [f"key rests key={KEY} why=answers_lost"]
    assert keys.choose() == OTHER_KEY
    assert keys.left(KEY) > 0
    spend_all(keys, OTHER_KEY)
    clock.advance(29.875)
    spend_all(keys, OTHER_KEY)
    assert keys.choose() is None
    clock.advance(0.125)
    assert keys.choose() == KEY


def test_answers_lost_now_and_then_are_no_reason_to_rest() -> None:
    keys = keys_of(FakeClock(), KEY)
    for _ in range(5):
        keys.note_uncertain(KEY)
        keys.note_uncertain(KEY)
        keys.note_created(KEY)
    assert keys.choose() == KEY


def test_answers_that_go_on_being_lost_make_it_rest_again_after_three() -> None:
    clock = FakeClock()
    keys = keys_of(clock, KEY)
    for _ in range(2):
        for _ in range(3):
            assert keys.choose() == KEY
            keys.note_uncertain(KEY)
        assert keys.choose() is None
        clock.advance(30)


def test_nobody_waits_for_a_key_that_is_put_aside() -> None:
    keys = keys_of(FakeClock(), KEY, OTHER_KEY)
    keys.put_aside(KEY, why="test")
    spend_all(keys, OTHER_KEY)
    assert keys.wait_s() == 1


@given(
    st.lists(st.tuples(st.sampled_from([KEY, OTHER_KEY]), st.sampled_from(["rest", "aside", "spend"])), max_size=12),
    st.integers(0, 80),
)
def test_whichever_key_is_chosen_may_create(events: list[tuple[KeyId, str]], eighths: int) -> None:
    clock = FakeClock()
    keys = keys_of(clock, KEY, OTHER_KEY)
    for key, event in events:
        if event == "rest":
            keys.rest(key, 5)
        elif event == "aside":
            keys.put_aside(key, why="test")
        elif keys.left(key) > 0:
            keys.spend(key)
    clock.advance(eighths / 8)
    chosen = keys.choose()
    now_s = eighths / 8
    rests = {key for key, event in events if (event == "rest" and now_s < 5) or event == "aside"}
    spent = {key for key in (KEY, OTHER_KEY) if now_s < 10 and keys.left(key) == 0}
    free = {KEY, OTHER_KEY} - rests - spent
    assert (chosen in free) if free else (chosen is None)
