"""Finished images as the ledger knows them: what they were made of, who reported them; and as Discord knows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.ids import AttachmentId, MemberId, RequestId, RunId
from bot.domain.images import Image
from bot.domain.requests import Spot, Upload


class ImageStore(Protocol):
    """Reads runs as images, whatever became of them."""

    async def image(self, run: RunId) -> Image | None: ...

    async def images_of(self, request: RequestId) -> Sequence[Image]:
        """In the order of their numbers."""

    async def ancestors(self, run: RunId, *, most: int) -> Sequence[RunId]:
        """What it was made of, and what that was made of, nearest first; the last may be forgotten already."""

    async def children(self, run: RunId, *, most: int) -> Sequence[RunId]:
        """What was made of it and reached its member, oldest first."""

    async def delete(self, run: RunId, at: datetime) -> None:
        """Its bytes are not needed any more. The first time counts."""


class ReportStore(Protocol):
    """Who reported which picture."""

    async def note(self, run: RunId, member: MemberId, at: datetime, *, since: datetime, most: int) -> None:
        """Raises: AlreadyReported, and TooManyReports when the member made `most` of them `since` then."""

    async def forget(self, run: RunId, member: MemberId) -> None:
        """It did not reach anybody, and may be made again."""


@dataclass(frozen=True, slots=True)
class MessageNow:
    """Of a message: whether it is there still, and the pictures it shows; what is no attachment has no id."""

    is_there: bool
    pictures: tuple[tuple[AttachmentId | None, Upload], ...] = ()

    def picture(self, attachment: AttachmentId | None) -> Upload | None:
        return next((upload for one, upload in self.pictures if one is not None and one == attachment), None)


class Whereabouts(Protocol):
    """Looks at messages on Discord."""

    async def look_up(self, spots: Sequence[Spot], *, within_s: float) -> Mapping[Spot, MessageNow]:
        """Of as many as Discord tells of in time."""
