"""What goes to the model beside the member's words, and that all of it fits before anything is spent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import PromptTooLong
from bot.domain.guidance import Guidance, purpose_of
from bot.domain.ids import ChannelId
from bot.domain.prompts import parse_prompt
from bot.domain.requests import Parent, Relation
from bot.domain.styles import STYLES
from tests.builders import a_request

LIMIT = 4000
POSTER = STYLES["travel-poster"]
GUIDANCES = st.builds(
    Guidance.of, st.none() | st.sampled_from(Relation), st.none() | st.sampled_from(list(STYLES.values()))
)


def test_a_style_stands_behind_the_members_words() -> None:
    assert Guidance.of(None, POSTER).around("a red fox") == f"a red fox\n\n{POSTER.words}"


def test_what_a_variation_keeps_is_said_before_them() -> None:
    first, words, last = Guidance.of(Relation.VARIATION, POSTER).around("a red fox").split("\n\n")
    assert "new variation" in first
    assert (words, last) == ("a red fox", POSTER.words)


@pytest.mark.parametrize("relation", [None, Relation.EDIT])
def test_without_a_style_an_edit_is_the_members_words_alone(relation: Relation | None) -> None:
    assert Guidance.of(relation, None).around("make it night") == "make it night"


@given(GUIDANCES, st.integers(1, LIMIT + 10))
def test_a_prompt_is_taken_exactly_if_all_of_it_fits(guidance: Guidance, characters: int) -> None:
    prompt = "x" * characters
    if len(guidance.around(prompt)) <= LIMIT:
        assert parse_prompt(prompt, limit=LIMIT, guidance=guidance) == prompt
        return
    with pytest.raises(PromptTooLong) as refused:
        parse_prompt(prompt, limit=LIMIT, guidance=guidance)
    cut = prompt[: refused.value.fits]
    assert len(guidance.around(parse_prompt(cut, limit=LIMIT, guidance=guidance))) == LIMIT


def test_how_much_of_the_room_is_taken_by_what_is_told() -> None:
    guidance = Guidance.of(Relation.REMAKE, POSTER)
    with pytest.raises(PromptTooLong) as refused:
        parse_prompt("x" * LIMIT, limit=LIMIT, guidance=guidance)
    error = refused.value
    assert (error.length, error.limit, error.style) == (LIMIT, LIMIT, len(POSTER.words) + 2)
    assert error.fits == LIMIT - error.style - error.guidance


@given(
    st.sampled_from([None, *Relation]),
    st.sampled_from([None, *STYLES]),
    st.sampled_from(["", "Keep the top calm.", "Two\n\nparagraphs."]),
    st.text(min_size=1, max_size=40),
)
def test_the_purpose_is_found_in_what_was_sent(
    relation: Relation | None, style: str | None, purpose: str, prompt: str
) -> None:
    words = Guidance.of(relation, STYLES[style] if style else None, purpose).around(prompt)
    parent = Parent(ChannelId(1), None, None, relation) if relation else None
    sent = None if words == prompt else words
    assert purpose_of(a_request(prompt=prompt, style=style, parent=parent, sent_prompt=sent)) == purpose


def test_where_other_words_were_sent_no_purpose_is_made_up() -> None:
    sent = f"a red fox\n\nWords that the style had once.\n\n{POSTER.words}"
    assert purpose_of(a_request(prompt="a red fox", style=POSTER.id, sent_prompt=sent)) == ""
    assert purpose_of(a_request(prompt="", sent_prompt=None)) == ""
