"""Who presses or commands, as Discord describes them at that moment: moderators are those of the board's channel."""

import discord

from bot.client import ImageBot
from bot.domain.ids import ChannelId
from bot.domain.requests import Address
from bot.domain.thumbnails.boards import Person
from bot.ui.drafts import member_of
from bot.ui.viewer import InteractionViewer


async def person_of(interaction: discord.Interaction[ImageBot]) -> Person:
    """Raises: NotInServer, BoardMissing."""
    server, member = member_of(interaction)
    board = await interaction.client.services.thumbnails.boards.board(server)
    return Person(
        server,
        member,
        is_moderator=_moderates(interaction, board.channel),
        is_manager=interaction.permissions.manage_guild,
        roles=_roles(interaction),
    )


def manager_of(interaction: discord.Interaction[ImageBot]) -> Person:
    """Whoever may set the board up, also where there is none yet. Raises: NotInServer."""
    return Person(*member_of(interaction), is_manager=interaction.permissions.manage_guild)


def address_of(interaction: discord.Interaction[ImageBot]) -> Address:
    """Who asks. What comes of it appears on the board, so that nothing is answered by a token. Raises: NotInServer."""
    server, member = member_of(interaction)
    return Address(
        application_id=interaction.application_id,
        server_id=server,
        channel_id=ChannelId(interaction.channel_id or 0),
        member_id=member,
        token=None,
        token_expires_at=interaction.created_at,
    )


def _moderates(interaction: discord.Interaction[ImageBot], channel: ChannelId) -> bool:
    """Not only in a channel of their own. Where the board's channel was deleted, in the whole server."""
    member, server = interaction.user, interaction.guild
    if not isinstance(member, discord.Member) or server is None:
        return False
    if server.get_channel(channel) is None:
        return member.guild_permissions.manage_messages
    return InteractionViewer(*member_of(interaction), interaction).may_moderate(channel)


def _roles(interaction: discord.Interaction[ImageBot]) -> frozenset[int]:
    member = interaction.user
    return frozenset(role.id for role in member.roles) if isinstance(member, discord.Member) else frozenset()
