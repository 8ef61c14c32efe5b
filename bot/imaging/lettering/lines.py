"""A line of letters, shaped and placed, in parts of an em."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

from bot.domain.thumbnails.headlines import reads_right_to_left
from bot.imaging.lettering.bundle import Weight
from bot.imaging.lettering.faces import Glyph, Ink
from bot.imaging.lettering.fonts import Cluster, lettered
from bot.imaging.lettering.languages import language_of
from bot.imaging.lettering.levels import levels
from bot.imaging.lettering.stretches import Stretch, stretches


@dataclass(frozen=True, slots=True)
class Headline:
    """A text that can be lettered. `levels` belong to its clusters; `left_out` is what no font has."""

    clusters: tuple[Cluster, ...]
    levels: tuple[int, ...]
    is_rtl: bool
    language: str
    left_out: str

    @classmethod
    def of(cls, text: str, weight: Weight = Weight.HEADLINE) -> "Headline":
        found = lettered(text, weight)
        is_rtl = reads_right_to_left(text)
        firsts = "".join(cluster.text[0] for cluster in found.clusters)  # which decide, and keep clusters whole
        return cls(
            clusters=found.clusters,
            levels=levels(firsts, is_rtl=is_rtl),
            is_rtl=is_rtl,
            language=language_of(text),
            left_out=found.left_out,
        )

    @property
    def is_blank(self) -> bool:
        return all(cluster.text.isspace() for cluster in self.clusters)

    @property
    def space(self) -> float:
        """How wide one is."""
        _, reach = self.clusters[0].face.shape(" ", is_rtl=self.is_rtl, language=self.language)
        return reach

    def line(self, start: int, end: int, *, ending: str = "") -> "Line":
        """Of the clusters in a range, which neither begins nor ends with a space; `ending` is a hyphen or the like."""
        more = lettered(ending).clusters
        clusters = (*self.clusters[start:end], *more)
        levels = (*self.levels[start:end], *(self.levels[end - 1] for _ in more))
        return Line.of(stretches(clusters, levels), self.language)


@dataclass(frozen=True, slots=True)
class Line:
    """Its glyphs stand on a base line at 0; `ink` is around all that is drawn."""

    glyphs: tuple[Glyph, ...]
    ink: Ink

    @classmethod
    def of(cls, parts: Sequence[Stretch], language: str) -> "Line":
        glyphs: list[Glyph] = []
        pen = 0.0
        for part in parts:
            text = "".join(cluster.text for cluster in part.clusters)
            shaped, reach = part.clusters[0].face.shape(text, is_rtl=part.is_rtl, language=language)
            glyphs.extend(glyph.moved(pen, 0) for glyph in shaped)
            pen += reach
        inks = [glyph.ink for glyph in glyphs if glyph.ink is not None]
        return cls(tuple(glyphs), reduce(Ink.joined, inks, inks[0]) if inks else Ink(0, 0, pen, 0))

    @property
    def width(self) -> float:
        return self.ink.right - self.ink.left
