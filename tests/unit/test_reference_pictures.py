"""What members attach becomes a PNG, JPEG or WebP for the model, or is refused by name."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageCms, ImageOps

from bot.domain.errors import ReferenceRefused
from bot.domain.requests import Change
from bot.imaging.pillow import PillowImaging
from bot.ports import Prepared
from tests.unit.picture_files import (
    SIZE,
    animation,
    drawing,
    exif,
    file,
    noise,
    opened,
    see_through,
)

LIMIT = 4_000_000


@pytest.fixture
async def imaging() -> AsyncIterator[PillowImaging]:
    imaging = PillowImaging()
    yield imaging
    imaging.close()


async def prepared(imaging: PillowImaging, content: bytes, limit_bytes: int = LIMIT) -> Prepared:
    """With what holds for every result checked."""
    ready = await imaging.prepare(content, filename="fox.png", limit_bytes=limit_bytes)
    seen = opened(ready.content)
    assert len(ready.content) <= limit_bytes
    assert ready.picture.format in ("png", "jpeg", "webp")
    assert (str(seen.format).replace("MPO", "JPEG").lower(), *seen.size) == (
        ready.picture.format,
        ready.picture.width_px,
        ready.picture.height_px,
    )
    assert (ready.content is content) == (ready.change is Change.NONE)
    if ready.change is not Change.NONE:
        assert seen.mode in ("RGB", "RGBA")
        assert not set(seen.info) & {"exif", "icc_profile", "xmp", "comment"}
    return ready


def is_alike(one: Image.Image, other: Image.Image, *, tolerance: int) -> bool:
    difference = ImageChops.difference(one.convert("RGB"), other.convert("RGB"))
    return one.size == other.size and max(high for _, high in difference.getextrema()) <= tolerance  # type: ignore[misc]


# ---- what stays as it is --------------------------------------------------------------------------------------------

A_PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB", -1)).tobytes()
FINE: dict[str, bytes] = {
    "PNG": file(drawing(), "PNG"),
    "PNG with alpha": file(see_through(), "PNG"),
    "PNG in grey with alpha": file(see_through().convert("LA"), "PNG"),
    "PNG with a palette and transparency": file(see_through().quantize(8), "PNG"),
    "JPEG": file(drawing(), "JPEG"),
    "grey JPEG": file(drawing("L"), "JPEG"),
    "progressive JPEG": file(drawing(), "JPEG", progressive=True),
    "JPEG that says it is upright": file(drawing(), "JPEG", exif=exif(1, is_located=True)),
    "JPEG with a profile": file(drawing(), "JPEG", icc_profile=A_PROFILE),
    "a phone's JPEG with a second picture": animation("MPO"),
    "WebP": file(drawing(), "WEBP"),
    "WebP with alpha": file(see_through(), "WEBP", lossless=True),
    "PNG followed by a ZIP": file(drawing(), "PNG") + b"PK\x03\x04" + bytes(200),
    "JPEG as wide as may be": file(drawing(size=(4096, 64)), "JPEG"),
    "JPEG of 8 megapixels": file(drawing(size=(4032, 2016)), "JPEG"),
}


@pytest.mark.parametrize("content", FINE.values(), ids=FINE.keys())
async def test_what_the_model_takes_is_left_alone_to_the_byte(imaging: PillowImaging, content: bytes) -> None:
    ready = await prepared(imaging, content)
    assert ready.change is Change.NONE
    assert ready.content is content


async def test_a_file_of_exactly_the_limit_is_left_alone(imaging: PillowImaging) -> None:
    content = file(noise((60, 40)), "PNG")
    assert (await prepared(imaging, content, len(content))).change is Change.NONE
    assert (await prepared(imaging, content, len(content) - 1)).change is Change.MADE_SMALLER


# ---- what is converted ----------------------------------------------------------------------------------------------

CONVERTED: dict[str, tuple[bytes, int]] = {
    "GIF": (file(drawing(), "GIF"), 0),
    "BMP": (file(drawing(), "BMP"), 0),
    "TIFF": (file(drawing(), "TIFF"), 0),
    "TIFF with pages": (animation("TIFF"), 0),
    "TIFF with LZW": (file(drawing(), "TIFF", compression="tiff_lzw"), 0),
    "TIFF of ink": (file(drawing("CMYK"), "TIFF"), 0),
    "HEIC": (file(drawing(), "HEIF", quality=95, chroma=444), 12),
    "AVIF": (file(drawing(), "AVIF", quality=95, subsampling="4:4:4"), 12),
    "JPEG of ink": (file(drawing("CMYK"), "JPEG", quality=95, subsampling=0), 12),
    "PNG in black and white": (file(drawing("1"), "PNG"), 255),
    "APNG of one frame with exif": (file(drawing(), "PNG", exif=exif(3, is_located=True)), 255),
}


@pytest.mark.parametrize(("content", "tolerance"), CONVERTED.values(), ids=CONVERTED.keys())
async def test_what_the_model_does_not_take_is_converted_and_looks_the_same(
    imaging: PillowImaging, content: bytes, tolerance: int
) -> None:
    ready = await prepared(imaging, content)
    assert ready.change is Change.CONVERTED
    assert is_alike(opened(ready.content), drawing(), tolerance=tolerance)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_every_orientation_is_turned_upright(imaging: PillowImaging, kind: str, orientation: int) -> None:
    content = file(drawing(), kind, exif=exif(orientation), **({"lossless": True} if kind == "WEBP" else {}))
    ready = await prepared(imaging, content)
    assert ready.change is (Change.NONE if orientation == 1 else Change.CONVERTED)
    # Few colours make a PNG, so not one pixel may differ.
    assert is_alike(opened(ready.content), ImageOps.exif_transpose(opened(content)), tolerance=0)
    assert ready.picture.width_px == (SIZE[1] if orientation >= 5 else SIZE[0])


@pytest.mark.parametrize(
    ("kind", "options"),
    [("TIFF", {}), ("HEIF", {"quality": 95, "chroma": 444}), ("AVIF", {"quality": 95, "subsampling": "4:4:4"})],
)
async def test_what_is_turned_while_decoding_is_not_turned_twice(
    imaging: PillowImaging, kind: str, options: dict[str, Any]
) -> None:
    ready = await prepared(imaging, file(drawing(), kind, exif=exif(6).tobytes(), **options))
    assert is_alike(opened(ready.content), drawing().transpose(Image.Transpose.ROTATE_270), tolerance=12)


async def test_where_a_picture_was_taken_does_not_go_on(imaging: PillowImaging) -> None:
    content = file(drawing(), "JPEG", exif=exif(6, is_located=True), comment=b"at home")
    assert b"Canary camera" in content
    ready = await prepared(imaging, content)
    assert not opened(ready.content).getexif()
    assert b"Canary camera" not in ready.content
    assert b"at home" not in ready.content


async def test_sixteen_bits_of_grey_become_eight(imaging: PillowImaging) -> None:
    deep = Image.new("I;16", (256, 1))
    for x in range(256):
        deep.putpixel((x, 0), x * 257)
    ready = await prepared(imaging, file(deep, "PNG"))
    assert ready.change is Change.CONVERTED
    assert opened(ready.content).convert("L").tobytes() == bytes(range(256))


@pytest.mark.parametrize(("mode", "white"), [("F", 1.0), ("F", 255.0), ("I", 65535), ("F", 1e6)])
async def test_numbers_of_any_range_become_shades(imaging: PillowImaging, mode: str, white: float) -> None:
    measured = Image.new(mode, (2, 1))
    measured.putpixel((1, 0), white)
    ready = await prepared(imaging, file(measured, "TIFF"))
    assert opened(ready.content).convert("L").tobytes() == b"\x00\xff"


@pytest.mark.parametrize(
    "content",
    [
        file(see_through().quantize(8), "GIF", transparency=0),
        file(see_through(), "PNG"),
        file(see_through(), "TIFF"),
        file(see_through(), "HEIF", quality=95),
        file(see_through(), "AVIF", quality=95),
        file(see_through(), "WEBP", lossless=True, exif=exif(4)),
        file(see_through().convert("LA"), "PNG", exif=exif(4)),
        file(see_through().quantize(8), "PNG", exif=exif(4)),
    ],
    ids=["GIF", "PNG", "TIFF", "HEIC", "AVIF", "WebP", "grey PNG", "palette PNG"],
)
async def test_what_is_transparent_stays_transparent(imaging: PillowImaging, content: bytes) -> None:
    ready = await prepared(imaging, content)
    alpha = opened(ready.content).convert("RGBA").getchannel("A")
    assert alpha.getpixel((5, 20)) == 0
    assert alpha.getpixel((60, 20)) == 255


async def test_a_colour_of_sixteen_bits_that_stands_for_nothing_still_does(imaging: PillowImaging) -> None:
    deep = Image.new("I;16", (2, 1), 0xABCD)
    deep.putpixel((0, 0), 0x1234)
    ready = await prepared(imaging, file(deep, "PNG", transparency=0x1234))
    assert opened(ready.content).getchannel("A").tobytes() == b"\x00\xff"


async def test_alpha_that_hides_nothing_is_dropped(imaging: PillowImaging) -> None:
    ready = await prepared(imaging, file(drawing("RGBA"), "PNG", exif=exif(3)))
    assert opened(ready.content).mode == "RGB"


@pytest.mark.parametrize(("kind", "options"), [("TIFF", {}), ("PNG", {"exif": exif(3)}), ("AVIF", {"quality": 95})])
async def test_colours_of_a_profile_are_converted(imaging: PillowImaging, kind: str, options: dict[str, Any]) -> None:
    swapped = A_PROFILE.replace(b"rXYZ", b"temp").replace(b"bXYZ", b"rXYZ").replace(b"temp", b"bXYZ")
    content = file(Image.new("RGB", (16, 16), "red"), kind, icc_profile=swapped, **options)
    ready = await prepared(imaging, content)
    assert is_alike(opened(ready.content), Image.new("RGB", (16, 16), "blue"), tolerance=8)


async def test_lab_colours_are_converted(imaging: PillowImaging) -> None:
    content = file(Image.new("LAB", (16, 16), (136, 208, 195)), "TIFF")  # what Lab calls red
    assert is_alike(opened((await prepared(imaging, content)).content), Image.new("RGB", (16, 16), "red"), tolerance=12)


@pytest.mark.parametrize("profile", [b"", b"nonsense", A_PROFILE[:300], bytes(5_000_000)], ids=len)
async def test_a_broken_profile_is_no_reason_to_refuse(imaging: PillowImaging, profile: bytes) -> None:
    ready = await prepared(imaging, file(drawing(), "TIFF", icc_profile=profile), 100_000)
    assert is_alike(opened(ready.content), drawing(), tolerance=0)


async def test_the_same_file_becomes_the_same_bytes(imaging: PillowImaging) -> None:
    content = file(drawing("CMYK", (300, 200)), "JPEG", icc_profile=b"nonsense")
    first, again = await prepared(imaging, content), await prepared(imaging, content)
    assert first.content == again.content


async def test_drawings_are_kept_without_losses_and_photographs_as_jpeg(imaging: PillowImaging) -> None:
    assert (await prepared(imaging, file(drawing(), "BMP"))).picture.format == "png"
    assert (await prepared(imaging, file(noise(SIZE), "BMP"))).picture.format == "jpeg"


# ---- what moves -----------------------------------------------------------------------------------------------------

MOVING = {
    "GIF": animation("GIF"),
    "WebP": animation("WEBP", lossless=True),
    "APNG": animation("PNG"),
    "AVIF": animation("AVIF", quality=95, subsampling="4:4:4"),
    "HEIC": animation("HEIF", quality=95, chroma=444),
}


@pytest.mark.parametrize("content", MOVING.values(), ids=MOVING.keys())
async def test_of_what_moves_the_first_frame_is_used(imaging: PillowImaging, content: bytes) -> None:
    ready = await prepared(imaging, content)
    assert ready.change is Change.FIRST_FRAME
    assert is_alike(opened(ready.content), drawing(), tolerance=12)
    assert not getattr(opened(ready.content), "is_animated", False)


# ---- what is large --------------------------------------------------------------------------------------------------


async def test_twelve_megabytes_of_noise_are_made_to_fit(imaging: PillowImaging) -> None:
    content = file(noise((2000, 2000)), "PNG", compress_level=1)
    assert len(content) > 12_000_000
    ready = await prepared(imaging, content)
    assert ready.change is Change.MADE_SMALLER
    assert ready.picture.format == "jpeg"
    assert min(ready.picture.width_px, ready.picture.height_px) > 1000


async def test_transparent_noise_is_made_to_fit_and_stays_transparent(imaging: PillowImaging) -> None:
    image = noise((300, 200), "RGBA")
    ready = await prepared(imaging, file(image, "PNG"), 60_000)
    assert ready.change is Change.MADE_SMALLER
    assert ready.picture.format == "webp"
    assert opened(ready.content).mode == "RGBA"


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (file(drawing(size=(5000, 2500)), "JPEG"), (2048, 1024)),
        (file(drawing(size=(8000, 4000)), "JPEG"), (2048, 1024)),
        (file(drawing(size=(4100, 4100)), "PNG"), (2048, 2048)),
        (file(drawing("P", (1500, 3000)), "GIF"), (1024, 2048)),
        (file(drawing("1", (60_000, 10)), "PNG"), (2048, 1)),
        (file(drawing(size=(2400, 1200)), "HEIF", quality=30), (2048, 1024)),
    ],
    ids=["wide JPEG", "JPEG of 32 megapixels", "PNG", "GIF", "a very long line", "HEIC"],
)
async def test_more_pixels_than_the_model_looks_at_are_left_out(
    imaging: PillowImaging, content: bytes, size: tuple[int, int]
) -> None:
    ready = await prepared(imaging, content)
    assert ready.change is Change.MADE_SMALLER
    assert (ready.picture.width_px, ready.picture.height_px) == size
    if min(size) > 1:
        assert is_alike(opened(ready.content).resize((2, 2), Image.Resampling.BOX), drawing(size=(2, 2)), tolerance=8)


async def test_what_can_never_fit_is_refused(imaging: PillowImaging) -> None:
    with pytest.raises(ReferenceRefused):
        await imaging.prepare(file(drawing(), "PNG"), filename="fox.png", limit_bytes=10)
