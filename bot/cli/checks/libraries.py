"""What the pictures and the database depend on beyond Python packages: formats, scripts, SQLite."""

from collections.abc import Iterable

from bot.cli.checks.lines import Line, failed, ok, warning
from bot.domain.condition import Library

# Without these only some scripts look wrong in pictures with letters.
_FOR_LETTERS = {"raqm", "FriBiDi"}
_LETTERS_CURE = (
    "Install FriBiDi (Debian, Ubuntu: apt-get install libfribidi0), or Arabic and Hebrew letters look wrong."
)
_REINSTALL = "Install the libraries anew: rm -r .venv && make setup."
_CURES = {"SQLite": "Use a Python that comes with SQLite 3.35 or newer."}


def library_lines(libraries: Iterable[Library]) -> tuple[Line, ...]:
    libraries = tuple(libraries)
    present = ", ".join(f"{one.name} {one.version}" for one in libraries if one.version is not None)
    return ok("libraries", present), *(_missing(one.name) for one in libraries if one.version is None)


def _missing(name: str) -> Line:
    if name in _FOR_LETTERS:
        return warning("libraries", f"{name} is missing", _LETTERS_CURE)
    return failed("libraries", f"{name} is missing or too old", _CURES.get(name, _REINSTALL))
