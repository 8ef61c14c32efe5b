"""What a picture was made of, what was made of it, and what is left of all of them."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.domain.errors import (
    DownloadFailed,
    ImageForgotten,
    NotShownHere,
    ReferencesUnreachable,
    RequestGone,
    StorageUnavailable,
)
from bot.domain.ids import ChannelId, RunId
from bot.domain.images import Image, Sight, Viewer
from bot.domain.lineage import Fate, Kin, Relative, WayBack
from bot.domain.requests import Parent, Spot, Upload
from bot.ports import Cell, Downloads, FileStore, ImageStore, Imaging, MessageNow, Whereabouts
from bot.services.sources import Sources
from bot.services.viewing import Viewing

_MOST_ANCESTORS = 9
_MOST_CHILDREN = 4
_MOST_LOOKED_FOR = 8  # messages, each of which is a request to Discord
_LOOK_WITHIN_S = 2.0
_LOOK_BACK_WITHIN_S = 1.0  # a form has to be the first answer, within three seconds
_COLUMNS = 5
# A dozen pictures are in memory at once, twice while the sheet is drawn. Most have two megabytes.
_MOST_BYTES = 24_000_000
_MOST_WAITING = 20  # each takes a second or two, and nobody waits for more than some
_UNNAMED = "picture.png"
EMPTY_FRAMES: Mapping[Fate, str] = {
    Fate.THERE: "not kept",
    Fate.DELETED: "deleted",
    Fate.HIDDEN: "private",
    Fate.CLOSED: "not shown",
    Fate.OUTSIDE: "not mine",
    Fate.FORGOTTEN: "too old",
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A kin with the sheet that shows it, a WebP file; without one where too many wait for theirs."""

    kin: Kin
    sheet: bytes | None


class Lineage:
    def __init__(
        self,
        *,
        downloads: Downloads,
        files: FileStore,
        images: ImageStore,
        imaging: Imaging,
        sources: Sources,
        viewing: Viewing,
        whereabouts: Whereabouts,
    ) -> None:
        self._downloads = downloads
        self._files = files
        self._images = images
        self._imaging = imaging
        self._sources = sources
        self._viewing = viewing
        self._whereabouts = whereabouts
        self._drawing = asyncio.Semaphore(1)
        self._waiting = 0

    async def draw(self, run: RunId, viewer: Viewer) -> Drawn:
        """Asks Discord which messages are there still. Raises: what `Viewing.look` raises."""
        kin = await self._kin(await self._viewing.look(run, viewer), viewer)
        spots = [one.spot for one in (kin.this, *reversed(kin.ancestors), *kin.children) if one.spot]
        seen = await self._whereabouts.look_up(spots[:_MOST_LOOKED_FOR], within_s=_LOOK_WITHIN_S)
        kin = _as_seen(kin, seen)
        return Drawn(kin, await self._sheet(kin, seen))

    async def way_back(self, run: RunId, viewer: Viewer) -> WayBack:
        """To what a picture was made of, by its message or else by the bytes that are kept.

        Raises: what `Viewing.look` raises, of the picture or of its parent; ImageForgotten, ReferencesUnreachable.
        """
        image = await self._viewing.look(run, viewer)
        parent = image.request.parent
        if parent is None:
            raise RequestGone
        private = image.open_place is None
        made_of = None if parent.run_id is None else await self._images.image(parent.run_id)
        if made_of is None:
            back = Parent(parent.channel_id, parent.message_id, parent.run_id)
            return WayBack(back, await self._outside(parent, viewer), private)
        await self._viewing.check(made_of, viewer)
        pictures = (await self._sources.upload(made_of, {}),)
        place = made_of.open_place
        if place is None:
            return WayBack(Parent(made_of.request.address.channel_id, None, made_of.id), pictures, private=True)
        return WayBack(Parent(place.spot.channel, place.spot.message, made_of.id), pictures, private)

    async def _sheet(self, kin: Kin, seen: Mapping[Spot, MessageNow]) -> bytes | None:
        if self._waiting >= _MOST_WAITING:
            return None
        self._waiting += 1
        try:
            async with self._drawing:
                return await self._imaging.sheet(await self._cells(kin, seen), columns=_COLUMNS)
        finally:
            self._waiting -= 1

    async def _kin(self, image: Image, viewer: Viewer) -> Kin:
        line = await self._images.ancestors(image.id, most=_MOST_ANCESTORS + 1)
        children = await self._images.children(image.id, most=_MOST_CHILDREN + 1)
        older = [await self._images.image(run) for run in line[:_MOST_ANCESTORS]]
        younger = [await self._images.image(run) for run in children[:_MOST_CHILDREN]]
        await viewer.ask_about(_channels((image, *older, *younger), viewer))
        ancestors = [_of(one, viewer) for one in older]
        eldest = ancestors[-1].image if ancestors else image
        is_whole = len(line) <= _MOST_ANCESTORS
        if is_whole and eldest is not None and (outside := _outside_of(eldest, viewer)) is not None:
            ancestors.append(outside)
        return Kin(
            ancestors=tuple(reversed(ancestors)),
            this=_of(image, viewer),
            children=tuple(_of(one, viewer) for one in younger),
            has_earlier=not is_whole,
            has_more_children=len(children) > _MOST_CHILDREN,
        )

    async def _cells(self, kin: Kin, seen: Mapping[Spot, MessageNow]) -> Sequence[Cell]:
        cells, left_bytes = [], _MOST_BYTES
        for number, relative in enumerate(kin.members, start=1):
            content = await self._content(relative, seen, left_bytes)
            left_bytes -= len(content or b"")
            cells.append(Cell(str(number), content, EMPTY_FRAMES[relative.fate]))
        return cells

    async def _content(self, relative: Relative, seen: Mapping[Spot, MessageNow], limit_bytes: int) -> bytes | None:
        image = relative.image
        if relative.fate is not Fate.THERE or image is None or image.run.image is None:
            return None
        try:
            content = await self._files.read(image.run.image)
            return content if len(content) <= limit_bytes else None
        except StorageUnavailable:
            upload = _shown(relative, seen)
        if upload is None:
            return None
        try:
            return await self._downloads.reference(upload.url, limit_bytes=limit_bytes)
        except DownloadFailed:
            return None

    async def _outside(self, parent: Parent, viewer: Viewer) -> tuple[Upload, ...]:
        """Raises: NotShownHere, ImageForgotten, ReferencesUnreachable."""
        if parent.message_id is None:
            raise ImageForgotten
        await viewer.ask_about([parent.channel_id])
        if not viewer.may_enter(parent.channel_id):
            raise NotShownHere
        spot = Spot(parent.channel_id, parent.message_id)
        found = (await self._whereabouts.look_up([spot], within_s=_LOOK_BACK_WITHIN_S)).get(spot)
        if found is None:
            raise ReferencesUnreachable(_UNNAMED)
        if not found.pictures:
            raise ImageForgotten
        return tuple(upload for _, upload in found.pictures)


