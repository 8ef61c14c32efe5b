"""What a member asked for: the request, its references and where the answer goes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.ids import ChannelId, MemberId, MessageId, RequestId, ServerId, Sha256


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


@dataclass(frozen=True, slots=True)
class Upload:
    """An attached file as Discord describes it, before a byte of it was fetched."""

    filename: str
    url: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Reference:
    """A picture that goes to the model, already on disk. `url` is what RunBase fetches it by."""

    filename: str
    url: str
    sha256: Sha256
    size_bytes: int
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class Draft:
    """What a member sent, as yet unchecked. `source_id` is the interaction's (or message's) id: once is once."""

    source_id: int
    address: Address
    prompt: str
    aspect: str | None
    uploads: tuple[Upload, ...]
    upload_limit_bytes: int
    images: int = 1


@dataclass(frozen=True, slots=True)
class Request:
    """An accepted request. `upload_limit_bytes` is the largest file Discord takes in the answer."""

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
