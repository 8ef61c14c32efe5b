"""Leafing through all that was asked for, and opening a picture of it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from bot.domain.errors import FileLost
from bot.domain.gallery import PER_PAGE, Wanted, Whose
from bot.domain.ids import ChannelId
from bot.domain.images import Image, Viewer
from bot.domain.posting import NotModerator
from bot.ports import FileStore, GalleryStore, Imaging, PastImage
from bot.services.sheets import Frame, Sheets

_COLUMNS = 3
_OPEN_AT_ONCE = 4  # each holds a picture in memory while it is uploaded


@dataclass(frozen=True, slots=True)
class Page:
    """Of what was `wanted`, the page with this number from 0; empty only when there is nothing at all."""

    wanted: Wanted
    pasts: tuple[PastImage, ...]
    number: int
    has_older: bool


class Gallery:
    def __init__(self, *, files: FileStore, gallery: GalleryStore, imaging: Imaging) -> None:
        self._files = files
        self._gallery = gallery
        self._imaging = imaging
        self._sheets = Sheets(files=files, imaging=imaging)
        self._opening = asyncio.Semaphore(_OPEN_AT_ONCE)

    async def page(self, viewer: Viewer, here: ChannelId, *, whose: Whose, search: str, number: int) -> Page:
        """The last page instead of one that is not there. Raises: NotModerator."""
        wanted = await self._wanted(viewer, here, whose, search)
        page = await self._page(wanted, number)
        if page.pasts or not number:
            return page
        last = (await self._gallery.count(wanted) - 1) // PER_PAGE
        return await self._page(wanted, max(0, last))

    async def sheet(self, frames: Sequence[Frame]) -> bytes | None:
        """The pictures of a page; None when none of them is here, or too many members are waiting for theirs."""
        return await self._sheets.of(frames, columns=_COLUMNS)

    @asynccontextmanager
    async def copy(self, image: Image, *, limit_bytes: int) -> AsyncIterator[tuple[bytes, str] | None]:
        """The kept picture and its format, for as long as it takes to show it; None when it had its time."""
        async with self._opening:
            yield await self._copy(image, limit_bytes)

    async def _wanted(self, viewer: Viewer, here: ChannelId, whose: Whose, search: str) -> Wanted:
        wanted = Wanted(viewer.server, viewer.member, whose, search)
        if whose is Whose.MINE:
            return wanted
        if not viewer.may_moderate(here):
            raise NotModerator
        channels = await self._gallery.channels(viewer.server)
        are_known = await viewer.ask_about(channels)
        hidden = frozenset(one for one in channels if not (viewer.may_enter(one) and viewer.may_moderate(one)))
        return replace(wanted, hidden=hidden, is_partial=not are_known)

    async def _page(self, wanted: Wanted, number: int) -> Page:
        pasts = await self._gallery.page(wanted, skip=number * PER_PAGE, most=PER_PAGE + 1)
        return Page(wanted, tuple(pasts[:PER_PAGE]), number, has_older=len(pasts) > PER_PAGE)

    async def _copy(self, image: Image, limit_bytes: int) -> tuple[bytes, str] | None:
        if image.run.image is None:
            return None
        try:
            content = await self._files.read(image.run.image)
        except FileLost:
            return None
        return await self._imaging.fit(content, limit_bytes=limit_bytes)
