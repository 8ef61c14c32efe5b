"""The command line: `python -m bot --help` lists the commands. Each lives in a file of this folder."""

import os
from pathlib import Path
from typing import Annotated

import typer

from bot import __version__
from bot.cli import check as checking
from bot.cli.backup import back_up_and_tell, restore_and_tell
from bot.cli.configuration import Format, show_configuration
from bot.cli.health import tell_health
from bot.cli.imagine import Wish, imagine_and_tell
from bot.cli.migrations import migrate_and_tell
from bot.cli.report import period, report_spending
from bot.cli.serve import serve
from bot.cli.styles import show_styles
from bot.cli.sync import check_choice, sync_everywhere, sync_server
from bot.cli.terminal import configured, finish, libraries_of_the_preview
from bot.cli.thumbnail import Wish as ThumbnailWish
from bot.cli.thumbnail import thumbnail_and_tell
from bot.config import load_config, load_discord_token, load_secrets
from bot.domain.thumbnails.sizes import SIZES
from bot.domain.thumbnails.templates import DEFAULT_TEMPLATE, TEMPLATES
from bot.logs import LogFormat, set_up_logging

cli = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # Typer's boxes call every flag a <bool>
    help=f"Easel {__version__}. DISCORD_TOKEN and RUNBASE_API_KEYS come from the environment.",
)
_OWNER_ONLY = 0o077

ConfigPath = Annotated[Path | None, typer.Option("--config", help="The TOML file; EASEL_CONFIG or config.toml else.")]
LogFormatOption = Annotated[
    LogFormat,
    typer.Option("--log-format", envvar="EASEL_LOG_FORMAT", help="For people, or one JSON object a line."),
]


def _tell_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"Easel {__version__}")
        raise typer.Exit


@cli.callback()
def easel(
    ctx: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Print the version, and no more.")
    ] = False,
) -> None:
    """What the bot writes holds the words of others, so it is its owner's alone. `obj` is the mask for files that
    somebody asked for by name."""
    ctx.obj = os.umask(_OWNER_ONLY)


@cli.command()
def run(config: ConfigPath = None, log_format: LogFormatOption = LogFormat.TEXT) -> None:
    """Log in to Discord and serve. DISCORD_TOKEN and RUNBASE_API_KEYS come from the environment."""
    settings, secrets = configured(lambda: (load_config(config), load_secrets()))
    set_up_logging(log_format)
    finish(serve(settings, secrets))


@cli.command()
def check(
    config: ConfigPath = None,
    invite: Annotated[bool, typer.Option("--invite", help="Print the link that invites the bot, and no more.")] = False,
) -> None:
    """Look at everything a start needs, line by line. Costs nothing.

    Exit code 1 when a line failed, 2 when configuration or secrets cannot be loaded.
    """
    if invite:
        finish(checking.print_invite(configured(load_discord_token)))
        return
    raise typer.Exit(finish(checking.check(config)))


