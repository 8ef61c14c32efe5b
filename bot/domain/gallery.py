"""Which of all that was asked for somebody leafs through."""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.ids import ChannelId, MemberId, ServerId

MOST_SEARCHED = 60
"""Units of UTF-16 in what is searched for: it travels in custom ids, which have 100."""

PER_PAGE = 6


class Whose(StrEnum):
    MINE = "mine"
    SERVER = "server"
    """Everybody's in the server, but nothing private."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What `member` wants to see of a server. Of everybody's, nothing from channels that are `hidden` from them.

    `is_partial` where of some of these it could not be found out yet.
    """

    server: ServerId
    member: MemberId
    whose: Whose = Whose.MINE
    search: str = ""
    hidden: frozenset[ChannelId] = frozenset()
    is_partial: bool = False


def searchable(text: str) -> str:
    """What was typed into the search, on one line and so short that custom ids can hold it."""
    visible = "".join(one if unicodedata.category(one)[0] != "C" else " " for one in text)
    line = " ".join(visible.split())
    return line.encode("utf-16-le")[: 2 * MOST_SEARCHED].decode("utf-16-le", "ignore").strip()
