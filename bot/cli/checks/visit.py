"""One visit to Discord by REST alone: nothing is said to the gateway, so that a running bot is not disturbed."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Sequence

import aiohttp
import discord
from pydantic import SecretStr

from bot.cli.checks.application import application_lines
from bot.cli.checks.channels import channel_lines
from bot.cli.checks.clock import Dates, clock_line
from bot.cli.checks.lines import Line, failed
from bot.cli.checks.servers import server_lines
from bot.config import DiscordConfig
from bot.ports import Clock

# discord.py tries five times with pauses of 25 s in all before it tells of an outage.
_LOGIN_WITHIN_S = 45.0
_SERVERS_WITHIN_S = 300.0
# Discord asks to wait for longer only when something is wrong.
_LONGEST_WAIT_S = 60.0


async def discord_lines(config: DiscordConfig, token: SecretStr, clock: Clock) -> AsyncIterator[Line]:
    dates = Dates(clock)
    async with rest_client(dates.trace()) as client:
        trouble = await _asked(_log_in(client, token), _LOGIN_WITHIN_S)
        for line in trouble:
            yield line
        if not trouble:
            application = client.application
            assert application is not None  # logging in fetches it
            for line in application_lines(application, config):
                yield line
            for line in await _asked(server_lines(client, config.servers, application.id), _SERVERS_WITHIN_S):
                yield line
            for line in await _asked(channel_lines(client, config), _LOGIN_WITHIN_S):
                yield line
    yield clock_line(dates.ahead)


def rest_client(trace: aiohttp.TraceConfig | None = None) -> discord.Client:
    """What goes wrong is told in lines, so discord.py's own warnings are not wanted beside them."""
    logging.getLogger("discord").addHandler(logging.NullHandler())
    return discord.Client(
        intents=discord.Intents(guilds=True),
        http_trace=trace or aiohttp.TraceConfig(),
        max_ratelimit_timeout=_LONGEST_WAIT_S,
    )


async def _log_in(client: discord.Client, token: SecretStr) -> Sequence[Line]:
    try:
        await client.login(token.get_secret_value())
    except discord.LoginFailure:
        cure = "Reset the token under Bot in https://discord.com/developers/applications and set it as DISCORD_TOKEN."
        return (failed("Discord", "refuses DISCORD_TOKEN", cure),)
    return ()


async def _asked(work: Awaitable[Sequence[Line]], within_s: float) -> Sequence[Line]:
    cure = "Check this machine's network and https://discordstatus.com, then try again."
    try:
        async with asyncio.timeout(within_s):
            return await work
    except discord.HTTPException as error:
        return (failed("Discord", f"has trouble (HTTP {error.status})", cure),)
    except discord.RateLimited as error:
        return (failed("Discord", f"asks to wait for {error.retry_after:.0f} seconds", "Try again after that."),)
    except TimeoutError:
        return (failed("Discord", "did not answer in time", cure),)
    except (aiohttp.ClientError, OSError) as error:
        return (failed("Discord", f"cannot be reached ({error})", cure),)
