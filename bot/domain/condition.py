"""The condition of what the bot stands on, as an operator's check finds it: the database and the libraries."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Schema(StrEnum):
    ABSENT = "absent"  # no file yet, or an empty one
    CURRENT = "current"
    OLDER = "older"
    NEWER = "newer"
    FOREIGN = "foreign"  # a database, but not the bot's
    DAMAGED = "damaged"  # no database any more, or one whose pages contradict each other
    UNKNOWN = "unknown"  # could not be read


@dataclass(frozen=True, slots=True)
class DatabaseCondition:
    """`trouble` says in the system's words why the bot could not read or write there; None when it could."""

    path: Path
    schema: Schema
    in_use: bool
    free_bytes: int
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class Library:
    """`version` is None where it is missing or too old to be used."""

    name: str
    version: str | None
