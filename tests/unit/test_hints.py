"""When a prompt is worth a hint, and that a member sees one a day at most."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.hints import COMFORTABLE_CHARACTERS, Hint, hint_for
from bot.domain.requests import Request
from bot.services.hints import EVERY, Hints
from bot.ui.hints import hint_words
from tests.builders import a_request, asked_by
from tests.fakes import FakeClock, MemoryHintStore, MemoryLedger

# No quotation marks, and no words: nothing that could ask for writing in the picture.
harmless = st.text(st.characters(categories=["Nd", "Zs", "Po"], exclude_characters='"'))
words = st.lists(st.text(st.characters(categories=["Ll"]), min_size=1, max_size=10), min_size=13, max_size=40)


@pytest.mark.parametrize(
    "prompt",
    [
        "a red fox in the snow, vintage travel poster",
        "a shop sign that says “Fresh Bread”",
        'a poster with the title "The Long Way Home" and a small "2027" below',
        "a wooden table with a vase of flowers",
        "friends around a table, reading the menu of a small restaurant",
        "a listless knight, unlabeled bottles on a shelf, a timeless city",
        "an old newspaper stand in the rain",
        "make it night",
        "",
    ],
)
def test_everyday_prompts_need_no_hint(prompt: str) -> None:
    assert hint_for(prompt) is None


@pytest.mark.parametrize(
    "prompt",
    [
        "a letter with a paragraph about the sea",
        "a cookbook page with a list of ingredients",
        "a wall chart, table of all kings with their years",
        "a table with three narrow columns and rows",
        "a map of the kingdom, LABEL EVERY village",
        "a cutaway engine, each moving part labeled",
        "an infographic about bees",
        "a bottle with fine print on its label",
        "the front page, newspaper article about a moon landing",
        'a sign: "We are closed today because everybody went to the lake to swim and rest"',
        'a chart with "iron", "copper", "silver", "gold" and "tin"',
        "a sign 「" + "本日は湖で泳ぐために休業しております" * 5 + "」",
        "«" + "mot " * 20 + "»",
    ],
)
def test_prompts_that_ask_for_much_writing_get_one(prompt: str) -> None:
    assert hint_for(prompt) is Hint.MUCH_TEXT


@given(st.text())
def test_anything_can_be_asked(prompt: str) -> None:
    assert hint_for(prompt) in {None, *Hint}


@given(harmless, st.integers(-3, 3))
def test_a_prompt_is_long_beyond_the_comfortable_length(start: str, beyond: int) -> None:
    length = COMFORTABLE_CHARACTERS + beyond
    prompt = (start + "." * length)[:length]
    assert hint_for(prompt) is (Hint.LONG if beyond > 0 else None)


@given(words, st.text(max_size=50).filter(lambda text: '"' not in text))
def test_what_is_quoted_counts_wherever_it_stands(quoted: list[str], before: str) -> None:
    assert hint_for(f'{before} "{" ".join(quoted)}"') is Hint.MUCH_TEXT


@given(st.text(max_size=300))
def test_a_long_prompt_is_worth_a_hint_whatever_it_says(prompt: str) -> None:
    assert hint_for(f"{prompt} {'x' * COMFORTABLE_CHARACTERS}") is not None


# ---- once a day -----------------------------------------------------------------------------------------------------


def a_long_request(member: int = 30) -> Request:
    return a_request(prompt="x" * 1300, address=asked_by(member))


async def test_a_member_is_told_once_a_day_whatever_they_ask_for() -> None:
    clock = FakeClock()
    hints = Hints(clock=clock, hints=MemoryHintStore(MemoryLedger()))
    assert await hints.due(a_request()) is None
    assert await hints.due(a_long_request()) is Hint.LONG
    assert await hints.due(a_request(prompt="an infographic")) is None
    assert await hints.due(a_long_request(31)) is Hint.LONG
    clock.advance((EVERY - timedelta(seconds=1)).total_seconds())
    assert await hints.due(a_long_request()) is None
    clock.advance(1)
    assert await hints.due(a_request(prompt="an infographic")) is Hint.MUCH_TEXT


async def test_of_many_requests_at_once_one_is_told() -> None:
    hints = Hints(clock=FakeClock(), hints=MemoryHintStore(MemoryLedger()))
    due = await asyncio.gather(*(hints.due(a_long_request()) for _ in range(20)))
    assert [hint for hint in due if hint is not None] == [Hint.LONG]


@pytest.mark.parametrize("hint", Hint)
def test_a_hint_says_that_the_picture_is_made_who_says_so_and_what_next(hint: Hint) -> None:
    said = hint_words(hint, a_long_request())
    assert said.startswith("Your picture is being made as you asked.")
    assert "RunBase's page on GPT Image 1" in said
    assert said.endswith("once a day at most.")
    assert len(said) < 500
