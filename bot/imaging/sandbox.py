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
PARTS = 2
_MOST_S = 60
_OUT_OF_TIME = 24  # SIGXCPU, which Windows does not have
_REPOSITORY = Path(__file__).parents[2]
# Never the bot's own settings, among them its tokens; only what an interpreter may need to start.
_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")
_REFUSALS = {kind.__name__: kind for kind in (BrokenPicture, NotAPicture, ReferenceTooLarge, ReferenceTooManyPixels)}


class Died(Exception):
    """The child did not live to give an answer."""


class TookTooLong(Exception):
    """More memory would not help."""


class Room:
    """Memory for two ordinary pictures at a time, or for a large one."""

    def __init__(self) -> None:
        self._door = Lock()
        self._parts = Semaphore(PARTS)

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
            told = answer_of("bot.imaging.child", *arguments, sent=order.content, about=order.format)
    except Died as error:
        raise BrokenPicture(order.filename) from error
    line, _, file = told.partition(b"\n")
    answer = json.loads(line)
    if "refused" in answer:
        raise _REFUSALS[answer["refused"]](order.filename, *answer["details"])
    return Prepared(file or order.content, Picture(**answer["picture"]), Change(answer["change"]))


def room_bytes(parts: int) -> int:
    return _ROOM_BYTES * parts // PARTS


def answer_of(module: str, *arguments: str, sent: bytes, about: str) -> bytes:
    """What a module of our own, as a process, answers to what it is sent. Raises: TookTooLong, Died."""
    try:
        done = subprocess.run(  # noqa: S603 - our own module; the member's bytes go to its input
            [sys.executable, "-s", "-m", module, *arguments],
            input=sent,
            capture_output=True,
            cwd=_REPOSITORY,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            timeout=_MOST_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        log.warning("a picture was given up format=%s bytes=%d after_s=%d", about, len(sent), _MOST_S)
        raise TookTooLong from error
    if done.returncode != 0:
        last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        log.warning("a decoder died format=%s exit=%d %s", about, done.returncode, last)
        raise TookTooLong if done.returncode == -_OUT_OF_TIME else Died
    return done.stdout
