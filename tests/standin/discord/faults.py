"""Troubles on demand: answers and connections that go wrong before or after the effect happened."""

import asyncio
from dataclasses import dataclass, field
from fnmatch import fnmatchcase


@dataclass(frozen=True)
class Status:
    """An error page instead of the request being looked at: 500, 502, 503, ..."""

    code: int


@dataclass(frozen=True)
class StatusAfter:
    """The request takes effect, and the caller is told otherwise."""

    code: int


@dataclass(frozen=True)
class Reset:
    """The connection breaks before the request is looked at."""


@dataclass(frozen=True)
class ResetAfter:
    """The request takes effect, and the connection breaks instead of an answer."""


@dataclass(frozen=True)
class Slow:
    """The request is looked at only after so many seconds."""

    seconds: float


@dataclass(frozen=True)
class Hold:
    """The request is looked at only when the test calls `release`; `arrived` tells that it is there."""

    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def release(self) -> None:
        self.released.set()


Kind = Status | StatusAfter | Reset | ResetAfter | Slow | Hold


@dataclass(frozen=True)
class Met:
    """A fault that a request ran into."""

    kind: Kind
    method: str
    path: str


@dataclass
class _Planned:
    method: str
    path_glob: str
    kind: Kind
    times: int


class Faults:
    """`path_glob` is matched against the path after `/api/v10`; `*` crosses slashes. First planned, first met."""

    def __init__(self) -> None:
        self.met: list[Met] = []
        self._planned: list[_Planned] = []

    def add(self, method: str, path_glob: str, kind: Kind, times: int = 1) -> None:
        self._planned.append(_Planned(method, path_glob, kind, times))

    def clear(self) -> None:
        self._planned.clear()

    @property
    def are_spent(self) -> bool:
        return not self._planned

    def meet(self, method: str, path: str) -> Kind | None:
        for planned in self._planned:
            if planned.method in (method, "*") and fnmatchcase(path, planned.path_glob):
                planned.times -= 1
                if planned.times <= 0:
                    self._planned.remove(planned)
                self.met.append(Met(planned.kind, method, path))
                return planned.kind
        return None
