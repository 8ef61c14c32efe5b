"""The things that exist: users, servers, channels, messages, files. State only; no sockets, no JSON of requests."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, IntFlag
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.standin.discord.interactions import Interaction

Json = dict[str, Any]


class ChannelType(IntEnum):
    """discord-api-docs, resources/channel.mdx "Channel Types"."""

    TEXT = 0
    DM = 1
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12


class MessageType(IntEnum):
    """discord-api-docs, resources/message.mdx "Message Types"."""

    DEFAULT = 0
    REPLY = 19
    SLASH_COMMAND = 20
    CONTEXT_MENU_COMMAND = 23


class MessageFlag(IntFlag):
    """discord-api-docs, resources/message.mdx "Message Flags"."""

    SUPPRESS_EMBEDS = 1 << 2
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    HAS_SNAPSHOT = 1 << 14
    COMPONENTS_V2 = 1 << 15


NO_FLAGS = MessageFlag(0)


class ReferenceType(IntEnum):
    REPLY = 0
    FORWARD = 1


@dataclass(eq=False)
class User:
    id: int
    name: str
    bot: bool = False
    locale: str = "en-US"
    accepts_dms: bool = True

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"


@dataclass(eq=False)
class Role:
    id: int
    name: str
    permissions: int = 0
    mentionable: bool = False
    bot_id: int | None = None

    @property
    def mention(self) -> str:
        return f"<@&{self.id}>"


@dataclass
class Overwrite:
    is_role: bool
    allow: int = 0
    deny: int = 0


@dataclass(eq=False)
class Server:
    id: int
    name: str
    owner: User
    everyone: Role
    created_at: datetime
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, "Member"] = field(default_factory=dict)
    channels: dict[int, "Channel"] = field(default_factory=dict)
    locale: str = "en-US"
    blocked_words: set[str] = field(default_factory=set)
    premium_tier: int = 0


@dataclass(eq=False)
class Member:
    user: User
    server: Server
    joined_at: datetime
    roles: list[Role] = field(default_factory=list)
    nick: str | None = None

    @property
    def id(self) -> int:
        return self.user.id

    @property
    def mention(self) -> str:
        return self.user.mention


@dataclass(eq=False)
class Channel:
    id: int
    type: ChannelType
    name: str = ""
    server: Server | None = None
    recipient: User | None = None
    parent: "Channel | None" = None
    owner_id: int | None = None
    created_at: datetime | None = None
    nsfw: bool = False
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    messages: dict[int, "Message"] = field(default_factory=dict)

    @property
    def is_thread(self) -> bool:
        return self.type in (ChannelType.PUBLIC_THREAD, ChannelType.PRIVATE_THREAD)

    @property
    def mention(self) -> str:
        return f"<#{self.id}>"


@dataclass(frozen=True)
class Upload:
    """A file on its way in."""

    filename: str
    content: bytes


@dataclass(eq=False)
class Attachment:
    id: int
    filename: str
    content: bytes
    path: str
    title: str | None = None
    description: str | None = None
    is_spoiler: bool = False
    ephemeral: bool = False
    content_type: str | None = None
    size_px: tuple[int, int] | None = None


@dataclass(frozen=True)
class Reference:
    type: ReferenceType
    message_id: int
    channel_id: int
    server_id: int | None


@dataclass(frozen=True)
class Mentioned:
    """Who a message mentions in Discord's sense, that is: whose client lights up."""

    users: tuple[int, ...] = ()
    roles: tuple[int, ...] = ()
    everyone: bool = False
    pinged: frozenset[int] = frozenset()


@dataclass(eq=False)
class Message:
    id: int
    channel: Channel
    author: User
    created_at: datetime
    content: str = ""
    type: MessageType = MessageType.DEFAULT
    flags: MessageFlag = NO_FLAGS
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    mentioned: Mentioned = Mentioned()
    reference: Reference | None = None
    snapshot: "Message | None" = None
    interaction: "Interaction | None" = None
    ephemeral_to: User | None = None
    nonce: str | None = None
    poll: Json | None = None
    allowed_mentions: Json | None = None
    reactions: dict[str, set[int]] = field(default_factory=dict)
    edited_at: datetime | None = None
    edits: int = 0
    refuses_edits: bool = False

    @property
    def is_loading(self) -> bool:
        return MessageFlag.LOADING in self.flags

    @property
    def is_v2(self) -> bool:
        return MessageFlag.COMPONENTS_V2 in self.flags


class World:
    """Everything by id."""

    def __init__(self) -> None:
        self.users: dict[int, User] = {}
        self.servers: dict[int, Server] = {}
        self.channels: dict[int, Channel] = {}

    def message(self, message_id: int) -> Message | None:
        found = (channel.messages.get(message_id) for channel in self.channels.values())
        return next((message for message in found if message is not None), None)

    def dm_with(self, user: User) -> Channel | None:
        return next((channel for channel in self.channels.values() if channel.recipient is user), None)

    def member(self, server: Server | None, user_id: int) -> Member | None:
        return None if server is None else server.members.get(user_id)
