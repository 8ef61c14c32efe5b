"""A folder and an environment without anything of ours, and files to put there; shared by the configuration's tests."""

import os
from pathlib import Path

import pytest

from bot.config import ConfigError, load_config

OURS = ("EASEL", "DISCORD_TOKEN", "RUNBASE_API_KEY")


def leave_everything_behind(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.chdir(folder)
    for name in [name for name in os.environ if name.upper().startswith(OURS)]:
        monkeypatch.delenv(name)


def write(text: str, name: str = "config.toml") -> Path:
    path = Path(name)
    path.write_text(text, encoding="utf-8")
    return path


def mistakes(path: Path | None = None) -> list[str]:
    """The lines an operator reads."""
    with pytest.raises(ConfigError) as raised:
        load_config(path)
    return str(raised.value).splitlines()
