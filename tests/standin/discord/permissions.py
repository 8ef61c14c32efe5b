"""Permission bits and how roles and channel overwrites add up."""

from enum import IntFlag

from tests.standin.discord.world import Channel, Member


class Permission(IntFlag):
    """discord-api-docs, topics/permissions.mdx; the ones that an image bot can meet."""

    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_SERVER = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    MANAGE_ROLES = 1 << 28
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38
    SEND_POLLS = 1 << 49
    USE_EXTERNAL_APPS = 1 << 50


# Bits up to 52 are in use; topics/permissions.mdx.
ALL = Permission((1 << 53) - 1)

# What @everyone may do in a fresh server, as far as the bits above go.
USUAL = (
    Permission.ADD_REACTIONS
    | Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.USE_EXTERNAL_EMOJIS
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.CREATE_PRIVATE_THREADS
    | Permission.SEND_MESSAGES_IN_THREADS
    | Permission.SEND_POLLS
    | Permission.USE_EXTERNAL_APPS
)

# discord-api-docs, topics/permissions.mdx: what `app_permissions` holds outside servers.
IN_DIRECT_MESSAGES = Permission.ATTACH_FILES | Permission.EMBED_LINKS | Permission.MENTION_EVERYONE


def server_permissions(member: Member) -> Permission:
    if member.user.id == member.server.owner.id:
        return ALL
    granted = Permission(member.server.everyone.permissions)
    for role in member.roles:
        granted |= Permission(role.permissions)
    return ALL if Permission.ADMINISTRATOR in granted else granted


def channel_permissions(member: Member, channel: Channel) -> Permission:
    """Roles, then overwrites in Discord's order, then what follows from missing access."""
    granted = server_permissions(member)
    if granted == ALL:
        return ALL
    return _implied(_overwritten(granted, member, channel.parent or channel), channel)


def _overwritten(granted: Permission, member: Member, channel: Channel) -> Permission:
    everyone = channel.overwrites.get(member.server.everyone.id)
    roles = [channel.overwrites[role.id] for role in member.roles if role.id in channel.overwrites]
    own = channel.overwrites.get(member.user.id)
    if everyone is not None:
        granted = granted & ~Permission(everyone.deny) | Permission(everyone.allow)
    for overwrite in roles:
        granted &= ~Permission(overwrite.deny)
    for overwrite in roles:
        granted |= Permission(overwrite.allow)
    if own is not None:
        granted = granted & ~Permission(own.deny) | Permission(own.allow)
    return granted


def _implied(granted: Permission, channel: Channel) -> Permission:
    if Permission.VIEW_CHANNEL not in granted:
        return Permission(0)
    speaking = Permission.SEND_MESSAGES_IN_THREADS if channel.is_thread else Permission.SEND_MESSAGES
    if speaking not in granted:
        granted &= ~(Permission.ATTACH_FILES | Permission.EMBED_LINKS | Permission.MENTION_EVERYONE | speaking)
    return granted
