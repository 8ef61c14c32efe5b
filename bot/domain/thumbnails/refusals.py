"""What is refused around boards, thumbnails and votes, as data: more of the family in `bot/domain/errors.py`."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.errors import Refused, Unavailable
from bot.domain.ladder import ClosedReason
from bot.domain.thumbnails.states import ThumbnailState


class BoardMissing(Refused):
    """Nobody has set up thumbnails in this server."""


class BoardChannelMissing(Refused):
    """A manager has to choose a channel first."""


@dataclass(eq=False)
class BoardClosed(Refused):
    """Nothing can be posted on the board any more, for a reason that managers can change."""

    channel_id: int
    reason: ClosedReason


@dataclass(eq=False)
class BoardSettingUnfit(Refused):
    """Not between `least` and `most`; spans of time are in minutes."""

    setting: str
    given: int
    least: int
    most: int


class ManagersOnly(Refused):
    """Setting up the board."""


class ModeratorsOnly(Refused):
    """Approving, declining, and taking candidates away."""


@dataclass(eq=False)
class NotYourThumbnail(Refused):
    """Only `requester_id` and moderators may do this."""

    requester_id: int


@dataclass(eq=False)
class NotYourChoice(Refused):
    """Of candidates that lead together, or the only one there is, `requester_id` chooses, and nobody else."""

    requester_id: int
    is_only_one: bool = False


@dataclass(eq=False)
class ThumbnailGone(Refused):
    """The bot does not remember it, or it is another server's. `given` is what somebody called it, if that is known."""

    given: str = ""


@dataclass(eq=False)
class ThumbnailMoved(Refused):
    """It has gone on to another state since the button was shown, or somebody else was first."""

    state: ThumbnailState


@dataclass(eq=False)
class TooManyThumbnails(Refused):
    """The member has as many open as the board allows."""

    limit: int


@dataclass(eq=False)
class PicturesOutOfRange(Refused):
    given: int
    least: int
    most: int


class VoteNotOpen(Refused):
    """It has not begun, or is over."""


@dataclass(eq=False)
class MayNotVote(Refused):
    """Only members with a role vote here."""

    role_id: int


class CandidateGone(Refused):
    """It was taken away, or there is none of this number."""


class NoWinnerYet(Refused):
    """Whoever names no candidate means the winner."""


class CandidateDeleted(Refused):
    """Its picture was deleted in the channel: whoever did that wants no more files of it."""


@dataclass(eq=False)
class NotAmongLeaders(Refused):
    """The requester chooses among the candidates with most votes."""

    leaders: tuple[int, ...]


class TooFewCandidates(Refused):
    """A vote needs two."""


@dataclass(eq=False)
class TooManyCandidates(Refused):
    """Counting those that are being made."""

    limit: int


@dataclass(eq=False)
class ReasonTooLong(Refused):
    """Why a thumbnail is declined. Forms take no more; what no client sends is refused all the same."""

    length: int
    limit: int


class RoundUnderWay(Refused):
    """Other pictures for this thumbnail are being made; one round comes after the other."""


class EntriesClosed(Refused):
    """Members may not enter pictures of their own on this board."""


class AlreadyEntered(Refused):
    """One picture a member."""


@dataclass(eq=False)
class TooManySizes(Refused):
    """`are_those_asked_for` where none were named, and the thumbnail was asked for in so many."""

    given: int
    limit: int
    are_those_asked_for: bool = False


class NothingToChange(Refused):
    """Neither other words nor another template."""


class CandidateLost(Unavailable):
    """Its bytes are not on the disk any more."""


@dataclass(eq=False)
class RequesterCannotPay(Refused):
    """Pictures come from the requester's quota, whoever orders them; it has room again at `opens_at`, if ever."""

    requester_id: int
    pictures: int
    opens_at: datetime | None
    is_own: bool = False


@dataclass(eq=False)
class QuotaTooSmall(Refused):
    """A limit allows fewer pictures than were asked for, however long somebody waits."""

    limit: int
    per: timedelta
