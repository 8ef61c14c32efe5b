"""The kinds of values a setting can have: how an operator writes each, and what is refused."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, NamedTuple
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field

from bot.domain.catalogue import CATALOGUE

_UNITS = {"s": 1, "second": 1, "m": 60, "minute": 60, "h": 3600, "hour": 3600, "d": 86400, "day": 86400, "week": 604800}
_SPAN = re.compile(r"(\d{0,9})\s*([a-z]*)", re.IGNORECASE)
_SPAN_WANTED = 'expected a span of time such as "1h", "20m", "1d" or a number of seconds'
_LONGEST_SPAN = timedelta(days=366)
_LONGEST_LINK = 200  # `/about` shows three
_LONGEST_PATH = 4000  # characters; Linux takes 4,095 bytes
_URL_WANTED = "expected an http(s) URL without user name, password, query or fragment"
_HOST = re.compile(r"[A-Za-z0-9.-]+|[0-9A-Fa-f:.]+")
_ADDRESS = re.compile(r"([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):(\d{1,5})")


class Wording(NamedTuple):
    """What the configuration reference calls a kind of value; stands behind its validators."""

    words: str


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


def _a_day(value: timedelta) -> timedelta:
    """At least: a request that is forgotten sooner could be accepted again when Discord delivers it twice."""
    if value < timedelta(days=1):
        raise ValueError("expected a span of time between 1 day and 366 days")
    return value


def _is_host(value: str) -> bool:
    """Whether it can be looked up: no part of a name is empty or longer than 63 characters."""
    if not _HOST.fullmatch(value):
        return False
    try:
        value.encode("idna")
    except UnicodeError:
        return False
    return True


def _http_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        is_readable = "@" not in parts.netloc and _is_host(parts.hostname or "") and parts.port != 0
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


def _address(value: str) -> str:
    match = _ADDRESS.fullmatch(value)
    if match is None or int(match[2]) > 65535 or not _is_host(match[1].strip("[]")):
        raise ValueError("expected host and port, such as 127.0.0.1:9464")
    return value


def split_address(value: str) -> tuple[str, int]:
    """Host and port of a valid address; an IPv6 host without its brackets."""
    host, _, port = value.rpartition(":")
    return host.strip("[]"), int(port)


def _known_model(value: str) -> str:
    if value not in CATALOGUE:
        raise ValueError(f"expected one of {', '.join(CATALOGUE)}")
    return value


def _file_path(value: Path) -> Path:
    if not value.name or "\0" in str(value) or len(str(value)) > _LONGEST_PATH:
        raise ValueError("expected the path of a file")
    return value


def _no_flag(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("expected a whole number")
    return value


Span = Annotated[timedelta, BeforeValidator(_span), Wording(f"span of time up to {_LONGEST_SPAN.days} days")]
LongSpan = Annotated[Span, AfterValidator(_a_day), Wording(f"span of time from 1 to {_LONGEST_SPAN.days} days")]
Number = Annotated[int, BeforeValidator(_no_flag), Wording("whole number")]
FilePath = Annotated[Path, AfterValidator(_file_path), Wording("path of a file")]
HttpUrl = Annotated[str, AfterValidator(_http_url), Wording("https address; plain http only for 127.0.0.1")]
Link = Annotated[str, AfterValidator(_link), Wording(f"link of at most {_LONGEST_LINK} characters")]
Origin = Annotated[str, AfterValidator(_origin), Wording("https origin, without a path")]
Origins = Annotated[tuple[Origin, ...], Wording("list of https origins, without paths")]
Snowflake = Annotated[Number, Field(gt=0, lt=2**63), Wording("id, as Discord copies it")]
Snowflakes = Annotated[tuple[Snowflake, ...], Wording("list of ids, as Discord copies them")]
Flag = Annotated[bool, Wording("true or false")]
ModelName = Annotated[str, AfterValidator(_known_model), Wording(f"one of {', '.join(CATALOGUE)}")]
ListenAddress = Annotated[str, AfterValidator(_address), Wording("host and port")]
