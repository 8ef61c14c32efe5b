"""What runs cost: which of them RunBase charged for, for certain or perhaps, and the sums."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from bot.domain.catalogue import CATALOGUE
from bot.domain.ids import KeyId, MemberId, ProviderRunId, RequestId, RunId, ServerId
from bot.domain.requests import Kind
from bot.domain.runs import EndReason, RunState

REFUNDED = frozenset({EndReason.DECLINED, EndReason.PROVIDER_FAILED})
"""Why a run that was created may have failed at RunBase, which pays for those. What it made and we could not read it
does not."""


class Charge(StrEnum):
    NONE = "none"
    """RunBase never had it."""

    PAID = "paid"
    REFUNDED = "refunded"

    PERHAPS = "perhaps"
    """Nobody knows but RunBase: the answer to the creation was lost, or the run could not be read to its end."""


@dataclass(frozen=True, slots=True)
class BilledRun:
    """A run as far as money is concerned; `quota` is what became of the image that was taken for it, if one was."""

    id: RunId
    request: RequestId
    model: str
    kind: Kind
    server: ServerId
    member: MemberId
    asked_at: datetime
    submitted_at: datetime | None
    ended_at: datetime | None
    state: RunState
    reason: EndReason | None
    key: KeyId | None
    provider_id: ProviderRunId | None
    quota: str | None

    @property
    def charge(self) -> Charge:
        if self.state in {RunState.UNCERTAIN, RunState.SUBMITTING}:
            return Charge.PERHAPS
        if self.provider_id is None:
            return Charge.NONE
        is_refunded = self.state is RunState.FAILED and self.reason in REFUNDED
        return Charge.REFUNDED if is_refunded else Charge.PAID

    @property
    def is_given_back(self) -> bool:
        return self.quota == "given_back"

    @property
    def is_gift(self) -> bool:
        """Delivered although its quota had been given back: it came too late to count."""
        return self.is_given_back and self.state in {RunState.READY, RunState.DELIVERED}

    @property
    def day(self) -> date:
        """In UTC, of the moment RunBase was asked, as its bill has it."""
        return (self.submitted_at or self.asked_at).date()


@dataclass(frozen=True, slots=True)
class Spending:
    """Some runs of one model, summed up."""

    model: str
    runs: int
    paid: int
    refunded: int
    perhaps: int

    @classmethod
    def of(cls, model: str, runs: Iterable[BilledRun]) -> "Spending":
        charges = [run.charge for run in runs]
        paid, refunded, perhaps = (charges.count(one) for one in (Charge.PAID, Charge.REFUNDED, Charge.PERHAPS))
        return cls(model, len(charges), paid, refunded, perhaps)

    @property
    def price_usd(self) -> Decimal | None:
        return price_usd(self.model)

    @property
    def certain_usd(self) -> Decimal | None:
        return None if self.price_usd is None else self.paid * self.price_usd

    @property
    def most_usd(self) -> Decimal | None:
        return None if self.price_usd is None else (self.paid + self.perhaps) * self.price_usd


def price_usd(model: str) -> Decimal | None:
    """None where RunBase documents no price, and for a model the catalogue no longer has."""
    return CATALOGUE[model].price_usd if model in CATALOGUE else None


def spending_by_model(runs: Iterable[BilledRun]) -> tuple[Spending, ...]:
    """In the order of the models' names."""
    by_model: dict[str, list[BilledRun]] = {}
    for run in runs:
        by_model.setdefault(run.model, []).append(run)
    return tuple(Spending.of(model, by_model[model]) for model in sorted(by_model))


def spending_by_day(runs: Iterable[BilledRun]) -> tuple[tuple[date, Spending], ...]:
    """Per day and model, oldest first."""
    by_day: dict[date, list[BilledRun]] = {}
    for run in runs:
        by_day.setdefault(run.day, []).append(run)
    return tuple((day, spending) for day in sorted(by_day) for spending in spending_by_model(by_day[day]))
