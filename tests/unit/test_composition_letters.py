"""Letters of every script: which way they run, which font has them, where lines break, and what nobody has."""

import sys
from itertools import groupby

import pytest
from bidi import get_display  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from bot.imaging.features import imaging_libraries
from bot.imaging.lettering.breaking import pieces
from bot.imaging.lettering.bundle import FOLDER, FONTS, Weight, fonts_of
from bot.imaging.lettering.coverage import Coverage, lettering
from bot.imaging.lettering.faces import Face
from bot.imaging.lettering.fitting import Box, fitted
from bot.imaging.lettering.fonts import lettered
from bot.imaging.lettering.languages import language_of
from bot.imaging.lettering.levels import levels
from bot.imaging.lettering.lines import Headline, Line
from bot.ports import Lettering
from tests.unit.thumbnail_world import HEBREW, JAPANESE, RTL

BOX = Box(width_px=1000, height_px=400, tallest_px=300)
DIRECTIONS = st.text("abYZ אבגש مرحبا 0123 ٠١٢ ()[]{} .,:/+-%$€ !?«»\"'🔥字か", min_size=1, max_size=20)


def letters(text: str) -> str:
    return "".join(cluster.text for cluster in lettered(text).clusters)


def line_of(text: str) -> Line:
    headline = Headline.of(text)
    return headline.line(0, len(headline.clusters))


def shapes(line: Line) -> list[int]:
    """The glyphs, from left to right."""
    return [glyph.number for glyph in line.glyphs]


def words_of(text: str, *, freely: bool = False) -> list[str]:
    """What stays on one line."""
    headline = Headline.of(text)
    return [
        "".join(cluster.text for cluster in headline.clusters[piece.start : piece.end])
        for piece in pieces(headline.clusters, headline.language, freely=freely)
    ]


# ---- direction ------------------------------------------------------------------------------------------------------


@given(DIRECTIONS.map(str.strip).filter(bool), st.booleans())
def test_letters_run_as_unicode_says(text: str, is_rtl: bool) -> None:
    placed = list(zip(text, levels(text, is_rtl=is_rtl), strict=True))
    for level in range(max(level for _, level in placed), 0, -1):
        rows = [(is_deep, list(row)) for is_deep, row in groupby(placed, key=lambda one: one[1] >= level)]
        placed = [one for is_deep, row in rows for one in (reversed(row) if is_deep else row)]
    assert "".join(character for character, _ in placed) == get_display(text, base_dir="R" if is_rtl else "L")


def test_a_hebrew_line_reads_from_right_to_left_and_the_words_in_it_from_left_to_right() -> None:
    hebrew, english = shapes(line_of("אב")), shapes(line_of("hello"))
    line = shapes(line_of("אב hello"))
    assert (line[:5], line[-2:]) == (english, hebrew)


def test_brackets_turn_around_with_the_line() -> None:
    assert shapes(line_of("(אב)"))[:: len("אב") + 1] == shapes(line_of("(ab)"))[:: len("ab") + 1]


def test_arabic_letters_join() -> None:
    joined, alone = shapes(line_of("مرحبا")), shapes(line_of("م ر ح ب ا"))
    assert set(joined) - set(alone), "some letters have another shape inside a word"


def test_an_emoji_of_several_people_stays_one_shape_whichever_way_the_line_runs() -> None:
    family = shapes(line_of("👨‍👩‍👧"))
    assert len(family) == 1
    assert shapes(line_of("א 👨‍👩‍👧"))[0] == family[0]


# ---- fonts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "We BUILT it: 100 DAYS, 50% off — “really”!?",
        "Ñandú Ärger Çelik Łódź Việt Nam",
        "Привіт Ђорђе Ελλάδα",
        RTL,
        HEBREW,
        "שָׁלוֹם",
        JAPANESE,
        "骨直 简体中文标题",
        "繁體中文標題",
        "한국어 제목 뷁",
        "สวัสดีชาวโลก ที่นี่",
        "नमस्ते दुनिया",
        "🔥😂❤️👨‍👩‍👧1️⃣🇩🇪👍🏽🏳️‍🌈",
        "★ ✓ → ♥ © ™ €",
    ],
)
def test_every_script_that_is_promised_has_its_letters(text: str) -> None:
    found = lettered(text)
    assert (found.left_out, "".join(cluster.text for cluster in found.clusters)) == ("", text)


def test_no_font_draws_a_box_for_what_it_lacks() -> None:
    for line in map(line_of, [RTL, HEBREW, JAPANESE, "🔥 GG 1️⃣", "सत्य"]):
        assert 0 not in shapes(line)


@pytest.mark.parametrize(
    ("text", "drawn"), [("𝕊𝕥𝕪𝕝𝕖", "Style"), ("𝓯𝓪𝓷𝓬𝔂", "fancy"), ("①⑴", "①(1)"), ("ｶﾞ", "ガ"), ("Ⓐ", "Ⓐ")]
)
def test_fancy_letters_become_plain_ones_where_no_font_has_them(text: str, drawn: str) -> None:
    found = lettered(text)
    assert found.left_out == ""
    assert "".join(cluster.text for cluster in found.clusters) in (drawn, text)


