"""Small files that want to be large once somebody opens them, of every kind the bot reads."""

import io
import struct
import zlib
from collections.abc import Callable, Mapping
from functools import cache

from PIL import Image

from tests.unit.picture_files import (
    PIXELS_AT,
    animation,
    drawing,
    file,
    iso_that_claims,
    png_chunk,
    png_that_claims,
    tiff,
    tiff_with_a_huge_tile,
)

MOST = 12_000_000  # half of what the bot takes of one file
Bomb = Callable[[], bytes]


@cache
def zeros(megabytes: int) -> bytes:
    """What unpacks to so many, in a thousandth of the space."""
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(1_000_000)) for _ in range(megabytes)) + packer.flush()


def png_with(*chunks: bytes) -> bytes:
    """Before its pixels."""
    content = file(drawing(), "PNG")
    at = content.index(b"IDAT") - 4
    return content[:at] + b"".join(chunks) + content[at:]


def png_of_texts(count: int) -> bytes:
    text = zlib.compress(b"x" * 1_000_000, 9)
    return png_with(*(png_chunk(b"zTXt", b"%d\0\0" % number + text) for number in range(count)))


def jpeg_with(*segments: bytes) -> bytes:
    content = file(drawing(), "JPEG")
    return content[:2] + b"".join(segments) + content[2:]


def exif_of_overlapping_values(size_bytes: int) -> bytes:
    """5,000 tags, each of which points to all of it."""
    tags = b"".join(struct.pack("<HHII", tag, 7, size_bytes - 70_000, 0) for tag in range(1, 5001))
    return (b"II*\0\x08\0\0\0" + struct.pack("<H", 5000) + tags).ljust(size_bytes, b"\0")


def jpeg_of_exif() -> bytes:
    exif = exif_of_overlapping_values(MOST - 1_000_000)
    parts = [b"Exif\0\0" + exif[at : at + 60_000] for at in range(0, len(exif), 60_000)]
    return jpeg_with(*(b"\xff\xe1" + struct.pack(">H", len(part) + 2) + part for part in parts))


def webp_with(*chunks: bytes) -> bytes:
    body = file(drawing(), "WEBP", lossless=True, exif=Image.Exif())[12:] + b"".join(chunks)
    return riff(body if body[:4] == b"VP8X" else animation("WEBP", lossless=True)[12:] + b"".join(chunks))


