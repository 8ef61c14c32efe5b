"""Pictures that people attach: real ones of every kind, and files that only say they are pictures."""

import asyncio
import io
import random
import resource
import struct
import zlib
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.domain.errors import BrokenPicture, NotAPicture, ReferenceEmpty, ReferenceRefused, ReferenceTooManyPixels
from bot.imaging.pillow import MOST_PIXELS, PillowImaging
from bot.ports import Picture

OPTIONS: Mapping[str, Any] = MappingProxyType({})


@pytest.fixture
async def imaging() -> AsyncIterator[PillowImaging]:
    imaging = PillowImaging()
    yield imaging
    imaging.close()


def noise(mode: str = "RGB", size: tuple[int, int] = (60, 40)) -> Image.Image:
    """A picture that does not compress, the same every time."""
    pixels = random.Random(7).randbytes(size[0] * size[1])
    return Image.frombytes("L", size, pixels).convert(mode)


def file(picture: Image.Image, kind: str, options: Mapping[str, Any] = OPTIONS) -> bytes:
    target = io.BytesIO()
    picture.save(target, kind, **options)
    return target.getvalue()


def opened(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


def png_that_claims(width: int, height: int) -> bytes:
    """A few bytes with a proper header."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)  # 8 bits, RGBA
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def jpeg_that_claims(width: int, height: int) -> bytes:
    content = bytearray(GOOD["JPEG"][0])
    at = content.index(b"\xff\xc0") + 5  # the start-of-frame segment, after its length and precision
    content[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(content)


def webp_that_claims(width: int, height: int) -> bytes:
    content = bytearray(GOOD["animated WebP"][0])
    at = content.index(b"VP8X") + 12  # the canvas, after the chunk's length and flags
    content[at : at + 6] = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return bytes(content)


def palette_with_alpha() -> bytes:
    return file(noise().convert("P", palette=Image.Palette.ADAPTIVE), "PNG", {"transparency": bytes(range(256))})


# ---- what is accepted -----------------------------------------------------------------------------------------------

FRAMES = [noise(), noise().rotate(180)]
GOOD: dict[str, tuple[bytes, str]] = {
    "PNG": (file(noise(), "PNG"), "png"),
    "JPEG": (file(noise(), "JPEG"), "jpeg"),
    "WebP": (file(noise(), "WEBP"), "webp"),
    "lossless WebP": (file(noise("RGBA"), "WEBP", {"lossless": True}), "webp"),
    "PNG with alpha": (file(noise("RGBA"), "PNG"), "png"),
    "PNG with a palette and alpha": (palette_with_alpha(), "png"),
    "PNG in black and white": (file(noise("1"), "PNG"), "png"),
    "PNG of 16 bits": (file(noise("I;16"), "PNG"), "png"),
    "JPEG of ink": (file(noise("CMYK"), "JPEG"), "jpeg"),
    "grey JPEG": (file(noise("L"), "JPEG"), "jpeg"),
    "progressive JPEG": (file(noise(), "JPEG", {"progressive": True}), "jpeg"),
    "animated WebP": (file(FRAMES[0], "WEBP", {"save_all": True, "append_images": FRAMES[1:]}), "webp"),
    "animated PNG": (file(FRAMES[0], "PNG", {"save_all": True, "append_images": FRAMES[1:]}), "png"),
}


@pytest.mark.parametrize(("content", "kind"), GOOD.values(), ids=GOOD.keys())
async def test_a_picture_is_accepted_with_its_format_and_size(
    imaging: PillowImaging, content: bytes, kind: str
) -> None:
    assert await imaging.inspect(content, filename="fox") == Picture(kind, 60, 40)


async def test_the_content_decides_and_not_the_name(imaging: PillowImaging) -> None:
    assert (await imaging.inspect(GOOD["JPEG"][0], filename="fox.png")).format == "jpeg"


async def test_a_phones_jpeg_with_a_second_picture_in_it_is_a_jpeg(imaging: PillowImaging) -> None:
    content = file(FRAMES[0], "MPO", {"save_all": True, "append_images": FRAMES[1:]})
    assert await imaging.inspect(content, filename="IMG_2.jpg") == Picture("jpeg", 60, 40)
    assert await imaging.fit(content, limit_bytes=len(content)) == (content, "jpeg")


async def test_the_most_pixels_are_accepted_and_a_row_more_is_not(imaging: PillowImaging) -> None:
    most, more = (file(Image.new("1", (5000, height)), "PNG") for height in (5000, 5001))
    assert MOST_PIXELS == 5000 * 5000
    assert await imaging.inspect(most, filename="fox.png") == Picture("png", 5000, 5000)
    with pytest.raises(ReferenceTooManyPixels) as raised:
        await imaging.inspect(more, filename="fox.png")
    assert (raised.value.width_px, raised.value.height_px, raised.value.limit_px) == (5000, 5001, MOST_PIXELS)


# ---- what is refused ------------------------------------------------------------------------------------------------

BAD: dict[str, tuple[bytes, type[ReferenceRefused]]] = {
    "nothing": (b"", ReferenceEmpty),
    "text": (b"Dear diary", NotAPicture),
    "SVG": (b'<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>', NotAPicture),
    "HTML": (b"<!doctype html><img src=x>", NotAPicture),
    "PDF": (b"%PDF-1.7\n", NotAPicture),
    "GIF": (file(noise(), "GIF"), NotAPicture),
    "BMP": (file(noise(), "BMP"), NotAPicture),
    "TIFF": (file(noise(), "TIFF"), NotAPicture),
    "ICO": (file(noise(), "ICO"), NotAPicture),
    "zeros": (bytes(10_000), NotAPicture),
    "a PNG after a line break": (b"\n" + GOOD["PNG"][0], NotAPicture),
    "the beginning of a PNG": (b"\x89PNG", NotAPicture),
    "a signature alone": (b"\x89PNG\r\n\x1a\n", BrokenPicture),
    "text that begins like a JPEG": (b"\xff\xd8\xff" + b"Dear diary" * 50, BrokenPicture),
    "text that says WEBP": (b"Dear my WEBP" + bytes(500), BrokenPicture),
    "another RIFF file": (b"RIFF\x00\x00\x00\x00WEBPVP8 " + bytes(50), BrokenPicture),
    "no width": (png_that_claims(0, 10), BrokenPicture),
    "a PNG without its pixels": (png_that_claims(1000, 1000), BrokenPicture),
    **{f"half a {kind}": (GOOD[kind][0][: len(GOOD[kind][0]) // 2], BrokenPicture) for kind in ("PNG", "JPEG", "WebP")},
}


@pytest.mark.parametrize(("content", "error"), BAD.values(), ids=BAD.keys())
async def test_what_is_no_picture_is_refused_by_name(
    imaging: PillowImaging, content: bytes, error: type[ReferenceRefused]
) -> None:
    with pytest.raises(error) as raised:
        await imaging.inspect(content, filename="fox.png")
    assert raised.value.filename == "fox.png"


HUGE = {
    "PNG": png_that_claims(30_000, 30_000),
    "PNG of Pillow's own limit": png_that_claims(13_000, 13_000),
    "PNG of all there is": png_that_claims(2**31 - 1, 2**31 - 1),
    "JPEG": jpeg_that_claims(65_500, 65_500),
    "WebP": webp_that_claims(16_383, 16_383),
}


@pytest.mark.parametrize("content", HUGE.values(), ids=HUGE.keys())
async def test_a_small_file_that_claims_to_be_huge_costs_no_memory(imaging: PillowImaging, content: bytes) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # KiB on Linux
    with pytest.raises(ReferenceRefused):
        await imaging.inspect(content, filename="fox.png")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


@pytest.mark.parametrize("size", [(6_000, 6_000), (30_000, 30_000)])
async def test_too_many_pixels_are_called_by_their_name(imaging: PillowImaging, size: tuple[int, int]) -> None:
    with pytest.raises(ReferenceTooManyPixels) as raised:
        await imaging.inspect(png_that_claims(*size), filename="fox.png")
    assert (raised.value.width_px, raised.value.height_px) == size


DAMAGE = st.lists(st.tuples(st.integers(0, 10_000), st.binary(max_size=6)), min_size=1, max_size=6)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=st.sampled_from([content for content, _ in GOOD.values()]), damage=DAMAGE)
async def test_a_damaged_picture_is_read_or_refused_and_nothing_else(
    imaging: PillowImaging, content: bytes, damage: list[tuple[int, bytes]]
) -> None:
    damaged = bytearray(content)
    for at, replacement in damage:
        damaged[at % len(content) : at % len(content) + 3] = replacement
    with suppress(ReferenceRefused):
        found = await imaging.inspect(bytes(damaged), filename="fox.png")
        assert found.format in {"png", "jpeg", "webp"}


# ---- making a picture fit -------------------------------------------------------------------------------------------

LARGE = {
    "PNG": file(noise(size=(600, 400)), "PNG"),
    "JPEG": file(noise(size=(600, 400)), "JPEG", {"quality": 100}),
    "WebP": file(noise(size=(600, 400)), "WEBP", {"lossless": True}),
    "PNG with alpha": file(noise("RGBA", (600, 400)), "PNG"),
    "PNG of 16 bits": file(noise("I;16", (600, 400)), "PNG"),
    "JPEG of ink": file(noise("CMYK", (600, 400)), "JPEG", {"quality": 100}),
}


@pytest.mark.parametrize(("content", "kind"), GOOD.values(), ids=GOOD.keys())
async def test_what_fits_already_is_not_touched(imaging: PillowImaging, content: bytes, kind: str) -> None:
    kept, same = await imaging.fit(content, limit_bytes=len(content))
    assert kept is content
    assert same == kind


@pytest.mark.parametrize("content", LARGE.values(), ids=LARGE.keys())
@pytest.mark.parametrize("limit_bytes", [100_000, 20_000, 5_000])
async def test_what_is_too_large_is_made_to_fit_and_still_shows_the_same(
    imaging: PillowImaging, content: bytes, limit_bytes: int
) -> None:
    assert len(content) > limit_bytes
    smaller, kind = await imaging.fit(content, limit_bytes=limit_bytes)
    assert len(smaller) <= limit_bytes
    picture = opened(smaller)
    assert (picture.format, kind) == ("WEBP", "webp")
    assert abs(picture.width / picture.height - 1.5) < 0.05


@pytest.mark.parametrize("name", ["PNG", "JPEG", "JPEG of ink"])
async def test_a_picture_that_was_made_to_fit_keeps_its_lightness(imaging: PillowImaging, name: str) -> None:
    smaller, _ = await imaging.fit(LARGE[name], limit_bytes=50_000)
    before, after = (opened(content).convert("L").resize((1, 1)).getpixel((0, 0)) for content in (LARGE[name], smaller))
    assert isinstance(before, int)
    assert isinstance(after, int)
    assert abs(before - after) < 8


def half_transparent(mode: str) -> bytes:
    """Noise whose left half is not there."""
    picture = noise("RGBA", (600, 400))
    picture.paste((0, 0, 0, 0), (0, 0, 300, 400))
    return file(picture if mode == "RGBA" else picture.quantize(256), "PNG")


@pytest.mark.parametrize("mode", ["RGBA", "P"])
async def test_what_is_transparent_stays_transparent(imaging: PillowImaging, mode: str) -> None:
    smaller, _ = await imaging.fit(half_transparent(mode), limit_bytes=20_000)
    alpha = opened(smaller).getchannel("A")
    width, height = alpha.size
    assert alpha.getpixel((width // 4, height // 2)) == 0
    assert alpha.getpixel((width * 3 // 4, height // 2)) == 255


async def test_a_narrow_picture_is_made_to_fit_too(imaging: PillowImaging) -> None:
    content = file(noise(size=(4000, 60)), "PNG")
    smaller, _ = await imaging.fit(content, limit_bytes=len(content) // 2)
    assert len(smaller) <= len(content) // 2


@pytest.mark.parametrize(("mode", "size"), [("RGB", (2100, 1400)), ("RGBA", (2000, 1300)), ("P", (2100, 1400))])
async def test_a_picture_of_unusual_size_is_made_to_fit_as_well(
    imaging: PillowImaging, mode: str, size: tuple[int, int]
) -> None:
    content = file(noise(mode, size), "PNG", {"compress_level": 1})
    smaller, kind = await imaging.fit(content, limit_bytes=600_000)
    assert len(smaller) <= 600_000
    assert kind == "webp"
    assert abs(opened(smaller).width / opened(smaller).height - 1.5) < 0.05


async def test_a_picture_too_large_for_the_sandbox_is_halved(imaging: PillowImaging) -> None:
    content = file(Image.effect_noise((4096, 4096), 60).convert("RGB"), "PNG", {"compress_level": 1})
    smaller, _ = await imaging.fit(content, limit_bytes=3_000_000)
    assert opened(smaller).size == (2048, 2048)


async def test_two_pictures_at_once_do_not_disturb_each_other(imaging: PillowImaging) -> None:
    found = await asyncio.gather(*(imaging.inspect(content, filename="fox") for content, _ in GOOD.values()))
    assert [picture.format for picture in found] == [kind for _, kind in GOOD.values()]
