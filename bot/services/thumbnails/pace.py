"""When a thumbnail may be worked on again, and its card edited: often enough, and never in a hurry."""

from bot.domain.thumbnails.ids import ThumbnailId
from bot.ports.thumbnails import Tended

_BETWEEN_LOOKS_S = 1.0
# Discord takes about five edits of a message in five seconds, and people read slower than that.
_BETWEEN_EDITS_S = 4.0
_FIRST_RETRY_S = 5.0
_LONGEST_RETRY_S = 5 * 60.0
_MOST_REMEMBERED = 1000


class Pace:
    """Times are those of `Clock.elapsed_s`: whoever sets the clock back holds no thumbnail up."""

    def __init__(self) -> None:
        self._work_at_s: dict[ThumbnailId, float] = {}
        self._edit_at_s: dict[ThumbnailId, float] = {}
        self._tries: dict[ThumbnailId, int] = {}

    def due_in_s(self, one: Tended, now_s: float) -> float:
        times = [self._work_at_s] * one.is_pressing + [self._edit_at_s] * one.is_dirty
        return max(0.0, min((at_s.get(one.id, now_s) for at_s in times), default=now_s) - now_s)

    def may_edit(self, thumbnail: ThumbnailId, now_s: float) -> bool:
        return self._edit_at_s.get(thumbnail, now_s) <= now_s

    def begun(self, thumbnail: ThumbnailId, now_s: float) -> None:
        self._forget_past(now_s)
        self._work_at_s[thumbnail] = now_s + _BETWEEN_LOOKS_S

    def edited(self, thumbnail: ThumbnailId, now_s: float) -> None:
        self._edit_at_s[thumbnail] = now_s + _BETWEEN_EDITS_S

    def worked(self, thumbnail: ThumbnailId) -> None:
        self._tries.pop(thumbnail, None)

    def hold_back(self, thumbnail: ThumbnailId, now_s: float, *, for_long: bool = False) -> None:
        """After a failure; `for_long` where only people can mend what is wrong."""
        tries = self._tries.get(thumbnail, 0)
        self._tries[thumbnail] = tries + 1
        pause_s = _LONGEST_RETRY_S if for_long else min(_LONGEST_RETRY_S, _FIRST_RETRY_S * 2 ** min(tries, 10))
        self._work_at_s[thumbnail] = self._edit_at_s[thumbnail] = now_s + pause_s

    def hurry(self) -> None:
        """What was wrong may be mended."""
        self._work_at_s.clear()
        self._edit_at_s.clear()
        self._tries.clear()

    def _forget_past(self, now_s: float) -> None:
        if len(self._work_at_s) > _MOST_REMEMBERED:
            self._work_at_s = {one: at_s for one, at_s in self._work_at_s.items() if at_s > now_s}
            self._edit_at_s = {one: at_s for one, at_s in self._edit_at_s.items() if at_s > now_s}
