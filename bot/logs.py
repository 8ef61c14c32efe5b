"""One line an event on standard error, for people or for machines, with whatever is secret taken out.

Events are written as `words key=value key=value`; the JSON form takes the pairs apart again.
"""

import json
import logging
import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any


class LogFormat(StrEnum):
    TEXT = "text"
    JSON = "json"


_PAIR = re.compile(r"\s?\b([a-z_]+)=(\S+)")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
# What is counted or measured; everything else that looks like a number is a name.
_NUMBERS = {
    "after_s", "bytes", "count", "exit", "forms", "hints", "images", "number", "port", "problems", "prompts",
    "references", "requests", "servers", "status", "takes",
}  # fmt: skip
# Libraries put addresses into their messages, and those carry interaction tokens, webhook tokens and signatures.
_SECRETS = (
    (re.compile(r"(/(?:webhooks|interactions)/\d+/)[\w-]+"), r"\1…"),
    (re.compile(r"([?&](?:ex|is|hm|signature|sig|token)=)[^&\s\"']+", re.IGNORECASE), r"\1…"),
    (re.compile(r"\bsk-[\w-]+"), "sk-…"),
    (re.compile(r"\b[\w-]{23,28}\.[\w-]{6}\.[\w-]{27,}"), "…"),
)


class TextFormatter(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        words = without_secrets(record.getMessage())
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": _PAIR.sub("", words).strip(),
            **{key: _value(key, text) for key, text in _PAIR.findall(words)},
        }
        if record.exc_info:
            line["error"] = without_secrets(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def _value(key: str, text: str) -> str | float:
    """Counts and seconds as numbers; ids stay text, since JavaScript and others round them."""
    return json.loads(text) if key in _NUMBERS and _NUMBER.fullmatch(text) else text


def without_secrets(text: str) -> str:
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text


def set_up_logging(log_format: LogFormat) -> None:
    """INFO for the bot and discord.py. The HTTP clients log every address below WARNING, which nobody needs."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if log_format is LogFormat.JSON else TextFormatter())
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
