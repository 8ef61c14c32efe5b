"""The image service, and the only way bytes come in from addresses that somebody else chose."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.domain.ids import (
    KeyId,
    ProviderRunId,
)
from bot.domain.runs import EndReason

# To read it costs nothing and proves a key: RunBase knows the key, and no such run.
NO_RUN = ProviderRunId("easel-check")


@dataclass(frozen=True, slots=True)
class ImageInput:
    model: str
    prompt: str
    aspect: str
    image_urls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StillRunning:
    pass


@dataclass(frozen=True, slots=True)
class Succeeded:
    """`url` is None when RunBase names none, which it should."""

    url: str | None


@dataclass(frozen=True, slots=True)
class Failed:
    reason: EndReason


Look = StillRunning | Succeeded | Failed


class ImageApi(Protocol):
    """RunBase, one key at a time. A run can be read only with the key that created it."""

    @property
    def keys(self) -> Sequence[KeyId]: ...

    async def create(self, key: KeyId, wanted: ImageInput) -> ProviderRunId:
        """Pay for a run.

        Raises: CreateFailed when certainly nothing was created, CreateUncertain when that cannot be known.
        """

    async def look(self, key: KeyId, run: ProviderRunId) -> Look:
        """Raises: LookFailed, which says nothing about the run."""


class Downloads(Protocol):
    """The only way bytes come in from addresses that somebody else chose."""

    async def reference(self, url: str, *, limit_bytes: int) -> bytes:
        """A file that a member attached on Discord. Raises: DownloadFailed."""

    async def result(self, url: str, *, limit_bytes: int) -> bytes:
        """A picture RunBase made. Raises: DownloadFailed."""
