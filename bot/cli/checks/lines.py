"""One line of a check: a verdict in a word, what was looked at, what was found, and what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

_NAMED = 5


class Verdict(StrEnum):
    OK = "ok"
    WARNING = "warning"  # the bot serves, and something deserves a look
    FAILED = "failed"  # the bot does not start, or does not serve as configured
    SKIPPED = "skipped"  # could not be looked at, because of a line above


@dataclass(frozen=True, slots=True)
class Line:
    verdict: Verdict
    subject: str
    finding: str
    cure: str = ""


def ok(subject: str, finding: str) -> Line:
    return Line(Verdict.OK, subject, finding)


def warning(subject: str, finding: str, cure: str) -> Line:
    return Line(Verdict.WARNING, subject, finding, cure)


def failed(subject: str, finding: str, cure: str) -> Line:
    return Line(Verdict.FAILED, subject, finding, cure)


def skipped(subject: str, why: str) -> Line:
    return Line(Verdict.SKIPPED, subject, why)


def printable(text: str, *, limit: int = 60) -> str:
    """Of a text that strangers chose: no control characters that a terminal would obey, and not endless."""
    shown = "".join(character if character.isprintable() else "?" for character in text)
    return shown if len(shown) <= limit else f"{shown[: limit - 1]}…"


def counted(count: int, thing: str) -> str:
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"


def some_of(names: Iterable[str]) -> str:
    """The first few, and how many more there are."""
    listed = list(names)
    others = len(listed) - _NAMED
    return ", ".join(listed[:_NAMED]) + (f" and {others:,} more" if others > 0 else "")
