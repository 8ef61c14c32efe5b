"""Where the values come from: a TOML file, overridden by `EASEL__SECTION__KEY`; and what is said about mistakes."""

import json
import os
import re
import stat
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_origin

from pydantic import ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.config.models import Allowance, Config, sections
from bot.config.variables import PREFIX, unknown_variables

DEFAULT_PATH = Path("config.toml")
# A configuration is a page of text; whatever is larger is another file by mistake.
_MOST_BYTES = 256 * 1024
# A dotted key takes tomllib a time that grows with the square of its parts; ours have two.
_MOST_DOTS_IN_A_LINE = 100
_MOST_TOLD_MISTAKES = 20
_MOST_SHOWN_CHARACTERS = 60
_MOST_CHARACTERS_OF_A_NAME = 200
_LIKE_A_SECRET = re.compile(r"token|api_?key", re.IGNORECASE)
_MISPLACED = "expected secrets in the environment alone (DISCORD_TOKEN, RUNBASE_API_KEYS), found one here"


class ConfigError(Exception):
    """The configuration cannot be used; `str()` is one line per mistake: key, what was expected, what was found."""


class _FromEnvironment(BaseSettings, Config):
    """A configuration whose keys may be overridden by the environment."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", env_prefix=PREFIX, env_nested_delimiter="__")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file, whose content arrives as arguments."""
        return env_settings, init_settings


def load_config(path: Path | None = None) -> Config:
    """The configuration from `path`, or `EASEL_CONFIG`, or `config.toml` if there is one, and the environment.

    Raises: ConfigError.
    """
    chosen = path or (Path(os.environ["EASEL_CONFIG"]) if os.environ.get("EASEL_CONFIG") else None)
    if chosen is None and not os.path.lexists(DEFAULT_PATH):  # a link that leads nowhere is meant to lead somewhere
        return _build({}, "environment")
    source = chosen or DEFAULT_PATH
    name = _shortened(str(source), _MOST_CHARACTERS_OF_A_NAME)
    return _build(_parse_toml(_read(source, name), name), name)


def _read(path: Path, name: str) -> bytes:
    try:
        if not stat.S_ISREG(path.stat().st_mode) and not path.is_dir():  # a pipe would be waited for
            raise ConfigError(f"{name}: expected a readable TOML file, found a pipe or a device")
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{name}: expected a readable TOML file, found {error.strerror or error}") from error
    if len(content) > _MOST_BYTES:
        raise ConfigError(f"{name}: expected a TOML file of at most {_MOST_BYTES // 1024} KiB, found more")
    return content


def _parse_toml(content: bytes, name: str) -> dict[str, Any]:
    try:
        text = content.decode("utf-8-sig")
        if any(_is_too_dotted(line) for line in text.split("\n")):
            raise ConfigError(f"{name}: expected TOML, found a line with more than {_MOST_DOTS_IN_A_LINE} dots")
        return tomllib.loads(text)
    except RecursionError:
        raise ConfigError(f"{name}: expected TOML, found brackets within brackets without end") from None
    except UnicodeDecodeError as error:
        found = f"another encoding (byte {error.start + 1:,})"
        raise ConfigError(f"{name}: expected TOML in UTF-8, found {found}") from error
    except tomllib.TOMLDecodeError as error:
        found = _shortened(str(error), _MOST_CHARACTERS_OF_A_NAME)
        raise ConfigError(f"{name}: expected TOML, found a mistake: {found}") from error
    except ValueError as error:
        raise ConfigError(f"{name}: expected TOML, found a number of thousands of digits") from error


def _is_too_dotted(line: str) -> bool:
    return line.count(".") > _MOST_DOTS_IN_A_LINE and not line.lstrip().startswith("#")


