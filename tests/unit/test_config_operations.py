"""What an operator sets to be kept informed: where machines may watch, and where news is told."""

from pathlib import Path

import pytest

from bot.config import Config, load_config
from tests.unit.config_world import leave_everything_behind, mistakes, write


@pytest.fixture(autouse=True)
def _empty_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    leave_everything_behind(monkeypatch, tmp_path)


def test_nothing_listens_and_nobody_is_told_unless_it_is_asked_for() -> None:
    assert Config().metrics.address is None
    assert Config().discord.operator_channel is None


@pytest.mark.parametrize(
    ("listen", "address"),
    [
        ("127.0.0.1:9464", ("127.0.0.1", 9464)),
        ("0.0.0.0:80", ("0.0.0.0", 80)),
        ("localhost:0", ("localhost", 0)),
        ("[::1]:9464", ("::1", 9464)),
        ("easel.internal:65535", ("easel.internal", 65535)),
    ],
)
def test_an_address_is_host_and_port(listen: str, address: tuple[str, int]) -> None:
    assert load_config(write(f'[metrics]\nlisten = "{listen}"')).metrics.address == address


@pytest.mark.parametrize(
    "listen", ["", "9464", "127.0.0.1", "127.0.0.1:", "127.0.0.1:99999", ":9464", "::1:9464", "http://x:1", "a b:1"]
)
def test_what_is_no_address_is_refused(listen: str) -> None:
    complaints = mistakes(write(f'[metrics]\nlisten = "{listen}"'))
    assert complaints == [
        f"config.toml: metrics.listen: expected host and port, such as 127.0.0.1:9464, found '{listen}'"
    ]


@pytest.mark.parametrize("channel", ['"news"', "-1", "0", "true", "1.5"])
def test_what_is_no_channel_is_refused(channel: str) -> None:
    (complaint,) = mistakes(write(f"[discord]\noperator_channel = {channel}"))
    assert complaint.startswith("config.toml: discord.operator_channel: expected ")
