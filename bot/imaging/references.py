"""Makes members' files fit for the model: the everyday ones right here, all others in the sandbox."""

from types import MappingProxyType

from bot.domain.errors import NotAPicture, ReferenceEmpty, ReferenceTooManyPixels
from bot.imaging.conversion import prepared
from bot.imaging.headers import is_modest
from bot.imaging.quiet import quiet
from bot.imaging.sandbox import Order, Room, prepared_apart
from bot.imaging.signatures import JPEG, PNG, WEBP, format_of
from bot.ports import Prepared

# Starting a process takes a tenth of a second or two, which most references need not wait for. These pixels take at
# most 50 MB (PNG 4 bytes a pixel and as much for its copy, JPEG up to 12, WebP 16) and their decoders keep to that.
_MOST_PIXELS_HERE = MappingProxyType({PNG: 6_000_000, JPEG: 4_000_000, WEBP: 3_000_000})


class References:
    """Calls block, and may come from two threads at once."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def prepare(self, content: bytes, filename: str, limit_bytes: int) -> Prepared:
        if not content:
            raise ReferenceEmpty(filename)
        kind = format_of(content)
        if kind is None:
            raise NotAPicture(filename)
        if kind in _MOST_PIXELS_HERE and is_modest(content):
            try:
                return self._prepared_here(content, kind, filename, limit_bytes)
            except ReferenceTooManyPixels:
                pass  # for here: the sandbox takes larger ones, and knows what is too large
        return prepared_apart(Order(content, kind, filename, limit_bytes), self._room)

    def _prepared_here(self, content: bytes, kind: str, filename: str, limit_bytes: int) -> Prepared:
        with self._room.taking(1), quiet():
            return prepared(content, kind, filename=filename, limit_bytes=limit_bytes, most_pixels=_MOST_PIXELS_HERE)
