"""`/queue`: what is being made and what waits in this server."""

from functools import partial

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import ImageBot
from bot.domain.ids import ChannelId, MemberId
from bot.services.overview import View
from bot.ui import texts
from bot.ui.drafts import member_of
from bot.ui.quoting import quoted_where_allowed


class Queue(commands.Cog):
    def __init__(self, bot: ImageBot) -> None:
        self.bot = bot

    @app_commands.command()
    async def queue(self, interaction: discord.Interaction[ImageBot]) -> None:
        """See what is being made and what waits here"""
        server, member = member_of(interaction)
        view = await self.bot.services.overview.of(server)
        await quoted_where_allowed(partial(_show, interaction, view, member))


async def _show(interaction: discord.Interaction[ImageBot], view: View, member: MemberId, *, is_quoted: bool) -> None:
    channel = ChannelId(interaction.channel_id) if interaction.channel_id else None
    text = texts.queue(view, member, channel, interaction.created_at, is_quoted=is_quoted)
    await interaction.response.send_message(text, ephemeral=True)


async def setup(bot: ImageBot) -> None:
    await bot.add_cog(Queue(bot))
