"""Which function answers which route."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.standin.discord.refusals import no_such_route
from tests.standin.discord.world import Json, Upload


@dataclass(frozen=True)
class Call:
    """A request, read: parameters of the path, query, JSON and files by their index."""

    params: Mapping[str, str]
    query: Mapping[str, str]
    body: Any = None
    files: Mapping[int, Upload] = field(default_factory=dict)

    def id(self, name: str) -> int:
        """Raises: Refusal when the path holds no snowflake there."""
        value = self.params[name]
        if not value.isdecimal():
            raise no_such_route()
        return int(value)

    @property
    def form(self) -> Json:
        return self.body if isinstance(self.body, dict) else {}


@dataclass(frozen=True)
class Answer:
    status: int = 204
    body: Any = None


def found(body: Any) -> Answer:
    return Answer(200, body)


Handler = Callable[[Call], Answer]

# discord-api-docs, topics/rate-limits.mdx: these parameters get buckets of their own.
MAJOR = ("channel", "server", "token")


@dataclass(frozen=True)
class Route:
    """`template` names parameters in braces; `needs_bot` routes want the bot's token."""

    method: str
    template: str
    handler: Handler
    needs_bot: bool = True

    def bucket(self, params: Mapping[str, str]) -> str:
        majors = ":".join(params[name] for name in MAJOR if name in params)
        return f"{self.method} {self.template}|{majors}"


class Router:
    def __init__(self, routes: list[Route]) -> None:
        self._routes = [(route, _pattern(route.template)) for route in routes]

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        """Raises: Refusal 404."""
        for route, pattern in self._routes:
            matched = pattern.fullmatch(path) if route.method == method else None
            if matched:
                return route, matched.groupdict()
        raise no_such_route()


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template))
