"""Prepares files in a process of their own, which has little memory, no secrets and nothing to lose.

Decoders can be made to take far more than the picture's size tells: a TIFF of 1 MB with one huge tile took 1.1 GB, an
AVIF of 4 kB that lies about its size 1 GB. They can crash, too.
"""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
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
PARTS = 2
_MOST_S = 60
_OUT_OF_TIME = 24  # SIGXCPU, which Windows does not have
_REPOSITORY = Path(__file__).parents[2]
# Never the bot's own settings, among them its tokens; only what an interpreter may need to start.
_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")
_REFUSALS = {kind.__name__: kind for kind in (BrokenPicture, NotAPicture, ReferenceTooLarge, ReferenceTooManyPixels)}

Child = subprocess.Popen[bytes]


class Died(Exception):
    """The child did not live to give an answer."""


class TookTooLong(Exception):
    """More memory would not help."""


class Room:
    """Memory for two ordinary pictures at a time, or for a large one; and the processes that use it."""

    def __init__(self) -> None:
        self._door = Lock()
        self._parts = Semaphore(PARTS)
        self._changing = Lock()
        self._children: set[Child] = set()
        self._is_closed = False

    @contextmanager
    def taking(self, parts: int) -> Iterator[None]:
        with self._door:  # in turn: a large picture is not overtaken for ever, and two never wait for each other
            for _ in range(parts):
                self._parts.acquire()
        try:
            yield
        finally:
            self._parts.release(parts)

    @contextmanager
    def child(self, start: Callable[[], Child]) -> Iterator[Child]:
        """A process that ends with the block, or with the room. Raises: CancelledError when the room is closed."""
        with self._changing:
            if self._is_closed:
                raise CancelledError
            child = start()
            self._children.add(child)
        with child:
            try:
                yield child
            finally:
                child.kill()
                self._children.discard(child)
        if self._is_closed:
            raise CancelledError

    def close(self) -> None:
        """End whatever is in it, and let nothing in any more."""
        with self._changing:
            self._is_closed = True
            for child in tuple(self._children):
                child.kill()


@dataclass(frozen=True, slots=True)
class Order:
    content: bytes
    format: str
    filename: str
    limit_bytes: int


def prepared_apart(order: Order, room: Room) -> Prepared:
    """Like `conversion.prepared`, at a distance. Raises: ReferenceRefused."""
    try:
        try:
            return _prepared(order, room, parts=1)
        except (ReferenceTooManyPixels, BrokenPicture):  # many decoders do not tell a lack of memory from damage
            return _prepared(order, room, parts=PARTS)
    except TookTooLong as error:
        raise BrokenPicture(order.filename) from error


def _prepared(order: Order, room: Room, *, parts: int) -> Prepared:
    arguments = (order.format, str(order.limit_bytes), str(room_bytes(parts)), str(PARTS // parts))
    try:
        with room.taking(parts):
            told = answer_of(room, "bot.imaging.child", *arguments, sent=order.content, about=order.format)
    except Died as error:
        raise BrokenPicture(order.filename) from error
    line, _, file = told.partition(b"\n")
    answer = json.loads(line)
    if "refused" in answer:
        raise _REFUSALS[answer["refused"]](order.filename, *answer["details"])
    return Prepared(file or order.content, Picture(**answer["picture"]), Change(answer["change"]))


def room_bytes(parts: int) -> int:
    return _ROOM_BYTES * parts // PARTS


def answer_of(room: Room, module: str, *arguments: str, sent: bytes, about: str) -> bytes:
    """What a module of our own, as a process, answers to what it is sent.

    Raises: TookTooLong, Died, CancelledError when the room is closed.
    """
    with room.child(lambda: _started(module, *arguments)) as child:
        try:
            told, complaint = child.communicate(sent, timeout=_MOST_S)
        except subprocess.TimeoutExpired as error:
            log.warning("a picture was given up format=%s bytes=%d after_s=%d", about, len(sent), _MOST_S)
            raise TookTooLong from error
    if child.returncode != 0:
        last = complaint.decode(errors="replace").strip().rpartition("\n")[2]
        log.warning("a decoder died format=%s exit=%d %s", about, child.returncode, last)
        raise TookTooLong if child.returncode == -_OUT_OF_TIME else Died
    return told


def _started(module: str, *arguments: str) -> Child:
    return subprocess.Popen(  # noqa: S603 - our own module; the member's bytes go to its input
        [sys.executable, "-s", "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=_REPOSITORY,
        env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
    )
