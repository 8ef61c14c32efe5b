"""The runs and the money: a run is charged when it is created and refunded when it fails, by the clock alone."""

import hashlib
import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum, auto

from bot.preview.emulator.faults import Fault
from bot.preview.emulator.rules import Refusal, Size, Wanted

PRICE = Decimal("0.05")  # RunBase, GPT Image 1: a fixed price a run

_MEDIAN_S, _SIGMA = 15.0, 0.35  # run times are log-normal
_PENDING_SHARE = 0.1  # of its time a run is still queued

# What a prompt can ask for, to see each kind of failure, and one that takes long.
_MARKERS: Mapping[str, str | Mapping[str, str]] = {
    "unsafe-preview": {"message": "Your request was rejected by our safety system.", "code": "moderation_blocked"},
    "fail-preview": "The model could not complete this run.",
}
_SLOW_WORD, _SLOWER = "slow-preview", 20


class Status(StrEnum):
    PENDING = auto()
    PROCESSING = auto()
    SUCCEEDED = auto()
    FAILED = auto()


OPEN = frozenset({Status.PENDING, Status.PROCESSING})


@dataclass(frozen=True, kw_only=True)
class EmulatedRun:
    id: str
    key: str
    model: str
    prompt: str
    aspect_ratio: str
    image_urls: tuple[str, ...]
    size: Size
    created_at: datetime
    duration: timedelta
    charged: Decimal
    starts_at: datetime | None = None  # None until its references are fetched
    finishes_at: datetime | None = None  # None: not begun, or never
    status: Status = Status.PENDING
    refunded: Decimal = Decimal(0)
    error: str | Mapping[str, str] | None = None  # why it fails, known from the start
    shape: Fault | None = None
    references: tuple[bytes, ...] = field(default=(), repr=False)

    def status_at(self, now: datetime) -> Status:
        if self.finishes_at is not None and now >= self.finishes_at:
            return Status.FAILED if self.error else Status.SUCCEEDED
        return Status.PENDING if self.starts_at is None or now < self.starts_at else Status.PROCESSING


class Ledger:
    def __init__(self, balances: Mapping[str, Decimal | float], *, seed: int, speed: float) -> None:
        self._balances = {key: Decimal(str(dollars)) for key, dollars in balances.items()}
        self._seed = seed
        self._speed = speed
        self._runs: dict[str, EmulatedRun] = {}
        self._open: set[str] = set()

    def create(self, key: str, wanted: Wanted, now: datetime, shape: Fault | None) -> EmulatedRun:
        """Charges the key. Raises: Refusal, when it has not enough."""
        self.settle(now)
        if self._balances[key] < PRICE:
            raise Refusal("insufficient_balance")
        self._balances[key] -= PRICE
        number = len(self._runs) + 1
        run = EmulatedRun(
            id=f"run_{hashlib.sha256(f'{self._seed}:{number}'.encode()).hexdigest()[:24]}",
            key=key,
            model=wanted.model,
            prompt=wanted.prompt,
            aspect_ratio=wanted.aspect_ratio,
            image_urls=wanted.image_urls,
            size=wanted.size,
            created_at=now,
            duration=self._duration(number) * (_SLOWER if _SLOW_WORD in wanted.prompt else 1),
            charged=PRICE,
            error=next((error for word, error in _MARKERS.items() if word in wanted.prompt), None),
            shape=shape,
        )
        self._runs[run.id] = run
        self._open.add(run.id)
        return run

    def _duration(self, number: int) -> timedelta:
        dice = random.Random(f"{self._seed}:{number}")  # noqa: S311 - to be the same every time
        return timedelta(seconds=dice.lognormvariate(math.log(_MEDIAN_S), _SIGMA) / self._speed)

    def begin(self, run_id: str, now: datetime, references: Sequence[bytes], error: str | None) -> EmulatedRun:
        """The run's time runs from here; with an error it is one that will fail."""
        run = self._runs[run_id]
        self._runs[run_id] = replace(
            run,
            starts_at=now + run.duration * _PENDING_SHARE,
            finishes_at=None if run.shape is Fault.NEVER_ENDING else now + run.duration,
            references=tuple(references),
            error=error or run.error,
        )
        return self._runs[run_id]

    def settle(self, now: datetime) -> None:
        """Brings every unfinished run up to date and refunds those that have failed."""
        for run_id in list(self._open):
            run = self._runs[run_id]
            status = run.status_at(now)
            if status is Status.FAILED:
                self._balances[run.key] += run.charged
                run = replace(run, refunded=run.charged)
            self._runs[run_id] = replace(run, status=status)
            if status not in OPEN:
                self._open.discard(run_id)

    def run(self, run_id: str, now: datetime) -> EmulatedRun | None:
        self.settle(now)
        return self._runs.get(run_id)

    def number_of(self, run: EmulatedRun) -> int:
        """Of the runs with its prompt: 0, 1, …"""
        return [one.id for one in self._runs.values() if one.prompt == run.prompt].index(run.id)

    def runs(self, now: datetime) -> tuple[EmulatedRun, ...]:
        self.settle(now)
        return tuple(self._runs.values())

    def balance(self, key: str, now: datetime) -> Decimal:
        self.settle(now)
        return self._balances[key]

    def pay_in(self, key: str, dollars: Decimal | float) -> None:
        self._balances[key] += Decimal(str(dollars))
