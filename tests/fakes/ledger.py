"""The ledger in memory: `RequestStore`, `QuotaStore` and `EditStore` over the same dictionaries."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.domain.errors import AlreadyAsked, AlreadyBeingMade, QueueFull, QuotaScope, StorageUnavailable
from bot.domain.ids import (
    ChannelId,
    EditId,
    KeyId,
    MemberId,
    MessageId,
    ProviderRunId,
    RequestId,
    RunId,
    ServerId,
    Sha256,
    run_id,
)
from bot.domain.images import Post
from bot.domain.pacing import Family, Sighting
from bot.domain.quotas import Usage, Window, refusal
from bot.domain.requests import TERMINAL, Address, Opening, Reference, Request, Spot
from bot.domain.runs import AWAITED, GIVES_BACK, EndReason, Run, RunState, is_legal
from bot.domain.turns import Queued, Who
from bot.ports import Attempt, OwnImage, Parcel, Placed
from tests.fakes.shelf import Shelf


class TakeState(StrEnum):
    HELD = "held"
    SPENT = "spent"
    GIVEN_BACK = "given_back"


@dataclass(slots=True)
class Take:
    server: ServerId
    member: MemberId
    taken_at: datetime
    state: TakeState = TakeState.HELD


@dataclass(slots=True)
class Entry:
    """A request and what became of it."""

    request: Request
    acknowledged_at: datetime | None = None
    settled_at: datetime | None = None
    kept_at: datetime | None = None
    attempt: Attempt | None = None
    perhaps_shown: frozenset[RunId] = frozenset()


@dataclass(slots=True)
class MemoryLedger:
    """What all stores write to; tests may look inside. `is_full` makes it refuse what is new."""

    entries: dict[RequestId, Entry] = field(default_factory=dict)
    runs: dict[RunId, Run] = field(default_factory=dict)
    takes: dict[RunId, Take] = field(default_factory=dict)
    places: dict[RunId, Placed] = field(default_factory=dict)
    delivered_at: dict[RunId, datetime] = field(default_factory=dict)
    seen_running_s: dict[RunId, float] = field(default_factory=dict)
    forms: dict[EditId, tuple[Opening, datetime]] = field(default_factory=dict)
    unused_forms: set[EditId | None] = field(default_factory=set)
    form_of: dict[RequestId, EditId] = field(default_factory=dict)
    posts: dict[RunId, Post] = field(default_factory=dict)
    reports: dict[tuple[RunId, MemberId], datetime] = field(default_factory=dict)
    hints: dict[MemberId, datetime] = field(default_factory=dict)
    windows: tuple[Window, ...] = ()
    is_full: bool = False
    shelf: Shelf = field(default_factory=Shelf)

    def runs_of(self, request: RequestId) -> tuple[Run, ...]:
        return tuple(run for run in self.runs.values() if run.request_id == request)

    def usage(self, server: ServerId, member: MemberId, at: datetime) -> tuple[Usage, ...]:
        return tuple(Usage.of(window, tuple(self._counted(window, server, member, at))) for window in self.windows)

    def _counted(self, window: Window, server: ServerId, member: MemberId, at: datetime) -> Iterator[datetime]:
        for take in sorted(self.takes.values(), key=lambda take: take.taken_at):
            same_server = window.scope is QuotaScope.GLOBAL or take.server == server
            same_member = window.scope is not QuotaScope.MEMBER or take.member == member
            counts = take.state is not TakeState.GIVEN_BACK and take.taken_at > at - window.per
            if same_server and same_member and counts:
                yield take.taken_at


class MemoryQuotaStore:
    def __init__(self, ledger: MemoryLedger) -> None:
        self._ledger = ledger

    async def configure(self, windows: Sequence[Window]) -> None:
        order = list(QuotaScope)
        self._ledger.windows = tuple(sorted(windows, key=lambda window: (order.index(window.scope), window.per)))

    async def usage(self, server: ServerId, member: MemberId, at: datetime) -> tuple[Usage, ...]:
        await _others_first()
        return self._ledger.usage(server, member, at)


class MemoryRequestStore:
    """Each method lets others run first and is atomic from there: the loop cannot come between."""

    def __init__(self, ledger: MemoryLedger, *, at_terminal: bool = False) -> None:
        self._ledger = ledger
        self._at_terminal = at_terminal

    async def accept(self, request: Request, *, queue_length: int, edit: EditId | None = None) -> None:
        await self._writing()
        ledger = self._ledger
        if any(entry.request.source_id == request.source_id for entry in ledger.entries.values()):
            raise AlreadyAsked
        if edit is not None and edit not in ledger.unused_forms:
            raise AlreadyBeingMade
        if self._is_being_made_again(request):
            raise AlreadyBeingMade
        waiting = len(self._own_in({RunState.QUEUED}))
        if waiting + request.images > queue_length:
            raise QueueFull(waiting=waiting, limit=queue_length)
        address = request.address
        standing = ledger.usage(address.server_id, address.member_id, request.created_at)
        if refused := refusal(standing, request.images):
            raise refused
        ledger.unused_forms.discard(edit)
        if edit is not None:
            ledger.form_of[request.id] = edit
        ledger.entries[request.id] = Entry(request)
        for number in range(request.images):
            run = run_id(request.id, number)
            ledger.runs[run] = Run(
                run, request.id, number, address.server_id, address.member_id, RunState.QUEUED, request.created_at
            )
            ledger.takes[run] = Take(address.server_id, address.member_id, request.created_at)

    async def acknowledge(
        self, request: RequestId, message: MessageId | None, at: datetime, *, attached: Sequence[str] = ()
    ) -> None:
        await self._writing()
        entry = self._ledger.entries[request]
        entry.request = replace(entry.request, references=_attach(entry.request.references, attached))
        if entry.acknowledged_at is None:
            entry.acknowledged_at = at
            entry.request = replace(entry.request, address=replace(entry.request.address, message_id=message))

    async def withdraw(self, request: RequestId, reason: EndReason, at: datetime) -> int:
        queued = [run.id for run in self._ledger.runs_of(request) if run.state is RunState.QUEUED]
        ended = [await self.end(run, RunState.CANCELLED, reason, at) for run in queued]
        if (form := self._ledger.form_of.pop(request, None)) is not None:
            self._ledger.unused_forms.add(form)
        return sum(ended)

    async def call_off(self, request: RequestId, message: MessageId | None, reason: EndReason, at: datetime) -> None:
        await self.withdraw(request, reason, at)
        await self.acknowledge(request, message, at)

    async def queued_in(self, server: ServerId) -> Sequence[RequestId]:
        await _others_first()
        waiting = self._in({RunState.QUEUED})
        return list({run.request_id for run in waiting if self._entry(run).request.address.server_id == server})

    async def queue(self) -> Sequence[Queued]:
        await _others_first()
        waiting = [run for run in self._own_in({RunState.QUEUED}) if self._entry(run).acknowledged_at is not None]
        in_order = sorted(waiting, key=lambda run: (run.queued_at, run.id))
        return [Queued(run.id, run.request_id, run.server_id, run.member_id, run.queued_at) for run in in_order]

    async def under_way_in(self, server: ServerId) -> Mapping[RequestId, datetime]:
        await _others_first()
        made = self._in({RunState.SUBMITTING, RunState.RUNNING})
        since = [(run.submitted_at, run.request_id) for run in made if run.server_id == server and run.submitted_at]
        return {request: at for at, request in sorted(since, reverse=True)}

    async def under_way(self) -> Mapping[Who, int]:
        await _others_first()
        return Counter((run.server_id, run.member_id) for run in self._in({RunState.SUBMITTING, RunState.RUNNING}))

    async def queued(self, run: RunId) -> tuple[Request, Run] | None:
        await _others_first()
        found = self._ledger.runs[run]
        return (self._entry(found).request, found) if found.state is RunState.QUEUED else None

    async def claim(self, run: RunId, key: KeyId, at: datetime) -> bool:
        await self._writing()
        if self._ledger.runs[run].state is not RunState.QUEUED:
            return False
        return self._change(run, state=RunState.SUBMITTING, key_id=key, submitted_at=at)

    async def release(self, run: RunId) -> bool:
        await self._writing()
        if self._ledger.runs[run].state is not RunState.SUBMITTING:
            return False
        return self._change(run, state=RunState.QUEUED, key_id=None, submitted_at=None)

    async def start(self, run: RunId, provider_id: ProviderRunId) -> bool:
        await self._writing()
        if self._ledger.runs[run].state is not RunState.SUBMITTING:
            return False
        return self._change(run, state=RunState.RUNNING, provider_id=provider_id)

    async def finish(self, run: RunId, image: Sha256, at: datetime, *, seen_s: float = 0.0) -> bool:
        await self._writing()
        before = self._ledger.runs[run]
        if not is_legal(before.state, RunState.READY):
            return False
        self._entry(before).settled_at = None
        self._ledger.seen_running_s[run] = seen_s
        return self._change(run, state=RunState.READY, image=image, ended_at=at)

    async def end(
        self, run: RunId, state: RunState, reason: EndReason, at: datetime, *, seen_s: float | None = None
    ) -> bool:
        await self._writing()
        before = self._ledger.runs[run].state
        if before is RunState.READY or not is_legal(before, state):
            return False
        if state in GIVES_BACK:
            self._move_take(run, TakeState.GIVEN_BACK)
        if seen_s is not None:
            self._ledger.seen_running_s[run] = seen_s
        return self._change(run, state=state, reason=reason, ended_at=at)

    async def lose(self, run: RunId, at: datetime) -> bool:
        await self._writing()
        if self._ledger.runs[run].state is not RunState.READY:
            return False
        self._move_take(run, TakeState.GIVEN_BACK)
        return self._change(run, state=RunState.FAILED, reason=EndReason.RESULT_UNREADABLE, ended_at=at)

    async def deliver(self, request: RequestId, places: Sequence[Placed], at: datetime) -> None:
        await self._writing()
        for place in places:
            if self._ledger.runs[place.run].state is RunState.READY:
                self._change(place.run, state=RunState.DELIVERED)
                self._move_take(place.run, TakeState.SPENT)
                self._ledger.delivered_at[place.run] = at
            if self._ledger.runs[place.run].state is RunState.DELIVERED:
                self._ledger.places[place.run] = place
                self._change(place.run, spot=Spot(place.channel, place.message), attachment=place.attachment)
        self._settle(request, at)

    def _settle(self, request: RequestId, at: datetime) -> None:
        states = {run.state for run in self._ledger.runs_of(request)}
        if states & (AWAITED | {RunState.READY}):
            return
        self._ledger.entries[request].settled_at = at
        if RunState.OVERDUE not in states:
            self._drop_token(self._ledger.entries[request])

    async def keep(self, request: RequestId, at: datetime) -> None:
        await self._writing()
        self._ledger.entries[request].kept_at = at

    async def unkeep(self, *, since: datetime, most: int) -> None:
        await self._writing()
        kept = [entry for _, entry in self._own() if entry.kept_at and entry.request.created_at > since]
        for entry in sorted(kept, key=_newest_first)[:most]:
            entry.kept_at = None

    async def readdress(self, request: RequestId, address: Address) -> bool:
        await self._writing()
        entry = self._ledger.entries[request]
        if not entry.kept_at or entry.settled_at:
            return False
        entry.kept_at = entry.attempt = None
        entry.perhaps_shown = frozenset()
        entry.request = replace(entry.request, address=replace(address, private=entry.request.address.private))
        return True

    async def note_attempt(self, request: RequestId, attempt: Attempt) -> None:
        await self._writing()
        self._ledger.entries[request].attempt = attempt

    async def note_edit(self, request: RequestId, *, perhaps_shown: Set[RunId]) -> None:
        await self._writing()
        self._ledger.entries[request].perhaps_shown = frozenset(perhaps_shown)

    async def asked(self, request: RequestId) -> Request | None:
        await _others_first()
        entry = self._ledger.entries.get(request)
        return entry.request if entry else None

    async def forget_token(self, request: RequestId) -> None:
        await self._writing()
        self._drop_token(self._ledger.entries[request])

    async def looked_after(self) -> Sequence[Run]:
        await _others_first()
        return self._own_in({RunState.RUNNING, RunState.OVERDUE})

    async def undelivered(self) -> Sequence[RequestId]:
        await _others_first()
        return [
            request
            for request, entry in self._own()
            if entry.acknowledged_at and not entry.settled_at and not entry.kept_at
            if not any(run.state in AWAITED for run in self._ledger.runs_of(request))
        ]

    async def partly_ready(self) -> Sequence[RequestId]:
        await _others_first()
        found = []
        for request, entry in self._own():
            states = {run.state for run in self._ledger.runs_of(request)}
            is_open = entry.acknowledged_at and not entry.settled_at and not entry.kept_at
            if is_open and RunState.READY in states and states & AWAITED:
                found.append(request)
        return found

    async def being_made(self, *, closing_before: datetime) -> Sequence[RequestId]:
        await _others_first()
        made = {run.request_id for run in self._in({RunState.SUBMITTING, RunState.RUNNING})}
        made |= {run.request_id for run in self._in({RunState.QUEUED}) if self._closes_before(run, closing_before)}
        return [
            request for request, entry in self._own() if request in made and entry.acknowledged_at and not entry.kept_at
        ]

    async def parcel(self, request: RequestId) -> Parcel | None:
        await _others_first()
        entry = self._ledger.entries.get(request)
        if entry is None or entry.settled_at:
            return None
        return Parcel(entry.request, self._ledger.runs_of(request), entry.attempt, entry.perhaps_shown)

    async def stranded(self) -> Sequence[Run]:
        await _others_first()
        unseen = [run for run in self._own_in({RunState.QUEUED}) if self._entry(run).acknowledged_at is None]
        return [*self._own_in({RunState.SUBMITTING}), *unseen]

    async def sightings(self, family: Family, *, most: int) -> Sequence[tuple[RunId, Sighting]]:
        await _others_first()
        begun = [
            (run.submitted_at, run.id)
            for run in self._ledger.runs.values()
            if run.submitted_at and run.id in self._ledger.seen_running_s and self._family(run) == family
        ]
        return [(run, self._sighting(run)) for _, run in sorted(begun)[-most:]]

    async def families(self) -> Mapping[RunId, Family]:
        await _others_first()
        return {run.id: self._family(run) for run in self._in({RunState.RUNNING, RunState.OVERDUE})}

    def _family(self, run: Run) -> Family:
        request = self._entry(run).request
        return Family(request.model, request.kind)

    def _sighting(self, run_id: RunId) -> Sighting:
        run, seen_s = self._ledger.runs[run_id], self._ledger.seen_running_s[run_id]
        if run.state not in {RunState.READY, RunState.DELIVERED} or not run.ended_at or not run.submitted_at:
            return Sighting(seen_s)
        return Sighting(seen_s, (run.ended_at - run.submitted_at).total_seconds())

    async def _writing(self) -> None:
        await _others_first()
        if self._ledger.is_full:
            raise StorageUnavailable

    def _in(self, states: Iterable[RunState]) -> list[Run]:
        return [run for run in self._ledger.runs.values() if run.state in set(states)]

    def _own(self) -> list[tuple[RequestId, Entry]]:
        """Those of the terminal, or all others."""
        return [
            (request, entry)
            for request, entry in self._ledger.entries.items()
            if (entry.request.address.server_id == TERMINAL) is self._at_terminal
        ]

    def _own_in(self, states: Iterable[RunState]) -> list[Run]:
        own = {request for request, _ in self._own()}
        return [run for run in self._in(states) if run.request_id in own]

    def _closes_before(self, run: Run, moment: datetime) -> bool:
        address = self._entry(run).request.address
        return address.token is not None and address.token_expires_at < moment

    def _is_being_made_again(self, request: Request) -> bool:
        same = [
            entry
            for entry in self._ledger.entries.values()
            if request.pressed is not None and entry.request.pressed == request.pressed
            if entry.request.address.member_id == request.address.member_id
        ]
        return any(
            request.created_at - other.request.created_at < timedelta(seconds=5)
            or any(run.state in _under_way(other) for run in self._ledger.runs_of(other.request.id))
            for other in same
        )

    def _entry(self, run: Run) -> Entry:
        return self._ledger.entries[run.request_id]

    def _change(self, run: RunId, **changes: Any) -> bool:
        self._ledger.runs[run] = replace(self._ledger.runs[run], **changes)
        return True

    def _move_take(self, run: RunId, state: TakeState) -> None:
        """Only what is held moves: what was given back stays free, what was spent stays spent."""
        take = self._ledger.takes[run]
        if take.state is TakeState.HELD:
            take.state = state

    def _drop_token(self, entry: Entry) -> None:
        entry.request = replace(entry.request, address=replace(entry.request.address, token=None))


class MemoryEditStore:
    def __init__(self, ledger: MemoryLedger) -> None:
        self._ledger = ledger

    async def open(self, edit: EditId, opening: Opening, at: datetime) -> None:
        await _others_first()
        address = replace(opening.address, token=None, token_expires_at=at, message_id=None)
        self._ledger.forms[edit] = (replace(opening, address=address), at)
        self._ledger.unused_forms.add(edit)

    async def opened(self, edit: EditId) -> Opening | None:
        await _others_first()
        found = self._ledger.forms.get(edit)
        return found[0] if found else None

    async def newest_image(self, server: ServerId, channel: ChannelId, member: MemberId) -> OwnImage | None:
        await _others_first()
        mine = [
            (run.ended_at, run.number, run.id)
            for run in self._ledger.runs.values()
            if run.state in {RunState.READY, RunState.DELIVERED} and run.ended_at and not run.deleted_at
            if _place(self._ledger.entries[run.request_id].request) == (server, channel, member)
        ]
        return self._image(max(mine)[2]) if mine else None

    async def run_of_message(self, message: MessageId) -> RunId | None:
        await _others_first()
        places: tuple[Placed | Post, ...] = (*self._ledger.places.values(), *self._ledger.posts.values())
        shown = [self._ledger.runs[place.run] for place in places if place.message == message]
        there = [run for run in shown if run.deleted_at is None]
        return min(there, key=lambda run: run.number).id if there else None

    def _image(self, run: RunId) -> OwnImage:
        """One that is just being posted will be in its request's message."""
        address = self._ledger.entries[self._ledger.runs[run].request_id].request.address
        place, sha256 = self._ledger.places.get(run), self._ledger.runs[run].image
        message = place.message if place else address.message_id
        assert message is not None
        assert sha256 is not None
        return OwnImage(run, message, place.attachment if place else None, address.private, sha256)


def _under_way(entry: Entry) -> Set[RunState]:
    """What is kept gets no further by itself."""
    return AWAITED if entry.kept_at else AWAITED | {RunState.READY}


def _newest_first(entry: Entry) -> tuple[float, RequestId]:
    return -entry.request.created_at.timestamp(), entry.request.id


def _place(request: Request) -> tuple[ServerId, ChannelId, MemberId]:
    return request.address.server_id, request.address.channel_id, request.address.member_id


def _attach(references: Sequence[Reference], urls: Sequence[str]) -> tuple[Reference, ...]:
    coming = iter(urls)
    return tuple(one if one.url else _attached(one, next(coming, None)) for one in references)


def _attached(reference: Reference, url: str | None) -> Reference:
    return replace(reference, url=url, is_copy=url is not None)


async def _others_first() -> None:
    """As with a real database, something else may happen before a statement does."""
    await asyncio.sleep(0)
