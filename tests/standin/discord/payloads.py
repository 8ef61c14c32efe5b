"""The world as Discord's JSON, and what a reader without the message-content intent gets to see of it."""

from datetime import datetime

from tests.standin.discord.cdn import Cdn
from tests.standin.discord.media import hidden_attachments, with_addresses
from tests.standin.discord.permissions import Permission, channel_permissions
from tests.standin.discord.world import (
    Attachment,
    Channel,
    ChannelType,
    Json,
    Member,
    Message,
    ReferenceType,
    Role,
    Server,
    User,
    World,
)


def timestamp(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def user_json(user: User) -> Json:
    return {
        "id": str(user.id),
        "username": user.name,
        "discriminator": "0000" if user.bot else "0",
        "global_name": None if user.bot else user.name.capitalize(),
        "avatar": None,
        "bot": user.bot,
        "public_flags": 0,
    }


def member_json(member: Member) -> Json:
    return {
        "roles": [str(role.id) for role in member.roles],
        "nick": member.nick,
        "avatar": None,
        "joined_at": timestamp(member.joined_at),
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
    }


def member_with_user_json(member: Member) -> Json:
    return {**member_json(member), "user": user_json(member.user)}


def role_json(role: Role) -> Json:
    shown = {
        "id": str(role.id),
        "name": role.name,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "position": 0 if role.name == "@everyone" else 1,
        "permissions": str(int(role.permissions)),
        "managed": role.bot_id is not None,
        "mentionable": role.mentionable,
        "flags": 0,
    }
    return shown if role.bot_id is None else shown | {"tags": {"bot_id": str(role.bot_id)}}


def channel_json(channel: Channel) -> Json:
    if channel.type is ChannelType.DM:
        return _dm_json(channel)
    shared = {
        "id": str(channel.id),
        "type": int(channel.type),
        "name": channel.name,
        "guild_id": str(channel.server.id) if channel.server else None,
        "parent_id": str(channel.parent.id) if channel.parent else None,
        "last_message_id": str(max(channel.messages)) if channel.messages else None,
        "rate_limit_per_user": 0,
        "flags": 0,
    }
    return shared | (_thread_json(channel) if channel.is_thread else _text_channel_json(channel))


def _dm_json(channel: Channel) -> Json:
    recipients = [user_json(channel.recipient)] if channel.recipient else []
    return {"id": str(channel.id), "type": 1, "recipients": recipients, "last_message_id": None, "flags": 0}


def _text_channel_json(channel: Channel) -> Json:
    overwrites = [
        {
            "id": str(target),
            "type": 0 if entry.is_role else 1,
            "allow": str(int(entry.allow)),
            "deny": str(int(entry.deny)),
        }
        for target, entry in channel.overwrites.items()
    ]
    return {"topic": None, "nsfw": channel.nsfw, "position": 0, "permission_overwrites": overwrites}


def _thread_json(channel: Channel) -> Json:
    created = timestamp(channel.created_at)
    return {
        "owner_id": str(channel.owner_id),
        "message_count": len(channel.messages),
        "member_count": 1,
        "total_message_sent": len(channel.messages),
        "thread_metadata": {
            "archived": False,
            "auto_archive_duration": 1440,
            "archive_timestamp": created,
            "locked": False,
            "create_timestamp": created,
        },
    }


def server_json(server: Server, bot: User) -> Json:
    """GUILD_CREATE; without the members intent Discord lists only the bot among the members."""
    own = server.members.get(bot.id)
    channels = [channel_json(channel) for channel in server.channels.values() if not channel.is_thread]
    threads = [channel_json(channel) for channel in server.channels.values() if channel.is_thread]
    return {
        "id": str(server.id),
        "name": server.name,
        "owner_id": str(server.owner.id),
        "member_count": len(server.members),
        "joined_at": timestamp(own.joined_at) if own else None,
        "roles": [role_json(role) for role in server.roles.values()],
        "channels": channels,
        "threads": threads,
        "members": [member_with_user_json(own)] if own else [],
        **_QUIET_SERVER,
        "preferred_locale": server.locale,
        "premium_tier": server.premium_tier,
    }


# Everything a server has that no image bot looks at.
_QUIET_SERVER: Json = {
    "icon": None,
    "splash": None,
    "discovery_splash": None,
    "description": None,
    "banner": None,
    "vanity_url_code": None,
    "afk_channel_id": None,
    "afk_timeout": 300,
    "verification_level": 0,
    "default_message_notifications": 1,
    "explicit_content_filter": 0,
    "mfa_level": 0,
    "nsfw_level": 0,
    "system_channel_id": None,
    "system_channel_flags": 0,
    "rules_channel_id": None,
    "public_updates_channel_id": None,
    "premium_subscription_count": 0,
    "premium_progress_bar_enabled": False,
    "application_id": None,
    "large": False,
    "features": [],
    "emojis": [],
    "stickers": [],
    "presences": [],
    "voice_states": [],
    "stage_instances": [],
    "guild_scheduled_events": [],
    "soundboard_sounds": [],
}


class Payloads:
    """JSON that needs the bot, the world or the content network to be written."""

    def __init__(self, bot: User, world: World, cdn: Cdn) -> None:
        self._bot = bot
        self._world = world
        self._cdn = cdn

    def attachment(self, attachment: Attachment) -> Json:
        address = self._cdn.sign(attachment)
        optional: Json = {
            "content_type": attachment.content_type,
            "description": attachment.description,
            "title": attachment.title,
        }
        shown = {key: value for key, value in optional.items() if value is not None}
        if attachment.size_px is not None:
            shown["width"], shown["height"] = attachment.size_px
        if attachment.ephemeral:
            shown["ephemeral"] = True
        return {
            "id": str(attachment.id),
            "filename": attachment.filename,
            "size": len(attachment.content),
            "url": address,
            "proxy_url": address,
            "flags": 1 << 5 if attachment.is_spoiler else 0,  # resources/message.mdx "Attachment Flags": IS_SPOILER
            **shown,
        }

    def attachments(self, message: Message) -> list[Json]:
        """Files that an embed or a component shows are left out, as Discord does."""
        hidden = hidden_attachments(message)
        return [self.attachment(kept) for kept in message.attachments if kept.id not in hidden]

    def message(self, message: Message, *, sees_content: bool = True, in_event: bool = False) -> Json:
        """`in_event` adds what only gateway events carry."""
        body = {**self._head(message), **self._content(message, sees_content or self.is_readable(message))}
        body |= self._lineage(message, sees_content)
        if message.interaction is not None:
            application = str(self._bot.id)
            body |= {**message.interaction.metadata(), "webhook_id": application, "application_id": application}
        if in_event and message.channel.server is not None:
            body |= self._place(message, message.channel.server)
        return body

    def is_readable(self, message: Message) -> bool:
        """Whether the bot sees the content without the intent; discord-api-docs, events/gateway.mdx."""
        if message.author is self._bot or message.channel.type is ChannelType.DM:
            return True
        literal = (f"<@{self._bot.id}>", f"<@!{self._bot.id}>")
        return any(mention in message.content for mention in literal) or self._answers_bot(message)

    def _answers_bot(self, message: Message) -> bool:
        """Ping-replies count only on regular messages of the bot, not on interaction responses."""
        replied = self.replied_to(message)
        if replied is None or replied.author is not self._bot or replied.interaction is not None:
            return False
        return self._bot.id in message.mentioned.users

    def replied_to(self, message: Message) -> Message | None:
        reference = message.reference
        if reference is None or reference.type is not ReferenceType.REPLY:
            return None
        return self._world.message(reference.message_id)

    def _head(self, message: Message) -> Json:
        users = [self._world.users[user_id] for user_id in message.mentioned.users]
        head: Json = {
            "id": str(message.id),
            "channel_id": str(message.channel.id),
            "type": int(message.type),
            "author": user_json(message.author),
            "timestamp": timestamp(message.created_at),
            "edited_timestamp": timestamp(message.edited_at),
            "tts": False,
            "pinned": False,
            "flags": int(message.flags),
            "mention_everyone": message.mentioned.everyone,
            "mentions": [user_json(user) for user in users],
            "mention_roles": [str(role_id) for role_id in message.mentioned.roles],
        }
        return head if not message.reactions else head | {"reactions": self._reactions(message)}

    def _reactions(self, message: Message) -> list[Json]:
        return [
            {
                "emoji": {"id": None, "name": emoji},
                "count": len(users),
                "count_details": {"burst": 0, "normal": len(users)},
                "me": self._bot.id in users,
                "me_burst": False,
                "burst_colors": [],
            }
            for emoji, users in message.reactions.items()
        ]

    def _content(self, message: Message, readable: bool) -> Json:
        if not readable:
            return {"content": "", "embeds": [], "attachments": [], "components": []}
        shown: Json = {
            "content": message.content,
            "embeds": with_addresses(message.embeds, message, self._cdn),
            "attachments": self.attachments(message),
            "components": with_addresses(message.components, message, self._cdn),
        }
        return shown if message.poll is None else shown | {"poll": message.poll}

    def _lineage(self, message: Message, sees_content: bool) -> Json:
        reference = message.reference
        if reference is None:
            return {}
        told: Json = {
            "type": int(reference.type),
            "message_id": str(reference.message_id),
            "channel_id": str(reference.channel_id),
        }
        if reference.server_id is not None:
            told["guild_id"] = str(reference.server_id)
        if message.snapshot is not None:
            readable = sees_content or self.is_readable(message)
            return {"message_reference": told, "message_snapshots": [self._snapshot(message.snapshot, readable)]}
        replied = self.replied_to(message)
        quoted = None if replied is None else self._quoted(replied, sees_content)
        return {"message_reference": told, "referenced_message": quoted}

    def _quoted(self, replied: Message, sees_content: bool) -> Json:
        """Judged by its own author and mentions: a mention in the answer does not uncover it."""
        return {**self._head(replied), **self._content(replied, sees_content or self.is_readable(replied))}

    def _snapshot(self, snapshot: Message, readable: bool) -> Json:
        kept = ("type", "timestamp", "edited_timestamp", "flags", "mentions", "mention_roles")
        head = self._head(snapshot)
        return {"message": {**{key: head[key] for key in kept}, **self._content(snapshot, readable)}}

    def _place(self, message: Message, server: Server) -> Json:
        member = server.members.get(message.author.id)
        place: Json = {"guild_id": str(server.id)}
        if member is not None and message.interaction is None:
            place["member"] = member_json(member)
        return place

    def permissions_in(self, channel: Channel, member: Member | None) -> Permission:
        return Permission(0) if member is None else channel_permissions(member, channel)
