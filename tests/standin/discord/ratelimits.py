"""Rate-limit headers on every answer, and 429 for buckets that tests make small or close."""

import hashlib
import math
import time
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from tests.standin.discord.refusals import Refusal


@dataclass
class _Window:
    limit: int
    per_s: float
    used_at: list[float] = field(default_factory=list)

    def forget_old(self, now: float) -> None:
        self.used_at = [at for at in self.used_at if at > now - self.per_s]

    def reset_after(self, now: float) -> float:
        return max(self.used_at[0] + self.per_s - now, 0.0) if self.used_at else self.per_s


@dataclass(frozen=True)
class _Rule:
    method: str
    path_glob: str
    limit: int
    per_s: float


@dataclass
class _Closure:
    method: str
    path_glob: str
    retry_after_s: float
    times: int
    is_global: bool
    via: bool


class Limited(Refusal):
    """429: the only refusal with headers of its own."""

    def __init__(
        self,
        retry_after_s: float,
        *,
        is_global: bool = False,
        via: bool = True,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(429, 0, "You are being rate limited.")
        self.body = {"message": "You are being rate limited.", "retry_after": retry_after_s, "global": is_global}
        self.headers = {
            **(headers or {}),
            "Retry-After": str(math.ceil(retry_after_s)),
            "X-RateLimit-Scope": "global" if is_global else "user",
        }
        if via:  # Without it discord.py takes the answer for a ban by Cloudflare.
            self.headers["Via"] = "1.1 google"
        if is_global:
            self.headers["X-RateLimit-Global"] = "true"


@dataclass(frozen=True)
class Refused:
    """A limit that a test had asked for, and that a request met."""

    method: str
    path_glob: str
    is_global: bool
    via: bool


class RateLimits:
    """Real seconds, not the injected clock: discord.py sleeps for what these headers say."""

    def __init__(self) -> None:
        # Out of the way unless a test asks: Discord does not publish its numbers.
        self._usual = _Rule("*", "*", 10_000, 1.0)
        self._rules: list[_Rule] = []
        self._closures: list[_Closure] = []
        self._windows: dict[str, _Window] = {}
        self.refused: list[Refused] = []

    def clear(self) -> None:
        """Forget what was asked for and has not been met."""
        self._closures.clear()

    def limit(self, method: str, path_glob: str, *, limit: int, per_s: float) -> None:
        self._rules.insert(0, _Rule(method, path_glob, limit, per_s))
        self._windows.clear()

    def refuse(
        self,
        method: str,
        path_glob: str,
        *,
        retry_after_s: float,
        times: int = 1,
        is_global: bool = False,
        via: bool = True,
    ) -> None:
        """Answer the next `times` such requests with 429, whatever the bucket says."""
        self._closures.append(_Closure(method, path_glob, retry_after_s, times, is_global, via))

    def take(self, method: str, path: str, bucket: str) -> dict[str, str]:
        """Headers for the answer. Raises: Limited."""
        self._meet_closure(method, path)
        window = self._window(method, path, bucket)
        now = time.monotonic()
        window.forget_old(now)
        if len(window.used_at) >= window.limit:
            raise Limited(window.reset_after(now), headers=_headers(window, bucket, now))
        window.used_at.append(now)
        return _headers(window, bucket, now)

    def _meet_closure(self, method: str, path: str) -> None:
        for closure in self._closures:
            if closure.method in (method, "*") and fnmatchcase(path, closure.path_glob):
                closure.times -= 1
                if closure.times <= 0:
                    self._closures.remove(closure)
                self.refused.append(Refused(closure.method, closure.path_glob, closure.is_global, closure.via))
                raise Limited(closure.retry_after_s, is_global=closure.is_global, via=closure.via)

    def _window(self, method: str, path: str, bucket: str) -> _Window:
        if bucket not in self._windows:
            matching = (r for r in self._rules if r.method in (method, "*") and fnmatchcase(path, r.path_glob))
            rule = next(matching, self._usual)
            self._windows[bucket] = _Window(rule.limit, rule.per_s)
        return self._windows[bucket]


def _headers(window: _Window, bucket: str, now: float) -> dict[str, str]:
    reset_after = window.reset_after(now)
    return {
        "X-RateLimit-Limit": str(window.limit),
        "X-RateLimit-Remaining": str(window.limit - len(window.used_at)),
        "X-RateLimit-Reset": f"{time.time() + reset_after:.3f}",
        "X-RateLimit-Reset-After": f"{reset_after:.3f}",
        "X-RateLimit-Bucket": hashlib.sha256(bucket.partition("|")[0].encode()).hexdigest()[:32],
    }
