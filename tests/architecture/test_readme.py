"""What the README promises about permissions is what the code asks for."""

import re
from pathlib import Path

from bot.client import PERMISSIONS, invite_link

README = Path("README.md").read_text(encoding="utf-8")


def test_the_invite_link_asks_for_exactly_the_permissions_the_bot_uses() -> None:
    assert re.findall(r"https://\S+client_id=APPLICATION_ID\S+", README) == [invite_link("APPLICATION_ID")]


def test_the_permissions_are_named_as_discord_shows_them() -> None:
    *others, last = PERMISSIONS.values()
    assert f"{', '.join(others)} and {last}" in " ".join(README.split())


def test_every_picture_the_readme_shows_exists() -> None:
    shown = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert shown
    assert [path for path in shown if not Path(path).is_file()] == []
