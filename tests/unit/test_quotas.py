"""What a quota window says, held against a model that simply tries every moment."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import QuotaScope
from bot.domain.quotas import MOST_AT_ONCE, Usage, Window, binding, refusal
from tests.builders import START, a_usage, a_window

SECOND = timedelta(seconds=1)
NOW = START + timedelta(hours=2)
counts = st.integers(1, 4)
windows = st.builds(
    Window, st.sampled_from(QuotaScope), images=st.integers(0, 6), per=st.integers(1, 40).map(lambda n: n * SECOND)
)


@dataclass(frozen=True)
class Taken:
    """A window and every moment that counts in it at NOW: taken less than the window's length ago."""

    window: Window
    at: tuple[datetime, ...]

    @property
    def usage(self) -> Usage:
        return Usage.of(self.window, self.at)

    @property
    def usage_as_stored(self) -> Usage:
        """With no more moments than one request can ask for."""
        usage = self.usage
        return Usage(usage.window, usage.used, usage.leaving[:MOST_AT_ONCE])

    def fits(self, count: int, at: datetime = NOW) -> bool:
        counting = [taken for taken in self.at if taken > at - self.window.per]
        return len(counting) + count <= self.window.images

    def first_fit(self, count: int) -> datetime | None:
        moments = (NOW + seconds * SECOND for seconds in range(self.window.per // SECOND + 1))
        return next((at for at in moments if self.fits(count, at)), None)


@st.composite
def takens(draw: st.DrawFn) -> Taken:
    window = draw(windows)
    ages = st.integers(0, max(0, window.per // SECOND - 1))
    return Taken(window, tuple(sorted(NOW - age * SECOND for age in draw(st.lists(ages, max_size=8)))))


@given(takens(), counts)
def test_there_is_room_when_the_count_stays_within_the_window(taken: Taken, count: int) -> None:
    assert taken.usage.has_room_for(count) == taken.fits(count)


@given(takens(), counts)
def test_a_window_opens_at_the_first_moment_when_it_fits(taken: Taken, count: int) -> None:
    opens_at = None if taken.fits(count) else taken.first_fit(count)
    assert taken.usage.opens_at(count) == opens_at
    assert taken.usage_as_stored.opens_at(count) == opens_at


@given(st.lists(takens(), max_size=5), counts)
def test_the_window_that_binds_is_the_one_that_opens_last(standing: list[Taken], count: int) -> None:
    found = binding(tuple(taken.usage for taken in standing), count)
    full = [taken for taken in standing if not taken.fits(count)]
    assert (found is None) == (not full)
    if found is not None:
        never = datetime.max.replace(tzinfo=UTC)
        assert found in [taken.usage for taken in full]
        assert (found.opens_at(count) or never) == max(taken.first_fit(count) or never for taken in full)


def test_a_refusal_says_what_was_used_and_when_it_fits_again() -> None:
    window = a_window(3, scope=QuotaScope.SERVER, per=timedelta(hours=1))
    refused = a_usage(window, 10, 20, 30).refusal(2)
    assert (refused.scope, refused.used, refused.limit, refused.per) == (QuotaScope.SERVER, 3, 3, timedelta(hours=1))
    assert (refused.asked, refused.opens_at) == (2, START + timedelta(minutes=80))


def test_a_refusal_says_how_many_fit_all_windows_now() -> None:
    hour, day = a_window(5, per=timedelta(hours=1)), a_window(20, per=timedelta(days=1))
    refused = refusal((a_usage(hour, 10, 20), a_usage(day, *range(18))), 4)
    assert refused is not None
    assert (refused.asked, refused.limit, refused.left) == (4, 20, 2)
    refused = refusal((a_usage(hour, 10, 20), a_usage(day, 10, 20)), 4)
    assert refused is not None
    assert (refused.limit, refused.left) == (5, 3)
    assert refusal((a_usage(hour, 10, 20), a_usage(day, 10, 20)), 3) is None


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
