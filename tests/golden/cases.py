"""The thumbnails that are kept as pictures, to be looked at by people and compared by a test."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from PIL import Image

from bot.imaging.composition.mockup import mockup
from bot.imaging.composition.painting import composed
from tests.unit.thumbnail_world import HEBREW, JAPANESE, RTL, a_design, scene

FOLDER = Path(__file__).parent / "images"
# Kept in a third of their size: enough to see every line and edge.
_LONGEST_PX = 480
_LATIN = "We survived 100 days"


def _made(
    headline: str = _LATIN,
    size: str = "youtube",
    template: str = "outline",
    accent: str = "",
    subject: tuple[float, float] = (0.5, 0.4),
) -> Callable[[], Image.Image]:
    def make() -> Image.Image:
        picture = composed(scene(subject=subject), a_design(headline, size, template, accent)).picture
        picture.thumbnail((_LONGEST_PX, _LONGEST_PX), Image.Resampling.BOX)
        return picture

    return make


def _mockup() -> Image.Image:
    tiles = [(number, _made(subject=(number / 5, 0.4))().resize((320, 180))) for number in (1, 2, 4)]
    return mockup(tiles, title="We survived 100 days on an island and built a lighthouse", channel="Das Café 日本")


CASES: Mapping[str, Callable[[], Image.Image]] = MappingProxyType(
    {
        "outline": _made(),
        "outline-light-accent": _made(accent="#ffd400"),
        "outline-dark-accent": _made(accent="#5865f2"),
        "panel": _made(template="panel"),
        "panel-accent": _made(template="panel", accent="#ffd400"),
        "band": _made(template="band"),
        "side": _made(template="side"),
        "side-upright": _made(size="shorts", template="side", accent="#00704a"),
        "arabic": _made(RTL),
        "arabic-side": _made(RTL, template="side"),
        "hebrew": _made(HEBREW, template="panel"),
        "japanese": _made(JAPANESE, template="band"),
        "chinese": _made("我們在森林裡生存了一百天", size="card"),
        "korean": _made("백일 동안 숲에서 살아남기", size="twitch"),
        "emoji": _made("🔥 GG 👨‍👩‍👧 ❤️ 1️⃣ 👍🏽", template="panel"),
        "marks": _made("Ẩn số: Việt Nam, Čeština, שָׁלוֹם, हिन्दी", size="square"),
        "long-word": _made("Donaudampfschifffahrtsgesellschaftskapitänsmütze"),
        "eighty-w": _made("W" * 80, template="side"),
        "event": _made("Game night", size="event", template="band"),
        "podcast": _made(size="podcast"),
        "crop-left": _made("", size="shorts", subject=(0.15, 0.4)),
        "crop-right": _made("", size="instagram", subject=(0.85, 0.5)),
        "crop-top": _made("", size="event", subject=(0.5, 0.13)),
        "mock-up": _mockup,
    }
)
