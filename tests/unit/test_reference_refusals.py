"""Files that are no pictures, damaged ones and those made to do harm: refused by name, and nothing else happens."""

import warnings
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.errors import BrokenPicture, NotAPicture, ReferenceEmpty, ReferenceRefused, ReferenceTooManyPixels
from bot.imaging import conversion
from bot.imaging.pillow import PillowImaging
from bot.imaging.quiet import quiet
from bot.imaging.sandbox import Order, Room, prepared_apart
from bot.imaging.signatures import format_of
from bot.ports import Picture
from tests.unit import test_reference_pictures
from tests.unit.picture_files import (
    SIZE,
    drawing,
    file,
    iso_that_claims,
    jpeg_of_many_scans,
    noise,
    peak_bytes,
    png_that_claims,
    tiff_with_a_huge_tile,
)
from tests.unit.test_reference_pictures import CONVERTED, FINE, LIMIT, MOVING, prepared

imaging = test_reference_pictures.imaging


def half(content: bytes) -> bytes:
    return content[: len(content) // 2]


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>'
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + bytes(100)
BAD: dict[str, tuple[bytes, type[ReferenceRefused]]] = {
    "nothing": (b"", ReferenceEmpty),
    "text": (b"BMW is a brand of cars", NotAPicture),
    "SVG": (SVG, NotAPicture),
    "PDF": (b"%PDF-1.7\n" + file(drawing(), "JPEG"), NotAPicture),
    "ICO": (file(drawing(), "ICO"), NotAPicture),
    "MP4": (MP4, NotAPicture),
    "ZIP before a PNG": (b"PK\x03\x04" + file(drawing(), "PNG"), NotAPicture),
    "a script that says GIF": (b"GIF89a/*" + bytes(8) + b"*/=1;alert(1)", BrokenPicture),
    "half a PNG": (half(FINE["PNG"]), BrokenPicture),
    "half a JPEG": (half(file(noise(SIZE), "JPEG")), BrokenPicture),
    "half a JPEG of 8 megapixels": (half(FINE["JPEG of 8 megapixels"]), BrokenPicture),
    "half a WebP": (half(FINE["WebP"]), BrokenPicture),
    "half a GIF": (half(file(noise(SIZE).quantize(), "GIF")), BrokenPicture),
    "half a BMP": (half(CONVERTED["BMP"][0]), BrokenPicture),
    "half a TIFF": (half(CONVERTED["TIFF with LZW"][0]), BrokenPicture),
    "half a HEIC": (half(CONVERTED["HEIC"][0]), BrokenPicture),
    "half an AVIF": (half(CONVERTED["AVIF"][0]), BrokenPicture),
    "a camera's raw file": (file(drawing(), "TIFF", tiffinfo={254: 1}), NotAPicture),
}


@pytest.mark.parametrize(("content", "error"), BAD.values(), ids=BAD.keys())
async def test_what_is_no_picture_is_refused_by_name(
    imaging: PillowImaging, content: bytes, error: type[ReferenceRefused]
) -> None:
    with pytest.raises(error) as raised:
        await imaging.prepare(content, filename="fox.png", limit_bytes=LIMIT)
    assert raised.value.filename == "fox.png"


async def test_a_picture_that_is_also_a_script_loses_the_script(imaging: PillowImaging) -> None:
    content = file(drawing(), "GIF", comment=b"*/=1;alert(document.domain);/*") + b"*/alert(2)"
    assert b"alert" not in (await prepared(imaging, content)).content


@pytest.mark.parametrize("size", [(30_000, 30_000), (2**31 - 1, 2**31 - 1), (7_000, 7_000)])
async def test_a_bomb_is_refused_for_its_pixels_and_takes_no_memory(
    imaging: PillowImaging, size: tuple[int, int]
) -> None:
    content = png_that_claims(*size, bytes(10_000_000))
    with peak_bytes() as peak, pytest.raises(ReferenceTooManyPixels) as raised:
        await imaging.prepare(content, filename="fox.png", limit_bytes=LIMIT)
    assert (raised.value.width_px, raised.value.height_px) == size
    assert raised.value.limit_px == conversion.MOST_PIXELS["PNG"]
    assert peak() < 20_000_000


async def test_what_unpacks_to_more_than_it_says_meets_the_sandboxs_limit(imaging: PillowImaging) -> None:
    content = tiff_with_a_huge_tile(10_500)  # 330 MB
    with peak_bytes() as peak, pytest.raises(BrokenPicture):
        await imaging.prepare(content, filename="fox.png", limit_bytes=LIMIT)
    assert peak() < 20_000_000


@pytest.mark.parametrize("kind", ["HEIF", "AVIF"])
async def test_a_container_that_lies_about_its_picture_does_no_harm(imaging: PillowImaging, kind: str) -> None:
    content = iso_that_claims(file(drawing(size=(256, 256)), kind), (8, 8))
    with suppress(BrokenPicture):
        ready = await prepared(imaging, content)
        assert (ready.picture.width_px, ready.picture.height_px) == (8, 8)


async def test_a_jpeg_of_many_scans_is_read_where_its_time_is_limited(imaging: PillowImaging) -> None:
    ready = await prepared(imaging, jpeg_of_many_scans(60))
    assert ready.picture == Picture("jpeg", *SIZE)


def test_a_decoder_that_dies_is_told_to_the_operator_and_the_picture_is_refused(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with pytest.raises(BrokenPicture):
        prepared_apart(Order(b"", "no such format", "fox.png", LIMIT), Room())
    assert "a decoder died format=no such format exit=1" in caplog.text


def test_warnings_are_silent_until_the_last_thread_is_done() -> None:
    before = list(warnings.filters)
    first, second = quiet(), quiet()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    warnings.warn("still silent", stacklevel=1)
    second.__exit__(None, None, None)
    assert list(warnings.filters) == before


# ---- whatever it is -------------------------------------------------------------------------------------------------

SEEDS = [
    *(content for name, content in FINE.items() if len(content) < 100_000 and "8" not in name and "wide" not in name),
    *(content for content, _ in CONVERTED.values()),
    *MOVING.values(),
]
DAMAGE = st.lists(st.tuples(st.integers(0, 100_000), st.binary(max_size=6)), min_size=1, max_size=6)
QUICK = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)


def prepared_without_a_sandbox(content: bytes) -> None:
    """As the sandbox does it; there, memory and time are limited, too."""
    kind = format_of(content)
    if kind is not None:
        most = dict.fromkeys(conversion.MOST_PIXELS, 1_000_000)
        with suppress(ReferenceRefused):
            ready = conversion.prepared(content, kind, filename="fox", limit_bytes=LIMIT, most_pixels=most)
            assert format_of(ready.content) in ("PNG", "JPEG", "WEBP")


@pytest.mark.filterwarnings("ignore")
@settings(QUICK, max_examples=300)
@given(content=st.sampled_from(SEEDS), damage=DAMAGE, cut=st.integers(0, 3))
def test_a_damaged_picture_is_read_or_refused_and_nothing_else(
    content: bytes, damage: list[tuple[int, bytes]], cut: int
) -> None:
    damaged = bytearray(content)
    for at, replacement in damage:
        place = at % len(content)
        damaged[place : place + len(replacement)] = replacement
    prepared_without_a_sandbox(bytes(damaged[: len(damaged) * 7 // (7 + cut)]))


@pytest.mark.filterwarnings("ignore")
@settings(QUICK, max_examples=200)
@given(start=st.sampled_from([content[:16] for content in SEEDS]), rest=st.binary(max_size=400))
def test_a_beginning_that_promises_a_picture_promises_nothing(start: bytes, rest: bytes) -> None:
    prepared_without_a_sandbox(start + rest)


@QUICK
@given(content=st.binary(max_size=200))
async def test_anything_at_all_is_refused(imaging: PillowImaging, content: bytes) -> None:
    with pytest.raises(ReferenceRefused):
        await imaging.prepare(content, filename="fox.png", limit_bytes=LIMIT)
