"""From what a decoder hands out to upright 8-bit sRGB of a useful size; knows nothing of files."""

import io
import math
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import ExifTags, Image, ImageCms

# The longest side of any picture the models make or look at is below 1,700 px: more would only cost memory and time.
LONGEST_PX = 2048
# Converted at a time, so that a large picture never exists twice: 4 to 12 MB, whatever its mode.
_BAND_PX = 1_000_000
# Profiles of printing presses have 0.5 to 3 MB, those of screens a few kB.
_MOST_PROFILE_BYTES = 4_000_000
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
_HIGH_BYTES = [value >> 8 for value in range(65536)]
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True)
class Raw:
    """Pixels of at most twice the useful size, in L, RGB, RGBA or CMYK, and what is still to be done to them."""

    image: Image.Image
    turn: Image.Transpose | None
    profile: object


def turn_of(picture: Image.Image) -> Image.Transpose | None:
    """What makes the picture upright, if anything. Decodes a PNG, which may keep its EXIF behind the pixels.

    TIFF and HEIF are upright as soon as they are decoded, and only then say so.
    """
    try:
        orientation = picture.getexif().get(ExifTags.Base.Orientation)
    except (OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, RuntimeError, EOFError):
        return None  # unreadable EXIF: no viewer turns such a picture either
    return _UPRIGHT.get(orientation) if isinstance(orientation, int) else None


def raw_of(picture: Image.Image, longest_px: int = LONGEST_PX) -> Raw:
    """Of a decoded picture, less than twice `longest_px` wide and high."""
    image = reduced(picture, max(1, max(picture.size) // longest_px))
    return Raw(image, turn_of(picture), picture.info.get("icc_profile"))


def finished(raw: Raw, longest_px: int = LONGEST_PX) -> Image.Image:
    """In RGB, or in RGBA when something of it is transparent, and without metadata. Uses up the raw picture."""
    image = raw.image
    image.thumbnail((longest_px, longest_px), Image.Resampling.LANCZOS)
    image = _in_srgb(image if raw.turn is None else image.transpose(raw.turn), raw.profile)
    image.info.clear()
    return image if image.mode == "RGBA" and not _is_opaque(image) else image.convert("RGB")


def _is_opaque(image: Image.Image) -> bool:
    return image.getchannel("A").getextrema() == (255, 255)


def reduced(picture: Image.Image, factor: int) -> Image.Image:
    """In L, RGB, RGBA or CMYK, by a whole factor, which may be 1."""
    size = (math.ceil(picture.width / factor), math.ceil(picture.height / factor))
    image: Image.Image | None = None
    for top, band in _bands(picture, factor):
        image = image or Image.new(band.mode, size)
        image.paste(band.reduce(factor), (0, top // factor))
    assert image is not None
    return image


def _bands(picture: Image.Image, factor: int) -> Iterator[tuple[int, Image.Image]]:
    width, height = picture.size
    rows = factor * max(1, _BAND_PX // (width * factor))
    levels = _levels(picture) if picture.mode in ("I", "F") else None
    for top in range(0, height, rows):
        yield top, _eight_bit(picture.crop((0, top, width, min(top + rows, height))), levels)


def _eight_bit(image: Image.Image, levels: tuple[float, float] | None) -> Image.Image:
    """In L, RGB, RGBA or CMYK: what a colour profile can still be applied to."""
    if levels is not None:
        scale, offset = levels
        return image.convert("F").point(lambda value: value * scale + offset).convert("L")
    if image.mode.startswith("I;16"):
        image = image.convert("I").point(_HIGH_BYTES, "L")
    if image.mode == "La":
        image = image.convert("LA")
    if image.mode == "RGBa" or image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode in ("1", "L"):
        return image.convert("L")
    return image if image.mode in ("RGB", "CMYK") else image.convert("RGB")


def _levels(picture: Image.Image) -> tuple[float, float]:
    """Scale and offset for pixels that may be anything: by the usual white above the lightest, else from end to end."""
    extrema = picture.getextrema()
    low, high = extrema[0], extrema[1]
    if isinstance(low, tuple) or isinstance(high, tuple) or not (math.isfinite(low) and math.isfinite(high)):
        return 255.0, 0.0
    if low < 0 or high > 65535:
        scale = 255 / ((high - low) or 1)
        return scale, -low * scale
    return 255 / next(white for white in (1, 255, 65535) if high <= white), 0.0


def _in_srgb(image: Image.Image, profile: object) -> Image.Image:
    if not isinstance(profile, bytes) or len(profile) > _MOST_PROFILE_BYTES:
        return image
    try:
        transform = ImageCms.buildTransform(
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            _SRGB,
            image.mode,
            "RGBA" if image.mode == "RGBA" else "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
        return transform.apply(image)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image  # broken, or for another kind of pixels: viewers ignore such profiles too
