"""Looks after runs at RunBase until each has become a picture on disk, or has ended without one."""

import asyncio
import logging
from collections import Counter
from collections.abc import Container
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.errors import (
    DownloadFailed,
    DownloadGone,
    DownloadRefused,
    DownloadTooLarge,
    LookFailed,
    ReferenceRefused,
    RunUnknown,
    StorageUnavailable,
)
from bot.domain.ids import RunId, Sha256
from bot.domain.pacing import next_look_in_s
from bot.domain.runs import EndReason, Run, RunState
from bot.operations import Meter, Phase
from bot.ports import Clock, Downloads, Failed, FileStore, ImageApi, Imaging, Look, RequestStore, Succeeded
from bot.services.keys import Keys
from bot.services.names import run_names
from bot.services.signals import Signals
from bot.services.work import SHORT_GRACE_S, Hands

log = logging.getLogger(__name__)

_IDLE_S = 5.0  # a fallback only: new runs wake the loop
_LOOKS_AT_ONCE = 8  # each may hold one downloaded picture of ordinary size in memory
_ORDINARY_BYTES = 4_000_000  # GPT Image 1's are about 2 MB
_MOST_RESULT_BYTES = 24 * 1024 * 1024  # a 4K PNG of noise
_TRIES_OF_A_BAD_RESULT = 3
# Stores may need a while to show what was just put into them; what they do not show for long, they may never.
_NOT_KEPT_YET_S = 10.0
_LONGEST_WAIT_S = 300.0
_MAKE_SURE_S = 10.0
_TRIES_OF_AN_UNKNOWN_RUN = 5  # a fresh run may not be readable at once
_FORGET_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a run may take before its quota is given back."""

    give_up_after: timedelta


class Tracking:
    def __init__(
        self,
        patience: Patience,
        *,
        clock: Clock,
        api: ImageApi,
        keys: Keys,
        meter: Meter,
        downloads: Downloads,
        imaging: Imaging,
        files: FileStore,
        requests: RequestStore,
        signals: Signals,
    ) -> None:
        self._patience = patience
        self._clock = clock
        self._api = api
        self._keys = keys
        self._meter = meter
        self._downloads = downloads
        self._imaging = imaging
        self._files = files
        self._requests = requests
        self._signals = signals
        self._looking = Hands("tracking", most=_LOOKS_AT_ONCE)
        self._next_look: dict[RunId, datetime] = {}
        self._large_result = asyncio.Semaphore(1)
        self._not_kept: Counter[RunId] = Counter()
        self._bad_results: Counter[RunId] = Counter()
        self._unknown: Counter[RunId] = Counter()
        self._late: set[RunId] = set()

    async def turn(self) -> float:
        """Look at what is due. Returns the seconds until the next look is."""
        runs = {run.id: run for run in await self._requests.looked_after()}
        self._forget_all_but(runs.keys())
        for run in sorted(runs.values(), key=self._due):
            if self._looking.are_full or self._looking.hold(run.id):
                continue
            if self._due(run) > self._clock.now():
                break
            await self._tend(run)
        return self._pause_s(tuple(runs.values()))

    @property
    def is_busy(self) -> bool:
        return self._looking.are_busy

    async def finish(self, *, grace_s: float = SHORT_GRACE_S) -> None:
        await self._looking.finish(grace_s=grace_s)

    async def _tend(self, run: Run) -> None:
        """Spend one look on a run, if its key has one left; the look itself goes on beside."""
        assert run.key_id is not None
        if not self._keys.knows(run.key_id):
            await self._end(run, RunState.UNCERTAIN, EndReason.KEY_GONE)
        elif self._keys.may_ask(run.key_id):
            self._keys.spend(run.key_id)
            self._next_look[run.id] = self._clock.now() + timedelta(seconds=self._interval_s(run))
            self._looking.take(run.id, self._look(run), self._signals.running.set)

    async def _look(self, run: Run) -> None:
        assert run.key_id is not None
        assert run.provider_id is not None
        try:
            found = await self._api.look(run.key_id, run.provider_id)
        except RunUnknown:
            await self._count(self._unknown, run, _TRIES_OF_AN_UNKNOWN_RUN, RunState.UNCERTAIN, EndReason.LOST_TOUCH)
        except LookFailed:
            log.info("look failed %s", run_names(run))
            await self._check_patience(run)
        else:
            await self._conclude(run, found)

    async def _conclude(self, run: Run, found: Look) -> None:
        match found:
            case Failed(reason):
                self._meter.refunded()
                await self._end(run, RunState.FAILED, reason)
            case Succeeded(url):
                await self._collect(run, url)
            case _:
                await self._check_patience(run)

    async def _collect(self, run: Run, url: str | None) -> None:
        """Bring the picture to disk. What was paid for is fetched again as long as there is hope."""
        noticed_at = self._clock.now()
        try:
            if url is None:
                raise DownloadGone
            sha256 = await self._bring(url)
        except (DownloadRefused, DownloadTooLarge) as error:
            log.warning("result refused %s why=%s", run_names(run), type(error).__name__)
            reason = EndReason.RESULT_UNREADABLE
            await self._count(self._bad_results, run, _TRIES_OF_A_BAD_RESULT, RunState.FAILED, reason)
        except (DownloadFailed, ReferenceRefused, StorageUnavailable) as error:
            log.info("result not kept yet %s why=%s", run_names(run), type(error).__name__)
            self._put_off(run)
            await self._check_patience(run)
        else:
            await self._requests.finish(run.id, sha256, noticed_at)
            self._meter.waited(Phase.RUNBASE, self._age(run).total_seconds())
            log.info("run ready %s noticed_at=%s", run_names(run), noticed_at.isoformat(timespec="seconds"))
            self._signals.outbox.set()

    async def _bring(self, url: str) -> Sha256:
        """Those of unusual size one after the other: eight of them would be more than the bot has memory for."""
        with suppress(DownloadTooLarge):
            return await self._keep(await self._downloads.result(url, limit_bytes=_ORDINARY_BYTES))
        async with self._large_result:
            return await self._keep(await self._downloads.result(url, limit_bytes=_MOST_RESULT_BYTES))

    async def _keep(self, content: bytes) -> Sha256:
        await self._imaging.inspect(content, filename="result")
        return await self._files.keep(content)

    def _put_off(self, run: Run) -> None:
        """Twice as long each time: every try costs a request of the key and a download."""
        self._not_kept[run.id] += 1
        wait_s = min(_LONGEST_WAIT_S, _NOT_KEPT_YET_S * 2 ** (self._not_kept[run.id] - 1))
        if run.state is RunState.OVERDUE:
            wait_s = max(wait_s, self._interval_s(run))
        self._next_look[run.id] = self._clock.now() + timedelta(seconds=wait_s)

    async def _count(self, tries: Counter[RunId], run: Run, most: int, state: RunState, reason: EndReason) -> None:
        tries[run.id] += 1
        if tries[run.id] >= most:
            await self._end(run, state, reason)

    async def _check_patience(self, run: Run) -> None:
        """Late at two looks in a row: a clock that was wrong for a moment gives nobody's quota back."""
        is_overdue = run.state is RunState.OVERDUE
        if self._age(run) < (_FORGET_AFTER if is_overdue else self._patience.give_up_after):
            self._late.discard(run.id)
        elif run.id not in self._late:
            self._late.add(run.id)
            self._next_look[run.id] = self._clock.now() + timedelta(seconds=_MAKE_SURE_S)
        else:
            self._late.discard(run.id)
            await self._end(run, RunState.FAILED if is_overdue else RunState.OVERDUE, EndReason.TOO_SLOW)

    async def _end(self, run: Run, state: RunState, reason: EndReason) -> None:
        await self._requests.end(run.id, state, reason, self._clock.now())
        self._meter.ended(state, reason)
        log.warning("run ended %s state=%s reason=%s", run_names(run), state, reason)
        self._signals.outbox.set()

    def _age(self, run: Run) -> timedelta:
        """Not below zero, though the clock may have been set back since."""
        assert run.submitted_at is not None
        return max(timedelta(0), self._clock.now() - run.submitted_at)

    def _interval_s(self, run: Run) -> float:
        return next_look_in_s(self._age(run).total_seconds(), is_overdue=run.state is RunState.OVERDUE)

    def _due(self, run: Run) -> datetime:
        """A run first seen is due when its age says so: after a restart that is at once for all that ran meanwhile.

        No wait is longer than the longest: what seems to be was written down before the clock was set back.
        """
        now = self._clock.now()
        if run.id not in self._next_look:
            first_s = next_look_in_s(0.0, is_overdue=False)
            wait = timedelta(seconds=max(0.0, first_s - self._age(run).total_seconds()))
            self._next_look[run.id] = now + wait
        if self._next_look[run.id] > now + timedelta(seconds=_LONGEST_WAIT_S):
            self._next_look[run.id] = now
        return self._next_look[run.id]

    def _pause_s(self, runs: tuple[Run, ...]) -> float:
        waiting = [self._due(run) for run in runs if not self._looking.hold(run.id)]
        if not waiting:
            return _IDLE_S
        return min(_IDLE_S, max(0.1, (min(waiting) - self._clock.now()).total_seconds()))

    def _forget_all_but(self, runs: Container[RunId]) -> None:
        for memory in (self._next_look, self._not_kept, self._bad_results, self._unknown):
            for gone in [run for run in memory if run not in runs]:
                del memory[gone]
        self._late = {run for run in self._late if run in runs}
