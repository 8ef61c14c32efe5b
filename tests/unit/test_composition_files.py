"""The files that thumbnails become, and the process they are made in."""

import struct
import subprocess
import sys
import zlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from bot.domain.errors import BrokenPicture, NotAPicture, ReferenceEmpty, ReferenceTooManyPixels
from bot.domain.thumbnails.sizes import SIZES
from bot.imaging.composition.composer import SandboxedComposer
from bot.imaging.composition.exporting import exported
from bot.imaging.sandbox import Room
from tests.unit.picture_files import file, noise, see_through
from tests.unit.thumbnail_world import a_design, opened, scene

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def composer() -> AsyncIterator[SandboxedComposer]:
    composer = SandboxedComposer(Room())
    yield composer
    composer.close()


def png_that_claims(width: int, height: int) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 9)) + chunk(b"IEND", b"")


# ---- files ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [key for key in SIZES if key != "podcast"])
def test_a_noisy_picture_is_exported_under_every_limit(key: str) -> None:
    size = SIZES[key]
    made = exported(noise(size.pixels), size.most_bytes, as_png=False)
    assert len(made.content) <= size.most_bytes
    assert (opened(made.content).size, opened(made.content).format) == (size.pixels, "JPEG")


def test_the_quality_is_the_highest_that_fits() -> None:
    picture = noise((320, 200))
    best = exported(picture, 10**9, as_png=False)
    assert best.quality == 95
    for quality in (94, 80, 69, 50):
        limit = len(file(picture, "JPEG", quality=quality, subsampling=0 if quality >= 70 else 2))
        made = exported(picture, limit, as_png=False)
        assert (made.quality, len(made.content)) == (quality, limit)
        fewer = exported(picture, limit - 1, as_png=False)
        assert (fewer.quality or 0) < quality


def test_what_fits_in_no_quality_is_made_softer_and_keeps_its_pixels() -> None:
    made = exported(noise((640, 400)), 9_000, as_png=False)
    assert len(made.content) <= 9_000
    assert opened(made.content).size == (640, 400)


def test_a_png_that_was_asked_for_is_made_where_it_fits() -> None:
    drawing, grain = scene((640, 360)), noise((640, 360))
    assert exported(drawing, 500_000, as_png=True).format == "png"
    assert opened(exported(drawing, 500_000, as_png=True).content).tobytes() == drawing.tobytes()
    assert exported(grain, 500_000, as_png=True).format == "jpeg"


# ---- the sandbox ----------------------------------------------------------------------------------------------------


async def test_a_picture_becomes_a_thumbnail_in_the_sizes_pixels_and_under_its_limit(
    composer: SandboxedComposer,
) -> None:
    made = await composer.compose(file(scene(), "PNG"), a_design("GG ᚠ"), filename="fox.png")
    assert (opened(made.content).size, opened(made.content).mode, made.format) == ((1280, 720), "RGB", "jpeg")
    assert len(made.content) <= 2_000_000
    assert (made.quality, made.left_out) == (95, "ᚠ")


async def test_a_lower_limit_than_the_platforms_is_kept(composer: SandboxedComposer) -> None:
    design = a_design()
    tight = replace(design, size=replace(design.size, most_bytes=60_000))
    made = await composer.compose(file(noise((640, 360)), "PNG"), tight, filename="fox.png")
    assert len(made.content) <= 60_000


async def test_a_podcasts_cover_of_noise_stays_under_its_limit(composer: SandboxedComposer) -> None:
    made = await composer.compose(
        file(noise((1024, 1024)), "JPEG", quality=95), a_design(size="podcast"), filename="noise.jpg"
    )
    assert opened(made.content).size == (3000, 3000)
    assert len(made.content) <= 512_000


