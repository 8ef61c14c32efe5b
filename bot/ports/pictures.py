"""Everything that decodes or encodes pixels, and where bytes lie."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.ids import (
    Sha256,
)
from bot.domain.requests import Change


@dataclass(frozen=True, slots=True)
class Picture:
    """What a file turned out to be; `format` is `png`, `jpeg` or `webp`."""

    format: str
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """A reference fit for the model. With `Change.NONE` the content is the very bytes that came in."""

    content: bytes
    picture: Picture
    change: Change


class Imaging(Protocol):
    """Everything that decodes or encodes pixels. Bytes are hostile; work is done off the event loop."""

    async def prepare(self, content: bytes, *, filename: str, limit_bytes: int) -> Prepared:
        """A member's file as a PNG, JPEG or WebP of at most `limit_bytes`. Raises: ReferenceRefused."""

    async def inspect(self, content: bytes, *, filename: str) -> Picture:
        """Decode the whole picture once. Raises: ReferenceRefused with the filename."""

    async def fit(self, content: bytes, *, limit_bytes: int) -> tuple[bytes, str]:
        """The picture as a file of at most `limit_bytes` and its format, untouched when it fits already."""

    async def convert(self, content: bytes, *, into: str) -> bytes:
        """The picture as a `png`, `jpeg` or `webp` file, untouched when it is one already."""


@dataclass(frozen=True, slots=True)
class Staged:
    """Bytes that are on disk under `name`, and cannot be read by their SHA-256 yet."""

    sha256: Sha256
    name: str


class FileStore(Protocol):
    """Bytes by their SHA-256. All raise StorageUnavailable."""

    async def keep(self, content: bytes) -> Sha256: ...

    async def check_room(self) -> None:
        """Once something was refused: whether as much would be kept now. What cannot be kept must not be paid for."""

    async def stage(self, content: bytes) -> Staged:
        """For bytes that may not be wanted in the end: keep or discard what comes back."""

    async def keep_staged(self, staged: Staged) -> None: ...

    async def discard(self, staged: Staged) -> None:
        """Whatever was kept stays as it is."""

    async def read(self, sha256: Sha256) -> bytes: ...

    async def sweep(self, needed: Set[Sha256], *, before: datetime) -> int:
        """Delete what is not needed and was last kept before a moment."""
