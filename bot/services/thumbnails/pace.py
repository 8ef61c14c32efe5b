"""When a thumbnail may be worked on again, and its card edited: often enough, and never in a hurry."""

from datetime import datetime, timedelta

from bot.domain.thumbnails.ids import ThumbnailId
from bot.ports.thumbnails import Tended

_BETWEEN_LOOKS = timedelta(seconds=1)
# Discord takes about five edits of a message in five seconds, and people read slower than that.
_BETWEEN_EDITS = timedelta(seconds=4)
_FIRST_RETRY = timedelta(seconds=5)
_LONGEST_RETRY = timedelta(minutes=5)
_MOST_REMEMBERED = 1000


class Pace:
    def __init__(self) -> None:
        self._work_at: dict[ThumbnailId, datetime] = {}
        self._edit_at: dict[ThumbnailId, datetime] = {}
        self._tries: dict[ThumbnailId, int] = {}

    def due_at(self, one: Tended, now: datetime) -> datetime:
        times = [self._work_at.get(one.id, now)] * one.is_pressing + [self._edit_at.get(one.id, now)] * one.is_dirty
        return min(times, default=now)

    def may_edit(self, thumbnail: ThumbnailId, now: datetime) -> bool:
        return self._edit_at.get(thumbnail, now) <= now

    def begun(self, thumbnail: ThumbnailId, now: datetime) -> None:
        self._forget_past(now)
        self._work_at[thumbnail] = now + _BETWEEN_LOOKS

    def edited(self, thumbnail: ThumbnailId, now: datetime) -> None:
        self._edit_at[thumbnail] = now + _BETWEEN_EDITS

    def worked(self, thumbnail: ThumbnailId) -> None:
        self._tries.pop(thumbnail, None)

    def hold_back(self, thumbnail: ThumbnailId, now: datetime, *, for_long: bool = False) -> None:
        """After a failure; `for_long` where only people can mend what is wrong."""
        tries = self._tries.get(thumbnail, 0)
        self._tries[thumbnail] = tries + 1
        pause = _LONGEST_RETRY if for_long else min(_LONGEST_RETRY, _FIRST_RETRY * 2 ** min(tries, 10))
        self._work_at[thumbnail] = self._edit_at[thumbnail] = now + pause

    def hurry(self) -> None:
        """What was wrong may be mended."""
        self._work_at.clear()
        self._edit_at.clear()
        self._tries.clear()

    def _forget_past(self, now: datetime) -> None:
        if len(self._work_at) > _MOST_REMEMBERED:
            self._work_at = {one: at for one, at in self._work_at.items() if at > now}
            self._edit_at = {one: at for one, at in self._edit_at.items() if at > now}
