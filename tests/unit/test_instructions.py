"""The grammar of options behind a mention: what is an option, what is a word, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.catalogue import CATALOGUE
from bot.domain.errors import (
    OptionWithoutValue,
    PrivateInPublic,
    Refused,
    UnknownAspect,
    UnknownOption,
    UnknownStyle,
    WrongCount,
)
from bot.domain.instructions import Instruction, named_aspect, parse_instruction

MODEL = CATALOGUE["openai/gpt-image-1"]
WIDE = CATALOGUE["openai/gpt-image-2"]

WORDS = st.text(st.characters(exclude_characters="-", exclude_categories=("Z", "C")), min_size=1, max_size=8)
SPACES = st.sampled_from([" ", "  ", "\n", "\t"])
OPTIONS = st.sampled_from(
    [
        (option, aspect.ratio)
        for aspect in MODEL.aspects
        for option in (
            f"--ar {aspect.ratio}",
            f"--ar={aspect.ratio}",
            f"--ar {aspect.ratio.replace(':', 'x')}",
            f"--AR\n{aspect.ratio.replace(':', '/')}",
            f"--aspect {aspect.word.lower()}",
            f"--aspect {aspect.word.upper()}",
            f"--{aspect.word.lower()}",
        )
    ]
)


@pytest.mark.parametrize(
    ("text", "words", "aspect"),
    [
        ("make it night --ar 3:2", "make it night", "3:2"),
        ("--portrait make it night", "make it night", "2:3"),
        ("make --square it night", "make it night", "1:1"),
        ("make it night", "make it night", None),
        ("night -- no stars", "night -- no stars", None),
        ("a --- b ---", "a --- b ---", None),
        ("two\nlines --square", "two\nlines", "1:1"),
        ("--ar 3:2 --ar 2:3 a fox", "a fox", "2:3"),
        ("--landscape", "", "3:2"),
        ("", "", None),
        ("🌙✨ --ar 3x2", "🌙✨", "3:2"),
    ],
)
def test_options_are_taken_out_of_the_words(text: str, words: str, aspect: str | None) -> None:
    assert parse_instruction(text, MODEL) == Instruction(words, aspect)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("a fox --ar", OptionWithoutValue),
        ("a fox --aspect", OptionWithoutValue),
        ("a fox --ar=", OptionWithoutValue),
        ("a fox --ar 16:9", UnknownAspect),
        ("a fox --ar --square", UnknownAspect),
        ("a fox --private", PrivateInPublic),
        ("a fox --PRIVATE", PrivateInPublic),
        ("a fox --stylize 250", UnknownOption),
        ("a fox --square=yes", UnknownOption),
        ("a fox --style", OptionWithoutValue),
        ("a fox --style=", OptionWithoutValue),
        ("a fox --style nonsense", UnknownStyle),
        ("a fox --count", OptionWithoutValue),
        ("a fox --count 0", WrongCount),
        ("a fox --count 5", WrongCount),
        ("a fox --count many", WrongCount),
        ("a fox --count=-1", WrongCount),
        ("a fox --count \u0662", WrongCount),
    ],
)
def test_what_is_no_option_here_is_refused(text: str, error: type[Refused]) -> None:
    with pytest.raises(Refused) as raised:
        parse_instruction(text, MODEL)
    assert type(raised.value) is error


def test_the_options_are_those_of_the_model() -> None:
    assert parse_instruction("a fox --ar 16:9", WIDE).aspect == "16:9"
    assert parse_instruction("a fox --panorama", WIDE).aspect == "21:9"
    with pytest.raises(UnknownOption) as raised:
        parse_instruction("a fox --panorama", MODEL)
    assert raised.value.offered == (
        "--ar 3:2",
        "--square",
        "--landscape",
        "--portrait",
        "--style travel-poster",
        "--count 2",
    )


@pytest.mark.parametrize(
    "option",
    [
        "--style travel-poster",
        "--style=vintage-travel-poster",
        "--STYLE Vintage-Travel-Poster",
        "--style\nTravel_Poster",
    ],
)
def test_a_style_goes_by_its_id_or_by_its_name_with_dashes(option: str) -> None:
    assert parse_instruction(f"a fox {option} --ar 3:2", MODEL) == Instruction("a fox", "3:2", "travel-poster")
    assert parse_instruction(f"{option} a fox", MODEL) == Instruction("a fox", None, "travel-poster")


def test_a_count_says_how_many_pictures() -> None:
    assert parse_instruction("a fox --count 2 in the snow", MODEL) == Instruction("a fox in the snow", count=2)
    assert parse_instruction("a fox --COUNT=4", MODEL).count == 4
    assert parse_instruction("a fox", MODEL).count == 1


def test_of_two_styles_the_last_one_counts() -> None:
    assert parse_instruction("--style pixel-art a fox --style anime", MODEL).style == "anime"


@given(st.lists(WORDS, max_size=6), st.lists(WORDS, max_size=6), OPTIONS, SPACES)
def test_an_option_may_stand_anywhere(before: list[str], after: list[str], option: tuple[str, str], space: str) -> None:
    text = space.join([*before, option[0], *after])
    parsed = parse_instruction(text, MODEL)
    assert parsed.aspect == option[1]
    assert parsed.words.split() == [*before, *after]


@given(st.lists(WORDS, max_size=12), SPACES)
def test_words_alone_stay_as_they_were_written(words: list[str], space: str) -> None:
    text = space.join(words)
    assert parse_instruction(text, MODEL) == Instruction(text.strip(), None)


@given(st.text(max_size=300))
def test_anything_is_understood_or_refused_in_words(text: str) -> None:
    try:
        parsed = parse_instruction(text, MODEL)
    except Refused:
        return
    assert parsed.aspect in {None, "1:1", "3:2", "2:3"}
    assert len(parsed.words) <= len(text)


@given(st.text(max_size=20))
def test_an_aspect_is_one_of_the_models_or_refused_with_what_there_is(value: str) -> None:
    try:
        found = named_aspect(value, MODEL)
    except UnknownAspect:
        found = None
    assert found in {None, "1:1", "3:2", "2:3"}
