"""`sync`: the commands told to Discord by hand; a start does so by itself whenever they changed."""

from typing import NoReturn

import discord
from pydantic import SecretStr

from bot.beside import command_bot, remember_commands
from bot.cli.terminal import WRONG_USE, console, stop
from bot.client import CommandBot, invite_link
from bot.clock import SystemClock
from bot.config import Config


def check_choice(server_id: int | None, *, everywhere: bool, clear: bool) -> None:
    """Raises: typer.Exit, after one sentence."""
    if (server_id is None) is not everywhere:
        stop("choose one of --server ID (one server, seen at once) and --global (every server)", WRONG_USE)
    if clear and everywhere:
        stop(
            "--clear takes back what --server ID put there; without global commands nobody could use the bot", WRONG_USE
        )


async def sync_server(config: Config, token: SecretStr, server_id: int, *, clear: bool) -> None:
    """Copies for one server, for trying things out, or their removal. Also beside a running bot."""
    server = discord.Object(server_id)
    async with command_bot(config) as bot:
        await bot.login(token.get_secret_value())
        if not clear:
            bot.tree.copy_global_to(guild=server)
        try:
            sent = await bot.tree.sync(guild=server)
        except (discord.Forbidden, discord.NotFound):
            _stop_outside(bot, server_id)
    if clear:
        console.print(f"The copies in server {server_id} are gone; the global commands stay.", soft_wrap=True)
        return
    console.print(f"{len(sent)} commands uploaded to server {server_id}: {_named(sent)}", soft_wrap=True)
    console.print("They stand beside the global ones there until you take them back with --clear.", soft_wrap=True)


async def sync_everywhere(config: Config, token: SecretStr) -> None:
    """A database that is not ready, or that a running bot holds, is left alone: the next start then uploads again."""
    async with command_bot(config) as bot:
        await bot.login(token.get_secret_value())
        sent = await bot.tree.sync()
        fingerprint = bot.fingerprint()
    console.print(f"{len(sent)} commands uploaded for every server: {_named(sent)}", soft_wrap=True)
    if not await remember_commands(config, fingerprint, at=SystemClock().now()):
        again = "Not noted in the database, so the next start uploads them once more; that does no harm."
        console.print(again, soft_wrap=True)


def _named(sent: list[discord.app_commands.AppCommand]) -> str:
    slash = discord.AppCommandType.chat_input
    return ", ".join(f"/{command.name}" if command.type is slash else command.name for command in sent)


def _stop_outside(bot: CommandBot, server_id: int) -> NoReturn:
    link = "" if bot.application_id is None else f": {invite_link(bot.application_id)}"
    stop(f"server {server_id}: the bot is not there, or may not have commands there. Invite it{link}")
