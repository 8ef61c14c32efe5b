"""Members' words where a server's rules let them be shown, and everything else without them where they do not."""

from collections.abc import Awaitable
from typing import Protocol, TypeVar

import discord

from bot.ui.discord_errors import BLOCKED

NOT_SHOWN = "(words not shown)"
RULES = "The rules of this server do not let me show its words."

_Answer = TypeVar("_Answer")
_Answer_co = TypeVar("_Answer_co", covariant=True)


class Showing(Protocol[_Answer_co]):
    def __call__(self, *, is_quoted: bool) -> Awaitable[_Answer_co]: ...


async def quoted_where_allowed(show: Showing[_Answer]) -> _Answer:
    """AutoMod refuses a text as a whole, so `show` is called once more where it does."""
    try:
        return await show(is_quoted=True)
    except discord.HTTPException as error:
        if error.code not in BLOCKED:
            raise
    return await show(is_quoted=False)
