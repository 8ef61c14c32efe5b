"""What the README promises about permissions is what the code asks for."""

import re
from pathlib import Path

import discord

README = Path("README.md").read_text(encoding="utf-8")
USED = ("view_channel", "send_messages", "send_messages_in_threads", "attach_files", "read_message_history")


def test_the_invite_link_asks_for_exactly_the_permissions_the_bot_uses() -> None:
    (value,) = re.findall(r"permissions=(\d+)", README)
    assert int(value) == discord.Permissions(**dict.fromkeys(USED, True)).value


def test_every_picture_the_readme_shows_exists() -> None:
    shown = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert shown
    assert [path for path in shown if not Path(path).is_file()] == []
