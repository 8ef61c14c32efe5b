"""Finished pictures written in another format."""

import io
from collections.abc import AsyncIterator

import pytest
from PIL import Image, ImageChops

from bot.imaging.pillow import PillowImaging
from tests.unit.emulator_world import picture


@pytest.fixture
async def imaging() -> AsyncIterator[PillowImaging]:
    imaging = PillowImaging()
    yield imaging
    imaging.close()


@pytest.mark.parametrize("into", ["png", "jpeg", "webp"])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
async def test_any_format_becomes_any_other_and_its_own_stays_untouched(
    imaging: PillowImaging, kind: str, into: str
) -> None:
    content = picture("navy", (60, 40), kind)
    converted = await imaging.convert(content, into=into)
    found = Image.open(io.BytesIO(converted))
    assert (found.format, found.size) == (into.upper(), (60, 40))
    distance = ImageChops.difference(found.convert("RGB"), Image.new("RGB", (60, 40), "navy"))
    assert max(most for _, most in distance.getextrema()) < 8  # type: ignore[misc] # RGB has three pairs
    assert (converted == content) is (kind.lower() == into)


@pytest.mark.parametrize(("into", "corner"), [("webp", (0, 0, 0, 0)), ("png", (0, 0, 0, 0)), ("jpeg", (255, 255, 255))])
async def test_what_is_transparent_stays_so_or_becomes_white(
    imaging: PillowImaging, into: str, corner: tuple[int, ...]
) -> None:
    target = io.BytesIO()
    Image.new("RGBA", (60, 40), (0, 0, 0, 0)).save(target, "WEBP" if into == "png" else "PNG", lossless=True)
    found = Image.open(io.BytesIO(await imaging.convert(target.getvalue(), into=into)))
    assert found.getpixel((0, 0)) == corner
