"""`check`: everything a start needs, line by line, each with its cure; `--invite`: the link that invites the bot."""

import asyncio
import os
import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import SecretStr
from rich.text import Text

from bot.beside import database_condition, libraries, runbase
from bot.cli.checks.database import database_lines
from bot.cli.checks.libraries import library_lines
from bot.cli.checks.lines import Line, Verdict, counted, failed, ok, skipped, warning
from bot.cli.checks.runbase import runbase_lines
from bot.cli.checks.visit import discord_lines, rest_client
from bot.cli.terminal import FAILED, WRONG_USE, console
from bot.client import invite_link
from bot.clock import SystemClock
from bot.config import DEFAULT_PATH, Config, ConfigError, Secrets, load_config, load_secrets

T = TypeVar("T")

_STYLES = {Verdict.OK: "green", Verdict.WARNING: "yellow", Verdict.FAILED: "bold red", Verdict.SKIPPED: "dim"}
_INDENT = 24
_CONFIGURATION_CURE = "docs/configuration.md explains every setting."
_SECRETS_CURE = (
    "Set it in the environment the bot starts in: export DISCORD_TOKEN='…' RUNBASE_API_KEYS='sk-…'. With Docker and "
    "systemd it stands in easel.env."
)


async def check(path: Path | None) -> int:
    """Print what was found, in order and as it comes. Returns the exit code."""
    report = _Report()
    config = report.loaded("configuration", lambda: load_config(path), _CONFIGURATION_CURE)
    if config is not None:
        report.show(ok("configuration", f"read from {_source(path)}"))
        report.show(*_spending_lines(config))
    secrets = report.loaded("secrets", load_secrets, _SECRETS_CURE)
    if secrets is not None:
        report.show(ok("secrets", f"DISCORD_TOKEN and {counted(len(secrets.runbase_api_keys), 'RunBase key')}"))
    await _look_around(report, config, secrets)
    report.close()
    if config is None or secrets is None:
        return WRONG_USE
    return FAILED if report.verdicts[Verdict.FAILED] else 0


async def print_invite(token: SecretStr) -> None:
    """Nothing else goes to standard output, so that a script can use it."""
    async with rest_client() as client:
        await client.login(token.get_secret_value())
        console.print(invite_link((await client.application_info()).id), soft_wrap=True)


async def _look_around(report: "_Report", config: Config | None, secrets: Secrets | None) -> None:
    """RunBase is asked while Discord is."""
    if config is None:
        report.show(skipped("database", "only the configuration tells where it is"))
    else:
        report.show(*await asyncio.to_thread(lambda: database_lines(database_condition(config))))
    if config is None or secrets is None:
        report.show(skipped("Discord", "not asked"), skipped("RunBase", "not asked"))
    else:
        proving = asyncio.create_task(_prove_keys(config, secrets))
        async for line in discord_lines(config.discord, secrets.discord_token, SystemClock()):
            report.show(line)
        report.show(*await proving)
    report.show(*library_lines(libraries()))


async def _prove_keys(config: Config, secrets: Secrets) -> Sequence[Line]:
    api = runbase(config, secrets.runbase_api_keys)
    try:
        return await runbase_lines(api)
    finally:
        await api.close()


def _spending_lines(config: Config) -> Sequence[Line]:
    if config.quota.everyone:
        return ()
    cure = 'Set how many pictures you pay for at most, such as global = [{ images = 1000, per = "1d" }] under [quota].'
    return (warning("quota", "quota.global is empty: nothing bounds what you spend", cure),)


def _source(path: Path | None) -> str:
    if path is None and not os.environ.get("EASEL_CONFIG") and not DEFAULT_PATH.exists():
        return "the environment, every other setting at its default"
    return f"{path or os.environ.get('EASEL_CONFIG') or DEFAULT_PATH} and the environment"


class _Report:
    """What is shown and counted."""

    def __init__(self) -> None:
        self.verdicts: Counter[Verdict] = Counter()

    def loaded(self, subject: str, load: Callable[[], T], cure: str) -> T | None:
        try:
            return load()
        except ConfigError as error:
            self.show(*(failed(subject, mistake, cure) for mistake in str(error).splitlines()))
        return None

    def show(self, *lines: Line) -> None:
        for line in lines:
            self.verdicts[line.verdict] += 1
            head = f"{line.verdict:<8}{line.subject:<15} "
            text = Text("\n".join([*_wrapped(line.finding, head), *_wrapped(line.cure, " " * _INDENT)]))
            text.stylize(_STYLES[line.verdict], 0, len(line.verdict))
            console.print(text, soft_wrap=True)

    def close(self) -> None:
        wrong = [(self.verdicts[Verdict.FAILED], "failed"), (self.verdicts[Verdict.WARNING], "to look at")]
        found = ", ".join(f"{count} {what}" for count, what in wrong if count)
        console.print(f"\n{found or 'Everything is in order'}.", soft_wrap=True)


def _wrapped(text: str, head: str) -> Iterable[str]:
    """To the width of a terminal; in a pipe each text stays on its line."""
    if not console.is_terminal:
        return [head + text] if text else []
    return textwrap.wrap(
        text,
        console.width,
        initial_indent=head,
        subsequent_indent=" " * _INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )
