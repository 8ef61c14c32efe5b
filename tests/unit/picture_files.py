"""Real files of every kind, made on the spot."""

import io
import random
import re
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pillow_heif
from PIL import ExifTags, Image, ImageDraw

pillow_heif.register_heif_opener()

SIZE = (64, 48)
ISO_SIZE_MARK = b"ispe"
GPS_LATITUDE = 2


def drawing(mode: str = "RGB", size: tuple[int, int] = SIZE) -> Image.Image:
    """Four corners of four colours, in blocks that every codec keeps apart: upright can be told from anything else."""
    image = Image.new("RGB", size, "white")
    width, height = size
    half = (width // 2, height // 2)
    painter = ImageDraw.Draw(image)
    painter.rectangle((0, 0, half[0] - 1, half[1] - 1), (200, 30, 30))
    painter.rectangle((half[0], 0, width, half[1] - 1), (30, 160, 60))
    painter.rectangle((0, half[1], half[0] - 1, height), (40, 60, 200))
    return image.convert(mode)


def see_through(size: tuple[int, int] = SIZE) -> Image.Image:
    """The drawing with its left half gone."""
    image = drawing("RGBA", size)
    image.paste((0, 0, 0, 0), (0, 0, size[0] // 2, size[1]))
    return image


def noise(size: tuple[int, int], mode: str = "RGB") -> Image.Image:
    channels = len(Image.new(mode, (1, 1)).getbands())
    return Image.frombytes(mode, size, random.Random(7).randbytes(size[0] * size[1] * channels))


def file(image: Image.Image, kind: str, **options: Any) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def animation(kind: str, **options: Any) -> bytes:
    frames = [drawing(), drawing().rotate(180), noise(SIZE)]
    return file(frames[0], kind, save_all=True, append_images=frames[1:], **options)


def exif(orientation: int | None = None, *, is_located: bool = False) -> Image.Exif:
    tags = Image.Exif()
    if orientation is not None:
        tags[ExifTags.Base.Orientation] = orientation
    if is_located:
        tags[ExifTags.Base.Make] = "Canary camera"
        tags.get_ifd(ExifTags.IFD.GPSInfo)[GPS_LATITUDE] = (52.0, 31.0, 12.0)
    return tags


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


@contextmanager
def peak_bytes() -> Iterator[Callable[[], int]]:
    """Within it, by how much this process grew at most so far."""

    def most() -> int:
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) * 1024

    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak starts anew
    before = most()
    yield lambda: most() - before


def png_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_that_claims(width: int, height: int, pixels: bytes = bytes(1000)) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)  # 8 bits, RGBA
    parts = png_chunk(b"IHDR", header) + png_chunk(b"IDAT", zlib.compress(pixels)) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def iso_that_claims(content: bytes, claimed: tuple[int, int]) -> bytes:
    """An AVIF or HEIC whose container says another size than its picture has."""
    at = content.index(ISO_SIZE_MARK) + 8  # after the name, version and flags
    return content[:at] + struct.pack(">II", *claimed) + content[at + 8 :]


def tiff(tags: Sequence[tuple[int, Sequence[int]]], pixels: bytes) -> bytes:
    """Tag by tag, all of them LONG; the value PIXELS_AT becomes the place of the pixels."""
    entries, beyond = b"", b""
    after = 8 + 2 + 12 * len(tags) + 4
    start = after + sum(4 * len(values) for _, values in tags if len(values) > 1)
    for tag, values in sorted(tags):
        raw = b"".join(struct.pack("<I", start if value == PIXELS_AT else value) for value in values)
        entries += struct.pack("<HHI", tag, 4, len(values))
        entries += raw if len(raw) == 4 else struct.pack("<I", after + len(beyond))
        beyond += raw if len(raw) > 4 else b""
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4) + beyond + pixels


PIXELS_AT = -1


def tiff_with_a_huge_tile(side: int) -> bytes:
    """100 × 100 pixels in one deflated tile that unpacks to `side` × `side`."""
    packer = zlib.compressobj(9)
    pixels = b"".join(packer.compress(bytes(1_000_000)) for _ in range(side * side * 3 // 1_000_000)) + packer.flush()
    size = [(256, [100]), (257, [100]), (322, [side]), (323, [side])]
    kind = [(258, [8, 8, 8]), (259, [8]), (262, [2]), (277, [3])]
    return tiff([*size, *kind, (324, [PIXELS_AT]), (325, [len(pixels)])], pixels)


def jpeg_of_many_scans(scans: int) -> bytes:
    """A progressive JPEG that repeats its last scan."""
    content = file(drawing(), "JPEG", progressive=True)
    last = content[content.rindex(b"\xff\xda") : -2]
    return content[:-2] + last * scans + b"\xff\xd9"
