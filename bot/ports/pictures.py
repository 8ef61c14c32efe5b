"""Everything that decodes or encodes pixels, and where bytes lie."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.ids import (
    Sha256,
)
from bot.domain.requests import Change
from bot.domain.thumbnails.design import Design


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


@dataclass(frozen=True, slots=True)
class Cell:
    """A place on a sheet: its label, and a picture or a word that says why there is none."""

    label: str
    content: bytes | None = None
    word: str = "gone"


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

    async def sheet(self, cells: Sequence[Cell], *, columns: int) -> bytes:
        """Small labelled pictures on one sheet, a WebP file; one that cannot be read shows its word instead."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A thumbnail's file; `format` is `png` or `jpeg`, and `quality` that of the JPEG.

    `left_out` are the characters of the headline that no font has.
    """

    content: bytes
    format: str
    quality: int | None
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class Lettering:
    """What the fonts make of a headline: `lettered` in the plain forms that they have, and what is `left_out`."""

    lettered: str
    left_out: str = ""


class Composer(Protocol):
    """Makes thumbnails of pictures. Bytes are hostile; work is done off the event loop, in a process of its own.

    All that take a picture raise ReferenceRefused with the filename.
    """

    def lettering(self, headline: str) -> Lettering:
        """Known at once: only the fonts' lists of characters are looked at."""

    async def compose(self, content: bytes, design: Design, *, filename: str, as_png: bool = False) -> Composed:
        """In the size's exact pixels and under its limit; as a PNG only where that was asked for and fits."""

    async def mock_up(
        self,
        candidates: Sequence[tuple[str, bytes]],
        design: Design,
        *,
        title: str,
        channel: str,
        numbers: Sequence[int] = (),
    ) -> bytes:
        """A PNG of all candidates, lettered, as small as lists show them. Each comes with its filename.

        They bear `numbers`, or else 1, 2, 3, …
        """

    async def small(self, content: bytes, *, filename: str, longest_px: int) -> bytes:
        """A JPEG of the whole picture, no larger than it is."""


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
