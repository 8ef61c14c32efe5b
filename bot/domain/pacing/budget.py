"""The requests one key may make: a sliding window that grows smaller for a while when it was refused all the same."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(slots=True)
class RequestBudget:
    """A sliding window over the requests one key has made; times are seconds since any moment.

    A 429 that comes all the same means that somebody else uses the key, or that the limit is another than we think: the
    window is halved at once, and gains one request for each window's time that passes without another refusal, as TCP
    does it (additive increase, multiplicative decrease).
    """

    requests: int
    per_s: float
    _made: deque[float] = field(default_factory=deque)
    _cut_to: int | None = None
    _cut_at_s: float = 0.0

    def restore(self, made_s: Iterable[float]) -> None:
        """Requests that were made before a restart: RunBase counts them still."""
        self._made = deque(sorted((*self._made, *made_s)))

    def slow_down(self, now_s: float, sent_s: float | None = None) -> None:
        """The key was refused as too fast. Of requests that were sent before the window was cut, that is no news."""
        if sent_s is not None and self._cut_to is not None and sent_s <= self._cut_at_s:
            return
        self._cut_to = max(1, self.allowed(now_s) // 2)
        self._cut_at_s = now_s

    def allowed(self, now_s: float) -> int:
        """Requests in any window as things stand."""
        if self._cut_to is None:
            return self.requests
        regained = int(max(0.0, now_s - self._cut_at_s) / self.per_s)
        return min(self.requests, self._cut_to + regained)

    def left(self, now_s: float) -> int:
        self._forget(now_s)
        return max(0, self.allowed(now_s) - len(self._made))

    def wait_s(self, now_s: float) -> float:
        """Seconds until one request may be made; 0 when it may be made now."""
        return max(0.0, self.free_at_s(now_s) - now_s)

    def free_at_s(self, now_s: float) -> float:
        """When one request may be made; `now_s` when that is now."""
        self._forget(now_s)
        in_the_way = len(self._made) - self.allowed(now_s)
        return now_s if in_the_way < 0 else self._made[in_the_way] + self.per_s

    def spend(self, now_s: float) -> None:
        self._forget(now_s)
        self._made.append(now_s)

    def note_answer(self, sent_s: float, now_s: float) -> None:
        """RunBase counted the request when it arrived, which may be as late as this: it leaves the window later."""
        self._forget(now_s)
        if sent_s in self._made:
            self._made.remove(sent_s)
            self._made.append(now_s)

    def _forget(self, now_s: float) -> None:
        """What left the window; when the clock was set back, what it holds counts as made now, all of it."""
        if self._made and self._made[-1] > now_s:
            self._made = deque(min(made_s, now_s) for made_s in self._made)
            self._cut_at_s = min(self._cut_at_s, now_s)
        while self._made and self._made[0] + self.per_s <= now_s:
            self._made.popleft()
