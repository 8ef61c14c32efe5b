"""The states of a thumbnail and the legal moves between them, written down once."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class ThumbnailState(StrEnum):
    ASKED = "asked"
    APPROVED = "approved"
    """To be paid for: its pictures are not ordered yet, or none of them could be made."""

    MAKING = "making"
    VOTING = "voting"
    DECIDING = "deciding"
    """No vote is taken any more. The votes name the winner, or the requester does: among those that lead, or where
    there is only one candidate and nothing to vote on."""

    CHOSEN = "chosen"
    """There is a winner, whose files are being posted."""

    DONE = "done"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Why(StrEnum):
    """What brought a thumbnail into its state."""

    PRESSED = "pressed"
    """Somebody wanted it so: who, is stored with it."""

    AUTOMATIC = "automatic"
    """The board needs nobody to approve."""

    MADE = "made"
    NONE_MADE = "none_made"
    """Not one of its pictures could be made. They cost nothing."""

    NOT_ORDERED = "not_ordered"
    """Its pictures were refused before anybody made them: `trouble` says why."""

    ANOTHER = "another"
    """A second candidate came, so that there is something to vote on."""

    NONE_LEFT = "none_left"
    """Every candidate was taken away."""

    TIME = "time"
    """Its time was over."""

    MOST_VOTES = "most_votes"
    MEMBER_GONE = "member_gone"
    """The requester is not in the server any more, or the bot is not."""

    POSTED = "posted"


_S = ThumbnailState
_ENDS_EARLY = {_S.WITHDRAWN}

MOVES: Mapping[ThumbnailState, frozenset[ThumbnailState]] = MappingProxyType(
    {
        _S.ASKED: frozenset({_S.APPROVED, _S.DECLINED, _S.EXPIRED} | _ENDS_EARLY),
        # Straight to the vote where members' own entries are enough.
        _S.APPROVED: frozenset({_S.MAKING, _S.VOTING, _S.DECLINED, _S.EXPIRED} | _ENDS_EARLY),
        _S.MAKING: frozenset({_S.APPROVED, _S.VOTING, _S.DECIDING} | _ENDS_EARLY),
        _S.VOTING: frozenset({_S.DECIDING, _S.APPROVED} | _ENDS_EARLY),
        # To the vote only where none was held, and a second candidate came.
        _S.DECIDING: frozenset({_S.CHOSEN, _S.VOTING, _S.APPROVED, _S.EXPIRED} | _ENDS_EARLY),
        _S.CHOSEN: frozenset({_S.DONE}),
        _S.DONE: frozenset(),
        _S.DECLINED: frozenset(),
        _S.WITHDRAWN: frozenset(),
        _S.EXPIRED: frozenset(),
    }
)

OPEN = frozenset({_S.ASKED, _S.APPROVED, _S.MAKING, _S.VOTING, _S.DECIDING})
"""What can still be withdrawn, and counts against its requester's limit."""

COLLECTING = frozenset({_S.APPROVED, _S.MAKING, _S.VOTING, _S.DECIDING})
"""Where candidates may come and go."""

DROPPED = frozenset({_S.DECLINED, _S.WITHDRAWN, _S.EXPIRED})
"""Ended without a winner."""


def is_legal(before: ThumbnailState, after: ThumbnailState) -> bool:
    return after in MOVES[before]
