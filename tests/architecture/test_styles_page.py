"""What the documentation says of the styles is what the catalogue holds."""

from pathlib import Path

from bot.cli.styles import styles_page

PAGE = Path(__file__).parents[2] / "docs/styles.md"


def test_the_page_is_what_the_catalogue_holds() -> None:
    assert PAGE.read_text(encoding="utf-8") == styles_page(), "docs/styles.md is old: run `make docs`"
