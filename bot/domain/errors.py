"""Everything that can go wrong for a member, as data; the sentences are written in `ui/errors.py`.

Those around thumbnails are in `thumbnails/errors.py` and `thumbnails/refusals.py`, their sentences in
`ui/design_errors.py` and `ui/board_errors.py`.

BotError
├── Refused                 the member can change something and ask again; nothing was taken
│   ├── NotInServer, ServerNotListed, PermissionMissing
│   ├── PromptEmpty, PromptTooLong, UnknownAspect, UnknownStyle
│   ├── UnknownOption, OptionWithoutValue, WrongCount, PrivateInPublic
│   ├── NothingToEdit, NoPictureThere, OnlyVideosThere, PictureUnseen, FormGone
│   ├── TooManyReferences, ReferenceEmpty, ReferenceTooLarge, ReferenceTooManyPixels,
│   │   NotAPicture, BrokenPicture, ReferenceGone, ForeignReference
│   ├── RequestGone, NotYours, NotShownHere, NotYourRequest, TooLateToCancel
│   ├── ImageDeleted, ImageForgotten; and more in `moderation.py`
│   └── QuotaExceeded, QueueFull, AlreadyAsked, AlreadyBeingMade
├── Unavailable             nobody here can change it now; try later
│   ├── OutOfCredit, ModelGone, ShuttingDown
│   ├── ReferencesUnreachable, NotAttached, AnswerBlocked
│   └── StorageUnavailable
│       └── FileLost
├── CreateFailed            RunBase did not create a run, for certain
│   ├── KeyRateLimited, KeyRefused, KeyOutOfCredit, ProviderUnreachable   worth another try, perhaps with another key
│   ├── RefusedWithoutReason                                              one or the other: the key has to be proved
│   └── InputDeclined, InputRejected, ModelNotOffered                     final
├── CreateUncertain         a run may or may not have been created: never send it again
├── LookFailed              reading a run failed; says nothing about the run
│   └── RunUnknown          RunBase does not know the run under this key
├── DownloadFailed          fetching bytes failed
│   └── DownloadTooLarge, DownloadRefused, DownloadGone
└── RungClosed, PostFailed, NotPosted  Discord did not take a message: see `ladder.py`
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

# The dataclasses below are not frozen, since raising sets `__traceback__`, and compare by identity like any exception.


class CannotStart(Exception):
    """For the operator: `str()` is one line that says what is wrong and where."""


class DatabaseInUse(CannotStart):
    """Another process works on this database."""


class BotError(Exception):
    """The root: whatever is not under it is a bug."""


class Refused(BotError):
    """The member can fix it. Costs nothing, loses nothing."""


class Unavailable(BotError):
    """Not the member's fault, and not for ever."""


class NotInServer(Refused):
    """Asked in a direct message, where no server's quota applies."""


class ServerNotListed(Refused):
    """The operator's list of servers does not name this one."""


@dataclass(eq=False)
class PermissionMissing(Refused):
    """The bot lacks `permissions` (discord.py's attribute names) in the channel."""

    permissions: tuple[str, ...]
    channel_id: int


class PromptEmpty(Refused):
    """Nothing is left of the prompt without white space and control characters."""


@dataclass(eq=False)
class PromptTooLong(Refused):
    """Of the `limit` the style takes `style` characters, and what a variation or a remake says `guidance`."""

    length: int
    limit: int
    style: int = 0
    guidance: int = 0

    @property
    def fits(self) -> int:
        return self.limit - self.style - self.guidance


@dataclass(eq=False)
class UnknownAspect(Refused):
    given: str
    offered: tuple[str, ...]


@dataclass(eq=False)
class UnknownStyle(Refused):
    """`near` are the ids of styles that may have been meant."""

    given: str
    near: tuple[str, ...] = ()


@dataclass(eq=False)
class UnknownOption(Refused):
    """`--name` in a mention, which means nothing here."""

    name: str
    offered: tuple[str, ...]


class OptionWithoutValue(UnknownOption):
    pass


@dataclass(eq=False)
class WrongCount(Refused):
    """No number of pictures that can be made at once."""

    given: str
    most: int


class PrivateInPublic(Refused):
    """`--private` in a message that everybody reads."""


class NothingToEdit(Refused):
    """No picture was given, and the member has made none in this channel that could be edited."""


class NoPictureThere(Refused):
    """The message shows no picture."""


class OnlyVideosThere(NoPictureThere):
    pass


class FormGone(Refused):
    """The form was opened too long ago, or by somebody else."""


class PictureUnseen(Refused):
    """Discord does not let the bot see what the message it replies to shows."""


@dataclass(eq=False)
class TooManyReferences(Refused):
    given: int
    limit: int


@dataclass(eq=False)
class ReferenceRefused(Refused):
    """One of the attached references cannot be used; `filename` as the member named it."""

    filename: str


class ReferenceEmpty(ReferenceRefused):
    pass


