"""Random histories: whatever happens in whatever order, a ledger agrees with a model of a few lines."""

import asyncio
import tempfile
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from bot.domain.errors import AlreadyAsked, QueueFull, QuotaExceeded, QuotaScope, Refused
from bot.domain.ids import RunId
from bot.domain.requests import Request
from bot.domain.runs import AWAITED, GIVES_BACK, EndReason, RunState, is_legal
from tests.builders import MESSAGE, START, a_request, a_window, asked_by, runs_of
from tests.contract.ledgers import Ledger, memory_ledger, next_queued, placed, request_of, sqlite_ledger
from tests.fakes import TakeState

QUEUE_LENGTH = 12
WINDOWS = (
    a_window(4, per=timedelta(minutes=10)),
    a_window(6, per=timedelta(hours=1)),
    a_window(9, scope=QuotaScope.SERVER, per=timedelta(minutes=30)),
    a_window(14, scope=QuotaScope.GLOBAL, per=timedelta(hours=1)),
)
ENDINGS = sorted(GIVES_BACK)


class _History(RuleBasedStateMachine):
    requests: Bundle[Request] = Bundle("requests")
    runs: Bundle[RunId] = Bundle("runs")

    def __init__(self, opened: Callable[[Path], AbstractAsyncContextManager[Ledger]]) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.opening = opened(Path(self.folder.name))
        self.ledger = self.loop.run(self.opening.__aenter__())
        self.now = START
        self.states: dict[RunId, RunState] = {}
        self.given_back: set[RunId] = set()
        self.accepted: dict[RunId, Request] = {}
        self.acknowledged: set[Request] = set()
        self.told: set[Request] = set()

    def teardown(self) -> None:
        self.loop.run(self.opening.__aexit__(None, None, None))
        self.loop.close()
        self.folder.cleanup()

    @initialize()
    def configure(self) -> None:
        self.loop.run(self.ledger.quotas.configure(WINDOWS))

    @rule(minutes=st.integers(1, 25))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(target=runs, member=st.integers(1, 2), server=st.integers(1, 2), images=st.integers(1, 4))
    def ask(self, member: int, server: int, images: int) -> Any:
        request = a_request(address=asked_by(member, server), images=images, created_at=self.now)
        expected = self._refusal(request)
        assert self._answer(request) is expected
        if expected is not None:
            return multiple()
        for run in runs_of(request):
            self.states[run] = RunState.QUEUED
            self.accepted[run] = request
        return multiple(*runs_of(request))

    @rule(run=runs)
    def ask_again(self, run: RunId) -> None:
        assert self._answer(a_request(source_id=self.accepted[run].source_id)) is AlreadyAsked

    @rule(run=runs)
    def acknowledge(self, run: RunId) -> None:
        self.loop.run(self.ledger.requests.acknowledge(request_of(run), MESSAGE, self.now))
        self.acknowledged.add(self.accepted[run])

    @rule(run=runs)
    def withdraw(self, run: RunId) -> None:
        self.loop.run(self.ledger.requests.withdraw(request_of(run), EndReason.NOT_ACKNOWLEDGED, self.now))
        for one in runs_of(self.accepted[run]):
            if self.states[one] is RunState.QUEUED:
                self._moved(one, RunState.CANCELLED)

    @rule(run=runs, after=st.sampled_from([state for state in RunState if state is not RunState.DELIVERED]))
    def move(self, run: RunId, after: RunState) -> None:
        is_to_move = is_legal(self.states[run], after)
        assert self.loop.run(self.ledger.move(run, after)) is is_to_move
        if is_to_move:
            self._moved(run, after)

    @rule(run=runs)
    def make(self, run: RunId) -> None:
        """All the way to a picture, as most runs go; rare when every step is left to chance."""
        for after in (RunState.SUBMITTING, RunState.RUNNING, RunState.READY):
            self.move(run, after)

    @rule(run=runs, all_of_it=st.booleans())
    def deliver(self, run: RunId, all_of_it: bool) -> None:
        request = self.accepted[run]
        chosen = runs_of(request) if all_of_it else (run,)
        places = [placed(one) for one in chosen]
        self.loop.run(self.ledger.requests.deliver(request.id, places, self.now))
        for one in chosen:
            if self.states[one] is RunState.READY:
                self._moved(one, RunState.DELIVERED)
        if not any(self.states[one] in AWAITED | {RunState.READY} for one in runs_of(request)):
            self.told.add(request)

    @invariant()
    def every_run_is_where_it_was_moved_to(self) -> None:
        assert self.ledger.states() == self.states

    @invariant()
    def spent_takes_are_delivered_pictures_without_the_gifts(self) -> None:
        delivered = {run for run, state in self.states.items() if state is RunState.DELIVERED}
        assert self._takes(TakeState.SPENT) == delivered - self.given_back

    @invariant()
    def held_takes_are_awaited_or_ready_runs_without_the_gifts(self) -> None:
        open_runs = {run for run, state in self.states.items() if state in AWAITED or state is RunState.READY}
        assert self._takes(TakeState.HELD) == open_runs - self.given_back

    @invariant()
    def all_other_takes_were_given_back(self) -> None:
        assert self._takes(TakeState.GIVEN_BACK) == self.given_back

    @invariant()
    def whoever_was_not_told_is_still_to_be_told(self) -> None:
        ended = {
            request.id
            for request in self.acknowledged - self.told
            if not any(self.states[run] in AWAITED for run in runs_of(request))
        }
        assert set(self.loop.run(self.ledger.requests.undelivered())) == ended

    @invariant()
    def what_is_ready_can_be_shown_while_the_rest_is_made(self) -> None:
        partly = {
            request.id
            for request in self.acknowledged
            if any(self.states[run] is RunState.READY for run in runs_of(request))
            and any(self.states[run] in AWAITED for run in runs_of(request))
        }
        assert set(self.loop.run(self.ledger.requests.partly_ready())) == partly

    @invariant()
    def whoever_is_served_next_came_first(self) -> None:
        waiting = [
            (self.accepted[run].created_at, run)
            for run, state in self.states.items()
            if state is RunState.QUEUED and self.accepted[run] in self.acknowledged
        ]
        found = self.loop.run(next_queued(self.ledger.requests))
        assert (found and found[1].id) == (min(waiting)[1] if waiting else None)

    def _moved(self, run: RunId, after: RunState) -> None:
        self.states[run] = after
        if after in GIVES_BACK:
            self.given_back.add(run)
        if after is RunState.READY:
            self.told.discard(self.accepted[run])

    def _answer(self, request: Request) -> type[Refused] | None:
        try:
            self.loop.run(self.ledger.requests.accept(request, queue_length=QUEUE_LENGTH))
        except Refused as refused:
            return type(refused)
        return None

    def _refusal(self, request: Request) -> type[Refused] | None:
        if list(self.states.values()).count(RunState.QUEUED) + request.images > QUEUE_LENGTH:
            return QueueFull
        fits = all(
            self._used(window.scope, window.per, request) + request.images <= window.images for window in WINDOWS
        )
        return None if fits else QuotaExceeded

    def _used(self, scope: QuotaScope, per: timedelta, by: Request) -> int:
        address = by.address
        return len(
            [
                run
                for run, one in self.accepted.items()
                if run not in self.given_back and one.created_at > self.now - per
                if scope is QuotaScope.GLOBAL or one.address.server_id == address.server_id
                if scope is not QuotaScope.MEMBER or one.address.member_id == address.member_id
            ]
        )

    def _takes(self, state: TakeState) -> set[RunId]:
        return {run for run, take in self.ledger.takes().items() if take is state}


class MemoryHistory(_History):
    def __init__(self) -> None:
        super().__init__(memory_ledger)


class SqliteHistory(_History):
    def __init__(self) -> None:
        super().__init__(sqlite_ledger)


_UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
TestMemoryHistory = MemoryHistory.TestCase
TestMemoryHistory.settings = settings(_UNHURRIED, max_examples=30, stateful_step_count=40)
TestSqliteHistory = SqliteHistory.TestCase
TestSqliteHistory.settings = settings(_UNHURRIED, max_examples=15, stateful_step_count=40)
