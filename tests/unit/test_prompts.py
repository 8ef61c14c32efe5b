"""What is left of a member's words when they are sent."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import PromptEmpty, PromptTooLong
from bot.domain.prompts import parse_prompt

LIMIT = 4000
anything = st.text(st.characters(exclude_categories=()), max_size=60)
nothing_to_see = st.text(st.characters(categories=["Zs", "Zl", "Zp", "Cf", "Cc", "Cs"]), max_size=20)
invisible_letters = st.text("\u115f\u1160\u3164\uffa0\u2800\u034f\ufe00\ufe0f \u200b", max_size=20)


def parsed(text: str) -> str | None:
    """None when nothing is left."""
    try:
        return parse_prompt(text, limit=LIMIT)
    except PromptEmpty:
        return None


@given(anything)
def test_parsing_twice_changes_nothing(text: str) -> None:
    once = parsed(text)
    assert once is None or parsed(once) == once


@given(anything)
def test_a_prompt_never_grows(text: str) -> None:
    assert len(parsed(text) or "") <= len(text)


@given(anything)
def test_control_characters_and_half_surrogates_are_gone(text: str) -> None:
    rest = (parsed(text) or "").replace("\n", "").replace("\t", "")
    assert not {unicodedata.category(character) for character in rest} & {"Cc", "Cs"}


@given(anything)
def test_what_is_left_can_be_sent_and_stored(text: str) -> None:
    (parsed(text) or "").encode("utf-8")


@given(st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1).filter(parsed))
def test_words_stay_as_they_were_written(text: str) -> None:
    assert parsed(text) == text


@given(nothing_to_see | invisible_letters)
def test_what_nobody_can_see_is_no_prompt(text: str) -> None:
    assert parsed(text) is None


@given(nothing_to_see)
def test_one_visible_letter_is_enough(blanks: str) -> None:
    assert "a" in (parsed(f"{blanks}a{blanks}") or "")


@pytest.mark.parametrize("text", ["", "   ", "\n\t\r\n", "\u200b\u200d\ufeff", "\u3164", "\u2800 \u2800", "\x00"])
def test_an_empty_prompt_is_refused(text: str) -> None:
    with pytest.raises(PromptEmpty):
        parse_prompt(text, limit=LIMIT)


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("  a fox  ", "a fox"),
        ("a\r\nb\rc\u2028d\u2029e\x85f\x0bg\x0ch", "a\nb\nc\nd\ne\nf\ng\nh"),
        ("a\x00b\x1bc", "abc"),
        ("a\tb\nc", "a\tb\nc"),
        ("fox \ud83d in snow", "fox  in snow"),
        ("👩‍👩‍👧 🏳️‍🌈", "👩‍👩‍👧 🏳️‍🌈"),
        ("فنك في الثلج", "فنك في الثلج"),
    ],
)
def test_what_is_sent_reads_as_it_was_written(text: str, sent: str) -> None:
    assert parse_prompt(text, limit=LIMIT) == sent


def test_a_prompt_may_be_as_long_as_the_model_takes() -> None:
    assert parse_prompt("x" * LIMIT, limit=LIMIT) == "x" * LIMIT


def test_one_character_more_is_refused_with_both_numbers() -> None:
    with pytest.raises(PromptTooLong) as refused:
        parse_prompt("x" * (LIMIT + 1), limit=LIMIT)
    assert (refused.value.length, refused.value.limit) == (LIMIT + 1, LIMIT)


def test_what_is_not_sent_does_not_count() -> None:
    assert parse_prompt("  \x00" + "x" * LIMIT + "\n ", limit=LIMIT) == "x" * LIMIT


def test_a_character_counts_as_one_however_many_bytes_it_has() -> None:
    assert parse_prompt("🦊" * LIMIT, limit=LIMIT) == "🦊" * LIMIT
