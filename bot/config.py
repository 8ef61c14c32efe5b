"""The configuration: a TOML file, overridden by `EASEL__SECTION__KEY`, with secrets from the environment alone."""

import json
import os
import re
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, NamedTuple, get_origin
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.domain.catalogue import CATALOGUE, DEFAULT_MODEL
from bot.domain.errors import QuotaScope
from bot.domain.quotas import Window

PREFIX = "EASEL__"
DEFAULT_PATH = Path("config.toml")
# A configuration is a page of text; whatever is larger is another file by mistake.
_MOST_BYTES = 256 * 1024

_UNITS = {"s": 1, "second": 1, "m": 60, "minute": 60, "h": 3600, "hour": 3600, "d": 86400, "day": 86400, "week": 604800}
_SPAN = re.compile(r"(\d{0,9})\s*([a-z]*)", re.IGNORECASE)


_SPAN_WANTED = 'expected a span of time such as "1h", "20m", "1d" or a number of seconds'
_LONGEST_SPAN = timedelta(days=366)
_MOST_WINDOWS = 5  # `/quota` shows them all in one message of 2,000 characters
_LONGEST_LINK = 200  # `/about` shows three
_URL_WANTED = "expected an http(s) URL without user name, password, query or fragment"
_HOST = re.compile(r"[A-Za-z0-9.-]+|[0-9A-Fa-f:.]+")


class ConfigError(Exception):
    """The configuration cannot be used; `str()` is one line per mistake: key, what was expected, what was found."""


def _span(value: object) -> object:
    """`"1h"`, `"20 minutes"`, `"day"` or a whole number of seconds."""
    if isinstance(value, timedelta):
        return value
    match = _SPAN.fullmatch(str(value).strip()) if isinstance(value, str | int) and value is not True else None
    if match is None or not (match[1] or match[2]):
        raise ValueError(_SPAN_WANTED)
    unit = match[2].lower() or "s"
    seconds = _UNITS.get(unit) or (_UNITS.get(unit.removesuffix("s")) if len(unit) > 2 else None)
    if seconds is None:
        raise ValueError(_SPAN_WANTED)
    span = timedelta(seconds=int(match[1] or "1") * seconds)
    if not timedelta(0) < span <= _LONGEST_SPAN:
        raise ValueError("expected a span of time between 1 second and 366 days")
    return span


def _http_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        is_readable = "@" not in parts.netloc and _HOST.fullmatch(parts.hostname or "") and parts.port != 0
    except ValueError:
        raise ValueError(_URL_WANTED) from None
    if parts.scheme not in {"http", "https"} or not is_readable or parts.query or parts.fragment:
        raise ValueError(_URL_WANTED)
    if parts.scheme == "http" and parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise ValueError("expected https (plain http only for this machine, 127.0.0.1)")
    return value.rstrip("/")


def _link(value: str) -> str:
    """For members to click; what would end the link where it is shown is refused."""
    if not re.fullmatch(r"https?://[^\s<>()\[\]@]+", value) or len(value) > _LONGEST_LINK:
        raise ValueError("expected a link such as https://example.org/privacy?lang=en, without brackets or spaces")
    return value


def _origin(value: str) -> str:
    if urlsplit(_http_url(value)).path:
        raise ValueError("expected an origin such as https://cdn.discordapp.com, without a path")
    return value.rstrip("/")


def _known_model(value: str) -> str:
    if value not in CATALOGUE:
        raise ValueError(f"expected one of {', '.join(CATALOGUE)}")
    return value


def _file_path(value: Path) -> Path:
    if not value.name or "\0" in str(value):
        raise ValueError("expected the path of a file")
    return value


