"""Prepares files in a process of their own, which has little memory, no secrets and nothing to lose.

Decoders can be made to take far more than the picture's size tells: a TIFF of 1 MB with one huge tile took 1.1 GB, an
AVIF of 4 kB that lies about its size 1 GB. They can crash, too.
"""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Semaphore

from bot.domain.errors import BrokenPicture, NotAPicture, ReferenceTooLarge, ReferenceTooManyPixels
from bot.domain.requests import Change
from bot.ports import Picture, Prepared

log = logging.getLogger(__name__)

# A container of 512 MB has as much to spare. An iPhone's 24 megapixels need 200 MB, most pictures less than half of it.
# Hostile files take all of it, and the libraries 13 MB more: below 250 MB, like the bot itself.
_ROOM_BYTES = 224 * 1024 * 1024
_PARTS = 2
_MOST_S = 60
_OUT_OF_TIME = 24  # SIGXCPU, which Windows does not have
_REPOSITORY = Path(__file__).parents[2]
# Never the bot's own settings, among them its tokens; only what an interpreter may need to start.
_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")
_REFUSALS = {kind.__name__: kind for kind in (BrokenPicture, NotAPicture, ReferenceTooLarge, ReferenceTooManyPixels)}
_DIED = '{"refused": "BrokenPicture", "details": []}'


class _TookTooLong(BrokenPicture):
    """More memory would not help."""


class Room:
    """Memory for two ordinary pictures at a time, or for a large one."""

    def __init__(self) -> None:
        self._door = Lock()
        self._parts = Semaphore(_PARTS)

    @contextmanager
    def taking(self, parts: int) -> Iterator[None]:
        with self._door:  # in turn: a large picture is not overtaken for ever, and two never wait for each other
            for _ in range(parts):
                self._parts.acquire()
        try:
            yield
        finally:
            self._parts.release(parts)


@dataclass(frozen=True, slots=True)
class Order:
    content: bytes
    format: str
    filename: str
    limit_bytes: int


def prepared_apart(order: Order, room: Room) -> Prepared:
    """Like `conversion.prepared`, at a distance. Raises: ReferenceRefused."""
    try:
        return _prepared(order, room, parts=1)
    except _TookTooLong:
        raise
    except (ReferenceTooManyPixels, BrokenPicture):  # many decoders do not tell a lack of memory from damage
        return _prepared(order, room, parts=_PARTS)


def _prepared(order: Order, room: Room, *, parts: int) -> Prepared:
    share = _PARTS // parts
    with room.taking(parts):
        line, file = _asked(order, str(_ROOM_BYTES // share), str(share))
    answer = json.loads(line or _DIED)
    if "refused" in answer:
        raise _REFUSALS[answer["refused"]](order.filename, *answer["details"])
    return Prepared(file or order.content, Picture(**answer["picture"]), Change(answer["change"]))


def _asked(order: Order, *room: str) -> tuple[bytes, bytes]:
    """The child's answer in its two parts; empty when it did not live to give one."""
    try:
        done = subprocess.run(  # noqa: S603 - our own module; the member's bytes go to its input
            [sys.executable, "-s", "-m", "bot.imaging.child", order.format, str(order.limit_bytes), *room],
            input=order.content,
            capture_output=True,
            cwd=_REPOSITORY,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            timeout=_MOST_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        log.warning("a picture was given up format=%s bytes=%d after_s=%d", order.format, len(order.content), _MOST_S)
        raise _TookTooLong(order.filename) from error
    if done.returncode != 0:
        last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        log.warning("a decoder died format=%s exit=%d %s", order.format, done.returncode, last)
        if done.returncode == -_OUT_OF_TIME:
            raise _TookTooLong(order.filename)
        return b"", b""
    line, _, file = done.stdout.partition(b"\n")
    return line, file