def test_what_no_font_has_is_left_out_and_told() -> None:
    found = lettered("GG ꧅ᚠ!")
    assert ("".join(cluster.text for cluster in found.clusters), found.left_out) == ("GG !", "꧅ᚠ")


@pytest.mark.parametrize("name", fonts_of(Weight.HEADLINE))
def test_who_only_asks_reads_the_same_of_a_font_as_who_draws(name: str) -> None:
    coverage, face = Coverage(FOLDER / name), Face(FOLDER / name)
    characters = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF]
    assert [one for one in characters if coverage.has(one) != face.has(one)] == []


@pytest.mark.parametrize("text", ["GG ꧅ᚠ!", "বাংলা", "𝕊𝕥𝕪𝕝𝕖", "ｶﾞ", "👨‍👩‍👧 1️⃣", HEBREW, "q̃̂", ""])
def test_who_only_asks_hears_what_is_drawn_and_what_is_left_out(text: str) -> None:
    assert lettering(text) == Lettering(letters(text), lettered(text).left_out)


def test_a_headline_that_no_font_has_is_blank() -> None:
    headline = Headline.of("ᚠᚢᚦ")
    assert headline.is_blank
    assert headline.left_out == "ᚠᚢᚦ"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (JAPANESE, "ja"),
        ("骨直标题", "zh-hans"),
        ("骨直標題", "zh-hant"),
        ("제목", "ko"),
        ("สวัสดี", "th"),
        ("Hello", "und"),
    ],
)
def test_the_language_is_told_by_its_letters(text: str, language: str) -> None:
    assert language_of(text) == language


def test_the_same_character_is_shaped_as_each_language_writes_it() -> None:
    japanese, chinese = shapes(line_of("の骨"))[1], shapes(line_of("简骨"))[1]
    assert japanese != chinese


def test_all_fonts_and_their_licence_are_delivered() -> None:
    licence = (FOLDER / "OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert {path.name for path in FOLDER.iterdir()} == {*FONTS, "OFL.txt", "README.md"}
    assert all(name in licence for name in FONTS)
    assert all(one.version for one in imaging_libraries() if one.name in ("HarfBuzz", "fonts"))


# ---- lines ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("We built it", ["We", "built", "it"]),
        ("half-way there", ["half-", "way", "there"]),
        ("50% off -5", ["50%", "off", "-5"]),
        (JAPANESE, ["初心者でも", "できる！", "最強の", "要塞を", "作る", "方法"]),
        ("한국어 제목", ["한국어", "제목"]),
        ("我们在森林", ["我们", "在", "森林"]),
        ("🔥🔥 GG", ["🔥", "🔥", "GG"]),
    ],
)
def test_lines_may_break_where_readers_expect_it(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_no_line_begins_with_what_closes_or_ends_with_what_opens() -> None:
    words = words_of("「骨」、「直」！", freely=True)
    assert words == ["「骨」、", "「直」！"]


@pytest.mark.parametrize(
    "text",
    [
        "W" * 80,
        "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenlos",
        "🔥" * 80,
        RTL,
        JAPANESE * 4,
        "i",
        "a " * 40,
        "\u0e01" * 60,
        "م" * 60,
    ],
    ids=["W", "long word", "emoji", "arabic", "japanese", "i", "words", "thai", "one arabic word"],
)
def test_whatever_is_written_fits_its_box(text: str) -> None:
    block, em_px = fitted(Headline.of(text[:80]), BOX, most_lines=5)
    assert block.width * em_px / 10_000 <= BOX.width_px + 1e-6
    assert block.height * em_px / 10_000 <= BOX.height_px + 1e-6
    assert len(block.lines) <= 5
    assert em_px > 20


def test_a_long_word_is_broken_with_a_hyphen() -> None:
    block, _ = fitted(Headline.of("W" * 60), BOX, most_lines=4)
    hyphen = shapes(line_of("W-"))[-1]
    assert [shapes(line)[-1] == hyphen for line in block.lines] == [True] * (len(block.lines) - 1) + [False]


def test_lines_are_of_like_length() -> None:
    block, _ = fitted(Headline.of("The quick brown fox jumps over the lazy dog while nobody looks"), BOX, most_lines=5)
    widths = [line.width for line in block.lines]
    assert min(widths) > 0.7 * max(widths)


def test_letters_are_no_larger_than_they_may_be() -> None:
    _, em_px = fitted(Headline.of("GG"), BOX, most_lines=5)
    assert em_px == BOX.tallest_px


def test_marks_above_and_below_push_lines_apart() -> None:
    plain, _ = fitted(Headline.of("aaa bbb ccc"), Box(200, 900, 300), most_lines=3)
    marked, _ = fitted(Headline.of("ẩ̂̂ẩ̂ Ẩ̂̂ẩ̂ ộ̣̣Ẩ̂̂"), Box(200, 900, 300), most_lines=3)
    assert marked.leading > plain.leading
