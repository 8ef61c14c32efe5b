"""The channels that the operator named for news and for reports: are they there, may the bot write in them."""

from collections.abc import Sequence
from dataclasses import dataclass

import discord

from bot.cli.checks.lines import Line, failed, ok, printable
from bot.config import DiscordConfig

_NEEDED = {"view_channel": "View Channel", "send_messages": "Send Messages"}
_NEEDED_IN_THREADS = {"view_channel": "View Channel", "send_messages_in_threads": "Send Messages in Threads"}

Writable = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread


@dataclass(frozen=True, slots=True)
class _Purpose:
    """`fine` is what is said of a channel in which the bot can write."""

    subject: str
    setting: str
    fine: str

    @property
    def other(self) -> str:
        return f"Set {self.setting} to a text channel of a server the bot is in: right-click it → Copy Channel ID."


_NEWS = _Purpose("operator", "discord.operator_channel", "can be told")
_REPORTS = _Purpose("reports", "discord.report_channel", "are passed on")


async def channel_lines(client: discord.Client, config: DiscordConfig) -> Sequence[Line]:
    """Nothing where none is configured. Raises: what discord.py raises when Discord cannot be asked."""
    named = ((_NEWS, config.operator_channel), (_REPORTS, config.report_channel))
    return [await _line(client, purpose, channel) for purpose, channel in named if channel is not None]


async def _line(client: discord.Client, purpose: _Purpose, channel_id: int) -> Line:
    try:
        channel = await client.fetch_channel(channel_id)
    except discord.NotFound:
        return failed(purpose.subject, f"there is no channel {channel_id} ({purpose.setting})", purpose.other)
    except discord.Forbidden:
        cure = f"Give the bot View Channel and Send Messages there. {purpose.other}"
        return failed(purpose.subject, f"the bot may not see channel {channel_id} ({purpose.setting})", cure)
    if not isinstance(channel, Writable):
        return failed(purpose.subject, f"{channel_id} is no channel to write in ({purpose.setting})", purpose.other)
    return await _line_of_permissions(client, purpose, channel)


async def _line_of_permissions(client: discord.Client, purpose: _Purpose, channel: Writable) -> Line:
    """A thread has no permissions of its own: those of the channel around it count."""
    needed = _NEEDED_IN_THREADS if isinstance(channel, discord.Thread) else _NEEDED
    place = channel.parent_id if isinstance(channel, discord.Thread) else channel.id
    granted = await _granted(client, channel.guild.id, place)
    named = f"#{printable(channel.name)} ({channel.id})"
    if missing := [shown for name, shown in needed.items() if not getattr(granted, name)]:
        cure = "Give the bot's role that in the channel's settings → Permissions, or name another channel."
        return failed(purpose.subject, f"the bot lacks {' and '.join(missing)} in {named}", cure)
    return ok(purpose.subject, f"{purpose.fine} in {named}")


async def _granted(client: discord.Client, server_id: int, channel_id: int) -> discord.Permissions:
    assert client.user is not None  # logging in fetches it
    server = await client.fetch_guild(server_id, with_counts=False)
    member = await server.fetch_member(client.user.id)
    channel = await server.fetch_channel(channel_id)
    assert not isinstance(channel, discord.Thread)
    return channel.permissions_for(member)
