"""A server's board for thumbnails: where it is, who approves and votes, and what may be asked for there."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.domain.ids import ChannelId, MemberId, ServerId
from bot.domain.ladder import ClosedReason
from bot.domain.thumbnails.colours import Colour
from bot.domain.thumbnails.refusals import BoardSettingUnfit
from bot.domain.thumbnails.templates import DEFAULT_TEMPLATE, TEMPLATES

SHORTEST_VOTE, LONGEST_VOTE = timedelta(minutes=5), timedelta(days=14)
MOST_OPEN_EACH = 10
ACCENT = Colour(0x58, 0x65, 0xF2)
_MINUTE = timedelta(minutes=1)


class Approval(StrEnum):
    """Who lets a member's quota be spent on what was asked for."""

    MODERATORS = "moderators"
    NOBODY = "nobody"
    """Whatever is asked for is approved at once."""


@dataclass(frozen=True, slots=True)
class Board:
    """`voters` is the role that votes, None for everybody; `closed` says why nothing can be posted there, if so."""

    server: ServerId
    channel: ChannelId
    approval: Approval = Approval.MODERATORS
    voters: int | None = None
    vote_for: timedelta = timedelta(days=1)
    takes_entries: bool = True
    template: str = DEFAULT_TEMPLATE
    accent: Colour = ACCENT
    open_each: int = 2
    closed: ClosedReason | None = None

    def check(self) -> None:
        """Raises: BoardSettingUnfit."""
        assert self.template in TEMPLATES, self.template
        _check("vote_for", self.vote_for // _MINUTE, SHORTEST_VOTE // _MINUTE, LONGEST_VOTE // _MINUTE)
        _check("open_each", self.open_each, 1, MOST_OPEN_EACH)


def _check(setting: str, given: int, least: int, most: int) -> None:
    if not least <= given <= most:
        raise BoardSettingUnfit(setting, given, least, most)


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever presses or commands, as Discord describes them at that moment."""

    server: ServerId
    member: MemberId
    is_moderator: bool = False
    is_manager: bool = False
    roles: frozenset[int] = frozenset()

    def may_vote(self, board: Board) -> bool:
        return board.voters is None or board.voters in self.roles
