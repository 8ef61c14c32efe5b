"""From an interaction to a draft: who asks for what, where, and whether the bot may answer there."""

from collections.abc import Iterable
from datetime import timedelta

import discord

from bot.client import ImageBot
from bot.domain.errors import NotInServer, PermissionMissing
from bot.domain.ids import ChannelId, MemberId, RequestId, ServerId
from bot.domain.requests import Address, Draft
from bot.ui.membership import DiscordMembership
from bot.ui.pictures import upload_of

_TOKEN_LIFE = timedelta(minutes=15)  # Discord: interaction tokens are valid for 15 minutes
_MEMBER_WITHIN_S = 0.7  # nothing has been answered yet, and Discord waits 3 s
# Discord takes 25 MiB in one request; some of it is the form around the file.
_MOST_UPLOAD_BYTES = 25 * 1024 * 1024 - 64 * 1024


def draft_of_imagine(
    interaction: discord.Interaction[ImageBot],
    *,
    prompt: str,
    aspect: str | None,
    count: int,
    style: str | None,
    attachments: Iterable[discord.Attachment | None],
    private: bool,
) -> Draft:
    """Raises: NotInServer, PermissionMissing."""
    return Draft(
        source_id=interaction.id,
        address=address_of(interaction, private=private),
        prompt=prompt,
        aspect=aspect,
        uploads=tuple(upload_of(attachment) for attachment in attachments if attachment is not None),
        upload_limit_bytes=upload_limit(interaction),
        images=count,
        style=style,
    )


def address_of(interaction: discord.Interaction[ImageBot], *, private: bool, server: ServerId | None = None) -> Address:
    """Where this interaction is answered. In direct messages that is in private, and `server` is whose quota counts.

    Raises: NotInServer, PermissionMissing.
    """
    server_id = server if interaction.guild_id is None else ServerId(interaction.guild_id)
    if server_id is None or interaction.channel_id is None:
        raise NotInServer
    if interaction.guild_id is not None:  # in direct messages there are none to be missing
        _check_permissions(interaction, interaction.channel_id, private=private)
    return Address(
        application_id=interaction.application_id,
        server_id=server_id,
        channel_id=ChannelId(interaction.channel_id),
        member_id=MemberId(interaction.user.id),
        token=interaction.token,
        token_expires_at=interaction.created_at + _TOKEN_LIFE,
        private=private or interaction.guild_id is None,
    )


def member_of(interaction: discord.Interaction[ImageBot]) -> tuple[ServerId, MemberId]:
    """Whose quota counts here. Raises: NotInServer."""
    if interaction.guild_id is None:
        raise NotInServer
    return ServerId(interaction.guild_id), MemberId(interaction.user.id)


async def member_of_request(
    interaction: discord.Interaction[ImageBot], request: RequestId
) -> tuple[ServerId, MemberId]:
    """As `member_of`; but in direct messages the server in which the request was made, while its member is there.

    Raises: NotInServer, RequestGone, NotYours.
    """
    if interaction.guild_id is not None:
        return member_of(interaction)
    member = MemberId(interaction.user.id)
    address = (await interaction.client.services.history.own(request, member)).address
    if not await DiscordMembership(interaction.client, within_s=_MEMBER_WITHIN_S).is_there(address):
        raise NotInServer
    return address.server_id, member


def upload_limit(interaction: discord.Interaction[ImageBot]) -> int:
    return min(interaction.filesize_limit, _MOST_UPLOAD_BYTES)


def _check_permissions(interaction: discord.Interaction[ImageBot], channel_id: int, *, private: bool) -> None:
    """A public picture may outlive the interaction's token, and then the bot needs the channel's own permissions.

    Where it may not read, it could not find again what it posted before a crash.
    """
    in_thread = isinstance(interaction.channel, discord.Thread)
    to_post = ("view_channel", "send_messages_in_threads" if in_thread else "send_messages")
    needed = ("attach_files",) if private else (*to_post, "attach_files", "read_message_history")
    missing = tuple(name for name in needed if not getattr(interaction.app_permissions, name))
    if missing:
        raise PermissionMissing(missing, channel_id)
