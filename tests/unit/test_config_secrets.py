"""Tokens and keys: where they come from, and that nobody reads them anywhere."""

from pathlib import Path

import pytest

from bot.config import ConfigError, load_config, load_runbase_api_keys, load_secrets
from tests.unit.config_world import leave_everything_behind, mistakes, write

TOKEN, KEY = "MTk4.token.very-secret", "sk-very-secret"


@pytest.fixture(autouse=True)
def _empty_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    leave_everything_behind(monkeypatch, tmp_path)


def test_secrets_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", f" {TOKEN}\n")
    monkeypatch.setenv("RUNBASE_API_KEYS", f"{KEY}, sk-b,, sk-c ,{KEY}")
    monkeypatch.setenv("RUNBASE_API_KEY", "sk-not-looked-at")
    secrets = load_secrets()
    assert secrets.discord_token.get_secret_value() == TOKEN
    assert [key.get_secret_value() for key in secrets.runbase_api_keys] == [KEY, "sk-b", "sk-c"]


@pytest.mark.parametrize("plural", [None, ""])
def test_a_single_key_may_stand_in_the_singular(monkeypatch: pytest.MonkeyPatch, plural: str | None) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    monkeypatch.setenv("RUNBASE_API_KEY", KEY)
    if plural is not None:
        monkeypatch.setenv("RUNBASE_API_KEYS", plural)
    assert [key.get_secret_value() for key in load_secrets().runbase_api_keys] == [KEY]


def test_secrets_are_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    monkeypatch.setenv("RUNBASE_API_KEYS", KEY)
    secrets = load_secrets()
    assert "very-secret" not in f"{secrets} {secrets!r} {load_config()!r}"


@pytest.mark.parametrize("blank", [None, "", "  "])
def test_missing_secrets_are_a_line_each(monkeypatch: pytest.MonkeyPatch, blank: str | None) -> None:
    for name in ("DISCORD_TOKEN", "RUNBASE_API_KEYS"):
        if blank is not None:
            monkeypatch.setenv(name, blank)
    with pytest.raises(ConfigError) as raised:
        load_secrets()
    assert str(raised.value).splitlines() == [
        "DISCORD_TOKEN: expected the bot's token in the environment, found nothing",
        "RUNBASE_API_KEYS: expected one or more keys in the environment, found nothing",
    ]


@pytest.mark.parametrize(
    "key", ["very-secret", "Bearer sk-very-secret", "sk-very secret", "sk-very\u2028secret", "sk-"]
)
def test_a_key_that_cannot_be_one_is_named_by_its_place(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    monkeypatch.setenv("RUNBASE_API_KEYS", f"sk-a,{key}")
    with pytest.raises(ConfigError) as raised:
        load_secrets()
    (line,) = str(raised.value).splitlines()
    assert line.startswith("RUNBASE_API_KEYS: expected keys that start with ")
    assert line.endswith("in key 2")
    assert "secret" not in line


@pytest.mark.parametrize(
    ("key", "found"),
    [
        ("Bearer sk-a", "another beginning"),
        ("sk-…", "an ellipsis (…), which stands for the rest of the key,"),
        ("sk-", "nothing behind that"),
        ("sk-a b", "a character that no key has"),
    ],
)
def test_what_is_wrong_with_a_key_is_told(monkeypatch: pytest.MonkeyPatch, key: str, found: str) -> None:
    monkeypatch.setenv("RUNBASE_API_KEYS", key)
    with pytest.raises(ConfigError) as raised:
        load_runbase_api_keys()
    assert str(raised.value) == f'RUNBASE_API_KEYS: expected keys that start with "sk-", found {found} in key 1'


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (f"DISCORD_TOKEN = '{TOKEN}'", "DISCORD_TOKEN"),
        (f"runbase_api_keys = '{KEY}'", "runbase_api_keys"),
        (f"[discord]\ntoken = '{TOKEN}'", "discord.token"),
        (f"[discord]\nDISCORD_TOKEN = '{TOKEN}'", "discord.DISCORD_TOKEN"),
        (f"[runbase]\napi_keys = ['{KEY}']", "runbase.api_keys"),
    ],
)
def test_a_secret_in_the_file_is_sent_to_the_environment(text: str, name: str) -> None:
    (line,) = mistakes(write(text))
    assert line.startswith(f"config.toml: {name}: expected secrets in the environment alone (DISCORD_TOKEN, ")
    assert "very-secret" not in line


@pytest.mark.parametrize("key", ["api_key", "api_keys"])
def test_a_key_in_the_wrong_place_is_not_repeated(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv(f"EASEL__RUNBASE__{key.upper()}", KEY)
    write(f"[runbase]\n{key} = '{KEY}'")
    assert "very-secret" not in "".join(mistakes())
