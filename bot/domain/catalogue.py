"""What each model can do: ratios, sizes, limits and price, as data."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from bot.domain.errors import UnknownAspect


@dataclass(frozen=True, slots=True)
class Aspect:
    """A ratio a model offers, with the name people choose it by and the size it yields."""

    ratio: str
    word: str
    width_px: int
    height_px: int

    @property
    def name(self) -> str:
        return f"{self.word} {self.ratio}"


@dataclass(frozen=True, slots=True)
class Model:
    """One entry of the catalogue. The first aspect is the default; a price is given where RunBase documents one."""

    id: str
    name: str
    aspects: tuple[Aspect, ...]
    price_usd: Decimal | None = None
    prompt_characters: int = 4000
    references: int = 5
    reference_bytes: int = 4_000_000  # RunBase says "4 MB" and not which; the smaller reading fits both
    parameters: tuple[tuple[str, str], ...] = ()

    @property
    def default_aspect(self) -> Aspect:
        return self.aspects[0]

    def nearest_aspect(self, width_px: int, height_px: int) -> Aspect:
        """The aspect whose ratio is closest; 2:1 is as far from 1:1 as 1:2 is."""
        wanted = math.log(width_px / height_px)
        return min(self.aspects, key=lambda aspect: abs(math.log(aspect.width_px / aspect.height_px) - wanted))

    def aspect(self, ratio: str) -> Aspect:
        for aspect in self.aspects:
            if aspect.ratio == ratio:
                return aspect
        raise UnknownAspect(given=ratio, offered=tuple(aspect.name for aspect in self.aspects))


_SQUARE = Aspect("1:1", "Square", 1024, 1024)
_LANDSCAPE = Aspect("3:2", "Landscape", 1536, 1024)
_PORTRAIT = Aspect("2:3", "Portrait", 1024, 1536)

# Sizes and limits: RunBase's model pages. For gpt-image-2 they name ratios and a resolution but no pixels,
# so its sizes below are those of the 1K resolution with the ratio kept.
_MODELS = (
    Model(
        id="openai/gpt-image-1",
        name="GPT Image 1",
        aspects=(_SQUARE, _LANDSCAPE, _PORTRAIT),
        price_usd=Decimal("0.05"),
    ),
    Model(
        id="openai/gpt-image-1.5",
        name="GPT Image 1.5",
        aspects=(_SQUARE, _LANDSCAPE, _PORTRAIT),
        parameters=(("quality", "medium"),),
    ),
    Model(
        id="openai/gpt-image-2",
        name="GPT Image 2",
        aspects=(
            _SQUARE,
            _LANDSCAPE,
            _PORTRAIT,
            Aspect("16:9", "Wide", 1536, 864),
            Aspect("9:16", "Tall", 864, 1536),
            Aspect("4:3", "Classic", 1344, 1008),
            Aspect("3:4", "Upright", 1008, 1344),
            Aspect("5:4", "Print", 1280, 1024),
            Aspect("4:5", "Feed", 1024, 1280),
            Aspect("21:9", "Panorama", 1680, 720),
        ),
        parameters=(("resolution", "1K"),),
    ),
)

CATALOGUE: Mapping[str, Model] = MappingProxyType({model.id: model for model in _MODELS})
DEFAULT_MODEL = "openai/gpt-image-1"
