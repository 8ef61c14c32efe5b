"""What the next request of each key is worth: a new run, or a look at one of those under way."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from bot.domain.ids import KeyId, RunId
from bot.domain.pacing import Family, Lookout, Sighting, Watched, free_for_looks
from bot.domain.runs import Run, RunState
from bot.ports import Clock
from bot.services.keys import Keys


@dataclass(slots=True)
class _UnderWay:
    """Times are those of `Clock.elapsed_s`. When a run that was found in the ledger began, only the wall clock says.

    A run that was put off is looked at when it is time again, and not before.
    """

    key: KeyId
    family: Family
    began_s: float
    found: tuple[datetime, float] | None = None  # when it began, and when that was found
    seen_s: float = 0.0
    again_at_s: float | None = None
    is_in_ledger: bool = False
    is_overdue: bool = False
    is_finished: bool = False


class Watch:
    """Knows the runs under way with each key, from before they are posted until they have ended."""

    def __init__(self, *, clock: Clock, keys: Keys, lookout: Lookout) -> None:
        self._clock = clock
        self._keys = keys
        self._lookout = lookout
        self._under_way: dict[RunId, _UnderWay] = {}
        self._of_key: dict[KeyId, dict[RunId, _UnderWay]] = defaultdict(dict)
        self._in_line = 0

    # New runs

    def key_for_a_run(self) -> KeyId | None:
        """The key with the most budget left, of those that can look after one run more."""
        return self._keys.choose(self._has_room)

    def wait_for_a_key_s(self) -> float:
        return self._keys.wait_s(self._has_room)

    def expect(self, in_line: int) -> None:
        """So many new runs take the next requests there are: those wait for nothing else."""
        self._in_line = in_line

    def begin(self, run: RunId, key: KeyId, family: Family) -> None:
        """It is about to be posted."""
        self._add(run, _UnderWay(key, family, self._clock.elapsed_s()))

    def note_created(self, run: RunId) -> None:
        self._lookout.note(self._under_way[run].family, run, Sighting())

    def forget(self, run: RunId) -> None:
        """It has ended, or was not created."""
        gone = self._under_way.pop(run, None)
        if gone is not None:
            del self._of_key[gone.key][run]

    # Those under way

    def knows(self, run: RunId) -> bool:
        return run in self._under_way

    def follow(self, runs: Sequence[Run], families: Mapping[RunId, Family]) -> None:
        """Take up every running and overdue run of the ledger; `families` are those of runs that are not known yet."""
        for run in runs:
            if run.id not in self._under_way and run.id in families:
                self._take_up(run, families[run.id])
            if run.id in self._under_way:
                self._under_way[run.id].is_in_ledger = True
                self._under_way[run.id].is_overdue = run.state is RunState.OVERDUE
        there = {run.id for run in runs}
        for gone in [run for run, one in self._under_way.items() if one.is_in_ledger and run not in there]:
            self.forget(gone)

    def age_s(self, run: RunId) -> float:
        return self._age_s(self._under_way[run])

    def seen_s(self, run: RunId) -> float:
        """The age at which it was last seen running; 0 when it never was."""
        return self._under_way[run].seen_s

    def note_running(self, run: RunId, age_s: float) -> None:
        one = self._under_way[run]
        one.seen_s = age_s
        self._lookout.note(one.family, run, Sighting(age_s))

    def note_finished(self, run: RunId) -> None:
        """For the first time: it may take long to bring the picture to disk."""
        one = self._under_way[run]
        if not one.is_finished:
            one.is_finished = True
            self._lookout.note(one.family, run, Sighting(one.seen_s, self._age_s(one)))

    def put_off(self, run: RunId, seconds: float) -> None:
        self._under_way[run].again_at_s = self._clock.elapsed_s() + seconds

    # Looks

    def next(self, key: KeyId, among: Set[RunId]) -> RunId | None:
        """The run that the key's next request is best spent on; None when none is worth it now."""
        free, now_s = self._free(key), self._clock.elapsed_s()
        if not free:
            return None
        again = {run: one.again_at_s for run, one in self._of_key[key].items() if one.again_at_s is not None}
        due = [run for run, at_s in again.items() if run in among and at_s <= now_s]
        if due:
            return min(due, key=lambda run: again[run])
        best = self._lookout.next(self._watched(key, among - again.keys()), free)
        return best.run if best is not None else None

    def note_look(self, run: RunId) -> None:
        """It is being looked at."""
        self._under_way[run].again_at_s = None

    def wait_s(self, key: KeyId, among: Set[RunId]) -> float:
        """Seconds until `next` may name a run; infinite when it has none."""
        ours = among & self._of_key[key].keys()
        if not ours:
            return math.inf
        free, now_s = self._free(key), self._clock.elapsed_s()
        if not free:
            return self._keys.free_in_s(key) or math.inf
        again = {run: at_s for run in ours if (at_s := self._of_key[key][run].again_at_s) is not None}
        scheduled_s = self._lookout.wait_s(self._watched(key, ours - again.keys()), free)
        return min([scheduled_s, *(max(0.0, at_s - now_s) for at_s in again.values())])

    def _free(self, key: KeyId) -> int:
        takes_new_runs = self._in_line > 0 and self._keys.may_create(key) and self._has_room(key)
        return free_for_looks(self._keys.left(key), self._in_line if takes_new_runs else 0)

    def _has_room(self, key: KeyId) -> bool:
        runs = self._of_key[key]
        return self._lookout.load(self._watched(key, runs.keys()), self._keys.requests_per_s(key)) < 1

    def _watched(self, key: KeyId, among: Set[RunId]) -> list[Watched]:
        ages = [(run, one, self._age_s(one)) for run, one in self._of_key[key].items() if run in among]
        return [Watched(run, one.family, age_s, min(one.seen_s, age_s), one.is_overdue) for run, one, age_s in ages]

    def _age_s(self, one: _UnderWay) -> float:
        """What was found is younger than it seemed when the clock turns out to have been ahead."""
        now_s = self._clock.elapsed_s()
        if one.found is not None:
            began_at, found_s = one.found
            by_clock_s = (self._clock.now() - began_at).total_seconds()
            one.began_s = max(one.began_s, min(now_s - by_clock_s, found_s))
        return now_s - one.began_s

    def _take_up(self, run: Run, family: Family) -> None:
        assert run.key_id is not None
        assert run.submitted_at is not None
        found = (run.submitted_at, self._clock.elapsed_s())
        self._add(run.id, _UnderWay(run.key_id, family, -math.inf, found))
        self._lookout.note(family, run.id, Sighting())

    def _add(self, run: RunId, one: _UnderWay) -> None:
        self._under_way[run] = self._of_key[one.key][run] = one
