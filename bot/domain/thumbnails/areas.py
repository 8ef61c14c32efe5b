"""Rectangles in parts of a picture, whatever its pixels: from 0 at the left and the top to 1."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Area(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    @property
    def extent(self) -> float:
        return max(0.0, self.right - self.left) * max(0.0, self.bottom - self.top)

    @property
    def mirrored(self) -> "Area":
        return Area(1 - self.right, self.top, 1 - self.left, self.bottom)

    def inside(self, outer: "Area") -> "Area":
        """What is given in parts of `outer`, in parts of the picture."""
        width, height = outer.right - outer.left, outer.bottom - outer.top
        return Area(
            outer.left + self.left * width,
            outer.top + self.top * height,
            outer.left + self.right * width,
            outer.top + self.bottom * height,
        )

    def overlaps(self, other: "Area") -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def clear_of(self, covered: Iterable["Area"]) -> "Area":
        """The largest part of this that lies beside, above or below everything covered."""
        covered = tuple(covered)
        hit = next((one for one in covered if self.overlaps(one)), None)
        if hit is None:
            return self
        parts = (part.clear_of(covered) for part in self._around(hit) if part.extent > 0)
        return max(parts, key=lambda part: part.extent, default=self._replace(right=self.left))

    def _around(self, other: "Area") -> Iterator["Area"]:
        """What remains on each side; without extent where nothing does."""
        yield self._replace(right=max(self.left, min(self.right, other.left)))
        yield self._replace(left=min(self.right, max(self.left, other.right)))
        yield self._replace(bottom=max(self.top, min(self.bottom, other.top)))
        yield self._replace(top=min(self.bottom, max(self.top, other.bottom)))


WHOLE = Area(0, 0, 1, 1)
