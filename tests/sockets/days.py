"""Days on which RunBase does what it should not: faults of single runs, and what came of them for everybody."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from weakref import WeakKeyDictionary

from bot.preview.emulator import Arrival, Emulator, Fault, Faults, Place
from bot.preview.emulator.faults import BEFORE, UNARRIVED
from tests.sockets.house import House
from tests.standin.discord import Interaction, SeenMessage

PATIENCE_S = 60.0
_LEDGER = """
SELECT requests.prompt, runs.state, runs.reason, takes.state
  FROM requests JOIN runs ON runs.request_id = requests.id JOIN takes ON takes.id = runs.id
"""


@dataclass(frozen=True)
class Row:
    """What happens to the run with this prompt, so often or for good; `place` is the call that goes wrong, if any."""

    prompt: str
    place: Place | None = None
    fault: Fault | None = None
    times: int | None = None
    url: str = ""


class RunFaults(Faults):
    """Faults that only the run with a certain prompt meets, beside those of everybody."""

    def __init__(self, emulator: Emulator) -> None:
        super().__init__()
        self.met: Counter[str] = Counter()
        self._emulator = emulator
        self._rows: dict[str, Row] = {}
        self._paths: WeakKeyDictionary[asyncio.Task[Any], str] = WeakKeyDictionary()
        self._url = ""

    def plan(self, row: Row) -> None:
        self._rows[row.prompt] = row

    def heal(self) -> None:
        self._rows.clear()

    def take(self, place: Place, among: frozenset[Fault]) -> Fault | None:
        """Each request has a task of its own, and asks for the faults of its beginning before anything else happens."""
        if place is Place.CREATE or among == UNARRIVED:
            return super().take(place, among)
        task = asyncio.current_task()
        assert task is not None
        if among == BEFORE:
            self._paths[task] = self._emulator.requests_log[-1].path
        return self._meet(self._prompt(self._paths[task]), place, among)

    def _meet(self, prompt: str, place: Place, among: frozenset[Fault]) -> Fault | None:
        row = self._rows.get(prompt, Row(prompt))
        if row.place is not place or row.fault not in among or self.met[prompt] == row.times:
            return None
        self._url = row.url
        self.met[prompt] += 1
        return row.fault

    def redirect_url(self) -> str:
        return self._url

    def _prompt(self, path: str) -> str:
        return next(run.prompt for run in self._emulator.runs if run.id in path)


@dataclass
class Day:
    """A house, and what its members asked for: each prompt once."""

    house: House
    asked: dict[str, Interaction] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.faults = RunFaults(self.house.emulator)
        self.house.emulator.faults = self.faults

    async def ask(self, prompt: str) -> Interaction:
        house = self.house
        member = house.standin.new_member(house.server, f"member-{len(self.asked)}")
        asking = await house.standin.slash(member, house.channel, "imagine", prompt=prompt)
        self.asked[prompt] = await asking.acknowledged_within()
        return self.asked[prompt]

    async def meet(self, row: Row) -> None:
        self.faults.plan(row)
        await self.ask(row.prompt)

    async def reads(self, prompt: str, words: str) -> None:
        """Whoever asked for it comes to read these words."""
        await self.house.standin.until(lambda: words in _text(self.asked[prompt]), within_s=PATIENCE_S)

    async def comes_to(self, prompt: str, *states: str) -> None:
        """Its run is written down to be in one of these states."""
        await _soon(lambda: prompt in self.ledger() and self.ledger()[prompt].state in states)

    @property
    def posts(self) -> list[Arrival]:
        return [one for one in self.house.emulator.requests_log if one.place is Place.CREATE]

    async def settled(self, *states: str) -> None:
        """Every run is written down to be in one of these states."""
        await _soon(lambda: all(outcome.state in states for outcome in self.ledger().values()))

    def ledger(self) -> "dict[str, Outcome]":
        path = self.house.environment["EASEL__STORAGE__PATH"]
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            return {prompt: Outcome(*outcome) for prompt, *outcome in connection.execute(_LEDGER)}

    def record(self) -> "Record":
        runs = self.house.emulator.runs
        return Record(
            seen={prompt: asked.message for prompt, asked in self.asked.items()},
            ledger=self.ledger(),
            runs=Counter(run.prompt for run in runs),
            paid={one: sum(run.charged - run.refunded for run in runs if run.prompt == one) for one in self.asked},
            posts=tuple(self.posts),
            met=Counter(self.faults.met),
            log="".join([*self.house.output, self.house.log if self.house.process else ""]),
        )


async def _soon(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not holds():  # noqa: ASYNC110 - another process does not announce anything
            await asyncio.sleep(0.05)


def _text(asked: Interaction) -> str:
    return asked.message.content if asked.message is not None else ""


@dataclass(frozen=True)
class Outcome:
    state: str
    reason: str | None
    take: str


@dataclass(frozen=True)
class Record:
    """A day, or a moment of it, by prompt: what its member sees, what is written down, and what RunBase knows."""

    seen: Mapping[str, SeenMessage | None]
    ledger: Mapping[str, Outcome]
    runs: Mapping[str, int]
    paid: Mapping[str, Decimal | int]
    posts: tuple[Arrival, ...]
    met: Mapping[str, int]
    log: str

    def message(self, prompt: str) -> SeenMessage:
        message = self.seen[prompt]
        assert message is not None
        return message

    def said(self, prompt: str) -> str:
        return self.message(prompt).content

    def pictures(self, prompt: str) -> int:
        return len(self.message(prompt).attachments)
