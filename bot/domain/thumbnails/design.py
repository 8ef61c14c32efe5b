"""How a thumbnail is to look: everything but the picture itself."""

from dataclasses import dataclass

from bot.domain.thumbnails.areas import Area
from bot.domain.thumbnails.colours import Colour
from bot.domain.thumbnails.headlines import reads_right_to_left
from bot.domain.thumbnails.sizes import Size
from bot.domain.thumbnails.templates import Template


@dataclass(frozen=True, slots=True)
class Design:
    """`headline` has been through `parse_headline`; an empty one means the picture alone."""

    size: Size
    template: Template
    headline: str = ""
    accent: Colour | None = None

    @property
    def is_rtl(self) -> bool:
        """Lines that run from right to left begin at the right, and so does the template."""
        return reads_right_to_left(self.headline)

    @property
    def room(self) -> Area:
        """Where letters may stand: in the template's place, inside the safe area, under nothing of the platform's."""
        place = self.template.place(is_wide=self.size.is_wide)
        place = place.mirrored if self.is_rtl else place
        return place.inside(self.size.safe).clear_of(self.size.covered)

    @property
    def calm(self) -> str:
        """Which part of the picture will be lettered over, in words for a prompt."""
        words = self.template.calm(is_wide=self.size.is_wide)
        return words.replace("left", "right") if self.is_rtl else words