async def test_nothing_but_pixels_is_in_the_file(composer: SandboxedComposer) -> None:
    """A picture in another colour space, turned by its EXIF, with a place in it."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "taken at home"
    content = file(scene((300, 600)), "JPEG", exif=exif, icc_profile=profile, comment=b"secret")
    for as_png in (False, True):
        made = await composer.compose(content, a_design(""), filename="photo.jpg", as_png=as_png)
        assert not set(opened(made.content).info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert b"home" not in made.content
        assert b"secret" not in made.content


async def test_what_is_transparent_becomes_white(composer: SandboxedComposer) -> None:
    made = await composer.compose(file(see_through((640, 360)), "PNG"), a_design(""), filename="logo.png", as_png=True)
    assert opened(made.content).getpixel((10, 10)) == (255, 255, 255)


@pytest.mark.parametrize("size", [(10, 10), (1, 1), (4000, 20)], ids=str)
async def test_tiny_pictures_are_enlarged(composer: SandboxedComposer, size: tuple[int, int]) -> None:
    made = await composer.compose(file(noise(size), "PNG"), a_design(), filename="tiny.png")
    assert opened(made.content).size == (1280, 720)


async def test_a_jpeg_of_8000_by_8000_is_read(composer: SandboxedComposer) -> None:
    content = file(Image.new("RGB", (8000, 8000), (200, 30, 40)), "JPEG")
    for size in ("youtube", "podcast"):
        made = await composer.compose(content, a_design("", size), filename="large.jpg", as_png=False)
        red, green, blue = opened(made.content).getpixel((9, 9))  # type: ignore[misc]
        assert (abs(red - 200), abs(green - 30), abs(blue - 40)) < (5, 5, 5)


async def test_more_pixels_than_fit_are_refused_by_name_and_number(composer: SandboxedComposer) -> None:
    with pytest.raises(ReferenceTooManyPixels) as refusal:
        await composer.compose(png_that_claims(8000, 8000), a_design(), filename="large.png")
    error = refusal.value
    assert (error.filename, error.width_px, error.height_px, error.limit_px) == ("large.png", 8000, 8000, 40_000_000)


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", ReferenceEmpty),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", NotAPicture),
        (file(noise((64, 64)), "PNG")[:6000], BrokenPicture),
        (png_that_claims(40, 40), BrokenPicture),
    ],
    ids=["empty", "no picture", "cut off", "damaged"],
)
async def test_what_cannot_be_read_is_refused_by_name(
    composer: SandboxedComposer, content: bytes, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal) as refused:
        await composer.compose(content, a_design(), filename="notes.png")
    assert refused.value.filename == "notes.png"  # type: ignore[attr-defined]


async def test_a_process_that_cannot_start_is_a_broken_picture_and_told_to_the_operator(
    composer: SandboxedComposer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.imaging.composition.composer._MODULE", "bot.imaging.no_such_module")
    with pytest.raises(BrokenPicture):
        await composer.compose(file(scene((30, 20)), "PNG"), a_design(), filename="fox.png")
    assert "a decoder died" in caplog.text


def test_the_bots_own_process_never_loads_what_draws_letters() -> None:
    """They are loaded where pictures are made, and cost the bot no memory."""
    code = (
        "import sys, bot.imaging.composition.composer; print([m for m in ('uharfbuzz', 'budoux') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


# ---- lists and mock-ups ---------------------------------------------------------------------------------------------


async def test_lists_get_a_small_copy_of_the_whole_picture(composer: SandboxedComposer) -> None:
    content = file(scene(), "PNG")
    small = opened(await composer.small(content, filename="fox.png", longest_px=120))
    assert (small.size, small.format) == ((120, 80), "JPEG")
    assert opened(await composer.small(content, filename="fox.png", longest_px=9999)).size == (1536, 1024)


@pytest.mark.parametrize("count", [1, 2, 8])
async def test_a_mock_up_shows_every_candidate_in_both_themes(composer: SandboxedComposer, count: int) -> None:
    balls = [(f"{number}.png", file(scene((300, 200), (0.3 + number / 20, 0.5)), "PNG")) for number in range(count)]
    sheet = opened(await composer.mock_up(balls, a_design("GG"), title="Our first win", channel="The server"))
    assert sheet.format == "PNG"
    assert sheet.height == pytest.approx(count * 238, abs=4)
    light, dark = sheet.getpixel((100, 10)), sheet.getpixel((820, 10))
    assert (light, dark) == ((255, 255, 255), (15, 15, 15))


async def test_candidates_bear_their_own_numbers(composer: SandboxedComposer) -> None:
    balls = [(name, file(scene((30, 20)), "PNG")) for name in ("first", "third")]
    sheets = [
        await composer.mock_up(balls, a_design(""), title="Our win", channel="The server", numbers=numbers)
        for numbers in ((), (1, 2), (1, 3))
    ]
    assert sheets[0] == sheets[1] != sheets[2]


async def test_a_candidate_that_cannot_be_read_is_named(composer: SandboxedComposer) -> None:
    good = file(scene((30, 20)), "PNG")
    with pytest.raises(BrokenPicture) as refused:
        await composer.mock_up(
            [("1.png", good), ("2.png", good[:-30])], a_design(), title="Our first win", channel="The server"
        )
    assert refused.value.filename == "2.png"