@dataclass(eq=False)
class ReferenceTooLarge(ReferenceRefused):
    """`size_bytes` is None when it was only found out while fetching."""

    size_bytes: int | None
    limit_bytes: int


@dataclass(eq=False)
class ReferenceTooManyPixels(ReferenceRefused):
    width_px: int
    height_px: int
    limit_px: int


class NotAPicture(ReferenceRefused):
    pass


class BrokenPicture(ReferenceRefused):
    """The right type, but it does not decode: truncated or damaged."""


class ReferenceGone(ReferenceRefused):
    """Discord no longer has the file."""


class ForeignReference(ReferenceRefused):
    """Not hosted where references may be fetched from."""


class QuotaScope(StrEnum):
    MEMBER = "member"
    SERVER = "server"
    GLOBAL = "global"


@dataclass(eq=False)
class QuotaExceeded(Refused):
    """`used` of `limit` images are taken in a window of `per`; `asked` fit again at `opens_at` (None: never).

    `left` would fit right now. `is_fixed` where nobody chose how many: a button makes as many as it makes.
    """

    scope: QuotaScope
    used: int
    limit: int
    per: timedelta
    asked: int
    opens_at: datetime | None
    left: int = 0
    is_fixed: bool = False


@dataclass(eq=False)
class QueueFull(Refused):
    """`lasts` is how long it takes until those who wait have had their turns, where that is known."""

    waiting: int
    limit: int
    lasts: timedelta | None = None


class AlreadyAsked(Refused):
    """Discord delivered the same interaction twice; the first one is being served."""


class AlreadyBeingMade(Refused):
    """The same member pressed the same button or sent the same form before, and what that asked for is under way."""


class RequestGone(Refused):
    """The bot does not remember the request any more."""


class NotYours(Refused):
    """Somebody else's private request."""


class NotShownHere(Refused):
    """A picture in a channel that the member may not enter, or of which that is not known from here."""


class ReferencesNotYours(Refused):
    """Somebody else's references: shown to nobody but the model, and used again by nobody but their member."""


class ImageDeleted(Refused):
    """Somebody deleted the picture, and nothing is done with it any more."""


class ImageForgotten(Refused):
    """Neither its message nor a copy of it is there any more."""


class NotYourRequest(Refused):
    """Only the member who asked may call a request off."""


class TooLateToCancel(Refused):
    """RunBase has no way to stop a run, and it is paid for."""


class ShuttingDown(Unavailable):
    """The bot is being stopped or restarted."""


class OutOfCredit(Unavailable):
    """Every key is out of money or refused."""


class ModelGone(Unavailable):
    """RunBase no longer offers the configured model."""


@dataclass(eq=False)
class ReferencesUnreachable(Unavailable):
    filename: str


class NotAttached(Unavailable):
    """Discord did not take the references that had to be attached for the image service to fetch them."""


class AnswerBlocked(Unavailable):
    """Discord refused the waiting message: AutoMod, or it was deleted at once."""


@dataclass(eq=False)
class StorageUnavailable(Unavailable):
    """The database or the disk refused. `path` and `why`, in the system's words, are for the operator."""

    path: Path | None = None
    why: str = ""


class FileLost(StorageUnavailable):
    """A file that was kept is gone from the disk, or is not what it was."""


class CreateFailed(BotError):
    """For certain, no run was created and nothing was charged."""


class KeyRateLimited(CreateFailed):
    pass


class KeyRefused(CreateFailed):
    """The key is wrong, disabled or not allowed from here."""


class KeyOutOfCredit(CreateFailed):
    pass


class RefusedWithoutReason(CreateFailed):
    """403, and not in RunBase's words: a key that may do nothing, or a firewall on the way that dislikes the prompt."""


class ProviderUnreachable(CreateFailed):
    """The request did not leave: refused connection, DNS, no free connection, time-out while connecting."""


class InputDeclined(CreateFailed):
    """A safety refusal."""


class InputRejected(CreateFailed):
    """RunBase calls the input invalid: our bug or its change."""


class ModelNotOffered(CreateFailed):
    pass


class CreateUncertain(BotError):
    """The request left, and no usable answer came back."""


class LookTrouble(StrEnum):
    UNREACHABLE = "unreachable"  # no connection, or one that broke
    TOO_LATE = "too_late"  # no whole answer in time
    TOO_FAST = "too_fast"  # the key made too many requests, with status and code as below
    REFUSED = "refused"  # an answer that says no, with its status and RunBase's code if it has one
    UNREADABLE = "unreadable"  # an answer that RunBase would not give


@dataclass(eq=False)
class LookFailed(BotError):
    trouble: LookTrouble = LookTrouble.UNREADABLE
    status: int | None = None
    code: str = ""


class RunUnknown(LookFailed):
    pass


class DownloadFailed(BotError):
    pass


class DownloadTooLarge(DownloadFailed):
    pass


class DownloadRefused(DownloadFailed):
    """The address is not one the bot fetches from."""


class DownloadGone(DownloadFailed):
    """403, 404 or 410: asking again will not help."""
