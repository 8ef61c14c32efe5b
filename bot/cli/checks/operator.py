"""The channel in which the bot tells its operator that pictures are paused: is it there, may the bot write in it."""

from collections.abc import Sequence

import discord

from bot.cli.checks.lines import Line, failed, ok, printable

_SUBJECT = "operator"
_NEEDED = {"view_channel": "View Channel", "send_messages": "Send Messages"}
_NEEDED_IN_THREADS = {"view_channel": "View Channel", "send_messages_in_threads": "Send Messages in Threads"}
_OTHER = "Set discord.operator_channel to a text channel of a server the bot is in: right-click it → Copy Channel ID."


async def operator_lines(client: discord.Client, channel_id: int | None) -> Sequence[Line]:
    """Nothing where none is configured. Raises: what discord.py raises when Discord cannot be asked."""
    if channel_id is None:
        return ()
    try:
        channel = await client.fetch_channel(channel_id)
    except discord.NotFound:
        return (failed(_SUBJECT, f"there is no channel {channel_id} (discord.operator_channel)", _OTHER),)
    except discord.Forbidden:
        cure = f"Give the bot View Channel and Send Messages there. {_OTHER}"
        return (failed(_SUBJECT, f"the bot may not see channel {channel_id} (discord.operator_channel)", cure),)
    if not isinstance(channel, discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread):
        return (failed(_SUBJECT, f"{channel_id} is no channel to write in (discord.operator_channel)", _OTHER),)
    return (await _line(client, channel),)


async def _line(
    client: discord.Client, channel: discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread
) -> Line:
    """A thread has no permissions of its own: those of the channel around it count."""
    needed = _NEEDED_IN_THREADS if isinstance(channel, discord.Thread) else _NEEDED
    place = channel.parent_id if isinstance(channel, discord.Thread) else channel.id
    granted = await _granted(client, channel.guild.id, place)
    named = f"#{printable(channel.name)} ({channel.id})"
    if missing := [shown for name, shown in needed.items() if not getattr(granted, name)]:
        cure = "Give the bot's role that in the channel's settings → Permissions, or name another channel."
        return failed(_SUBJECT, f"the bot lacks {' and '.join(missing)} in {named}", cure)
    return ok(_SUBJECT, f"can be told in {named}")


async def _granted(client: discord.Client, server_id: int, channel_id: int) -> discord.Permissions:
    assert client.user is not None  # logging in fetches it
    server = await client.fetch_guild(server_id, with_counts=False)
    member = await server.fetch_member(client.user.id)
    channel = await server.fetch_channel(channel_id)
    assert not isinstance(channel, discord.Thread)
    return channel.permissions_for(member)
