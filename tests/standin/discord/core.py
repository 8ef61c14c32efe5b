"""What every part of the stand-in shares: the world, the time, the interactions, and the ways to tell others."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.standin.discord.cdn import Cdn
from tests.standin.discord.changes import Changes
from tests.standin.discord.events import Events
from tests.standin.discord.ids import Now, Snowflakes
from tests.standin.discord.interactions import Interaction
from tests.standin.discord.payloads import Payloads
from tests.standin.discord.permissions import ALL, Permission, channel_permissions
from tests.standin.discord.refusals import refusal
from tests.standin.discord.seen import see
from tests.standin.discord.sightings import Sighting, Way
from tests.standin.discord.world import Channel, ChannelType, Message, Server, User, World

# discord-api-docs, reference.mdx "Uploading Files".
DEFAULT_FILE_LIMIT_BYTES = 10 * 1024 * 1024


@dataclass
class Settings:
    """`enforced_size_limit` below `attachment_size_limit` is Discord promising more than it takes."""

    attachment_size_limit: int = DEFAULT_FILE_LIMIT_BYTES
    enforced_size_limit: int | None = None
    # Discord does not publish how many edits it lets a message have that is older than an hour.
    old_edits_allowed: int | None = None
    old_edit_retry_after_s: float = 0.01
    # Reported of Discord, not confirmed: answering a button with an update (type 7) drops files it does not list.
    updates_drop_unlisted_files: bool = False
    # What the application says of itself otherwise than usual: `flags`, `bot_public`, ...
    application: dict[str, Any] = field(default_factory=dict)
    # By how much the dates of REST answers are ahead of the stand-in's clock.
    dates_ahead: timedelta = timedelta(0)

    @property
    def file_limit_bytes(self) -> int:
        return self.attachment_size_limit if self.enforced_size_limit is None else self.enforced_size_limit


@dataclass
class Core:
    now: Now
    token: str
    bot: User
    world: World
    ids: Snowflakes
    changes: Changes
    cdn: Cdn
    payloads: Payloads
    events: Events
    settings: Settings = field(default_factory=Settings)
    interactions: dict[str, Interaction] = field(default_factory=dict)
    # Also of messages that are gone: their nonce stays taken for a while.
    sent_nonces: list[Message] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)

    def bot_servers(self) -> list[Server]:
        return [server for server in self.world.servers.values() if self.bot.id in server.members]

    def bot_permissions(self, channel: Channel) -> Permission:
        if channel.server is None:
            return ALL
        member = channel.server.members.get(self.bot.id)
        return Permission(0) if member is None else channel_permissions(member, channel)

    def visible_channel(self, channel_id: int) -> Channel:
        """Raises: Refusal 10003 when there is none, 50001 when the bot may not see it."""
        channel = self.world.channels.get(channel_id)
        if channel is None:
            raise refusal(10003)
        if Permission.VIEW_CHANNEL not in self.bot_permissions(channel):
            raise refusal(50001)
        return channel

    def visible_message(self, channel: Channel, message_id: int) -> Message:
        """Raises: Refusal 10008, also for ephemeral messages: the bot's token does not reach them."""
        message = channel.messages.get(message_id)
        if message is None or message.ephemeral_to is not None:
            raise refusal(10008)
        return message

    def dm_channel(self, user: User) -> Channel:
        """The bot's direct-message channel with this user, opened when there is none."""
        existing = self.world.dm_with(user)
        if existing is not None:
            return existing
        opened = Channel(self.ids.next(), ChannelType.DM, recipient=user, created_at=self.now())
        self.world.channels[opened.id] = opened
        return opened

    def open_thread(self, parent: Channel, name: str, identity: int, kind: ChannelType, owner: User) -> Channel:
        thread = Channel(
            identity,
            kind,
            name,
            parent.server,
            parent=parent,
            owner_id=owner.id,
            created_at=self.now(),
            nsfw=parent.nsfw,
        )
        self.world.channels[thread.id] = thread
        if parent.server is not None:
            parent.server.channels[thread.id] = thread
        self.events.channel("THREAD_CREATE", thread)
        self.changes.notify()
        return thread

    def sight(self, message: Message, way: Way) -> None:
        """Write down what a message of the bot looks like now."""
        if message.author is self.bot:
            recipient = message.channel.recipient
            shown = see(message, self.payloads)
            self.sightings.append(Sighting(self.now(), way, shown, recipient.id if recipient else None))

    def age(self, moment: datetime) -> timedelta:
        return self.now() - moment
