"""Whoever looks at a picture, as Discord knows them: their server, and the channels they may enter or moderate."""

from collections.abc import Sequence
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

    async def ask_about(self, channels: Sequence[ChannelId]) -> bool:
        interaction = self.interaction
        if interaction.guild is None:
            return True
        elsewhere = [one for one in channels if one != interaction.channel_id]
        return await interaction.client.threads.ask_about(interaction.guild, elsewhere)

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
        home = interaction.client.threads.home(server, channel)
        there = server.get_channel(channel if home is None else home.parent)
        if there is None:
            return discord.Permissions.none()
        granted = there.permissions_for(member)
        if home is not None and home.is_private and not granted.manage_threads:
            return discord.Permissions.none()  # who was invited is not known
        return granted


async def viewer_of(interaction: discord.Interaction[ImageBot], request: RequestId) -> InteractionViewer:
    """In direct messages, in the server where the request was made. Raises: NotInServer, RequestGone, NotYours."""
    return InteractionViewer(*await member_of_request(interaction, request), interaction)
