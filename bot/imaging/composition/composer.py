"""`Composer`: has thumbnails made in the sandbox, since every picture has to be decoded for it."""

import asyncio
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bot.domain.errors import (
    BrokenPicture,
    NotAPicture,
    ReferenceEmpty,
    ReferenceRefused,
    ReferenceTooManyPixels,
)
from bot.domain.thumbnails.design import Design
from bot.imaging.composition.orders import Order, told
from bot.imaging.lettering.coverage import lettering
from bot.imaging.sandbox import PARTS, Died, Room, TookTooLong, answer_of, room_bytes
from bot.imaging.signatures import PNG, format_of
from bot.ports import Composed, Lettering

_MODULE = "bot.imaging.composition.child"
_REFUSALS = {kind.__name__: kind for kind in (BrokenPicture, NotAPicture, ReferenceTooManyPixels)}
# Half the sandbox's memory is enough for a picture of this many pixels, its letters and its file.
_MOST_PIXELS_IN_HALF = 2_500_000


class SandboxedComposer:
    """`Composer`; shares its room with whatever else decodes, so that the machine's memory is counted once."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="thumbnails")  # they wait for processes

    def close(self) -> None:
        """Waits for nothing: what is being made ends without a result, and so does all else in the room."""
        self._room.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def lettering(self, headline: str) -> Lettering:
        return lettering(headline)

    async def compose(self, content: bytes, design: Design, *, filename: str, as_png: bool = False) -> Composed:
        words = {"design": told(design), "as_png": as_png}
        width, height = design.size.pixels
        parts = 1 if width * height <= _MOST_PIXELS_IN_HALF else PARTS
        line, file = await self._made("compose", words, content, filename, parts=parts)
        return Composed(file, line["format"], line["quality"], line["left_out"])

    async def mock_up(
        self,
        candidates: Sequence[tuple[str, bytes]],
        design: Design,
        *,
        title: str,
        channel: str,
        numbers: Sequence[int] = (),
    ) -> bytes:
        words = {"design": told(design)}
        making = [self._made("tile", words, content, filename) for filename, content in candidates]
        tiles = [(PNG, tile) for _, tile in await asyncio.gather(*making)]
        shown = list(numbers or range(1, len(tiles) + 1))
        order = Order("mockup", {"title": title, "channel": channel, "numbers": shown}, tiles)
        _, file = await self._run(lambda: self._answer(order, PARTS, ""))
        return file

    async def small(self, content: bytes, *, filename: str, longest_px: int) -> bytes:
        _, file = await self._made("small", {"longest_px": longest_px}, content, filename)
        return file

    async def _made(
        self, kind: str, words: dict[str, Any], content: bytes, filename: str, *, parts: int = 1
    ) -> tuple[dict[str, Any], bytes]:
        if not content:
            raise ReferenceEmpty(filename)
        form = format_of(content)
        if form is None:
            raise NotAPicture(filename)
        order = Order(kind, words, [(form, content)])
        return await self._run(lambda: self._patiently(order, parts, filename))

    async def _run(self, work: Callable[[], tuple[dict[str, Any], bytes]]) -> tuple[dict[str, Any], bytes]:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def _patiently(self, order: Order, parts: int, filename: str) -> tuple[dict[str, Any], bytes]:
        """Once more with all the room: many decoders do not tell a lack of memory from damage."""
        try:
            return self._answer(order, parts, filename)
        except (ReferenceTooManyPixels, BrokenPicture) as error:
            if parts == PARTS or isinstance(error.__cause__, TookTooLong):
                raise
            return self._answer(order, PARTS, filename)

    def _answer(self, order: Order, parts: int, filename: str) -> tuple[dict[str, Any], bytes]:
        room = (str(room_bytes(parts)), str(PARTS // parts))
        try:
            with self._room.taking(parts):
                answer = answer_of(self._room, _MODULE, *room, sent=order.written(), about=order.kind)
        except (Died, TookTooLong) as error:
            raise BrokenPicture(filename) from error
        line, _, file = answer.partition(b"\n")
        said: dict[str, Any] = json.loads(line)
        if "refused" in said:
            raise _refusal(said, filename)
        return said, file


def _refusal(said: dict[str, Any], filename: str) -> ReferenceRefused:
    return _REFUSALS[said["refused"]](filename, *said["details"])