def _build(values: dict[str, Any], source: str) -> Config:
    ours = {name: value for name, value in os.environ.items() if name.upper().startswith(PREFIX)}
    stumbling = [*unknown_variables(), *_unreadable_lists(ours)]
    strange = [*stumbling, *_unknown_sections(values, source)]
    if stumbling:  # as pydantic-settings would, so what else is wrong has to wait
        raise ConfigError(_told(strange))
    try:
        config = _FromEnvironment(**{name: value for name, value in values.items() if name in Config.model_fields})
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False)
        told = [_describe(dict(mistake), source, ours) for mistake in found[:_MOST_TOLD_MISTAKES]]
        raise ConfigError(_told([*strange, *told], len(strange) + len(found))) from None
    if strange:
        raise ConfigError(_told(strange))
    return config


def _told(mistakes: Sequence[str], count: int | None = None) -> str:
    """A line each, and how many more there are."""
    others = (count or len(mistakes)) - _MOST_TOLD_MISTAKES
    more = [f"and {others:,} more mistakes"] if others > 0 else []
    return "\n".join([*mistakes[:_MOST_TOLD_MISTAKES], *more])


def _unknown_sections(values: Mapping[str, Any], source: str) -> list[str]:
    known = ", ".join(Config.model_fields)
    return [
        f"{source}: {name}: {_MISPLACED}"
        if _LIKE_A_SECRET.search(name)
        else f"{source}: {name}: expected one of the sections {known}, found an unknown one"
        for name in values
        if name not in Config.model_fields
    ]


def _unreadable_lists(ours: Mapping[str, str]) -> list[str]:
    mistakes = []
    for name, value in ours.items():
        section_name, _, key = name[len(PREFIX) :].lower().partition("__")
        section = sections().get(section_name)
        fields = {} if section is None else {field.alias or key: field for key, field in section.model_fields.items()}
        if key in fields and get_origin(fields[key].annotation) is tuple:
            try:
                json.loads(value)
            except (ValueError, RecursionError):
                mistakes.append(f"{name}: expected a list as JSON, found {_shown(value)}")
    return mistakes


def _describe(mistake: Mapping[str, Any], source: str, ours: Mapping[str, str]) -> str:
    """One line of a pydantic error: where the value came from, its key, what was expected and found."""
    location = [str(part) for part in mistake["loc"]]
    variable = PREFIX + "__".join(location[:2]).upper()
    origin = next((name for name in ours if name.upper() == variable), None)
    key = ".".join(location[2:] if origin else location)
    where = ": ".join(part for part in (origin or source, key) if part)
    if mistake["type"] == "extra_forbidden" and _LIKE_A_SECRET.search(location[-1]):
        return f"{where}: {_MISPLACED}"
    if mistake["type"] == "extra_forbidden":
        return f"{where}: expected one of {_known_keys(location)}, found an unknown key"
    if mistake["type"] == "missing":
        return f"{where}: expected a value, found nothing"
    return f"{where}: expected {_wish(mistake)}, found {_shown(mistake['input'])}"


def _known_keys(location: list[str]) -> str:
    section = Allowance if len(location) > 2 else sections().get(location[0])
    return ", ".join(field.alias or name for name, field in section.model_fields.items()) if section else ""


# What pydantic calls by its Python name, in an operator's words.
_WISHES = {
    "int_parsing_size": "a valid integer",
    "model_type": "a section with keys",
    "path_type": "the path of a file",
    "tuple_type": "a list",
}


def _wish(mistake: Mapping[str, Any]) -> str:
    if mistake["type"] in _WISHES:
        return _WISHES[mistake["type"]]
    wish = str(mistake["msg"]).removeprefix("Value error, ").removeprefix("expected ")
    return wish.removeprefix("Input should be ").partition(", ")[0] if wish.startswith("Input should be ") else wish


def _shown(value: object) -> str:
    """At most a line's worth of what was found, without what may be a password in a URL."""
    try:
        text = repr(value)
    except RecursionError:
        return "brackets within brackets without end"
    return _shortened(re.sub(r"//[^/]*@", "//…@", text), _MOST_SHOWN_CHARACTERS)


def _shortened(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
