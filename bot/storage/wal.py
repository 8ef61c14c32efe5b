"""Reads SQLite's write-ahead log as far as it takes to say whether something that was committed is missing from it.

SQLite itself takes the log to end where its chain of checksums breaks. After a crash that is right: what breaks off was
never committed. But when the disk damages the middle, everything behind it is dropped without a word, and a run that
was sent counts as one that was not. Source: https://www.sqlite.org/fileformat2.html#the_write_ahead_log
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple

_HEADER_BYTES, _FRAME_HEADER_BYTES = 32, 24
_MAGIC, _VERSION = 0x377F0682, 3007000
_PAGE_SIZES = {2**power for power in range(9, 17)}
_WORD = 0xFFFFFFFF


class _Sums(NamedTuple):
    first: int
    second: int


@dataclass(frozen=True, slots=True)
class _Frame:
    """`follows` says that its checksum goes on from the frame before."""

    is_commit: bool
    follows: bool


def is_whole(log: Path) -> bool:
    """Whether it ends where it was cut off, if it was. Each commit is on disk before anything follows it, so a chain
    that goes on behind a break, past a commit, was damaged; damage to the very last commit cannot be told from a crash.
    """
    with log.open("rb") as file:
        header = file.read(_HEADER_BYTES)
        if len(header) < _HEADER_BYTES or not any(header):
            return True  # nothing was ever committed to it
        if not _is_header(header):
            return False
        is_broken = has_committed = False
        for frame in _frames(file, header):
            if not frame.follows:
                is_broken, has_committed = True, frame.is_commit
            elif is_broken and has_committed:
                return False
            else:
                has_committed = has_committed or frame.is_commit
    return True


def _is_header(header: bytes) -> bool:
    magic, version, page_bytes = struct.unpack_from(">3I", header)
    is_ours = magic & ~1 == _MAGIC and version == _VERSION and page_bytes in _PAGE_SIZES
    return is_ours and _sums(_order(header), header[:24], _Sums(0, 0)) == struct.unpack_from(">2I", header, 24)


def _frames(file: IO[bytes], header: bytes) -> Iterator[_Frame]:
    """Those of this log; others are left from the time before it was begun anew."""
    order, (page_bytes,) = _order(header), struct.unpack_from(">I", header, 8)
    before = _Sums(*struct.unpack_from(">2I", header, 24))
    while len(frame := file.read(_FRAME_HEADER_BYTES + page_bytes)) == _FRAME_HEADER_BYTES + page_bytes:
        stated = _Sums(*struct.unpack_from(">2I", frame, 16))
        is_ours = frame[8:16] == header[16:24]
        follows = is_ours and _sums(order, frame[:8] + frame[_FRAME_HEADER_BYTES:], before) == stated
        yield _Frame(is_commit=is_ours and any(frame[4:8]), follows=follows)
        before = stated


def _order(header: bytes) -> str:
    return ">" if header[3] & 1 else "<"


def _sums(order: str, content: bytes, before: _Sums) -> _Sums:
    first, second = before
    words = struct.unpack(f"{order}{len(content) // 4}I", content)
    for even, odd in zip(words[::2], words[1::2], strict=True):
        first = (first + even + second) & _WORD
        second = (second + odd + first) & _WORD
    return _Sums(first, second)
