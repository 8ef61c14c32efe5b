"""Reads `queries.sql` and the files in `queries/`: each query by its name, so that SQL stays prose beside the code."""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


@cache
def load_queries() -> dict[str, str]:
    """Raises: ValueError when two have one name."""
    found: dict[str, str] = {}
    for text in _texts():
        _, *parts = _NAME.split(text)
        for name, body in zip(parts[::2], parts[1::2], strict=True):
            if name in found:
                raise ValueError(f"two queries are called {name}")
            found[name] = body.strip()
    return found


def _texts() -> Iterator[str]:
    here = files("bot.storage")
    yield here.joinpath("queries.sql").read_text(encoding="utf-8")
    for entry in here.joinpath("queries").iterdir():
        if entry.name.endswith(".sql"):
            yield entry.read_text(encoding="utf-8")


def query(name: str) -> str:
    return load_queries()[name]