def riff(body: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def webp_of_frames() -> bytes:
    still = animation("WEBP", lossless=True)
    at = still.index(b"ANMF")
    frame = still[at : at + 8 + struct.unpack("<I", still[at + 4 : at + 8])[0]]
    return riff(still[12:at] + frame * 10_000)


def webp_that_claims(width: int, height: int) -> bytes:
    content = bytearray(animation("WEBP", lossless=True))
    at = content.index(b"VP8X") + 12  # the canvas, after the chunk's length and flags
    content[at : at + 6] = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return bytes(content)


def jpeg_that_claims(width: int, height: int, kind: bytes = b"\xff\xc0") -> bytes:
    content = bytearray(file(drawing(), "JPEG", progressive=kind == b"\xff\xc2"))
    at = content.index(kind) + 5
    content[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(content)


def gif_of_frames(count: int) -> bytes:
    """On the largest canvas there is."""
    frame = b"\x21\xf9\x04\0\0\0\0\0" + b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\0"
    return b"GIF89a" + struct.pack("<HHBBB", 0xFFFF, 0xFFFF, 0x80, 0, 0) + bytes(6) + frame * count + b";"


def bmp_that_claims(width: int, height: int, *, bits: int = 24, offset: int = 54, compression: int = 0) -> bytes:
    head = struct.pack("<2sIHHI", b"BM", 0xFFFFFFFF, 0, 0, offset)
    return head + struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, compression, 0, 0, 0, 0, 0) + bytes(1000)


def tiff_that_claims(width: int, height: int, *, rows: int, strip: bytes, size_bytes: int | None = None) -> bytes:
    kind = [(258, [8, 8, 8]), (259, [8]), (262, [2]), (277, [3]), (278, [rows])]
    strips = [(273, [PIXELS_AT]), (279, [len(strip) if size_bytes is None else size_bytes])]
    return tiff([(256, [width]), (257, [height]), *kind, *strips], strip)


def apng_of_frames(count: int) -> bytes:
    control = [struct.pack(">IIIIIHHBB", number, 64, 48, 0, 0, 1, 1, 0, 0) for number in range(count)]
    return png_with(png_chunk(b"acTL", struct.pack(">II", 0xFFFFFF, 0)), *(png_chunk(b"fcTL", one) for one in control))


def iso(kind: str, claimed: tuple[int, int]) -> bytes:
    return iso_that_claims(file(drawing(size=(256, 256)), kind), claimed)


def pages(count: int) -> bytes:
    target = io.BytesIO()
    drawing().save(target, "TIFF", save_all=True, append_images=[drawing()] * count)
    return target.getvalue()


BOMBS: Mapping[str, Bomb] = {
    "a PNG of 50,000 × 50,000": lambda: png_that_claims(50_000, 50_000, bytes(10_000_000)),
    "a PNG with a gigabyte behind its pixels": lambda: png_that_claims(64, 48, bytes(1)) + zeros(1000),
    "a PNG whose pixels go on for a gigabyte": lambda: (
        png_that_claims(64, 48, b"")[:33] + png_chunk(b"IDAT", zeros(1000)) + png_chunk(b"IEND", b"")
    ),
    "a PNG with a profile of a gigabyte": lambda: png_with(png_chunk(b"iCCP", b"x\0\0" + zeros(1000))),
    "a PNG with a text of a gigabyte": lambda: png_with(png_chunk(b"zTXt", b"x\0\0" + zeros(1000))),
    "a PNG with an international text of a gigabyte": lambda: png_with(
        png_chunk(b"iTXt", b"x\0\x01\0\0\0" + zeros(1000))
    ),
    "a PNG of a thousand texts of a megabyte": lambda: png_of_texts(1000),
    "a PNG of a million texts": lambda: png_with(png_chunk(b"tEXt", b"") * (MOST // 12)),
    "a PNG of a million unknown chunks": lambda: png_with(png_chunk(b"abCd", b"") * (MOST // 12)),
    "a PNG of a million pieces": lambda: png_with(png_chunk(b"IDAT", b"") * (MOST // 12)),
    "a PNG with overlapping metadata": lambda: png_with(
        png_chunk(b"eXIf", exif_of_overlapping_values(MOST - 1_000_000))
    ),
    "an APNG of 100,000 frames": lambda: apng_of_frames(100_000),
    "a JPEG of 65,500 × 65,500": lambda: jpeg_that_claims(65_500, 65_500),
    "a progressive JPEG of 65,500 × 65,500": lambda: jpeg_that_claims(65_500, 65_500, b"\xff\xc2"),
    "a JPEG of three million segments": lambda: jpeg_with(b"\xff\xe5\0\x02" * (MOST // 4)),
    "a JPEG of three million comments": lambda: jpeg_with(b"\xff\xfe\0\x02" * (MOST // 4)),
    "a JPEG with overlapping metadata": jpeg_of_exif,
    "a WebP of 16,383 × 16,383": lambda: webp_that_claims(16_383, 16_383),
    "a WebP of 1,500,000 chunks": lambda: webp_with((b"ABCD" + bytes(4)) * (MOST // 8)),
    "a WebP of 10,000 frames": webp_of_frames,
    "a GIF of 10,000 frames of 65,535 × 65,535": lambda: gif_of_frames(10_000),
    "a BMP of 50,000 × 50,000": lambda: bmp_that_claims(50_000, 50_000),
    "a BMP that is as large as numbers go": lambda: bmp_that_claims(2**31 - 1, -(2**31)),
    "a BMP whose pixels are far away": lambda: bmp_that_claims(64, 48, offset=2**32 - 1),
    "a BMP of no bits": lambda: bmp_that_claims(64, 48, bits=0),
    "a packed BMP without pixels": lambda: bmp_that_claims(6_000, 6_000, bits=8, compression=1),
    "a TIFF of one huge tile": lambda: tiff_with_a_huge_tile(10_500),
    "a TIFF with a strip of 4 GB": lambda: tiff_that_claims(
        64, 48, rows=2**32 - 1, strip=zeros(100), size_bytes=2**32 - 1
    ),
    "a TIFF whose strip unpacks to a gigabyte": lambda: tiff_that_claims(64, 48, rows=48, strip=zeros(1000)),
    "a TIFF of 50,000 × 50,000": lambda: tiff_that_claims(50_000, 50_000, rows=50_000, strip=zeros(100)),
    "a TIFF of 1,000 pages": lambda: pages(1000),
    "a HEIC of 50,000 × 50,000": lambda: iso("HEIF", (50_000, 50_000)),
    "a HEIC of 2^31": lambda: iso("HEIF", (2**31 - 1, 2**31 - 1)),
    "an AVIF of 50,000 × 50,000": lambda: iso("AVIF", (50_000, 50_000)),
    "an AVIF of 2^31": lambda: iso("AVIF", (2**31 - 1, 2**31 - 1)),
}
