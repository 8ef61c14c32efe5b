"""What members write for a thumbnail, and what the model is told beside it."""

import pytest

from bot.domain.catalogue import CATALOGUE, Aspect
from bot.domain.errors import PromptEmpty, PromptTooLong, TooManyReferences, UnknownStyle
from bot.domain.guidance import Guidance
from bot.domain.styles import STYLES
from bot.domain.thumbnails.boards import LONGEST_VOTE, MOST_OPEN_EACH, SHORTEST_VOTE
from bot.domain.thumbnails.design import Design
from bot.domain.thumbnails.errors import HeadlineTooLong, UnknownSize, UnknownTemplate
from bot.domain.thumbnails.guidance import guidance
from bot.domain.thumbnails.refusals import BoardSettingUnfit, PicturesOutOfRange, TooManySizes
from bot.domain.thumbnails.sizes import SIZES
from bot.domain.thumbnails.templates import TEMPLATES
from bot.domain.thumbnails.thumbnails import LONGEST_WISH
from bot.domain.thumbnails.wishes import parse_sizes, parse_wish
from tests.board_builders import a_board, a_wish
from tests.builders import an_upload

WIDE = Aspect("16:9", "Wide", 1536, 864)
LANDSCAPE = Aspect("3:2", "Landscape", 1536, 1024)
SQUARE = Aspect("1:1", "Square", 1024, 1024)


# Wishes


def test_a_wish_is_stored_as_it_can_be_read() -> None:
    wish = a_wish(
        "  a fox\x00\r\non a board  ", headline="Fox\ttricks\u202e!", style="Gouache painting", sizes=("YouTube", "x")
    )
    wording = parse_wish(wish, a_board(template="band"))
    assert (wording.shows, wording.headline) == ("a fox\non a board", "Fox tricks!")
    assert (wording.style, wording.sizes, wording.template) == ("gouache", ("youtube", "card"), "band")


def test_a_template_of_ones_own_comes_before_the_boards() -> None:
    assert parse_wish(a_wish(template="side"), a_board(template="band")).template == "side"


@pytest.mark.parametrize("headline", ["", "   ", "\x00\x07\u200b\u202e"])
def test_a_headline_of_nothing_is_none(headline: str) -> None:
    assert parse_wish(a_wish(headline=headline), a_board()).headline == ""


@pytest.mark.parametrize(
    "headline",
    [
        "W" * 80,
        "Donaudampfschifffahrtsgesellschaftskapitänsmützenfabrikantenwitwe",
        "🦊" * 80,
        "ثعلب في الثلج",
        "雪の中の狐",
    ],
)
def test_hard_headlines_are_taken(headline: str) -> None:
    assert parse_wish(a_wish(headline=headline), a_board()).headline == headline


def test_what_is_too_long_is_refused_with_its_length() -> None:
    with pytest.raises(HeadlineTooLong) as headline:
        parse_wish(a_wish(headline="W" * 81), a_board())
    assert (headline.value.length, headline.value.limit) == (81, 80)
    with pytest.raises(PromptTooLong) as shows:
        parse_wish(a_wish("x" * (LONGEST_WISH + 1)), a_board())
    assert (shows.value.length, shows.value.limit) == (LONGEST_WISH + 1, LONGEST_WISH)
    assert parse_wish(a_wish("x" * LONGEST_WISH), a_board()).shows == "x" * LONGEST_WISH


def test_what_nobody_offers_is_refused() -> None:
    with pytest.raises(PromptEmpty):
        parse_wish(a_wish(" \n "), a_board())
    with pytest.raises(UnknownSize):
        parse_wish(a_wish(sizes=("billboard",)), a_board())
    with pytest.raises(UnknownTemplate):
        parse_wish(a_wish(template="marquee"), a_board())
    with pytest.raises(UnknownStyle):
        parse_wish(a_wish(style="no such style"), a_board())
    with pytest.raises(TooManyReferences):
        parse_wish(a_wish(uploads=tuple(an_upload(f"{n}.png") for n in range(6))), a_board())


@pytest.mark.parametrize("pictures", [-1, 0, 1, 5, 100])
def test_too_few_or_too_many_pictures_are_refused(pictures: int) -> None:
    with pytest.raises(PicturesOutOfRange) as refused:
        parse_wish(a_wish(pictures=pictures), a_board())
    assert (refused.value.given, refused.value.least, refused.value.most) == (pictures, 2, 4)


def test_sizes_are_named_once_and_have_a_default() -> None:
    assert parse_sizes(("youtube", "YOUTUBE", "reels", "shorts")) == ("youtube", "shorts")
    assert parse_sizes(()) == ("youtube",)
    with pytest.raises(TooManySizes):
        parse_sizes(("youtube",) * 20)


# Boards


@pytest.mark.parametrize(
    "changes",
    [
        {"vote_for": SHORTEST_VOTE / 2},
        {"vote_for": LONGEST_VOTE * 2},
        {"open_each": 0},
        {"open_each": MOST_OPEN_EACH + 1},
    ],
)
def test_a_board_that_cannot_work_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(BoardSettingUnfit) as refused:
        a_board(**changes).check()
    assert not refused.value.least <= refused.value.given <= refused.value.most


# Guidance


@pytest.mark.parametrize("size", SIZES.values(), ids=lambda size: size.key)
@pytest.mark.parametrize("template", TEMPLATES.values(), ids=lambda template: template.key)
def test_the_model_leaves_room_and_writes_nothing(size: object, template: object) -> None:
    design = Design(size, template, "Fox tricks")  # type: ignore[arg-type]
    words = guidance(design, SQUARE)
    assert "No lettering" in words
    assert design.template.calm(is_wide=design.size.is_wide) in words
    assert len(words) < 1000
    assert "{" not in words


def test_without_a_headline_no_room_is_left_for_one() -> None:
    words = guidance(Design(SIZES["youtube"], TEMPLATES["outline"], ""), LANDSCAPE)
    assert "headline" not in words
    assert "No lettering" in words


def test_what_is_cut_off_is_said_unless_the_model_makes_the_very_shape() -> None:
    design = Design(SIZES["youtube"], TEMPLATES["outline"], "Fox tricks")
    assert "top and bottom will be cut off" in guidance(design, LANDSCAPE)
    assert "cut off" not in guidance(design, WIDE)
    assert "left and right sides will be cut off" in guidance(Design(SIZES["shorts"], TEMPLATES["outline"]), SQUARE)


@pytest.mark.parametrize(
    ("size", "place"),
    [
        ("youtube", "the edges and the bottom right corner"),
        ("twitch", "the edges, the top left corner and the bottom 18%"),
        ("podcast", "the edges and the bottom 20%"),
        ("shorts", "the edges and the right 13%"),
        ("square", "away from the edges."),
    ],
)
def test_the_subject_stays_clear_of_what_the_platform_draws(size: str, place: str) -> None:
    assert place in guidance(Design(SIZES[size], TEMPLATES["outline"]), SQUARE)


def test_every_wish_fits_with_all_that_is_said_beside_it() -> None:
    longest = max(
        len(Guidance.of(None, style, guidance(Design(size, template, "W" * 80), SQUARE)).around("x" * LONGEST_WISH))
        for style in STYLES.values()
        for size in SIZES.values()
        for template in TEMPLATES.values()
    )
    assert longest <= min(model.prompt_characters for model in CATALOGUE.values())
