"""Sheets of small pictures: what is on them, whatever the pictures are."""

import io
from collections.abc import AsyncIterator

import pytest
from PIL import Image

from bot.imaging.pillow import PillowImaging
from bot.ports import Cell
from tests.unit.picture_files import drawing, exif, file, noise

SHEET, TILE = (30, 31, 36), (43, 45, 52)
WIDTH, SIDE, MARGIN, GAP = 998, 314, 16, 12
RED, GREEN, BLUE, WHITE = (200, 30, 30), (30, 160, 60), (40, 60, 200), (255, 255, 255)
MOST_BYTES = 300_000


@pytest.fixture
async def imaging() -> AsyncIterator[PillowImaging]:
    imaging = PillowImaging()
    yield imaging
    imaging.close()


def opened(content: bytes) -> Image.Image:
    sheet = Image.open(io.BytesIO(content))
    assert sheet.format == "WEBP"
    return sheet.convert("RGBA")


def at(sheet: Image.Image, place: int, x: float, y: float, columns: int = 3) -> tuple[int, ...]:
    """The colour at a part of a tile's width and height."""
    row, column = divmod(place, columns)
    left, top = MARGIN + column * (SIDE + GAP), MARGIN + row * (SIDE + GAP)
    pixel = sheet.getpixel((left + int(x * SIDE), top + int(y * SIDE)))
    assert isinstance(pixel, tuple)
    return pixel[:3]


def is_near(colour: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return max(abs(one - another) for one, another in zip(colour, other, strict=True)) < 16


def corners(sheet: Image.Image, place: int, inset_x: float = 0.25, inset_y: float = 0.25) -> list[tuple[int, ...]]:
    """Clockwise from the top right: the top left has the label."""
    points = [(1 - inset_x, inset_y), (1 - inset_x, 1 - inset_y), (inset_x, 1 - inset_y)]
    return [at(sheet, place, x, y) for x, y in points]


def shows_the_drawing(sheet: Image.Image, place: int) -> bool:
    return all(is_near(*pair) for pair in zip(corners(sheet, place), [GREEN, WHITE, BLUE], strict=True))


async def test_a_page_of_six_is_as_wide_as_discord_shows_it_and_small(imaging: PillowImaging) -> None:
    picture = file(drawing(size=(1024, 1024)), "PNG")
    content = await imaging.sheet([Cell(str(number), picture) for number in range(1, 7)], columns=3)
    sheet = opened(content)
    assert sheet.size == (WIDTH, 2 * MARGIN + 2 * SIDE + GAP)
    assert all(shows_the_drawing(sheet, place) for place in range(6))
    assert len(content) <= MOST_BYTES


async def test_it_stands_on_any_background(imaging: PillowImaging) -> None:
    sheet = opened(await imaging.sheet([Cell("1", None, "in line")], columns=3))
    assert sheet.getchannel("A").getpixel((0, 0)) == 0
    assert is_near(at(sheet, 0, -0.02, 0.5), SHEET)
    assert is_near(at(sheet, 0, 0.5, 0.9), TILE)


async def test_pictures_of_all_shapes_are_shown_whole(imaging: PillowImaging) -> None:
    shapes = [(1536, 1024), (1024, 1536), (3000, 10)]
    cells = [Cell(str(n), file(drawing(size=size), "PNG")) for n, size in enumerate(shapes, start=1)]
    sheet = opened(await imaging.sheet(cells, columns=3))
    assert [is_near(at(sheet, 0, 0.9, y), TILE) for y in (0.05, 0.95)] == [True, True]
    assert all(is_near(*pair) for pair in zip(corners(sheet, 0, 0.1, 0.25), [GREEN, WHITE, BLUE], strict=True))
    assert [is_near(at(sheet, 1, x, 0.9), TILE) for x in (0.05, 0.95)] == [True, True]
    assert all(is_near(*pair) for pair in zip(corners(sheet, 1, 0.25, 0.1), [GREEN, WHITE, BLUE], strict=True))
    assert is_near(at(sheet, 2, 0.9, 0.2), TILE)


@pytest.mark.parametrize("colour", ["white", "black", "grey", "red"])
async def test_labels_stand_out_from_any_picture(imaging: PillowImaging, colour: str) -> None:
    sheet = opened(await imaging.sheet([Cell("1", file(Image.new("RGB", (64, 64), colour), "PNG"))], columns=3))
    chip = sheet.convert("L").crop((MARGIN + 8, MARGIN + 8, MARGIN + 54, MARGIN + 54))
    dark, light = chip.getextrema()
    assert isinstance(dark, int | float)
    assert isinstance(light, int | float)
    assert (dark < 60, light > 230) == (True, True)


async def test_where_there_is_no_picture_a_word_says_why(imaging: PillowImaging) -> None:
    sheets = [opened(await imaging.sheet([Cell("1", None, word)], columns=3)) for word in ("", "in line", "being made")]
    middles = [sheet.convert("L").crop((60, 150, 300, 200)).getextrema()[1] for sheet in sheets]
    assert middles[0] < 60 < 150 < min(middles[1:])  # type: ignore[operator] # of one band they are numbers
    assert len({sheet.tobytes() for sheet in sheets}) == 3


BAD = {
    "nothing": b"",
    "words": b"no picture at all",
    "half": file(drawing(size=(512, 512)), "PNG")[:700],
    "another kind": file(drawing(), "GIF"),
    "too many pixels": file(Image.new("1", (30_000, 1000)), "PNG"),
}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD)
async def test_what_cannot_be_read_is_told_by_its_word_beside_the_others(
    imaging: PillowImaging, content: bytes
) -> None:
    good = file(drawing(), "PNG")
    sheet = opened(await imaging.sheet([Cell("1", good), Cell("2", content, "see link"), Cell("3", good)], columns=3))
    assert [shows_the_drawing(sheet, place) for place in range(3)] == [True, False, True]
    assert is_near(at(sheet, 1, 0.5, 0.8), TILE)


