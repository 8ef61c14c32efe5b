"""Which runs cost money, for certain or perhaps, and what they add up to."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from bot.domain.catalogue import DEFAULT_MODEL
from bot.domain.ids import KeyId, MemberId, ProviderRunId, RequestId, RunId, ServerId
from bot.domain.requests import Kind
from bot.domain.runs import EndReason, RunState
from bot.domain.spending import BilledRun, Charge, Spending, spending_by_day, spending_by_model
from tests.builders import START

CREATED = ProviderRunId("run_1")
UNPRICED = "openai/gpt-image-2"


def a_billed_run(**changes: Any) -> BilledRun:
    run = BilledRun(
        id=RunId("request0000001.0"),
        request=RequestId("request0000001"),
        model=DEFAULT_MODEL,
        kind=Kind.GENERATE,
        server=ServerId(10),
        member=MemberId(30),
        asked_at=START,
        submitted_at=START,
        ended_at=START,
        state=RunState.DELIVERED,
        reason=None,
        key=KeyId("0123456789ab"),
        provider_id=CREATED,
        quota="spent",
    )
    return replace(run, **changes)


CHARGES = [
    (RunState.QUEUED, None, None, Charge.NONE),
    (RunState.CANCELLED, EndReason.NOT_ACKNOWLEDGED, None, Charge.NONE),
    (RunState.FAILED, EndReason.OUT_OF_CREDIT, None, Charge.NONE),
    (RunState.FAILED, EndReason.DECLINED, None, Charge.NONE),
    (RunState.FAILED, EndReason.DECLINED, CREATED, Charge.REFUNDED),
    (RunState.FAILED, EndReason.PROVIDER_FAILED, CREATED, Charge.REFUNDED),
    (RunState.FAILED, EndReason.RESULT_UNREADABLE, CREATED, Charge.PAID),
    (RunState.FAILED, EndReason.TOO_SLOW, CREATED, Charge.PAID),
    (RunState.RUNNING, None, CREATED, Charge.PAID),
    (RunState.OVERDUE, EndReason.TOO_SLOW, CREATED, Charge.PAID),
    (RunState.READY, None, CREATED, Charge.PAID),
    (RunState.DELIVERED, None, CREATED, Charge.PAID),
    (RunState.SUBMITTING, None, None, Charge.PERHAPS),
    (RunState.UNCERTAIN, EndReason.LOST_TOUCH, None, Charge.PERHAPS),
    (RunState.UNCERTAIN, EndReason.KEY_GONE, CREATED, Charge.PERHAPS),
]


@pytest.mark.parametrize(("state", "reason", "provider_id", "charge"), CHARGES)
def test_what_a_run_costs_follows_from_how_it_stands(
    state: RunState, reason: EndReason | None, provider_id: ProviderRunId | None, charge: Charge
) -> None:
    assert a_billed_run(state=state, reason=reason, provider_id=provider_id).charge is charge


def test_every_state_is_thought_of() -> None:
    assert {state for state, *_ in CHARGES} == set(RunState)


def test_a_sum_runs_from_what_is_certain_to_what_is_possible() -> None:
    uncertain = a_billed_run(state=RunState.UNCERTAIN, provider_id=None)
    refunded = a_billed_run(state=RunState.FAILED, reason=EndReason.DECLINED)
    (spending,) = spending_by_model([a_billed_run(), a_billed_run(), refunded, uncertain])
    assert spending == Spending(DEFAULT_MODEL, runs=4, paid=2, refunded=1, perhaps=1)
    assert (spending.certain_usd, spending.most_usd) == (Decimal("0.10"), Decimal("0.15"))


@pytest.mark.parametrize("model", [UNPRICED, "openai/forgotten"])
def test_a_model_without_a_price_has_no_sum(model: str) -> None:
    (spending,) = spending_by_model([a_billed_run(model=model)])
    assert (spending.paid, spending.certain_usd, spending.most_usd) == (1, None, None)


def test_days_are_those_of_the_moment_runbase_was_asked() -> None:
    before, after = datetime(2026, 1, 1, 23, 59, tzinfo=UTC), datetime(2026, 1, 2, 0, 1, tzinfo=UTC)
    late = a_billed_run(asked_at=before, submitted_at=after)
    never = a_billed_run(asked_at=before, submitted_at=None, state=RunState.CANCELLED, provider_id=None)
    other = a_billed_run(asked_at=after, submitted_at=after, model=UNPRICED)
    assert [(day, one.model, one.runs) for day, one in spending_by_day([late, other, never])] == [
        (date(2026, 1, 1), DEFAULT_MODEL, 1),
        (date(2026, 1, 2), DEFAULT_MODEL, 1),
        (date(2026, 1, 2), UNPRICED, 1),
    ]


@pytest.mark.parametrize(
    ("state", "quota", "is_gift"),
    [
        (RunState.DELIVERED, "given_back", True),
        (RunState.READY, "given_back", True),
        (RunState.DELIVERED, "spent", False),
        (RunState.FAILED, "given_back", False),
        (RunState.DELIVERED, None, False),
    ],
)
def test_a_gift_is_delivered_and_counts_on_nobodys_quota(state: RunState, quota: str | None, is_gift: bool) -> None:
    assert a_billed_run(state=state, quota=quota).is_gift is is_gift
