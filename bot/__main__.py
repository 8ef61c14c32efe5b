"""The command line: `python -m bot --help` lists the commands. Each lives in a file of `bot/cli`."""

from pathlib import Path
from typing import Annotated

import typer

from bot import __version__
from bot.cli.migrations import migrate_and_tell
from bot.cli.serve import serve
from bot.cli.terminal import configured, finish
from bot.config import load_config, load_secrets
from bot.logs import LogFormat, set_up_logging

cli = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=f"Easel {__version__}"
)

ConfigPath = Annotated[Path | None, typer.Option("--config", help="The TOML file; EASEL_CONFIG or config.toml else.")]
LogFormatOption = Annotated[LogFormat, typer.Option("--log-format", help="For people, or one JSON object a line.")]


@cli.command()
def run(config: ConfigPath = None, log_format: LogFormatOption = LogFormat.TEXT) -> None:
    """Log in to Discord and serve. DISCORD_TOKEN and RUNBASE_API_KEYS come from the environment."""
    settings, secrets = configured(lambda: (load_config(config), load_secrets()))
    set_up_logging(log_format)
    finish(serve(settings, secrets))


@cli.command()
def migrate(config: ConfigPath = None) -> None:
    """Bring the database to the newest schema, after a copy of the old one."""
    migrate_and_tell(configured(lambda: load_config(config)))


@cli.command()
def preview(port: Annotated[int, typer.Option(help="The page's port; 0 takes a free one.")] = 0) -> None:
    """The bot in a local Discord in your browser: no token, no key, no network."""
    from bot.preview.session import run_preview

    finish(run_preview(port))


@cli.command()
def demo(
    out: Annotated[Path, typer.Option(help="Where the picture and the screenshot go.")] = Path("out/demo"),
) -> None:
    """One picture in the local Discord, saved to a folder."""
    from bot.preview.session import run_demo

    finish(run_demo(out))


if __name__ == "__main__":
    cli()
