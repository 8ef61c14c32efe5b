"""Quota windows and what they say: pure arithmetic over how many images were taken when."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.domain.errors import QuotaExceeded, QuotaScope


@dataclass(frozen=True, slots=True)
class Window:
    """At most `images` in any stretch of time that is `per` long."""

    scope: QuotaScope
    images: int
    per: timedelta


@dataclass(frozen=True, slots=True)
class Usage:
    """A window and the moments of the images that count in it now, oldest first."""

    window: Window
    taken_at: tuple[datetime, ...]

    @property
    def used(self) -> int:
        return len(self.taken_at)

    def has_room_for(self, count: int) -> bool:
        return self.used + count <= self.window.images

    def opens_at(self, count: int = 1) -> datetime | None:
        """When `count` more fit: None when they fit now, or never will."""
        leaving = self.used + count - self.window.images
        if leaving <= 0 or count > self.window.images:
            return None
        return self.taken_at[leaving - 1] + self.window.per

    def refusal(self, count: int) -> QuotaExceeded:
        window = self.window
        return QuotaExceeded(window.scope, self.used, window.images, window.per, count, self.opens_at(count))


def binding(usages: tuple[Usage, ...], count: int) -> Usage | None:
    """The window that refuses `count` images for the longest; None when there is room in all."""
    full = [usage for usage in usages if not usage.has_room_for(count)]
    if not full:
        return None
    never = [usage for usage in full if usage.opens_at(count) is None]
    return never[0] if never else max(full, key=lambda usage: usage.opens_at(count) or _NEVER)


_NEVER = datetime.max.replace(tzinfo=UTC)
