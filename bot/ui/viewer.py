"""Whoever looks at a picture, as Discord knows them: their server, and the channels they may enter or moderate."""

from dataclasses import dataclass

import discord

from bot.client import ImageBot
from bot.domain.ids import ChannelId, MemberId, RequestId, ServerId
from bot.ui.drafts import member_of_request


@dataclass(frozen=True, slots=True)
class InteractionViewer:
    """`Viewer` for as long as an interaction is answered. Of other servers nothing is known, nor in direct messages."""

    server: ServerId
    member: MemberId
    interaction: discord.Interaction[ImageBot]

    def may_enter(self, channel: ChannelId) -> bool:
        granted = self._granted(channel)
        return channel == self.interaction.channel_id or (granted.view_channel and granted.read_message_history)

    def may_moderate(self, channel: ChannelId) -> bool:
        return self._granted(channel).manage_messages

    def _granted(self, channel: ChannelId) -> discord.Permissions:
        """Here, what Discord says; elsewhere, what follows from roles and the channel's settings."""
        interaction = self.interaction
        member, server = interaction.user, interaction.guild
        if server is None or not isinstance(member, discord.Member):
            return discord.Permissions.none()
        if channel == interaction.channel_id:
            return interaction.permissions
        there = server.get_channel_or_thread(channel)
        if there is None or (isinstance(there, discord.Thread) and there.parent is None):
            return discord.Permissions.none()
        granted = there.permissions_for(member)
        if isinstance(there, discord.Thread) and there.is_private() and not granted.manage_threads:
            return discord.Permissions.none()  # who was invited is not known
        return granted


async def viewer_of(interaction: discord.Interaction[ImageBot], request: RequestId) -> InteractionViewer:
    """In direct messages, in the server where the request was made. Raises: NotInServer, RequestGone, NotYours."""
    return InteractionViewer(*await member_of_request(interaction, request), interaction)
