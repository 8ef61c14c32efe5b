"""Who may call: the known keys, what is wrong with them, and the request window of each."""

from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.preview.emulator.faults import Place
from bot.preview.emulator.rules import REFUSALS, Refusal

WINDOW_REQUESTS = 20  # "20 requests per 10 seconds per API key"
WINDOW = timedelta(seconds=10)

_ALL_CALLS = frozenset({Place.CREATE, Place.READ})
_CREATE_ONLY = frozenset({Place.CREATE})


class Keys:
    def __init__(self, keys: Iterable[str]) -> None:
        self._arrivals: dict[str, deque[datetime]] = {key: deque() for key in keys}
        self._refused: dict[str, tuple[str, frozenset[Place]]] = {}
        for key in self._arrivals:
            if not key.startswith("sk-"):
                raise ValueError("keys start with sk-")

    def identify(self, authorization: str | None) -> str:
        """Raises: Refusal, for a missing, malformed or unknown key."""
        if not authorization:
            raise Refusal("missing_api_key")
        scheme, _, key = authorization.partition(" ")
        if scheme != "Bearer" or key not in self._arrivals:
            raise Refusal("invalid_api_key")
        return key

    def refuse(self, key: str, code: str | None) -> None:
        """From now on the key is refused with that code; None makes it good again."""
        if code is None:
            self._refused.pop(key, None)
            return
        if code not in REFUSALS:
            raise ValueError(f"no such code: {code}")
        places = _CREATE_ONLY if code == "api_key_spend_limit_exceeded" else _ALL_CALLS  # reading spends nothing
        self._refused[key] = code, places

    def admit(self, key: str, place: Place, now: datetime) -> None:
        """Every request counts, refused ones too. Raises: Refusal, over the limit or for a refused key."""
        arrivals = self._arrivals[key]
        while arrivals and arrivals[0] <= now - WINDOW:
            arrivals.popleft()
        arrivals.append(now)
        if len(arrivals) > WINDOW_REQUESTS:
            raise Refusal("RATE_LIMITED")
        code, places = self._refused.get(key, ("", frozenset()))
        if place in places:
            raise Refusal(code)
