"""Members' words, shown: whatever they wrote, it cannot format, link, mention or reorder what stands around it."""

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.ui.words import alt_text, file_name, plain

ISOLATE, END = "\u2068", "\u2069"
LIMITS = st.integers(1, 60)
ALPHABET = "\\*_~`|<>[]()#@&:/-+.!?01 \n\thtpsbdxe\u200b\u200d\u202e\u2066\u0301שםمر🦊"
WORDS = st.text(st.sampled_from(ALPHABET) | st.characters(), max_size=80)

# Discord takes a backslash for an escape before anything but letters, digits and white space.
ESCAPED = re.compile(r"\\([^0-9A-Za-z\s])")


def unescaped(text: str) -> str:
    """What is left for Discord to interpret; a box for each escaped character."""
    return ESCAPED.sub("□", text.strip(ISOLATE + END))


def shown(text: str) -> str:
    """What a reader sees."""
    return ESCAPED.sub(r"\1", text.strip(ISOLATE + END))


# ---- what is taken away ---------------------------------------------------------------------------------------------


@given(text=WORDS, limit=LIMITS)
@example(text="\\*bold*", limit=20)
@example(text="\\", limit=20)
@example(text="***__~~||`a`||~~__***", limit=60)
@example(text="<@123> <#1> <:a:1> <t:1:R> @everyone", limit=60)
@example(text="[here](https://evil.test)", limit=60)
def test_no_mark_of_formatting_mention_or_link_is_left_to_interpret(text: str, limit: int) -> None:
    assert not set("\\*_~`|<>[]()#@") & set(unescaped(plain(text, limit=limit)))


@given(text=WORDS, limit=LIMITS)
@example(text="HTTPS://evil.test discord://x steam://y", limit=60)
def test_no_address_becomes_a_link(text: str, limit: int) -> None:
    assert not re.search(r"[a-z]://", unescaped(plain(text, limit=limit)), re.IGNORECASE)


@given(text=WORDS, limit=LIMITS, start=st.sampled_from(["- ", "+ ", "* ", "# ", "-# ", "> ", ">>> ", "1. ", "12. "]))
def test_no_line_begins_a_list_a_heading_or_a_quote(text: str, limit: int, start: str) -> None:
    assert not re.match(r"[-+*] |#|>|\d+\. ", unescaped(plain(start + text, limit=limit)))


@given(text=WORDS, limit=LIMITS)
@example(text="a\r\nb\u2028c\x85d\x0be", limit=20)
def test_it_is_one_line_of_at_most_the_limit(text: str, limit: int) -> None:
    line = plain(text, limit=limit)
    assert len(line.splitlines()) <= 1
    assert len(shown(line)) <= limit


@given(text=WORDS, limit=LIMITS)
@example(text="a\u202egnp.exe", limit=20)
@example(text="\u2067\u2069\u2069 מ", limit=20)
def test_nothing_reorders_what_stands_around_it(text: str, limit: int) -> None:
    line = plain(text, limit=limit)
    assert not re.search("[\u200e\u200f\u202a-\u202e\u2066\u2067]", line)
    assert (line.count(ISOLATE), line.count(END)) in {(0, 0), (1, 1)}
    if any(unicodedata.bidirectional(character) in {"R", "AL"} for character in line):
        assert (line[0], line[-1]) == (ISOLATE, END)


@pytest.mark.parametrize("words", ["مرحبا بالعالم", "שלום (עולם)", "a red fox ثعلب", "۱۲۳ فارسی", "\u202eשלום"])
def test_arabic_and_hebrew_stand_apart_from_the_text_around_them(words: str) -> None:
    line = plain(words, limit=40)
    assert (line[0], line[-1]) == (ISOLATE, END)
    assert shown(line) == words.removeprefix("\u202e")


@given(text=st.text(st.sampled_from("abאم \u0300\u0301\u0302\u0323\u0489\u0e31"), max_size=60))
def test_no_letter_carries_more_than_three_marks(text: str) -> None:
    marks = 0
    for character in plain(text, limit=100):
        marks = marks + 1 if unicodedata.combining(character) else 0
        assert marks <= 3


@given(text=WORDS)
def test_invisible_characters_hide_nothing(text: str) -> None:
    assert not re.search("[\u200b\u2060-\u2067\ufeff]", plain(text, limit=100))


