"""Sizes, templates, colours and headlines as data: what people may write, and where letters may stand."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.thumbnails.areas import WHOLE, Area
from bot.domain.thumbnails.colours import BLACK, WHITE, Colour, parse_colour, readable_on
from bot.domain.thumbnails.errors import HeadlineTooLong, UnknownColour, UnknownSize, UnknownTemplate
from bot.domain.thumbnails.headlines import LONGEST_HEADLINE, parse_headline
from bot.domain.thumbnails.sizes import SIZES, Size, size_of
from bot.domain.thumbnails.templates import TEMPLATES, Template, template_of
from tests.unit.thumbnail_world import RTL, a_design

PARTS = st.floats(0, 1, allow_nan=False)
COLOURS = st.builds(Colour, *[st.integers(0, 255)] * 3)


@st.composite
def areas(draw: st.DrawFn) -> Area:
    left, right = sorted((draw(PARTS), draw(PARTS)))
    top, bottom = sorted((draw(PARTS), draw(PARTS)))
    return Area(left, top, right, bottom)


# ---- sizes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "pixels", "most_bytes"),
    [
        ("youtube", (1280, 720), 2_000_000),
        ("TikTok", (1080, 1920), 2_000_000),
        (" reels ", (1080, 1920), 2_000_000),
        ("shorts", (1080, 1920), 2_000_000),
        ("twitch", (1920, 1080), 10_000_000),
        ("x", (1200, 630), 5_000_000),
        ("opengraph", (1200, 630), 5_000_000),
        ("instagram", (1080, 1350), 8_000_000),
        ("square", (1080, 1080), 8_000_000),
        ("podcast", (3000, 3000), 512_000),
        ("event", (800, 320), 10_000_000),
    ],
)
def test_sizes_are_found_by_what_people_call_them(word: str, pixels: tuple[int, int], most_bytes: int) -> None:
    size = size_of(word)
    assert (size.pixels, size.most_bytes) == (pixels, most_bytes)


def test_an_unknown_size_names_those_there_are() -> None:
    with pytest.raises(UnknownSize) as refusal:
        size_of("fullhd")
    assert (refusal.value.given, refusal.value.offered) == ("fullhd", tuple(SIZES))


def test_no_two_sizes_answer_to_the_same_word() -> None:
    words = [word for size in SIZES.values() for word in (size.key, *size.aliases)]
    assert sorted(words) == sorted(set(words))


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_all_areas_lie_in_the_picture(size: Size) -> None:
    for area in (size.safe, *size.covered):
        assert 0 <= area.left < area.right <= 1
        assert 0 <= area.top < area.bottom <= 1


# ---- templates ------------------------------------------------------------------------------------------------------


def test_an_unknown_template_names_those_there_are() -> None:
    assert template_of(" Panel ") is TEMPLATES["panel"]
    with pytest.raises(UnknownTemplate) as refusal:
        template_of("comic")
    assert refusal.value.offered == ("outline", "panel", "band", "side")


@pytest.mark.parametrize("headline", ["100 days", RTL], ids=["left to right", "right to left"])
@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_there_is_room_for_letters_where_nothing_covers_them(size: Size, template: Template, headline: str) -> None:
    room = a_design(headline, size.key, template.key).room
    assert not any(room.overlaps(covered) for covered in size.covered)
    assert room.left >= size.safe.left - 1e-9
    assert room.right <= size.safe.right + 1e-9
    assert room.top >= size.safe.top - 1e-9
    assert room.bottom <= size.safe.bottom + 1e-9
    assert (room.right - room.left) * size.width_px > 0.3 * size.width_px
    assert (room.bottom - room.top) * size.height_px > 0.1 * size.height_px


def test_letters_that_run_from_right_to_left_stand_on_the_right() -> None:
    english, arabic = a_design(template="side"), a_design(RTL, template="side")
    assert english.room.right < 0.6 < arabic.room.right
    assert (english.calm, arabic.calm) == ("the left half", "the right half")


@given(areas(), st.lists(areas(), max_size=3))
def test_what_is_clear_of_others_overlaps_none(area: Area, covered: list[Area]) -> None:
    free = area.clear_of(covered)
    assert not any(free.overlaps(one) for one in covered if free.extent and one.extent)
    assert free.extent <= area.extent


def test_the_largest_free_part_is_taken() -> None:
    corner = Area(0.9, 0.7, 1, 1)
    assert WHOLE.clear_of([corner]) == Area(0, 0, 0.9, 1)
    assert WHOLE.clear_of([corner, Area(0, 0, 1, 0.2)]) == Area(0, 0.2, 0.9, 1)


# ---- colours --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "colour"),
    [("#ffd400", (255, 212, 0)), ("FFD400", (255, 212, 0)), ("#fd0", (255, 221, 0)), (" #000 ", (0, 0, 0))],
)
def test_colours_are_read_as_people_write_them(text: str, colour: tuple[int, int, int]) -> None:
    assert parse_colour(text) == colour


@pytest.mark.parametrize("text", ["", "#", "yellow", "#ffd40", "#gggggg", "0xffd400"])
def test_what_is_no_colour_is_refused(text: str) -> None:
    with pytest.raises(UnknownColour):
        parse_colour(text)


def test_contrast_is_what_wcag_says() -> None:
    assert BLACK.contrast(WHITE) == pytest.approx(21)
    assert parse_colour("#767676").contrast(WHITE) == pytest.approx(4.54, abs=0.01)


@given(COLOURS)
def test_black_or_white_can_be_read_on_any_colour(colour: Colour) -> None:
    assert readable_on(colour).contrast(colour) >= 4.5


# ---- headlines ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "headline"),
    [
        ("  We\t built \n it ", "We built it"),
        ("a\x00b\x07c\x1b[31m", "abc[31m"),
        ("a\u202eb\u200bc\u2066d", "abcd"),
        ("e\u0301", "é"),
        ("", ""),
        (" \t\n\u3000", ""),
        ("\u200b\u200d\u0301", ""),
        ("\u3164\u2800", ""),
        ("🏴\U000e0067\U000e0062\U000e007f", "🏴\U000e0067\U000e0062\U000e007f"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\ud800 half", "half"),
    ],
)
def test_of_a_headline_stays_what_can_be_seen(text: str, headline: str) -> None:
    assert parse_headline(text) == headline


def test_stacks_of_marks_are_cut_down() -> None:
    assert len(parse_headline("Z" + "\u0323\u0327\u0328\u0331\u0332" * 9)) == len("\u1e92") + 3


def test_a_headline_of_81_characters_is_too_long() -> None:
    assert len(parse_headline("W" * LONGEST_HEADLINE)) == 80
    with pytest.raises(HeadlineTooLong) as refusal:
        parse_headline("W" * 81)
    assert (refusal.value.length, refusal.value.limit) == (81, 80)


# ---- the page -------------------------------------------------------------------------------------------------------

PAGE = Path(__file__).parents[2] / "docs" / "thumbnails.md"


def test_the_page_tells_every_size_as_it_is() -> None:
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in PAGE.read_text(encoding="utf-8").splitlines()]
    told = [row[:4] for row in rows if row and row[0].strip("`") in SIZES]
    assert told == [
        [
            f"`{size.key}`",
            ", ".join(f"`{alias}`" for alias in size.aliases),
            f"{size.width_px} × {size.height_px}",
            f"{size.most_bytes:,} bytes",
        ]
        for size in SIZES.values()
    ]


def test_the_page_tells_every_template() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert all(f"| `{key}` |" in text for key in TEMPLATES)