def _channels(images: Sequence[Image | None], viewer: Viewer) -> Sequence[ChannelId]:
    """What has to be known before it is told of them, and of what was there before them."""
    there = [one for one in images if one is not None]
    parents = [one.request.parent for one in there]
    outside = [one.channel_id for one in parents if one is not None and one.run_id is None]
    return [*outside, *(channel for one in there for channel in one.depends_on(viewer))]


def _of(image: Image | None, viewer: Viewer) -> Relative:
    if image is None:
        return Relative(Fate.FORGOTTEN)
    sight = image.sight_of(viewer)
    if sight is Sight.NOTHING:
        return Relative(Fate.HIDDEN if image.seen_in is None else Fate.CLOSED)
    fate = Fate.DELETED if image.is_deleted else Fate.THERE
    place = None if image.is_deleted else image.open_place
    return Relative(fate, image, place.spot if place else None, is_quoted=sight is Sight.WHOLE)


def _outside_of(image: Image, viewer: Viewer) -> Relative | None:
    """What the eldest was made of, when that is none of the bot's own."""
    parent = image.request.parent
    if parent is None or parent.run_id is not None:
        return None
    if parent.message_id is None:
        return Relative(Fate.HIDDEN)
    if not viewer.may_enter(parent.channel_id):
        return Relative(Fate.CLOSED)
    return Relative(Fate.OUTSIDE, spot=Spot(parent.channel_id, parent.message_id))


def _as_seen(kin: Kin, seen: Mapping[Spot, MessageNow]) -> Kin:
    return replace(
        kin,
        ancestors=tuple(_after_a_look(one, seen) for one in kin.ancestors),
        this=_after_a_look(kin.this, seen),
        children=tuple(_after_a_look(one, seen) for one in kin.children),
    )


def _after_a_look(relative: Relative, seen: Mapping[Spot, MessageNow]) -> Relative:
    """Gone is what Discord says is gone; what it did not tell of counts as there."""
    found = seen.get(relative.spot) if relative.spot else None
    if found is None or (found.is_there and _has_file(relative, found)):
        return relative
    return replace(relative, fate=Fate.DELETED, spot=None)


def _has_file(relative: Relative, found: MessageNow) -> bool:
    """Where it is not known which file it was, the message is as good."""
    place = relative.image.open_place if relative.image else None
    return place is None or place.attachment is None or found.picture(place.attachment) is not None


def _shown(relative: Relative, seen: Mapping[Spot, MessageNow]) -> Upload | None:
    place = relative.image.open_place if relative.image else None
    found = seen.get(place.spot) if place else None
    return found.picture(place.attachment) if place and found else None
