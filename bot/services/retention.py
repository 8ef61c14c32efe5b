"""Deletes what has had its time: tokens, forms, what members wrote and gave, pictures, in the end whole requests."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.errors import StorageUnavailable
from bot.ports import Clock, FileStore
from bot.records import Records
from bot.services.editing import FORGET_AFTER
from bot.services.hints import EVERY

log = logging.getLogger(__name__)

_LOOK_EVERY_S = 60.0
_BATCH = 200  # others wait for about 20 ms, in a ledger of a million requests
_BETWEEN_BATCHES_S = 0.25
_TIDY_EVERY = timedelta(minutes=5)
_REBUILD_EVERY = timedelta(days=1)
_REBUILD_FIRST = timedelta(hours=1)  # not while a start has better things to do, nor at every start of a crash loop
_SWEEP_AGE = timedelta(hours=1)  # files are on disk before the ledger knows of them: leave young ones alone


@dataclass(frozen=True, slots=True)
class Keep:
    """How long what stays: pictures after delivery; prompts and requests after they are over; quota as it counts."""

    images: timedelta
    prompts: timedelta
    requests: timedelta
    longest_window: timedelta


class Retention:
    def __init__(self, keep: Keep, *, clock: Clock, records: Records, files: FileStore) -> None:
        self._keep = keep
        self._clock = clock
        self._records = records
        self._files = files
        self._tidy_at = clock.now()
        self._rebuild_at = clock.now() + _REBUILD_FIRST
        self._has_deleted = True  # perhaps, before this start

    async def turn(self) -> float:
        """A batch of everything that is due. Returns the seconds until more may be: to the next token's last."""
        try:
            return await self._turn(self._clock.now())
        except StorageUnavailable as error:
            log.warning("nothing deleted why=%s", error.why)
            return _LOOK_EVERY_S

    async def _turn(self, now: datetime) -> float:
        await self._records.forget_tokens(now)
        is_more = await self._delete_a_batch(now)
        if now >= self._tidy_at:
            self._tidy_at = now + _TIDY_EVERY
            await self._tidy(now)
        return _BETWEEN_BATCHES_S if is_more else await self._pause_s()

    async def _delete_a_batch(self, now: datetime) -> bool:
        """Whether there may be more. Takes wait until no request is left to go: looking for theirs is slow before."""
        keep, records = self._keep, self._records
        forms = await records.delete_forms(opened_before=now - FORGET_AFTER, most=_BATCH)
        hints = await records.delete_hints(shown_before=now - EVERY, most=_BATCH)
        prompts = await records.forget_prompts(over_before=now - keep.prompts, most=_BATCH)
        wishes = await records.forget_wishes(ended_before=now - keep.prompts, most=_BATCH)
        thumbnails = await records.delete_thumbnails(ended_before=now - keep.requests, most=_BATCH)
        requests = await records.delete_requests(over_before=now - keep.requests, most=_BATCH)
        takes = 0
        if requests < _BATCH:
            uncounted = now - max(keep.requests, keep.longest_window)
            takes = await records.delete_takes(taken_before=uncounted, most=_BATCH)
        deleted = (forms, hints, prompts, wishes, requests, thumbnails, takes)
        if any(deleted):
            self._has_deleted = True
            log.info("deleted forms=%d hints=%d prompts=%d wishes=%d requests=%d thumbnails=%d takes=%d", *deleted)
        return max(deleted) >= _BATCH

    async def _tidy(self, now: datetime) -> None:
        needed = await self._records.needed_files(delivered_since=now - self._keep.images)
        if swept := await self._files.sweep(needed, before=now - _SWEEP_AGE):
            log.info("files swept count=%d", swept)
        await self._records.erase()
        if self._has_deleted and now >= self._rebuild_at:
            self._rebuild_at = now + _REBUILD_EVERY
            await self._rebuild()

    async def _rebuild(self) -> None:
        try:
            await self._records.rebuild()
        except StorageUnavailable as error:
            log.warning("database not rebuilt why=%s", error.why)
            return
        self._has_deleted = False

    async def _pause_s(self) -> float:
        death = await self._records.next_token_death()
        if death is None:
            return _LOOK_EVERY_S
        return min(_LOOK_EVERY_S, max(0.0, (death - self._clock.now()).total_seconds()))
