"""`styles`: the catalogue of styles for the terminal, and as the page that stands in the documentation."""

import sys
from collections.abc import Iterator, Sequence

from rich import box
from rich.table import Table

from bot.cli.terminal import console
from bot.domain.styles import GROUPS, STYLES, Group, Style


def show_styles(*, as_markdown: bool) -> None:
    if as_markdown:
        sys.stdout.write(styles_page())
        return
    for group, styles in GROUPS.items():
        console.print(_table(group, styles))


def styles_page() -> str:
    return "\n\n".join([_opening(), *_sections()]) + "\n"


def _table(group: Group, styles: Sequence[Style]) -> Table:
    table = Table(title=group.label, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for heading in ("--style", "name", "suits"):
        table.add_column(heading)
    for style in styles:
        table.add_row(style.id, style.name, style.suits)
    return table


def _opening() -> str:
    return f"""\
# Styles

{len(STYLES)} directions for `/imagine` and `/edit`: choose one under `style:` while you type. Behind a mention it is
`--style travel-poster`, and on the command line `python -m bot imagine --style travel-poster`. In Discord, `/styles`
shows what stands here.

A style adds its sentence to the prompt, behind the member's own words; More under a picture shows everything that was
sent. Both together have to fit into the 4,000 characters of a prompt, and whoever writes more hears by how much before
anything is spent.

This page is made of the catalogue in `bot/domain/styles`, by `make docs`."""


def _sections() -> Iterator[str]:
    for group, styles in GROUPS.items():
        yield f"## {group.label}"
        yield "\n".join(["| style | id | suits | adds |", "| --- | --- | --- | --- |", *map(_row, styles)])


def _row(style: Style) -> str:
    return f"| {style.name} | `{style.id}` | {style.suits} | {style.words} |"
