"""Which formats and scripts the installed libraries can handle; they differ between builds of Pillow."""

from PIL import __version__ as pillow_version
from PIL import features

from bot.domain.condition import Library
from bot.imaging.lettering.bundle import FONTS, are_all_there

# Pillow's names of what the bot uses, and the names people know.
_FEATURES = {"webp": "WebP", "avif": "AVIF", "freetype2": "FreeType"}


def imaging_libraries() -> tuple[Library, ...]:
    """Loads what the bot's own process never does: 10 MB that only the sandbox needs."""
    from bot.imaging.lettering.faces import HARFBUZZ_VERSION

    ours = (Library("Pillow", pillow_version), Library("HEIC", _heic_version()))
    letters = (Library("HarfBuzz", HARFBUZZ_VERSION), Library("fonts", _fonts()))
    return (*ours, *(Library(name, _version(feature)) for feature, name in _FEATURES.items()), *letters)


def _version(feature: str) -> str | None:
    return (features.version(feature) or "built in") if features.check(feature) else None


def _fonts() -> str | None:
    """They are files beside the code, which somebody who packs it may leave out."""
    return f"({len(FONTS)} files)" if are_all_there() else None


def _heic_version() -> str | None:
    """libheif is of use only with a decoder for HEVC, which some builds leave out."""
    import pillow_heif

    decoders = pillow_heif.libheif_info().get("decoders", {})
    return pillow_heif.libheif_version() if any("HEVC" in str(name) for name in decoders.values()) else None
