"""Looks after runs at RunBase until each has become a picture on disk, or has ended without one."""

import asyncio
import logging
from collections import Counter
from collections.abc import Container, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.errors import (
    DownloadFailed,
    DownloadGone,
    DownloadRefused,
    DownloadTooLarge,
    LookFailed,
    LookTrouble,
    ReferenceRefused,
    RunUnknown,
    StorageUnavailable,
)
from bot.domain.ids import KeyId, RunId, Sha256
from bot.domain.runs import EndReason, Run, RunState
from bot.operations import Meter, Phase
from bot.ports import Clock, Downloads, Failed, FileStore, ImageApi, Imaging, Look, RequestStore, Succeeded
from bot.services.names import run_names
from bot.services.pacing import Pacing
from bot.services.signals import Signals
from bot.services.work import SHORT_GRACE_S, Hands

log = logging.getLogger(__name__)

_IDLE_S = 5.0  # a fallback only: new runs wake the loop
_LONGEST_PAUSE_S = 1.0  # looks become cheaper as the window empties
_SHORTEST_PAUSE_S = 0.02
_LOOKS_AT_ONCE = 8  # each may hold one downloaded picture of ordinary size in memory
_ORDINARY_BYTES = 4_000_000  # GPT Image 1's are about 2 MB
_MOST_RESULT_BYTES = 24 * 1024 * 1024  # a 4K PNG of noise
_TRIES_OF_A_BAD_RESULT = 3
# Stores may need a while to show what was just put into them; what they do not show for long, they may never.
_NOT_KEPT_YET_S = 10.0
_LONGEST_WAIT_S = 300.0
_AGAIN_S, _OVERDUE_AGAIN_S = 2.0, 60.0  # after a look that failed
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
        pacing: Pacing,
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
        self._keys = pacing.keys
        self._watch = pacing.watch
        self._times = pacing.times
        self._meter = meter
        self._downloads = downloads
        self._imaging = imaging
        self._files = files
        self._requests = requests
        self._signals = signals
        self._looking = Hands("tracking", most=_LOOKS_AT_ONCE)
        self._large_result = asyncio.Semaphore(1)
        self._ended_meanwhile: set[RunId] = set()
        self._not_kept: Counter[RunId] = Counter()
        self._bad_results: Counter[RunId] = Counter()
        self._unknown: Counter[RunId] = Counter()
        self._late: set[RunId] = set()

    async def follow(self) -> Mapping[RunId, Run]:
        """Take up what the ledger says is under way, also what an earlier process began."""
        self._ended_meanwhile.clear()
        found = await self._requests.looked_after()
        is_news = not all(self._watch.knows(run.id) for run in found)
        families = await self._requests.families() if is_news else {}
        for family in set(families.values()):
            await self._times.learn(family)
        there = [run for run in found if run.id not in self._ended_meanwhile]
        self._watch.follow(there, families)
        runs = {run.id: run for run in there if self._watch.knows(run.id)}
        self._forget_all_but(runs.keys())
        return runs

    async def turn(self) -> float:
        """Look at what is due. Returns the seconds until the next look is."""
        runs = await self.follow()
        for run in runs.values():
            if run.key_id is not None and not self._keys.knows(run.key_id) and not self._looking.holds(run.id):
                await self._end(run, RunState.UNCERTAIN, EndReason.KEY_GONE)
        for key in self._keys.all:
            self._look_around(key, runs)
        return self._pause_s(runs)

    @property
    def is_busy(self) -> bool:
        return self._looking.are_busy

    async def finish(self, *, grace_s: float = SHORT_GRACE_S) -> None:
        await self._looking.finish(grace_s=grace_s)

    def _look_around(self, key: KeyId, runs: Mapping[RunId, Run]) -> None:
        """Spend what the key has for looks; the looks themselves go on beside."""
        while (due := self._due(key, runs)) is not None:
            sent_s = self._keys.spend(key)
            self._watch.note_look(due)
            self._looking.take(due, self._look(runs[due], key, sent_s), self._signals.running.set)

    def _due(self, key: KeyId, runs: Mapping[RunId, Run]) -> RunId | None:
        return None if self._looking.are_full else self._watch.next(key, runs.keys() - self._looking.held)

    async def _look(self, run: Run, key: KeyId, sent_s: float) -> None:
        age_s = self._watch.age_s(run.id)
        try:
            found = await self._ask(run, key, sent_s)
        except RunUnknown:
            self._look_again_later(run)
            await self._count(self._unknown, run, _TRIES_OF_AN_UNKNOWN_RUN, RunState.UNCERTAIN, EndReason.LOST_TOUCH)
        except LookFailed as error:
            await self._bear(run, key, sent_s, error)
        else:
            await self._conclude(run, found, age_s)

    async def _ask(self, run: Run, key: KeyId, sent_s: float) -> Look:
        assert run.provider_id is not None
        try:
            return await self._api.look(key, run.provider_id)
        finally:
            self._keys.note_answer(key, sent_s)

    async def _bear(self, run: Run, key: KeyId, sent_s: float, error: LookFailed) -> None:
        """What was refused as too fast was no look: it makes no run late."""
        self._look_again_later(run)
        if error.trouble is LookTrouble.TOO_FAST:
            self._keys.note_too_fast(key, sent_s)
            return
        log.info("look failed %s", run_names(run))
        await self._check_patience(run)

    async def _conclude(self, run: Run, found: Look, age_s: float) -> None:
        match found:
            case Failed(reason):
                self._meter.refunded()
                await self._end(run, RunState.FAILED, reason)
            case Succeeded(url):
                await self._collect(run, url)
            case _:
                self._watch.note_running(run.id, age_s)
                await self._check_patience(run)

    async def _collect(self, run: Run, url: str | None) -> None:
        """Bring the picture to disk. What was paid for is fetched again as long as there is hope."""
        noticed_at, took_s = self._clock.now(), self._watch.age_s(run.id)
        self._watch.note_finished(run.id)
        try:
            if url is None:
                raise DownloadGone
            sha256 = await self._bring(url)
        except (DownloadRefused, DownloadTooLarge) as error:
            log.warning("result refused %s why=%s", run_names(run), type(error).__name__)
            self._look_again_later(run)
            reason = EndReason.RESULT_UNREADABLE
            await self._count(self._bad_results, run, _TRIES_OF_A_BAD_RESULT, RunState.FAILED, reason)
        except (DownloadFailed, ReferenceRefused, StorageUnavailable) as error:
            log.info("result not kept yet %s why=%s", run_names(run), type(error).__name__)
            self._put_off(run)
            await self._check_patience(run)
        else:
            await self._requests.finish(run.id, sha256, noticed_at, seen_s=self._watch.seen_s(run.id))
            self._meter.waited(Phase.RUNBASE, took_s)
            log.info("run ready %s noticed_at=%s", run_names(run), noticed_at.isoformat(timespec="seconds"))
            self._let_go(run)

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
        is_overdue = run.state is RunState.OVERDUE
        self._watch.put_off(run.id, max(wait_s, _OVERDUE_AGAIN_S) if is_overdue else wait_s)

    def _look_again_later(self, run: Run) -> None:
        self._watch.put_off(run.id, _OVERDUE_AGAIN_S if run.state is RunState.OVERDUE else _AGAIN_S)

    async def _count(self, tries: Counter[RunId], run: Run, most: int, state: RunState, reason: EndReason) -> None:
        tries[run.id] += 1
        if tries[run.id] >= most:
            await self._end(run, state, reason)

    async def _check_patience(self, run: Run) -> None:
        """Late at two looks in a row: a clock that was wrong for a moment gives nobody's quota back."""
        is_overdue = run.state is RunState.OVERDUE
        patience = _FORGET_AFTER if is_overdue else self._patience.give_up_after
        if self._watch.age_s(run.id) < patience.total_seconds():
            self._late.discard(run.id)
        elif run.id not in self._late:
            self._late.add(run.id)
            self._watch.put_off(run.id, _MAKE_SURE_S)
        else:
            self._late.discard(run.id)
            await self._end(run, RunState.FAILED if is_overdue else RunState.OVERDUE, EndReason.TOO_SLOW)

    async def _end(self, run: Run, state: RunState, reason: EndReason) -> None:
        seen_s = self._watch.seen_s(run.id)
        await self._requests.end(run.id, state, reason, self._clock.now(), seen_s=seen_s)
        self._meter.ended(state, reason)
        log.warning("run ended %s state=%s reason=%s", run_names(run), state, reason)
        if state is RunState.OVERDUE:
            self._signals.outbox.set()
        else:
            self._let_go(run)

    def _let_go(self, run: Run) -> None:
        """It is under way no more, and its key can look after another."""
        self._ended_meanwhile.add(run.id)
        self._watch.forget(run.id)
        self._signals.outbox.set()
        self._signals.queued.set()

    def _pause_s(self, runs: Mapping[RunId, Run]) -> float:
        waiting = runs.keys() - self._looking.held
        if not waiting or self._looking.are_full:
            return _IDLE_S
        are_awaited = any(runs[run].state is RunState.RUNNING for run in waiting)
        wait_s = min(self._watch.wait_s(key, waiting) for key in self._keys.all)
        return min(_LONGEST_PAUSE_S if are_awaited else _IDLE_S, max(_SHORTEST_PAUSE_S, wait_s))

    def _forget_all_but(self, runs: Container[RunId]) -> None:
        for memory in (self._not_kept, self._bad_results, self._unknown):
            for gone in [run for run in memory if run not in runs]:
                del memory[gone]
        self._late = {run for run in self._late if run in runs}
