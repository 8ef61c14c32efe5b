"""The secrets: read from the environment alone, never printed."""

import os
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pydantic import SecretStr

from bot.config.loading import ConfigError


class Secrets(NamedTuple):
    discord_token: SecretStr
    runbase_api_keys: tuple[SecretStr, ...]


def load_secrets() -> Secrets:
    """Raises: ConfigError naming the variable; never shows what it holds."""
    token = os.environ.get("DISCORD_TOKEN", "").strip()
    name, keys = _runbase_api_keys()
    _refuse(*_mistakes_in_token(token), *_mistakes_in_keys(name, keys))
    return Secrets(SecretStr(token), tuple(map(SecretStr, keys)))


def load_discord_token() -> SecretStr:
    """For what does without RunBase. Raises: ConfigError."""
    token = os.environ.get("DISCORD_TOKEN", "").strip()
    _refuse(*_mistakes_in_token(token))
    return SecretStr(token)


def load_runbase_api_keys() -> tuple[SecretStr, ...]:
    """For what does without Discord. Raises: ConfigError."""
    name, keys = _runbase_api_keys()
    _refuse(*_mistakes_in_keys(name, keys))
    return tuple(map(SecretStr, keys))


def _runbase_api_keys() -> tuple[str, tuple[str, ...]]:
    """The variable they stand in, and each key once."""
    name = "RUNBASE_API_KEYS" if os.environ.get("RUNBASE_API_KEYS", "").strip() else "RUNBASE_API_KEY"
    keys = (key.strip() for key in os.environ.get(name, "").split(","))
    return name, tuple(dict.fromkeys(filter(None, keys)))


def _mistakes_in_token(token: str) -> Iterator[str]:
    if not token:
        yield "DISCORD_TOKEN: expected the bot's token in the environment, found nothing"
    elif not re.fullmatch(r"[\x21-\x7e]+", token):
        yield "DISCORD_TOKEN: expected one word of letters, digits, dots and dashes, found something else"


def _mistakes_in_keys(name: str, keys: Sequence[str]) -> Iterator[str]:
    if not keys:
        yield "RUNBASE_API_KEYS: expected one or more keys in the environment, found nothing"
    for position, key in enumerate(keys, start=1):
        if not re.fullmatch(r"sk-[\x21-\x7e]+", key):
            yield f'{name}: expected keys that start with "sk-", found {_found_in(key)} in key {position}'


def _found_in(key: str) -> str:
    """Without a word of what it holds."""
    if not key.startswith("sk-"):
        return "another beginning"
    if "…" in key:
        return "an ellipsis (…), which stands for the rest of the key,"
    return "nothing behind that" if key == "sk-" else "a character that no key has"


def _refuse(*mistakes: str) -> None:
    if mistakes:
        raise ConfigError("\n".join(mistakes))
