"""The sizes thumbnails are exported in: pixels, the largest file, and where nothing important may be.

Platforms change their pages without notice. Each figure names where it comes from; "to our knowledge" means that no
page of the platform's says it: it is taken from how the platform shows pictures, or from what creators agree on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bot.domain.thumbnails.areas import Area
from bot.domain.thumbnails.errors import UnknownSize

# Wider than this, letters may stand beside the subject; else they stand above or below it.
_WIDE = 1.3


@dataclass(frozen=True, slots=True)
class Size:
    """`safe` is what is always shown; within it, `covered` is what the platform draws over."""

    key: str
    name: str
    width_px: int
    height_px: int
    most_bytes: int
    safe: Area
    covered: tuple[Area, ...] = ()
    aliases: tuple[str, ...] = ()

    @property
    def pixels(self) -> tuple[int, int]:
        return self.width_px, self.height_px

    @property
    def is_wide(self) -> bool:
        return self.width_px / self.height_px > _WIDE

    def __str__(self) -> str:
        return f"{self.name} {self.width_px} × {self.height_px}"


_YOUTUBE = Size(
    # 1280 × 720 and under 2 MB: YouTube Help, "Add video thumbnails on YouTube". Read as 2,000,000 bytes, which is
    # under 2 MB by either way of counting.
    key="youtube",
    name="YouTube",
    width_px=1280,
    height_px=720,
    most_bytes=2_000_000,
    safe=Area(0.04, 0.05, 0.96, 0.95),
    # The time stamp. To our knowledge it takes 38 × 20 px of a picture 168 px wide, and less of larger ones.
    covered=(Area(0.77, 0.79, 1, 1),),
)
_SHORTS = Size(
    # 1080 × 1920 is what all three name for upright video. Of their limits YouTube's 2 MB is the smallest.
    key="shorts",
    name="Shorts, TikTok, Reels",
    width_px=1080,
    height_px=1920,
    most_bytes=2_000_000,
    # Meta Business Help Center, on safe zones of Reels: 14% at the top, 35% at the bottom and 6% on each side.
    safe=Area(0.06, 0.14, 0.94, 0.65),
    # The column of buttons: 140 of 1080 px, say TikTok's specifications of ads. To our knowledge from a third down.
    covered=(Area(0.87, 0.35, 1, 1),),
    aliases=("tiktok", "reels"),
)
_TWITCH = Size(
    # The "video player banner": 1920 × 1080, up to 10 MB, says Twitch's dashboard where it is uploaded.
    key="twitch",
    name="Twitch",
    width_px=1920,
    height_px=1080,
    most_bytes=10_000_000,
    safe=Area(0.04, 0.05, 0.96, 0.95),
    # In lists "LIVE" or the length stands at the top left, viewers and date along the bottom. To our knowledge each is
    # 20 px high and 10 px from the edge on a card 320 px wide.
    covered=(Area(0, 0, 0.19, 0.18), Area(0, 0.82, 1, 1)),
)
_CARD = Size(
    # 1200 × 630: Meta for Developers, "Images in Link Shares", which allows 8 MB. X's cards take 5 MB (X Developer
    # Platform, "Summary Card with Large Image").
    key="card",
    name="X, Open Graph",
    width_px=1200,
    height_px=630,
    most_bytes=5_000_000,
    safe=Area(0.05, 0.06, 0.95, 0.94),
    # X writes the page's title onto the picture, at the bottom. To our knowledge it is 20 px high and 12 px from the
    # edge on a card 506 px wide.
    covered=(Area(0, 0.85, 1, 1),),
    aliases=("x", "twitter", "opengraph", "og"),
)
_INSTAGRAM = Size(
    # 4:5 and 1:1, 1080 px wide, up to 8 MB: Instagram Platform, "Media: image specifications".
    key="instagram",
    name="Instagram 4:5",
    width_px=1080,
    height_px=1350,
    most_bytes=8_000_000,
    # Profiles show 3:4: to our knowledge 34 px are cut off on either side.
    safe=Area(0.07, 0.05, 0.93, 0.95),
)
_SQUARE = Size(
    key="square",
    name="Instagram 1:1",
    width_px=1080,
    height_px=1080,
    most_bytes=8_000_000,
    # Profiles show 3:4: to our knowledge 135 px are cut off on either side.
    safe=Area(0.135, 0.05, 0.865, 0.95),
    aliases=("instagram-square",),
)
_PODCAST = Size(
    # 3000 × 3000, and nothing important in the bottom fifth: Apple Podcasts for Creators, "Artwork requirements". Apple
    # names no limit; hosts do, and 512 kB is the smallest of them (Captivate, "Podcast artwork specifications").
    key="podcast",
    name="Podcast cover",
    width_px=3000,
    height_px=3000,
    most_bytes=512_000,
    safe=Area(0.06, 0.06, 0.94, 0.94),
    covered=(Area(0, 0.8, 1, 1),),
)
_EVENT = Size(
    # 800 × 320 at least, says Discord where an event's picture is uploaded. 10 MB is its limit for uploads.
    key="event",
    name="Discord event",
    width_px=800,
    height_px=320,
    most_bytes=10_000_000,
    safe=Area(0.04, 0.07, 0.96, 0.93),
    aliases=("discord", "discord-event"),
)

SIZES: Mapping[str, Size] = MappingProxyType(
    {size.key: size for size in (_YOUTUBE, _SHORTS, _TWITCH, _CARD, _INSTAGRAM, _SQUARE, _PODCAST, _EVENT)}
)


def size_of(word: str) -> Size:
    """By its key or what people call it. Raises: UnknownSize."""
    wanted = word.strip().casefold()
    for size in SIZES.values():
        if wanted in (size.key, *size.aliases):
            return size
    raise UnknownSize(word, tuple(SIZES))
