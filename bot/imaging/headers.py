"""Looks through the parts of a file, as it lists them itself, before any decoder does.

Decoders keep a note of each part. A JPEG of 25 MB that is nothing but empty segments took 800 MB, a PNG of empty chunks
230 MB, a WebP 140 MB and the interpreter's lock for a tenth of a second.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from bot.imaging.signatures import JPEG, PNG, WEBP, format_of

# Encoders that write pixels in pieces of 8 kB make 3,000 of 25 MB; other files have up to a hundred.
_MOST_PARTS = 5_000
# Profiles, previews and a phone's map of depths.
_MOST_BESIDE_PIXELS_BYTES = 4_000_000
# Progressive JPEGs have about ten scans; each costs a walk over the whole picture, however small it is.
_START_OF_SCAN = b"\xff\xda"
_MOST_SCANS = 50
_PIXELS = frozenset({b"IDAT", b"fdAT", b"VP8 ", b"VP8L", b"ALPH", b"ANMF"})
# Markers of JPEG that stand alone: TEM, RST0 to RST7, SOI and EOI.
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xDA)})

Part = tuple[bytes, int]


def is_modest(content: bytes) -> bool:
    """Whether this is a PNG, JPEG or WebP that can be decoded without more memory or time than its pixels ask for."""
    kind = format_of(content)
    if kind is None or kind not in _PARTS or (kind == JPEG and content.count(_START_OF_SCAN) > _MOST_SCANS):
        return False
    beside_bytes = 0
    for number, (name, size_bytes) in enumerate(_PARTS[kind](content), start=1):
        beside_bytes += 0 if name in _PIXELS else size_bytes
        if number > _MOST_PARTS or beside_bytes > _MOST_BESIDE_PIXELS_BYTES:
            return False
    return True


def _chunks_of_png(content: bytes) -> Iterator[Part]:
    at = 8  # after the signature
    while at + 8 <= len(content):
        size_bytes = int.from_bytes(content[at : at + 4], "big")
        yield content[at + 4 : at + 8], size_bytes
        at += 12 + size_bytes


def _chunks_of_webp(content: bytes) -> Iterator[Part]:
    at = 12  # after "RIFF", the size and "WEBP"
    while at + 8 <= len(content):
        size_bytes = int.from_bytes(content[at + 4 : at + 8], "little")
        yield content[at : at + 4], size_bytes
        at += 8 + size_bytes + size_bytes % 2


def _segments_of_jpeg(content: bytes) -> Iterator[Part]:
    """Up to the pixels. Whatever is no segment is counted byte by byte, as decoders skip it."""
    at = 0
    while at + 4 <= len(content):
        name = content[at : at + 2]
        if name == _START_OF_SCAN:
            return
        has_length = name[0] == 0xFF and name[1] not in {0x00, 0xFF, *_WITHOUT_LENGTH}
        size_bytes = int.from_bytes(content[at + 2 : at + 4], "big") if has_length else 0
        yield name, size_bytes
        at += 2 + size_bytes if name[0] == 0xFF and name[1] != 0xFF else 1


_PARTS: Mapping[str, Callable[[bytes], Iterator[Part]]] = MappingProxyType(
    {PNG: _chunks_of_png, JPEG: _segments_of_jpeg, WEBP: _chunks_of_webp}
)
