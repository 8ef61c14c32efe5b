"""Tells what a file is by how it begins, never by its name."""

from typing import Final

PNG: Final = "PNG"
JPEG: Final = "JPEG"
WEBP: Final = "WEBP"
GIF: Final = "GIF"
BMP: Final = "BMP"
TIFF: Final = "TIFF"
HEIF: Final = "HEIF"
AVIF: Final = "AVIF"

_MARKS = (
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"II*\0", TIFF),
    (b"MM\0*", TIFF),
    (b"II+\0", TIFF),  # BigTIFF
    (b"MM\0+", TIFF),
)
# "BM" alone also begins letters; the size of the header that follows is one of these (OS/2 1 and 2, Windows 3 to 5).
_BMP_HEADERS = (12, 40, 52, 56, 64, 108, 124)
# The brands that Pillow's and pillow-heif's plugins answer to. The last two name a container for either.
_AVIF_BRANDS = (b"avif", b"avis")
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs")
_SHARED_BRANDS = (b"mif1", b"msf1")
_MOST_BRANDS_BYTES = 256


def format_of(content: bytes) -> str | None:
    """Pillow's name of the format, or None for anything the bot does not read."""
    for mark, name in _MARKS:
        if content.startswith(mark):
            return name
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return WEBP
    if content[:2] == b"BM" and int.from_bytes(content[14:18], "little") in _BMP_HEADERS:
        return BMP
    return _iso_format(content) if content[4:8] == b"ftyp" else None


def _iso_format(content: bytes) -> str | None:
    major = content[8:12]
    end = min(int.from_bytes(content[:4], "big"), _MOST_BRANDS_BYTES)
    if major in _SHARED_BRANDS:
        compatible = [content[at : at + 4] for at in range(16, end, 4)]
        return AVIF if any(brand in _AVIF_BRANDS for brand in compatible) else HEIF
    if major in _AVIF_BRANDS:
        return AVIF
    return HEIF if major in _HEIF_BRANDS else None