FINE = {
    "jpeg": file(drawing(size=(640, 640)), "JPEG", quality=95),
    "webp": file(drawing(size=(640, 640)), "WEBP", lossless=True),
    "palette": file(drawing("P", (640, 640)), "PNG"),
    "transparent": file(drawing("RGBA", (640, 640)), "PNG"),
    "tiny": file(drawing(size=(8, 8)), "PNG"),
    "turned": file(drawing(size=(640, 640)).rotate(90), "JPEG", exif=exif(6), quality=95),
}


@pytest.mark.parametrize("content", FINE.values(), ids=FINE)
async def test_every_kind_of_picture_is_shown_upright(imaging: PillowImaging, content: bytes) -> None:
    assert shows_the_drawing(opened(await imaging.sheet([Cell("1", content)], columns=3)), 0)


async def test_what_is_transparent_lets_the_card_through(imaging: PillowImaging) -> None:
    picture = file(Image.new("RGBA", (64, 64), (0, 0, 0, 0)), "PNG")
    assert is_near(at(opened(await imaging.sheet([Cell("1", picture)], columns=3)), 0, 0.5, 0.8), TILE)


async def test_as_many_pixels_as_a_result_may_have_are_drawn_in_little_memory(imaging: PillowImaging) -> None:
    large = file(drawing(size=(5000, 5000)), "PNG")
    assert shows_the_drawing(opened(await imaging.sheet([Cell("1", large)] * 2, columns=3)), 1)


async def test_a_file_that_takes_all_the_memory_leaves_a_sheet_of_words(
    imaging: PillowImaging, caplog: pytest.LogCaptureFixture
) -> None:
    huge = b"\x89PNG\r\n\x1a\n" + bytes(130_000_000)
    sheet = opened(await imaging.sheet([Cell("1", file(drawing(), "PNG")), Cell("2", huge, "see link")], columns=3))
    assert [shows_the_drawing(sheet, place) for place in range(2)] == [False, False]
    assert "a decoder died format=sheet" in caplog.text


async def test_noise_fits_into_a_message_too(imaging: PillowImaging) -> None:
    cells = [Cell(str(n), file(noise((600, 600)), "PNG")) for n in range(12)]
    assert len(await imaging.sheet(cells, columns=3)) <= 2 * MOST_BYTES
    assert len(await imaging.sheet(cells[:6], columns=3)) <= MOST_BYTES


@pytest.mark.parametrize(("count", "columns", "width"), [(1, 3, 348), (2, 1, 348), (4, 5, 1000), (5, 5, 1000)])
async def test_a_sheet_is_as_wide_as_it_needs_to_be(
    imaging: PillowImaging, count: int, columns: int, width: int
) -> None:
    cells = [Cell(str(number)) for number in range(1, count + 1)]
    assert opened(await imaging.sheet(cells, columns=columns)).width == width
