"""Fetches a run's references the way RunBase has to: over the network, capped, and only what decodes as a picture."""

import base64
import binascii
import io
import struct
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx
from PIL import Image, ImageOps
from starlette.concurrency import run_in_threadpool

from bot.preview.emulator.rules import is_data_uri

MAX_BYTES = 4_000_000  # "max 4 MB each", read strictly
_MAX_PIXELS = 50_000_000  # not documented; bounds what a small file may unpack to
_TIMEOUT_S = 10.0
_FORMATS = ("PNG", "JPEG", "WEBP")
# All the ways in which Pillow says that it cannot read a file.
_UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    struct.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
_KEPT_PX = 1536  # the painter draws no larger


class UnusableReference(Exception):
    """The message is what RunBase says in the failed run."""


async def fetch(urls: Sequence[str], transport: httpx.AsyncBaseTransport | None) -> list[bytes]:
    """Returns: small copies for the painter. Raises: UnusableReference, for the first that is none."""
    async with _client(transport) as client:
        return [await _fetch_one(client, number, url) for number, url in enumerate(urls, 1)]


@asynccontextmanager
async def _client(transport: httpx.AsyncBaseTransport | None) -> AsyncIterator[httpx.AsyncClient]:
    """A transport that was given stays open: it is somebody else's."""
    client = httpx.AsyncClient(transport=transport, timeout=_TIMEOUT_S)
    try:
        yield client
    finally:
        if transport is None:
            await client.aclose()


async def _fetch_one(client: httpx.AsyncClient, number: int, url: str) -> bytes:
    content = _decoded(number, url) if is_data_uri(url) else await _downloaded(client, number, url)
    return await run_in_threadpool(_small_copy, number, content)


def _decoded(number: int, uri: str) -> bytes:
    try:
        content = base64.b64decode(uri.partition(",")[2], validate=True)
    except binascii.Error as error:
        raise UnusableReference(f"Image {number} could not be decoded") from error
    if len(content) > MAX_BYTES:
        raise UnusableReference(f"Image {number} is larger than 4 MB")
    return content


async def _downloaded(client: httpx.AsyncClient, number: int, url: str) -> bytes:
    content = bytearray()
    try:
        async with client.stream("GET", url) as response:
            if response.status_code != httpx.codes.OK:
                raise UnusableReference(f"Image {number} could not be downloaded: HTTP {response.status_code}")
            async for chunk in response.aiter_bytes():
                content += chunk
                if len(content) > MAX_BYTES:
                    raise UnusableReference(f"Image {number} is larger than 4 MB")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise UnusableReference(f"Image {number} could not be downloaded") from error
    return bytes(content)


def _small_copy(number: int, content: bytes) -> bytes:
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
            if picture.width * picture.height > _MAX_PIXELS:
                raise UnusableReference(f"Image {number} has too many pixels")
            copy = ImageOps.exif_transpose(picture).convert("RGBA")
    except _UNREADABLE as error:
        raise UnusableReference(f"Image {number} is not a valid PNG, JPEG or WebP image") from error
    copy.thumbnail((_KEPT_PX, _KEPT_PX))
    target = io.BytesIO()
    copy.save(target, "WEBP", quality=90)
    return target.getvalue()
