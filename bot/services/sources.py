"""Finds the picture of a finished image, to make something of it or to show it once more."""

from collections.abc import Mapping
from dataclasses import replace

from bot.domain.errors import ImageForgotten, ReferencesUnreachable, StorageUnavailable
from bot.domain.ids import AttachmentId
from bot.domain.images import Image, Place
from bot.domain.requests import Upload
from bot.ports import FileStore, Imaging, Whereabouts

_NAME = "picture.png"
_LOOK_WITHIN_S = 0.7  # nothing has been answered yet, and the kept bytes do as well
_SMALL_BYTES = 150_000  # a few hundred pixels a side


class Sources:
    def __init__(self, *, files: FileStore, imaging: Imaging, whereabouts: Whereabouts) -> None:
        self._files = files
        self._imaging = imaging
        self._whereabouts = whereabouts

    async def upload(self, image: Image, seen: Mapping[AttachmentId, Upload]) -> Upload:
        """By the address under which Discord shows it today, else by the kept bytes.

        `seen` are the pictures of the message where somebody points at it.
        Raises: ImageForgotten; ReferencesUnreachable when Discord does not tell whether it is there.
        """
        for place in filter(None, (image.own_place, image.open_place)):
            if place.attachment is not None and place.attachment in seen:
                return _shown(image, seen[place.attachment])
        return await self._elsewhere(image, image.open_place)

    async def small(self, image: Image) -> tuple[bytes, str] | None:
        """A small copy and its format, while the bytes are kept."""
        content = await self._kept(image)
        return None if content is None else await self._imaging.fit(content, limit_bytes=_SMALL_BYTES)

    async def _elsewhere(self, image: Image, place: Place | None) -> Upload:
        message = None
        if place is not None:
            message = (await self._whereabouts.look_up([place.spot], within_s=_LOOK_WITHIN_S)).get(place.spot)
            if message is not None and (found := message.picture(place.attachment)) is not None:
                return _shown(image, found)
        if await self._kept(image) is not None:
            return Upload(_NAME, "", None, kept=image.run.image)
        raise ImageForgotten if place is None or message is not None else ReferencesUnreachable(_NAME)

    async def _kept(self, image: Image) -> bytes | None:
        if image.run.image is None:
            return None
        try:
            return await self._files.read(image.run.image)
        except StorageUnavailable:
            return None


def _shown(image: Image, upload: Upload) -> Upload:
    return replace(upload, kept=image.run.image, is_shown=True)
