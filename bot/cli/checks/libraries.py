"""What the pictures and the database depend on beyond Python packages: formats, letters, SQLite."""

from collections.abc import Iterable

from bot.cli.checks.lines import Line, failed, ok
from bot.domain.condition import Library

_REINSTALL = "Install the libraries anew: rm -r .venv && make setup."
_CURES = {
    "SQLite": "Use a Python that comes with SQLite 3.35 or newer.",
    "fonts": "Put the folder bot/imaging/fonts back as it was delivered: git checkout -- bot/imaging/fonts.",
}


def library_lines(libraries: Iterable[Library]) -> tuple[Line, ...]:
    libraries = tuple(libraries)
    present = ", ".join(f"{one.name} {one.version}" for one in libraries if one.version is not None)
    return ok("libraries", present), *(_missing(one.name) for one in libraries if one.version is None)


def _missing(name: str) -> Line:
    return failed("libraries", f"{name} is missing or too old", _CURES.get(name, _REINSTALL))
