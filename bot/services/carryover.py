"""Carries over from one process to the next what RunBase still counts of the requests that were made."""

import json
import logging
from contextlib import suppress
from datetime import timedelta

from bot.domain.errors import StorageUnavailable
from bot.ports import Clock, SettingStore
from bot.services.keys import Keys

log = logging.getLogger(__name__)

_NAME = "requests_made"
_UNTIL, _MADE = "until", "made"
_AHEAD = timedelta(seconds=10)
_RENEWED_BEFORE_S = 5.0  # longer than it takes from spending a request to sending it, however slow the disk is


class Carryover:
    """What was asked within the last ten seconds counts at RunBase, whichever process asked.

    Requests are not written down one by one: a commit for each look would cost more than the look. Instead a moment is
    written down before it comes, until which requests may be made: every five seconds at most, and only while some are.
    A process that is stopped writes down the requests that it made. Of one that was killed nothing but the moment is
    known, so the next one takes every window for full, until ten seconds after that moment or its own start, whichever
    comes first.
    """

    def __init__(self, *, clock: Clock, keys: Keys, settings: SettingStore) -> None:
        self._clock = clock
        self._keys = keys
        self._settings = settings
        self._valid_until_s = 0.0

    async def take_over(self) -> None:
        """At a start, before any request is made."""
        found = await self._settings.get(_NAME)
        if found is None:
            return
        stored = json.loads(found)
        for key in self._keys.all:
            if _UNTIL in stored:
                self._keys.fill(key, self._ago_s(stored[_UNTIL]))
            else:
                self._keys.restore(key, [self._ago_s(made) for made in stored[_MADE].get(key, ())])
        if _UNTIL in stored and not any(map(self._keys.left, self._keys.all)):
            log.info("requests taken over ago_s=%.1f", self._ago_s(stored[_UNTIL]))

    async def renew(self) -> None:
        """Directly before requests are spent.

        If the disk refuses they are made all the same: looks, that is, for then nothing is ordered. Who is killed just
        then may leave a window behind that the next process does not know of.
        """
        now_s = self._clock.elapsed_s()
        if now_s + _RENEWED_BEFORE_S <= self._valid_until_s:
            return
        until = self._clock.now() + _AHEAD
        with suppress(StorageUnavailable):
            await self._settings.put(_NAME, json.dumps({_UNTIL: until.timestamp()}))
        self._valid_until_s = now_s + _AHEAD.total_seconds()

    async def hand_over(self) -> None:
        """When no more requests will be made. If the disk refuses, the next process takes the windows for full."""
        now = self._clock.now().timestamp()
        made = {key: [now - ago_s for ago_s in self._keys.made_ago_s(key)] for key in self._keys.all}
        with suppress(StorageUnavailable):
            await self._settings.put(_NAME, json.dumps({_MADE: made}))

    def _ago_s(self, at_s: float) -> float:
        """Not below zero, though the clock may have been set back since."""
        return max(0.0, self._clock.now().timestamp() - at_s)
