"""Reads the bodies of answers as they come, however maliciously they are sent."""

import asyncio
from collections.abc import AsyncIterator

import httpx

# A network's packet has 1,400 bytes. Pieces of a few bytes each keep the machine busy for nothing.
_MANY_PIECES = 10_000
_SMALL_BYTES = 64


async def pieces(response: httpx.Response) -> AsyncIterator[bytes]:
    """The body, not unpacked. Others get a turn between two pieces: a single read may hold 10,000 chunks of a byte.

    Raises: httpx.HTTPError, also for a body in far too many pieces.
    """
    count = size_bytes = 0
    async for piece in response.aiter_raw():
        count += 1
        size_bytes += len(piece)
        if count > _MANY_PIECES and size_bytes < count * _SMALL_BYTES:
            raise httpx.RemoteProtocolError(f"{count} pieces of {size_bytes} bytes")
        yield piece
        await asyncio.sleep(0)
