"""Quota windows and what they say: pure arithmetic over how many images were taken when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.domain.errors import QuotaExceeded, QuotaScope

MOST_AT_ONCE = 4  # the images of one request


@dataclass(frozen=True, slots=True)
class Window:
    """At most `images` in any stretch of time that is `per` long."""

    scope: QuotaScope
    images: int
    per: timedelta


@dataclass(frozen=True, slots=True)
class Usage:
    """A window and what counts in it now.

    `leaving` are the moments of those that leave next, oldest first: as many as a request may have to wait for, so that
    nobody reads a thousand of them; the oldest alone where whatever a request asks for fits. Those before them are too
    many for the window and open nothing.
    """

    window: Window
    used: int
    leaving: tuple[datetime, ...]

    @classmethod
    def of(cls, window: Window, taken_at: Sequence[datetime]) -> "Usage":
        """Of the moments of all that count, oldest first."""
        return cls(window, len(taken_at), tuple(taken_at[max(0, len(taken_at) - window.images) :]))

    @property
    def left(self) -> int:
        return max(0, self.window.images - self.used)

    def has_room_for(self, count: int) -> bool:
        return self.used + count <= self.window.images

    def opens_at(self, count: int = 1) -> datetime | None:
        """When `count` more fit: None when they fit now, or never will."""
        if count <= self.left or count > self.window.images:
            return None
        return self.leaving[count - self.left - 1] + self.window.per

    def refusal(self, count: int, *, left: int = 0) -> QuotaExceeded:
        """`left` are as many as fit all windows now."""
        window = self.window
        return QuotaExceeded(window.scope, self.used, window.images, window.per, count, self.opens_at(count), left)


def binding(usages: tuple[Usage, ...], count: int) -> Usage | None:
    """The window that refuses `count` images for the longest; None when there is room in all."""
    full = [usage for usage in usages if not usage.has_room_for(count)]
    if not full:
        return None
    never = [usage for usage in full if usage.opens_at(count) is None]
    return never[0] if never else max(full, key=lambda usage: usage.opens_at(count) or _NEVER)


def refusal(usages: tuple[Usage, ...], count: int) -> QuotaExceeded | None:
    """None when there is room for `count` images in all windows."""
    full = binding(usages, count)
    return None if full is None else full.refusal(count, left=min(usage.left for usage in usages))


_NEVER = datetime.max.replace(tzinfo=UTC)
