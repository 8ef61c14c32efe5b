"""What a quota window says, held against a model that simply tries every moment."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import QuotaScope
from bot.domain.quotas import Usage, Window, binding
from tests.builders import START, a_usage, a_window

SECOND = timedelta(seconds=1)
NOW = START + timedelta(hours=2)
counts = st.integers(1, 4)
windows = st.builds(
    Window, st.sampled_from(QuotaScope), images=st.integers(0, 6), per=st.integers(1, 40).map(lambda n: n * SECOND)
)


@st.composite
def usages(draw: st.DrawFn) -> Usage:
    """What counts at NOW: taken less than the window's length ago."""
    window = draw(windows)
    ages = st.integers(0, max(0, window.per // SECOND - 1))
    taken = sorted(NOW - age * SECOND for age in draw(st.lists(ages, max_size=8)))
    return Usage(window, tuple(taken))


def fits(usage: Usage, count: int, at: datetime) -> bool:
    counting = [taken for taken in usage.taken_at if taken > at - usage.window.per]
    return len(counting) + count <= usage.window.images


def first_fit(usage: Usage, count: int) -> datetime | None:
    moments = (NOW + seconds * SECOND for seconds in range(usage.window.per // SECOND + 1))
    return next((at for at in moments if fits(usage, count, at)), None)


@given(usages(), counts)
def test_there_is_room_when_the_count_stays_within_the_window(usage: Usage, count: int) -> None:
    assert usage.has_room_for(count) == fits(usage, count, NOW)


@given(usages(), counts)
def test_a_window_opens_at_the_first_moment_when_it_fits(usage: Usage, count: int) -> None:
    if not usage.has_room_for(count):
        assert usage.opens_at(count) == first_fit(usage, count)


@given(usages(), counts)
def test_a_window_with_room_has_nothing_to_wait_for(usage: Usage, count: int) -> None:
    if usage.has_room_for(count):
        assert usage.opens_at(count) is None


@given(st.lists(usages(), max_size=5).map(tuple), counts)
def test_the_window_that_binds_is_the_one_that_opens_last(standing: tuple[Usage, ...], count: int) -> None:
    found = binding(standing, count)
    full = [usage for usage in standing if not fits(usage, count, NOW)]
    assert (found is None) == (not full)
    if found is not None:
        never = datetime.max.replace(tzinfo=UTC)
        assert found in full
        assert (first_fit(found, count) or never) == max(first_fit(usage, count) or never for usage in full)


def test_a_refusal_says_what_was_used_and_when_it_fits_again() -> None:
    window = a_window(3, scope=QuotaScope.SERVER, per=timedelta(hours=1))
    refusal = a_usage(window, 10, 20, 30).refusal(2)
    assert (refusal.scope, refusal.used, refusal.limit, refusal.per) == (QuotaScope.SERVER, 3, 3, timedelta(hours=1))
    assert (refusal.asked, refusal.opens_at) == (2, START + timedelta(minutes=80))


def test_more_than_a_window_ever_holds_never_opens() -> None:
    assert a_usage(a_window(3), 10).opens_at(4) is None


def test_a_window_that_was_made_smaller_waits_until_enough_has_left() -> None:
    usage = a_usage(a_window(1), 10, 20, 30)
    assert usage.opens_at(1) == START + timedelta(minutes=90)


def test_what_never_fits_binds_before_what_opens_later() -> None:
    never = a_usage(a_window(0, scope=QuotaScope.GLOBAL))
    later = a_usage(a_window(1, per=timedelta(days=1)), 10)
    assert binding((later, never), 1) == never


def test_nothing_binds_without_windows() -> None:
    assert binding((), 4) is None
