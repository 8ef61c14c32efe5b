"""All that was ever asked for, a page at a time; and the pictures that were posted from private."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.gallery import Wanted
from bot.domain.ids import ChannelId, RunId, ServerId
from bot.domain.images import Image
from bot.ports.ledger import Placed


@dataclass(frozen=True, slots=True)
class PastImage:
    """An image as a history tells of it, whatever became of it.

    `is_kept` when it waits on disk since it could not be delivered; `took_quota` while its quota is held or spent.
    """

    image: Image
    is_kept: bool
    took_quota: bool


class GalleryStore(Protocol):
    async def page(self, wanted: Wanted, *, skip: int, most: int) -> Sequence[PastImage]:
        """The newest first; of a member's own, those that are kept before all others."""

    async def count(self, wanted: Wanted) -> int: ...

    async def channels(self, server: ServerId) -> Sequence[ChannelId]:
        """Where in a server anything was asked for in public: first where that was last."""


class PostStore(Protocol):
    """Private pictures on their way to a channel. Reserved first and filled in once Discord took them."""

    async def reserve(self, runs: Sequence[RunId], channel: ChannelId, *, shows_prompt: bool, at: datetime) -> bool:
        """All or none. False when one of them is reserved or posted already."""

    async def fill(self, places: Sequence[Placed]) -> None:
        """Where they are now."""

    async def release(self, runs: Sequence[RunId]) -> None:
        """Those that are not posted, for certain, may be reserved again."""
