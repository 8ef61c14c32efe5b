"""The servers the bot is in: against the configured list, and which permissions it lacks in each."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence

import discord

from bot.cli.checks.lines import Line, counted, failed, ok, printable, some_of, warning
from bot.client import PERMISSIONS, invite_link

# Two requests each: without a list, a bot in 2,500 servers is not looked at in all of them.
_MOST_LOOKED_AT = 50
_AT_ONCE = 5

Servers = Mapping[int, discord.Guild]


async def server_lines(client: discord.Client, listed: Sequence[int], application_id: int) -> list[Line]:
    """Raises: what discord.py raises when Discord cannot be asked."""
    servers = {server.id: server async for server in client.fetch_guilds(limit=None, with_counts=False)}
    link = invite_link(application_id)
    looked_at = [servers[one] for one in listed if one in servers] if listed else list(servers.values())
    chosen = looked_at if listed else looked_at[:_MOST_LOOKED_AT]
    permissions = await _permission_lines(client, chosen, link, left_out=len(looked_at) - len(chosen))
    return [*_membership(servers, listed, link), *permissions]


def _membership(servers: Servers, listed: Sequence[int], link: str) -> Iterator[Line]:
    if servers:
        yield ok("servers", f"in {counted(len(servers), 'server')}: {some_of(map(_named, servers.values()))}")
    elif not listed:
        yield warning("servers", "in no server yet", f"Invite the bot: {link}")
    if absent := [str(one) for one in listed if one not in servers]:
        finding = f"in discord.servers, but without the bot: {some_of(absent)}"
        yield failed("servers", finding, f"Invite the bot there, or take them out of the list: {link}")
    if listed and (foreign := [server for server in servers.values() if server.id not in listed]):
        finding = f"not in discord.servers, so members there are refused: {some_of(map(_named, foreign))}"
        yield warning("servers", finding, "Add them to the list, or have the bot removed there.")


async def _permission_lines(
    client: discord.Client, servers: Sequence[discord.Guild], link: str, *, left_out: int
) -> list[Line]:
    limit = asyncio.Semaphore(_AT_ONCE)

    async def looked_at(server: discord.Guild) -> Line | None:
        async with limit:
            return await _look_at(client, server, link)

    lines = [line for line in await asyncio.gather(*map(looked_at, servers)) if line is not None]
    complete = len(servers) - len(lines)
    if complete or left_out:
        rest = f"; {counted(left_out, 'more server')} not looked at" if left_out else ""
        lines.append(ok("permissions", f"complete in {complete:,} of {counted(len(servers), 'server')}{rest}"))
    return lines


async def _look_at(client: discord.Client, server: discord.Guild, link: str) -> Line | None:
    """None where nothing is missing. What single channels take away again is not seen here."""
    try:
        whole = await client.fetch_guild(server.id, with_counts=False)
        assert client.user is not None
        granted = (await whole.fetch_member(client.user.id)).guild_permissions
    except discord.HTTPException as error:
        finding = f"{_named(server)} could not be looked at (HTTP {error.status})"
        return warning("permissions", finding, "Run check again; the bot may just have been removed there.")
    missing = [shown for name, shown in PERMISSIONS.items() if not getattr(granted, name)]
    if not missing:
        return None
    cure = f"Give them to the bot's role in Server Settings → Roles, or invite the bot again: {link}"
    return failed("permissions", f"{_named(server)} lacks {_and(missing)}", cure)


def _named(server: discord.Guild) -> str:
    return f"{printable(server.name)} ({server.id})"


def _and(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
