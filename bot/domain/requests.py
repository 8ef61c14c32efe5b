"""What a member asked for: the request, its references and where the answer goes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.ids import ChannelId, EditId, MemberId, MessageId, RequestId, RunId, ServerId, Sha256

SAME_AS_PICTURE = "same"
"""In a draft: the model's aspect that is nearest to the first reference's."""

TERMINAL = ServerId(0)
"""In the ledger the terminal is a server of its own, with a channel and a member 0; on Discord no id is 0."""


class Kind(StrEnum):
    GENERATE = "generate"
    EDIT = "edit"


@dataclass(frozen=True, slots=True)
class Address:
    """Where an answer goes. The token is a credential that Discord honours until `token_expires_at`."""

    application_id: int
    server_id: ServerId
    channel_id: ChannelId
    member_id: MemberId
    token: str | None
    token_expires_at: datetime
    message_id: MessageId | None = None
    private: bool = False

    @classmethod
    def at_terminal(cls, now: datetime) -> "Address":
        """Where the command line asks: nothing but the process itself can answer there, so there is no token."""
        return cls(0, TERMINAL, ChannelId(0), MemberId(0), token=None, token_expires_at=now)


@dataclass(frozen=True, slots=True)
class Spot:
    """A message on Discord."""

    channel: ChannelId
    message: MessageId


@dataclass(frozen=True, slots=True)
class Upload:
    """A picture somebody points at, before a byte of it was fetched.

    `size_bytes` is None where Discord does not tell; `kept` names bytes that are on disk already. Where `is_shown` says
    that a message shows the picture at `url`, that comes first, since RunBase can fetch it there. `is_link` is an
    address of the operator's own: RunBase fetches it, and nobody here looks at it.
    """

    filename: str
    url: str
    size_bytes: int | None
    kept: Sha256 | None = None
    is_link: bool = False
    is_shown: bool = False


class Change(StrEnum):
    """What was done to a reference so that the model can use it."""

    NONE = "none"
    CONVERTED = "converted"
    MADE_SMALLER = "made_smaller"
    FIRST_FRAME = "first_frame"


@dataclass(frozen=True, slots=True)
class Reference:
    """A picture that goes to the model, already on disk.

    `url` is what RunBase fetches it by: the member's own upload where nothing was changed, else the copy attached to
    the waiting message (`is_copy`), and None until it is attached there.
    """

    filename: str
    url: str | None
    sha256: Sha256
    size_bytes: int
    width_px: int
    height_px: int
    change: Change = Change.NONE
    is_copy: bool = False


class Omission(StrEnum):
    """Why a picture that was there is not used."""

    TOO_MANY = "too_many"
    DUPLICATE = "duplicate"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class LeftOut:
    filename: str
    why: Omission


class Relation(StrEnum):
    """How a picture was made of another."""

    EDIT = "edit"
    VARIATION = "variation"
    REMAKE = "remake"
    """The same picture in another aspect."""


@dataclass(frozen=True, slots=True)
class Parent:
    """What an edit, a variation or a remake was made from.

    `message_id` is None for a private message, which nobody else can follow a link to; `run_id` is set when the picture
    is one of the bot's own.
    """

    channel_id: ChannelId
    message_id: MessageId | None
    run_id: RunId | None
    relation: Relation = Relation.EDIT


@dataclass(frozen=True, slots=True)
class Opening:
    """A form that a member opened on a message: the pictures as they were seen then."""

    address: Address
    parent: Parent
    pictures: tuple[Upload, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """What a member sent, as yet unchecked. `source_id` is the interaction's (or message's) id: once is once.

    `uploads` were chosen one by one and have to be usable; `seen` is what the message being edited shows, of which as
    much is used as can be. `edit` is the form this was filled in: one form makes one request. `pressed` names the
    button that was pressed, so that a second press makes nothing. `style` is the id of one in the catalogue of styles,
    `guidance` what the model is told of the picture's purpose.
    """

    source_id: int
    address: Address
    prompt: str
    aspect: str | None
    uploads: tuple[Upload, ...]
    upload_limit_bytes: int
    images: int = 1
    parent: Parent | None = None
    seen: tuple[Upload, ...] = ()
    edit: EditId | None = None
    style: str | None = None
    pressed: str | None = None
    guidance: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """An accepted request. `upload_limit_bytes` is the largest file Discord takes in the answer.

    `sent_prompt` is set where the model is told more than the member's own words.
    """

    id: RequestId
    source_id: int
    kind: Kind
    address: Address
    prompt: str
    model: str
    aspect: str
    images: int
    references: tuple[Reference, ...]
    upload_limit_bytes: int
    created_at: datetime
    left_out: tuple[LeftOut, ...] = ()
    parent: Parent | None = None
    style: str | None = None
    sent_prompt: str | None = None
    pressed: str | None = None

    @property
    def words_for_model(self) -> str:
        return self.prompt if self.sent_prompt is None else self.sent_prompt

    @property
    def to_attach(self) -> tuple[Reference, ...]:
        """References that have to be attached to the waiting message before RunBase can fetch them."""
        return tuple(reference for reference in self.references if reference.url is None)
