"""The application as Discord knows it: its name, who may invite it, and which intents it has."""

from collections.abc import Iterator

import discord

from bot.cli.checks.lines import Line, failed, ok, printable, warning
from bot.config import DiscordConfig

_PORTAL = "https://discord.com/developers/applications"
# The intents that have to be switched on, each with its two flags: before and after Discord verified the application.
_INTENTS = {
    "Message Content": ("gateway_message_content", "gateway_message_content_limited"),
    "Server Members": ("gateway_guild_members", "gateway_guild_members_limited"),
    "Presence": ("gateway_presence", "gateway_presence_limited"),
}


def application_lines(application: discord.AppInfo, config: DiscordConfig) -> Iterator[Line]:
    yield _application(application, config)
    if application.interactions_endpoint_url:
        cure = f"Clear Interactions Endpoint URL under General Information in {_PORTAL}."
        yield failed("Discord", "commands are sent to an Interactions Endpoint URL and never reach the bot", cure)
    yield _intents(application.flags, config)


def _application(application: discord.AppInfo, config: DiscordConfig) -> Line:
    named = f"{printable(application.name)} (application {application.id})"
    if not application.bot_public:
        return ok("Discord", f"{named}, private: only its owner can invite it")
    if config.servers:
        return ok("Discord", f"{named}, public, but it works in the servers of discord.servers alone")
    cure = f"Switch Public Bot off under Bot in {_PORTAL}, or list your servers in discord.servers."
    return warning("Discord", f"{named}, public: strangers can invite it and spend your money", cure)


def _intents(flags: discord.ApplicationFlags, config: DiscordConfig) -> Line:
    enabled = [name for name, either in _INTENTS.items() if any(getattr(flags, flag) for flag in either)]
    finding = f"enabled: {', '.join(enabled) or 'none'}; wanted: "
    if not config.message_content:
        return ok("intents", f"{finding}none")
    if "Message Content" in enabled:
        return ok("intents", f"{finding}Message Content")
    cure = f"Switch Message Content Intent on under Bot in {_PORTAL}, or set discord.message_content = false."
    return failed("intents", f"{finding}Message Content", cure)
