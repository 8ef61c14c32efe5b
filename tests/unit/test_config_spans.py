"""Spans of time as an operator writes them."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import ConfigError, load_config
from tests.unit.config_world import leave_everything_behind, mistakes, write


@pytest.fixture(autouse=True)
def _empty_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    leave_everything_behind(monkeypatch, tmp_path)


UNITS = {
    timedelta(seconds=1): ("s", "second", "seconds"),
    timedelta(minutes=1): ("m", "minute", "minutes"),
    timedelta(hours=1): ("h", "hour", "hours"),
    timedelta(days=1): ("d", "day", "days"),
    timedelta(weeks=1): ("week", "weeks"),
}
WORDS = [(word, length) for length, words in UNITS.items() for word in words]


def span(written: str) -> timedelta:
    return load_config(write(f"[runbase]\ngive_up_after = {written}")).runbase.give_up_after


@given(
    word=st.sampled_from(WORDS), count=st.integers(1, 50), space=st.sampled_from(["", " ", "  "]), loud=st.booleans()
)
def test_a_span_is_a_count_and_a_unit(word: tuple[str, timedelta], count: int, space: str, loud: bool) -> None:
    unit, length = word
    text = f"{count}{space}{unit}"
    assert span(f'"{text.upper() if loud else text}"') == count * length
    assert span(f'" {unit} "') == length


@given(seconds=st.integers(1, 366 * 86400))
def test_a_bare_number_is_seconds(seconds: int) -> None:
    assert span(str(seconds)) == timedelta(seconds=seconds)


@given(text=st.text(st.sampled_from("0123456789 .,-+:PTsmhdywek") | st.characters(codec="utf-8"), max_size=8))
def test_any_text_is_a_span_or_a_mistake_in_one_line(text: str) -> None:
    quoted = "".join(f"\\U{ord(character):08x}" for character in text)
    path = write(f'[runbase]\ngive_up_after = "{quoted}"')
    try:
        found = load_config(path).runbase.give_up_after
    except ConfigError as error:
        lines = str(error).split("\n")
    else:
        lines = [""]
        assert timedelta(0) < found <= timedelta(days=366)
    assert len(lines) == 1


@pytest.mark.parametrize(
    "written", ["0", "-5", '"0h"', '"367d"', "1e300", "inf", "nan", "[1]", "2020-01-01", '"1h 30m"']
)
def test_a_span_that_makes_no_sense_is_a_mistake(written: str) -> None:
    path = write(f"[runbase]\ngive_up_after = {written}")
    (line,) = mistakes(path)
    assert line.startswith("config.toml: runbase.give_up_after: expected ")


def test_finished_requests_are_kept_for_a_day_at_least() -> None:
    path = write('[storage]\nkeep_requests = "23h"')
    line = "config.toml: storage.keep_requests: expected a span of time between 1 day and 366 days, found '23h'"
    assert mistakes(path) == [line]
    assert load_config(write('[storage]\nkeep_requests = "1d"')).storage.keep_requests == timedelta(days=1)
