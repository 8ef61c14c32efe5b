"""Breaks a headline into lines so that its letters get as large as a box allows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.imaging.lettering.breaking import Piece, pieces
from bot.imaging.lettering.faces import EM
from bot.imaging.lettering.lines import Headline, Line

# From base line to base line. Closer than in running text, as in every large headline.
_LEADING = 1.1 * EM
# Between what is drawn of one line and of the next; marks and deep letters push lines apart.
_LEAST_GAP = 0.1 * EM
# So much larger the letters must get for each line more.
_EACH_LINE = 0.95
# Words and phrases are torn only when that makes the letters so much larger.
_WORTH_TEARING = 1.3


@dataclass(frozen=True)
class Block:
    """Lines one below the other, in parts of an em."""

    lines: tuple[Line, ...]

    @cached_property
    def width(self) -> float:
        return max(line.width for line in self.lines)

    @cached_property
    def leading(self) -> float:
        """The same between all lines."""
        needed = (lower.ink.top - upper.ink.bottom for upper, lower in self._neighbours())
        return max((_LEADING, *(distance + _LEAST_GAP for distance in needed)))

    @cached_property
    def height(self) -> float:
        """Of what is drawn, from the first line's top to the last line's foot."""
        return self.lines[0].ink.top + (len(self.lines) - 1) * self.leading - self.lines[-1].ink.bottom

    def _neighbours(self) -> Iterator[tuple[Line, Line]]:
        return zip(self.lines, self.lines[1:], strict=False)

    def em_px(self, box: "Box") -> float:
        """How large the letters get."""
        across = box.width_px / (self.width + 2 * box.beside * EM)
        down = box.height_px / (self.height + 2 * box.above * EM)
        return min(box.tallest_px, min(across, down) * EM)


@dataclass(frozen=True, slots=True)
class Box:
    """Room for letters whose em is `tallest_px` at most. `beside` and `above` are kept free all around, in ems."""

    width_px: float
    height_px: float
    tallest_px: float
    beside: float = 0
    above: float = 0


def fitted(headline: Headline, box: Box, *, most_lines: int) -> tuple[Block, float]:
    """The lines, and how many pixels their em has. The headline is not blank."""
    whole = _best(headline, box, most_lines, freely=False)
    broken = _best(headline, box, most_lines, freely=True)
    return broken if broken[1] > whole[1] * _WORTH_TEARING else whole


def _best(headline: Headline, box: Box, most_lines: int, *, freely: bool) -> tuple[Block, float]:
    """With the largest letters, unless fewer lines make them nearly as large."""
    words = pieces(headline.clusters, headline.language, freely=freely)
    measure = _Measure(headline, words)
    counts = range(1, min(most_lines, len(words)) + 1)
    blocks = [Block(tuple(_lines(headline, words, measure.balanced(count)))) for count in counts]
    found = [(block, block.em_px(box)) for block in blocks]
    return max(found, key=lambda one: one[1] * _EACH_LINE ** len(one[0].lines))


def _lines(headline: Headline, words: Sequence[Piece], ends: Sequence[int]) -> Iterator[Line]:
    for start, end in zip((0, *ends), ends, strict=False):
        ending = "-" if words[end - 1].may_hyphenate else ""
        yield headline.line(words[start].start, words[end - 1].end, ending=ending)


class _Measure:
    """Widths of rows of words, as the sum of their parts: near enough to choose where to break."""

    def __init__(self, headline: Headline, words: Sequence[Piece]) -> None:
        self._words = words
        reaches = [headline.line(word.start, word.end).width for word in words]
        space = headline.space
        self._until = [0.0]
        for word, reach in zip(words, reaches, strict=True):
            self._until.append(self._until[-1] + reach + (space if word.after_space else 0))
        self._space = space

    def _width(self, start: int, end: int) -> float:
        return self._until[end] - self._until[start] - (self._space if self._words[start].after_space else 0)

    def balanced(self, count: int) -> tuple[int, ...]:
        """Where each of `count` lines ends, so that the longest is as short as it can be, and the others alike."""
        total = len(self._words)
        best: list[dict[int, tuple[tuple[float, float], tuple[int, ...]]]] = [{0: ((0.0, 0.0), ())}]
        for _ in range(count):
            row: dict[int, tuple[tuple[float, float], tuple[int, ...]]] = {}
            for start, ((longest, squares), ends) in best[-1].items():
                for end in range(start + 1, total + 1):
                    width = self._width(start, end)
                    cost = (max(longest, width), squares + width * width)
                    if end not in row or cost < row[end][0]:
                        row[end] = (cost, (*ends, end))
            best.append(row)
        return best[count][total][1]