@cli.command()
def imagine(
    ctx: typer.Context,
    prompt: Annotated[str | None, typer.Argument(help="What the picture should show.")] = None,
    aspect: Annotated[str | None, typer.Option(help="Such as 3:2 or landscape; square unless given.")] = None,
    style: Annotated[str | None, typer.Option(help="Such as travel-poster; `styles` lists them.")] = None,
    reference: Annotated[
        list[str] | None,
        typer.Option(
            help="A picture to start from, repeatable: a file, or an https address. Whether RunBase takes files is not "
            "documented; if it does not, nothing is charged, and an address works."
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="A .png, .webp or .jpg file, or a folder to name it in.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace --out if it is there.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="A painted stand-in: no key, no network.")] = False,
    config: ConfigPath = None,
) -> None:
    """Make one picture from the terminal. It needs RUNBASE_API_KEYS and no token, and counts in quota.global alone.

    Without a prompt: fetch the pictures that earlier calls paid for and were interrupted over.

    Exit code 1 when there is no picture, 2 when something on the command line has to be changed first.
    """
    wish = Wish(prompt, aspect, tuple(reference or ()), out, force, style=style, umask=ctx.obj)
    imagine_and_tell(wish, config, is_offline=offline)


@cli.command()
def styles(
    markdown: Annotated[bool, typer.Option("--markdown", help="The page docs/styles.md, with all sentences.")] = False,
) -> None:
    """The styles that `imagine --style` and members in Discord can choose from."""
    show_styles(as_markdown=markdown)


@cli.command()
def thumbnail(
    ctx: typer.Context,
    picture: Annotated[Path, typer.Argument(metavar="IMAGE", help="A picture of any size and common format.")],
    headline: Annotated[str, typer.Option(help="At most 80 characters, in any script. None unless given.")] = "",
    size: Annotated[
        list[str] | None,
        typer.Option(help=f"Repeatable: {', '.join(SIZES)}, or all. The platform's exact pixels, under its limit."),
    ] = None,
    template: Annotated[str, typer.Option(help=f"One of {', '.join(TEMPLATES)}.")] = DEFAULT_TEMPLATE,
    accent: Annotated[
        str | None, typer.Option(help="A colour such as '#ffd400'; black and white unless given.")
    ] = None,
    clean: Annotated[bool, typer.Option("--clean", help="Save it without the headline, too.")] = False,
    out: Annotated[Path | None, typer.Option(help="A .png or .jpg file, or a folder to name files in.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there.")] = False,
) -> None:
    """Crop a picture for a platform, letter it and save it. Needs no key, no token and no network.

    Exit code 2 when something on the command line has to be changed first, or the picture cannot be read.
    """
    sizes = tuple(size or ("youtube",))
    thumbnail_and_tell(ThumbnailWish(picture, headline, sizes, template, accent, out, clean, force, umask=ctx.obj))


@cli.command()
def sync(
    config: ConfigPath = None,
    server: Annotated[int | None, typer.Option(min=1, help="The id of one server, which sees them at once.")] = None,
    everywhere: Annotated[bool, typer.Option("--global", help="Every server.")] = False,
    clear: Annotated[bool, typer.Option("--clear", help="Take back what --server put there.")] = False,
) -> None:
    """Tell Discord of the commands by hand. A start does so by itself whenever they changed."""
    check_choice(server, everywhere=everywhere, clear=clear)
    settings, token = configured(lambda: (load_config(config), load_discord_token()))
    finish(sync_everywhere(settings, token) if server is None else sync_server(settings, token, server, clear=clear))


@cli.command()
def migrate(config: ConfigPath = None) -> None:
    """Bring the database up to date. A copy of the old one stays beside it."""
    migrate_and_tell(configured(lambda: load_config(config)))


@cli.command()
def health(config: ConfigPath = None) -> None:
    """Ask the running bot how it is. It answers at metrics.listen, once that is set. Exit code 1 unless all is well."""
    tell_health(configured(lambda: load_config(config)))


@cli.command()
def report(
    config: ConfigPath = None,
    since: Annotated[str, typer.Option(help="A date such as 2026-01-31 (UTC), or how long ago.")] = "30d",
    until: Annotated[str | None, typer.Option(help="The last day, or how long ago; now unless given.")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="One row a run, for machines.")] = False,
) -> None:
    """What was spent, and what became of it. Works beside a running bot, and shows no prompts."""
    chosen = period(since, until)
    report_spending(configured(lambda: load_config(config)), chosen, as_csv=as_csv)


@cli.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new .tar or .tar.gz.")], config: ConfigPath = None
) -> None:
    """Put all that is kept into one archive. The bot may run meanwhile; settings and secrets are not in it."""
    back_up_and_tell(configured(lambda: load_config(config)), file)


@cli.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `backup` made.")], config: ConfigPath = None
) -> None:
    """Bring a backup back where no database is. Stop the bot first; nothing is sent or paid for twice."""
    restore_and_tell(configured(lambda: load_config(config)), file)


@cli.command()
def configuration(style: Annotated[Format, typer.Option("--format", help="The file or the page.")]) -> None:
    """Every setting, its default and its reason. As an example file, or as a reference page."""
    show_configuration(style)


@cli.command()
def preview(port: Annotated[int, typer.Option(help="The page's port; 0 takes a free one.")] = 0) -> None:
    """The bot in a local Discord in your browser. No token, no key, no network."""
    with libraries_of_the_preview():
        from bot.preview.session import run_preview
    finish(run_preview(port))


@cli.command()
def demo(
    ctx: typer.Context,
    out: Annotated[Path, typer.Option(help="Where the picture and the screenshot go.")] = Path("out/demo"),
) -> None:
    """One picture in the local Discord, saved to a folder."""
    with libraries_of_the_preview():
        from bot.preview.session import run_demo
    os.umask(ctx.obj)
    finish(run_demo(out))
