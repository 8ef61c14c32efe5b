"""What has had its time, deleted from the ledger in memory."""

from dataclasses import replace
from datetime import datetime

from bot.domain.errors import StorageUnavailable
from bot.domain.ids import RunId, Sha256
from bot.domain.runs import RunState
from tests.fakes.ledger import Entry, MemoryLedger, TakeState

_FINAL = frozenset({RunState.DELIVERED, RunState.FAILED, RunState.CANCELLED, RunState.UNCERTAIN})


class MemoryRecords:
    """`Records` over the dictionaries. There are no files to erase anything from."""

    def __init__(self, ledger: MemoryLedger) -> None:
        self._ledger = ledger

    async def forget_tokens(self, at: datetime) -> int:
        if self._ledger.is_full:
            raise StorageUnavailable
        gone = [
            entry
            for entry in self._ledger.entries.values()
            if entry.request.address.token is not None
            if entry.request.address.token_expires_at <= at or self._over_at(entry) is not None
        ]
        for entry in gone:
            entry.request = replace(entry.request, address=replace(entry.request.address, token=None))
        return len(gone)

    async def next_token_death(self) -> datetime | None:
        addresses = [entry.request.address for entry in self._ledger.entries.values()]
        return min((one.token_expires_at for one in addresses if one.token is not None), default=None)

    async def forget_prompts(self, *, over_before: datetime, most: int) -> int:
        gone = [entry for entry in self._over(over_before) if entry.request.prompt][:most]
        for entry in gone:
            entry.request = replace(entry.request, prompt="", references=(), left_out=())
        return len(gone)

    async def delete_requests(self, *, over_before: datetime, most: int) -> int:
        gone = self._over(over_before)[:most]
        for entry in gone:
            for run in self._ledger.runs_of(entry.request.id):
                self._delete(run.id)
            del self._ledger.entries[entry.request.id]
        return len(gone)

    def _delete(self, run: RunId) -> None:
        ledger = self._ledger
        del ledger.runs[run]
        ledger.places.pop(run, None)
        ledger.delivered_at.pop(run, None)
        ledger.posts.pop(run, None)
        for report in [report for report in ledger.reports if report[0] == run]:
            del ledger.reports[report]

    async def delete_takes(self, *, taken_before: datetime, most: int) -> int:
        old = sorted((take.taken_at, run) for run, take in self._ledger.takes.items() if run not in self._ledger.runs)
        by_kind: dict[bool, int] = {}
        gone = 0
        for at, run in old:
            kind = self._ledger.takes[run].state is TakeState.GIVEN_BACK
            if at <= taken_before and by_kind.setdefault(kind, 0) < most:
                by_kind[kind] += 1
                gone += 1
                del self._ledger.takes[run]
        return gone

    async def delete_forms(self, *, opened_before: datetime, most: int) -> int:
        old = sorted((at, edit) for edit, (_, at) in self._ledger.forms.items() if at < opened_before)[:most]
        for _, edit in old:
            del self._ledger.forms[edit]
            self._ledger.unused_forms.discard(edit)
        return len(old)

    async def delete_hints(self, *, shown_before: datetime, most: int) -> int:
        old = sorted((at, member) for member, at in self._ledger.hints.items() if at <= shown_before)[:most]
        for _, member in old:
            del self._ledger.hints[member]
        return len(old)

    async def forget_wishes(self, *, ended_before: datetime, most: int) -> int:
        shelf = self._ledger.shelf
        gone = [one for one in shelf.ended(ended_before) if one.shows][:most]
        for one in gone:
            shelf.thumbnails[one.id] = replace(one, shows="", headline="", references=())
            for order in [order for order in shelf.rounds.values() if order.thumbnail == one.id]:
                shelf.rounds[one.id, order.number] = replace(order, words="")
            shelf.moves[one.id] = [replace(move, reason="") for move in shelf.moves.get(one.id, ())]
        return len(gone)

    async def delete_thumbnails(self, *, ended_before: datetime, most: int) -> int:
        gone = self._ledger.shelf.ended(ended_before)[:most]
        for one in gone:
            self._ledger.shelf.delete(one.id)
        return len(gone)

    async def needed_files(self, *, delivered_since: datetime) -> frozenset[Sha256]:
        ledger = self._ledger
        references = {
            reference.sha256
            for entry in ledger.entries.values()
            if self._may_be_asked_again(entry, delivered_since) and not self._was_withdrawn(entry)
            for reference in entry.request.references
        }
        ready = {run.image for run in ledger.runs.values() if run.state is RunState.READY}
        lately = [ledger.runs[run] for run, at in ledger.delivered_at.items() if at >= delivered_since]
        young = {run.image for run in lately if run.deleted_at is None}
        deleted = {run.id for run in ledger.runs.values() if run.deleted_at}
        return ledger.shelf.needed(deleted=deleted) | {sha256 for sha256 in references | ready | young if sha256}

    async def erase(self) -> None:
        pass

    async def rebuild(self) -> None:
        pass

    def _over(self, before: datetime) -> list[Entry]:
        over = [
            (at, entry.request.id)
            for entry in self._ledger.entries.values()
            if (at := self._over_at(entry)) is not None and at < before
        ]
        return [self._ledger.entries[request] for _, request in sorted(over)]

    def _over_at(self, entry: Entry) -> datetime | None:
        """None while something may still come of it."""
        if any(run.state not in _FINAL for run in self._ledger.runs_of(entry.request.id)):
            return None
        if entry.settled_at is None and entry.acknowledged_at is not None:
            return None
        return entry.settled_at or entry.request.created_at

    def _may_be_asked_again(self, entry: Entry, since: datetime) -> bool:
        is_there = any(
            run.state is not RunState.CANCELLED and run.deleted_at is None
            for run in self._ledger.runs_of(entry.request.id)
        )
        return not entry.settled_at or (entry.settled_at >= since and is_there)

    def _was_withdrawn(self, entry: Entry) -> bool:
        return all(run.state is RunState.CANCELLED for run in self._ledger.runs_of(entry.request.id))
