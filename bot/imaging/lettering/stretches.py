"""In which order the parts of a line stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.imaging.lettering.fonts import Cluster


@dataclass(frozen=True, slots=True)
class Stretch:
    """What one face shapes in one direction; `clusters` in the order they are read."""

    clusters: tuple[Cluster, ...]
    level: int

    @property
    def is_rtl(self) -> bool:
        return self.level % 2 == 1


def stretches(clusters: Sequence[Cluster], levels: Sequence[int]) -> list[Stretch]:
    """From left to right as they are drawn: rule L2 of the bidirectional algorithm."""
    placed = zip(clusters, levels, strict=True)
    found = [
        Stretch(tuple(cluster for cluster, _ in part), level)
        for (level, _), part in groupby(placed, key=lambda one: (one[1], id(one[0].face)))
    ]
    for level in range(max(levels, default=0), 0, -1):
        found = _turned(found, level)
    return found


def _turned(found: Sequence[Stretch], level: int) -> list[Stretch]:
    """Every row of stretches at least so deep, backwards."""
    turned: list[Stretch] = []
    for is_deep, part in groupby(found, key=lambda one: one.level >= level):
        row = list(part)
        turned.extend(reversed(row) if is_deep else row)
    return turned
