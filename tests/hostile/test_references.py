"""Files that members attach to do harm: each is refused, or becomes an ordinary picture, and the bot stays small."""

import io
import zipfile
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from bot.domain.errors import BrokenPicture, NotAPicture, ReferenceEmpty, ReferenceRefused
from bot.imaging.pillow import PillowImaging
from tests.hostile.bombs import BOMBS, Bomb, jpeg_with, png_with
from tests.unit.picture_files import SIZE, animation, drawing, file, noise, opened, peak_bytes, png_chunk

LIMIT = 4_000_000
RESULTS = {name: bomb for name, bomb in BOMBS.items() if any(kind in name for kind in ("PNG", "JPEG", "WebP"))}


@pytest.fixture
async def imaging() -> AsyncIterator[PillowImaging]:
    imaging = PillowImaging()
    await imaging.prepare(file(drawing(), "PNG"), filename="first.png", limit_bytes=LIMIT)  # so that all is imported
    yield imaging
    imaging.close()


# ---- bombs ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
async def test_a_bomb_among_the_references_takes_none_of_the_bots_memory(imaging: PillowImaging, bomb: Bomb) -> None:
    content = bomb()
    with peak_bytes() as peak, suppress(ReferenceRefused):
        ready = await imaging.prepare(content, filename="fox.png", limit_bytes=LIMIT)
        assert max(opened(ready.content).size) <= 2048
    assert peak() < 40_000_000


@pytest.mark.parametrize("bomb", RESULTS.values(), ids=RESULTS.keys())
async def test_a_bomb_in_the_place_of_a_result_takes_no_more_than_a_result_may(
    imaging: PillowImaging, bomb: Bomb
) -> None:
    content = bomb()
    with peak_bytes() as peak, suppress(ReferenceRefused):
        await imaging.inspect(content, filename="result")
    assert peak() < 40_000_000


async def test_a_large_result_is_made_to_fit_without_being_in_memory_twice(imaging: PillowImaging) -> None:
    content = file(noise((2600, 2600)), "PNG", compress_level=1)
    with peak_bytes() as peak:
        smaller, _ = await imaging.fit(content, limit_bytes=10_000_000)
    assert len(smaller) <= 10_000_000
    assert peak() < 130_000_000


# ---- polyglots ------------------------------------------------------------------------------------------------------

SCRIPT = b"<script>alert(document.domain)</script>"


def archive() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr("evil.js", SCRIPT)
    return target.getvalue()


POLYGLOTS = {
    "a PNG that is also an archive": file(drawing(), "PNG") + archive(),
    "a PNG that is also a page": png_with(png_chunk(b"tEXt", b"Comment\0" + SCRIPT)),
    "a PNG with a script behind it": file(drawing(), "PNG") + SCRIPT,
    "a JPEG with a script in its comment": file(drawing(), "JPEG", comment=SCRIPT),
    "a JPEG that is also PHP": jpeg_with(b"\xff\xe7\0\x20" + b"<?php system($_GET['c']); ?>".ljust(30)),
    "a GIF that is also a script": file(drawing(), "GIF", comment=b"*/=1;" + SCRIPT) + SCRIPT,
    "a BMP that is also a script": file(drawing(), "BMP") + SCRIPT,
    "a WebP that is also a page": animation("WEBP") + SCRIPT,
}


@pytest.mark.parametrize("content", POLYGLOTS.values(), ids=POLYGLOTS.keys())
async def test_of_a_file_that_is_two_things_the_bot_passes_on_the_picture_alone(
    imaging: PillowImaging, content: bytes
) -> None:
    ready = await imaging.prepare(content, filename="fox.png", limit_bytes=LIMIT)
    assert opened(ready.content).size == SIZE
    # What is left as it is goes by the member's own address; what the bot attaches, it has painted anew.
    if ready.content is not content:
        assert SCRIPT not in ready.content
        assert b"PK\x03\x04" not in ready.content


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PRETENDERS = {
    "fox.png": SVG,
    "fox.jpg": b"%PDF-1.7\n" + file(drawing(), "JPEG"),
    "fox.webp": archive() + file(drawing(), "WEBP"),
    "fox.gif": b"<!doctype html>" + SCRIPT,
    "fox.bmp": b"MZ" + bytes(1000),
    "fox.tiff": b"\x7fELF" + bytes(1000),
    "fox.heic": b"\0\0\0\x18ftypisom" + bytes(1000),
    "fox.jpeg": b"#!/bin/sh\nrm -rf /\n",
}


@pytest.mark.parametrize("filename", PRETENDERS)
async def test_a_file_that_is_a_picture_by_name_only_is_refused_by_name(imaging: PillowImaging, filename: str) -> None:
    with pytest.raises(NotAPicture) as raised:
        await imaging.prepare(PRETENDERS[filename], filename=filename, limit_bytes=LIMIT)
    assert raised.value.filename == filename


# ---- less than a picture --------------------------------------------------------------------------------------------

PHOTO = noise((200, 150))
WHOLE = {kind: file(PHOTO, kind) for kind in ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "HEIF", "AVIF")}


@pytest.mark.parametrize("kind", WHOLE)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
async def test_a_picture_that_breaks_off_is_refused(imaging: PillowImaging, kind: str, share: float) -> None:
    content = WHOLE[kind]
    with pytest.raises(BrokenPicture):
        await imaging.prepare(content[: int(len(content) * share)], filename="fox.png", limit_bytes=LIMIT)


async def test_an_empty_file_is_said_to_be_empty(imaging: PillowImaging) -> None:
    with pytest.raises(ReferenceEmpty):
        await imaging.prepare(b"", filename="fox.png", limit_bytes=LIMIT)
