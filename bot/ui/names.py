"""The ids by which a line of the log names what a member did."""

from typing import Any

import discord


def names_of(source: discord.Interaction[Any] | discord.Message) -> str:
    """`interaction=…` or `message=…` with `server=… channel=… member=…`; never what was written."""
    if isinstance(source, discord.Message):
        server = source.guild.id if source.guild else None
        return f"message={source.id} server={server} channel={source.channel.id} member={source.author.id}"
    where = f"server={source.guild_id} channel={source.channel_id} member={source.user.id}"
    return f"interaction={source.id} {where}"