def _no_flag(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("expected a whole number")
    return value


Span = Annotated[timedelta, BeforeValidator(_span)]
Number = Annotated[int, BeforeValidator(_no_flag)]
FilePath = Annotated[Path, AfterValidator(_file_path)]
HttpUrl = Annotated[str, AfterValidator(_http_url)]
Link = Annotated[str, AfterValidator(_link)]
Origin = Annotated[str, AfterValidator(_origin)]
Snowflake = Annotated[Number, Field(gt=0, lt=2**63)]


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DiscordConfig(Section):
    servers: tuple[Snowflake, ...] = ()
    message_content: bool = False
    cdn_origins: tuple[Origin, ...] = ("https://cdn.discordapp.com", "https://media.discordapp.net")


class RunBaseConfig(Section):
    base_url: HttpUrl = "https://runbase.net/api/v1"
    model: Annotated[str, AfterValidator(_known_model)] = DEFAULT_MODEL
    requests_per_10_s: Annotated[Number, Field(ge=1, le=20)] = 19
    connect_timeout: Span = timedelta(seconds=5)
    read_timeout: Span = timedelta(seconds=30)
    give_up_after: Span = timedelta(minutes=10)


class StorageConfig(Section):
    path: FilePath = Path("data/easel.sqlite3")
    keep_images: Span = timedelta(days=1)


class Allowance(Section):
    """At most `images` in any stretch of time that is `per` long."""

    images: Annotated[Number, Field(ge=0, le=1_000_000)]
    per: Span


def _one_per_span(allowances: tuple[Allowance, ...]) -> tuple[Allowance, ...]:
    if len({one.per for one in allowances}) < len(allowances):
        raise ValueError("expected different spans in one list")
    if len(allowances) > _MOST_WINDOWS:
        raise ValueError(f"expected at most {_MOST_WINDOWS} entries")
    return allowances


Allowances = Annotated[tuple[Allowance, ...], AfterValidator(_one_per_span)]


class QuotaConfig(Section):
    member: Allowances = (
        Allowance(images=5, per=timedelta(hours=1)),
        Allowance(images=20, per=timedelta(days=1)),
    )
    server: Allowances = ()
    everyone: Allowances = Field(default=(Allowance(images=1000, per=timedelta(days=1)),), alias="global")

    def windows(self) -> tuple[Window, ...]:
        scopes = (
            (QuotaScope.MEMBER, self.member),
            (QuotaScope.SERVER, self.server),
            (QuotaScope.GLOBAL, self.everyone),
        )
        return tuple(Window(scope, one.images, one.per) for scope, allowances in scopes for one in allowances)


class QueueConfig(Section):
    length: Annotated[Number, Field(ge=1, le=1_000_000)] = 1000


class AboutConfig(Section):
    website: Link | None = None
    privacy: Link | None = None
    report: Link | None = None


class Secrets(NamedTuple):
    discord_token: SecretStr
    runbase_api_keys: tuple[SecretStr, ...]


class Config(Section):
    """Everything but the secrets."""

    discord: DiscordConfig = DiscordConfig()
    runbase: RunBaseConfig = RunBaseConfig()
    storage: StorageConfig = StorageConfig()
    quota: QuotaConfig = QuotaConfig()
    queue: QueueConfig = QueueConfig()
    about: AboutConfig = AboutConfig()


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
    if chosen is None and not DEFAULT_PATH.exists():
        return _build({}, "environment")
    source = chosen or DEFAULT_PATH
    return _build(_read_toml(source), str(source))


def load_secrets() -> Secrets:
    """Raises: ConfigError naming the variable; never shows what it holds."""
    mistakes = []
    token = os.environ.get("DISCORD_TOKEN", "").strip()
    if not token:
        mistakes.append("DISCORD_TOKEN: expected the bot's token in the environment, found nothing")
    elif not re.fullmatch(r"[\x21-\x7e]+", token):
        mistakes.append("DISCORD_TOKEN: expected one word of letters, digits, dots and dashes, found something else")
    name = "RUNBASE_API_KEYS" if os.environ.get("RUNBASE_API_KEYS", "").strip() else "RUNBASE_API_KEY"
    keys = [key.strip() for key in os.environ.get(name, "").split(",") if key.strip()]
    if not keys:
        mistakes.append("RUNBASE_API_KEYS: expected one or more keys in the environment, found nothing")
    for position, key in enumerate(keys, start=1):
        if not re.fullmatch(r"sk-[\x21-\x7e]+", key):
            mistakes.append(f'{name}: expected keys that start with "sk-", found another beginning in key {position}')
    if mistakes:
        raise ConfigError("\n".join(mistakes))
    return Secrets(SecretStr(token), tuple(SecretStr(key) for key in dict.fromkeys(keys)))


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{path}: expected a readable TOML file, found {error.strerror or error}") from error
    if len(content) > _MOST_BYTES:
        raise ConfigError(f"{path}: expected a TOML file of at most {_MOST_BYTES // 1024} KiB, found more")
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except RecursionError:
        raise ConfigError(f"{path}: expected TOML, found brackets within brackets without end") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: expected TOML in UTF-8, found {error}") from error


def _build(values: dict[str, Any], source: str) -> Config:
    ours = {name: value for name, value in os.environ.items() if name.upper().startswith(PREFIX)}
    if mistakes := [*_unknown_variables(ours), *_unreadable_lists(ours), *_unknown_sections(values, source)]:
        raise ConfigError("\n".join(mistakes))
    try:
        return _FromEnvironment(**values)
    except ValidationError as error:
        lines = [_describe(dict(mistake), source, ours) for mistake in error.errors(include_url=False)]
        raise ConfigError("\n".join(lines)) from None


def _section(name: str) -> type[Section] | None:
    field = Config.model_fields.get(name)
    kind = field.annotation if field is not None else None
    return kind if isinstance(kind, type) and issubclass(kind, Section) else None


def _unknown_sections(values: Mapping[str, Any], source: str) -> list[str]:
    known = ", ".join(Config.model_fields)
    return [
        f"{source}: {name}: expected one of the sections {known}, found an unknown one"
        for name in values
        if name not in Config.model_fields
    ]


def _unknown_variables(ours: Mapping[str, str]) -> list[str]:
    """pydantic-settings reads the variables it knows and would silently pass over the others."""
    known = ", ".join(Config.model_fields)
    return [
        f"{name}: expected {PREFIX}SECTION__KEY with one of the sections {known}, found an unknown one"
        for name in ours
        if len(parts := name[len(PREFIX) :].lower().split("__")) != 2 or parts[0] not in Config.model_fields
    ]


def _unreadable_lists(ours: Mapping[str, str]) -> list[str]:
    mistakes = []
    for name, value in ours.items():
        section_name, _, key = name[len(PREFIX) :].lower().partition("__")
        section = _section(section_name)
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
    if mistake["type"] == "extra_forbidden":
        return f"{where}: expected one of {_known_keys(location)}, found an unknown key"
    if mistake["type"] == "missing":
        return f"{where}: expected a value, found nothing"
    return f"{where}: expected {_wish(mistake)}, found {_shown(mistake['input'])}"


def _known_keys(location: list[str]) -> str:
    section = Allowance if len(location) > 2 else _section(location[0])
    return ", ".join(field.alias or name for name, field in section.model_fields.items()) if section else ""


# What pydantic calls by its Python name, in an operator's words.
_WISHES = {"model_type": "a section with keys", "path_type": "the path of a file", "tuple_type": "a list"}


def _wish(mistake: Mapping[str, Any]) -> str:
    if mistake["type"] in _WISHES:
        return _WISHES[mistake["type"]]
    wish = str(mistake["msg"]).removeprefix("Value error, ").removeprefix("expected ")
    return wish.removeprefix("Input should be ").partition(", ")[0] if wish.startswith("Input should be ") else wish


def _shown(value: object) -> str:
    """At most a line's worth of what was found, without what may be a password in a URL."""
    text = re.sub(r"//[^/]*@", "//…@", repr(value))
    return text if len(text) <= 60 else f"{text[:59]}…"
