"""Which fonts are bundled, and in which order they are asked; `fonts/README.md` tells what each is for."""

from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

FOLDER = Path(__file__).parents[1] / "fonts"


class Weight(StrEnum):
    HEADLINE = "headline"
    TEXT = "text"  # for the small lines of a mock-up


_LATIN = MappingProxyType({Weight.HEADLINE: "Inter-ExtraBold.ttf", Weight.TEXT: "Inter-Medium.ttf"})
_OTHERS = (
    "NotoSansArabic-ExtraBold.ttf",
    "NotoSansHebrew-ExtraBold.ttf",
    "NotoSansThai-ExtraBold.ttf",
    "NotoSansDevanagari-ExtraBold.ttf",
    "NotoSansCJK-Black.otf",
    "NotoEmoji-Bold.ttf",
)
FONTS = (*_LATIN.values(), *_OTHERS)


def fonts_of(weight: Weight) -> tuple[str, ...]:
    return (_LATIN[weight], *_OTHERS)


def are_all_there() -> bool:
    return all((FOLDER / name).is_file() for name in FONTS)
