"""What Discord's answers mean for a rung of the ladder: closed for good, worth another try, or not like this."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import discord

from bot.domain.ladder import ClosedReason, NotPosted, PostBlocked, PostFailed, PostTooLarge, RungClosed
from bot.repetitions import NOT_SENT, watched_call

# discord.py waits out rate limits inside a call; whatever takes longer than this is tried again later.
_WHOLE_CALL_S = 120.0
_TOO_LARGE = 40005
# AutoMod, AutoMod's title filter, explicit content, a harmful link
BLOCKED = frozenset({200000, 200001, 20009, 240000})
_CLOSED: dict[int, ClosedReason] = {
    50027: "token",  # invalid webhook token
    10015: "token",  # unknown webhook
    10062: "token",  # unknown interaction
    10008: "gone",
    30046: "message",  # too many edits of an old message
    50005: "message",  # written by somebody else
    10003: "gone",  # and with the channel all that was in it
    50083: "channel",  # an archived thread
    160005: "channel",  # a locked thread
    50001: "permission",
    50013: "permission",
    10004: "permission",  # not in the server any more
    50007: "dm",  # the member takes no direct messages from here
    50278: "dm",  # nor shares a server
    10013: "dm",  # unknown user
}


@asynccontextmanager
async def translated() -> AsyncIterator[None]:
    """Raises: RungClosed, PostFailed, NotPosted instead of what discord.py and aiohttp raise.

    What discord.py sent once more by itself may have been done the first time, whatever Discord says to the second.
    """
    with watched_call() as call:
        try:
            async with _translated():
                yield
        except (RungClosed, NotPosted) as refused:
            is_gone = isinstance(refused, RungClosed) and refused.reason == "gone"  # with all that was done
            if call.is_unclear and not is_gone:
                raise PostFailed from refused
            raise


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(_WHOLE_CALL_S):
            yield
    except discord.HTTPException as error:
        raise _closed_or_failed(error) from error
    except (*NOT_SENT, discord.RateLimited) as error:
        raise NotPosted from error
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise PostFailed from error


def _closed_or_failed(error: discord.HTTPException) -> RungClosed | PostFailed:
    if error.code == _TOO_LARGE or error.status == 413:
        return PostTooLarge()
    if error.code in BLOCKED:
        return PostBlocked()
    if error.code in _CLOSED:
        return RungClosed(_CLOSED[error.code])
    if error.status in {401, 403, 404}:
        return RungClosed("permission")
    if error.status == 429:
        return NotPosted()
    return RungClosed("content") if error.status == 400 else PostFailed()