# ---- what stays -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "a red fox in the snow",
        "Größe, naïve, Łódź, Tiếng Việt",
        "我喜欢一只红色的狐狸",
        "สวัสดีชาวโลก",
        "नमस्ते दुनिया",
        "👩‍👩‍👧‍👦 family",
        "🏳️‍🌈 and 👩🏽‍🚀",
        "🇩🇪🇯🇵",
        "❤️ ☺︎",
        "it's 3.5 % off; really? yes!",
        "e.g. C:/path and 12:30",
        "3.5 kg",
        "-5 degrees",
    ],
)
def test_ordinary_words_are_shown_as_they_were_written(words: str) -> None:
    assert plain(words, limit=100) == words


def test_the_joiner_that_persian_needs_stays() -> None:
    assert shown(plain("می\u200cخواهم", limit=20)) == "می\u200cخواهم"


@given(text=st.text(st.sampled_from("abc *_~`|<>[]()#@\\-+.1"), min_size=1, max_size=40))
def test_nothing_visible_is_lost(text: str) -> None:
    assert shown(plain(text, limit=100)) == " ".join(text.split())


@pytest.mark.parametrize(("limit", "kept"), [(5, "abcde"), (4, "abc…"), (1, "…")])
def test_what_is_too_long_ends_in_an_ellipsis(limit: int, kept: str) -> None:
    assert plain("abcde", limit=limit) == kept


def test_an_ellipsis_does_not_follow_a_space_or_half_a_family() -> None:
    assert plain("a red fox", limit=7) == "a red…"
    assert plain("👩\u200d👩\u200d👧", limit=3) == "👩…"


def test_escaping_does_not_eat_into_the_limit() -> None:
    assert shown(plain("*" * 50, limit=50)) == "*" * 50


# ---- alt texts and file names ---------------------------------------------------------------------------------------


@given(text=st.text(max_size=1500) | st.text("ab \n", min_size=900, max_size=3000))
def test_an_alt_text_is_one_line_of_at_most_1024_characters(text: str) -> None:
    words = alt_text(text)
    assert len(words) <= 1024
    assert len(words.splitlines()) <= 1
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", words)


def test_an_alt_text_is_the_prompt_without_escapes() -> None:
    assert alt_text("a *red* fox\nin the [snow]") == "a *red* fox in the [snow]"


NAME = re.compile(r"[a-z0-9-]{1,60}\.(png|webp|jpg)")


@given(text=st.text(max_size=200) | WORDS, extension=st.sampled_from(["png", "webp", "jpg"]))
@example(text="", extension="png")
@example(text="../../etc/passwd", extension="png")
@example(text="CON", extension="png")
@example(text="x" * 500, extension="webp")
@example(text="-rf *", extension="jpg")
def test_a_file_name_is_one_that_every_system_takes(text: str, extension: str) -> None:
    name = file_name(text, extension)
    assert NAME.fullmatch(name)
    assert not name.startswith("-")
    assert "-." not in name
    assert name.endswith(f".{extension}")


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("a red fox in the snow, vintage travel poster", "red-fox-in-the-snow.png"),
        ("The Great Wave", "great-wave.png"),
        ("A", "picture.png"),
        ("Crème Brûlée!", "creme-brulee.png"),
        ("我喜欢狐狸", "picture.png"),
        ("🦊", "picture.png"),
        ("word " * 30, "word-word-word-word-word-word-word-word-word-word-word-word.png"),
    ],
)
def test_a_file_is_named_after_the_first_words(prompt: str, name: str) -> None:
    assert file_name(prompt, "png") == name


# ---- corners --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("divider", ["\u200d", "\u034f", "\ufe0f", "\u0489"])
def test_marks_are_counted_past_characters_that_show_nothing(divider: str) -> None:
    line = plain("a" + ("\u0301" * 3 + divider) * 10, limit=200)
    assert sum(character in {"\u0301", "\u0489"} for character in line) <= 3


@pytest.mark.parametrize("region", ["gbeng", "gbsct", "gbwls"])
def test_the_flags_of_england_scotland_and_wales_stay(region: str) -> None:
    flag = "🏴" + "".join(chr(0xE0000 + ord(letter)) for letter in region) + "\U000e007f"
    assert plain(flag, limit=20) == flag


@pytest.mark.parametrize("prompt", ["...a red fox", "1. a red fox", "🦊, a red fox"])
def test_a_file_is_named_after_words_that_come_later(prompt: str) -> None:
    assert "red-fox" in file_name(prompt, "png")
