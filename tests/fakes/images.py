"""Images and reports over the ledger in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.ids import MemberId, RequestId, RunId, request_of
from bot.domain.images import Image
from bot.domain.moderation import AlreadyReported, TooManyReports
from bot.domain.runs import RunState
from tests.fakes.ledger import MemoryLedger


class MemoryImageStore:
    """`ImageStore` over the dictionaries."""

    def __init__(self, ledger: MemoryLedger) -> None:
        self._ledger = ledger

    async def image(self, run: RunId) -> Image | None:
        return next((image for image in await self.images_of(request_of(run)) if image.id == run), None)

    async def images_of(self, request: RequestId) -> Sequence[Image]:
        entry = self._ledger.entries.get(request)
        if entry is None:
            return ()
        return [Image(entry.request, run, self._ledger.posts.get(run.id)) for run in self._ledger.runs_of(request)]

    async def ancestors(self, run: RunId, *, most: int) -> Sequence[RunId]:
        line: list[RunId] = []
        parent = self._parent(run)
        while parent is not None and len(line) < most:
            line.append(parent)
            parent = self._parent(parent)
        return line

    async def children(self, run: RunId, *, most: int) -> Sequence[RunId]:
        made = [
            (self._ledger.entries[other.request_id].request.created_at, other.id)
            for other in self._ledger.runs.values()
            if other.state is RunState.DELIVERED and self._parent(other.id) == run
        ]
        return [child for _, child in sorted(made)[:most]]

    async def delete(self, run: RunId, at: datetime) -> None:
        found = self._ledger.runs[run]
        self._ledger.runs[run] = replace(found, deleted_at=found.deleted_at or at)

    def _parent(self, run: RunId) -> RunId | None:
        entry = self._ledger.entries.get(request_of(run))
        parent = entry.request.parent if entry else None
        return parent.run_id if parent else None


class MemoryReportStore:
    """`ReportStore` over the dictionaries."""

    def __init__(self, ledger: MemoryLedger) -> None:
        self._ledger = ledger

    async def note(self, run: RunId, member: MemberId, at: datetime, *, since: datetime, most: int) -> None:
        reports = self._ledger.reports
        if (run, member) in reports:
            raise AlreadyReported
        if sum(who == member and made_at > since for (_, who), made_at in reports.items()) >= most:
            raise TooManyReports(most, at - since)
        reports[run, member] = at

    async def forget(self, run: RunId, member: MemberId) -> None:
        self._ledger.reports.pop((run, member), None)
