"""What Prometheus reads: the numbers an operator watches, and no label that should stay private."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.domain.catalogue import CATALOGUE, DEFAULT_MODEL
from bot.domain.errors import PromptEmpty, QueueFull
from bot.domain.ladder import Rung
from bot.domain.requests import Kind
from bot.domain.runs import EndReason, RunState
from bot.metrics import PrometheusMeter
from bot.operations import KeyStanding, Phase
from tests.builders import a_request, an_address

PRICED, UNPRICED = CATALOGUE[DEFAULT_MODEL], CATALOGUE["openai/gpt-image-2"]
KEYS = (KeyStanding(1, 19, is_usable=True), KeyStanding(2, 3, is_usable=False))
Numbers = dict[tuple[str, tuple[str, ...]], float]


def a_meter() -> PrometheusMeter:
    return PrometheusMeter(PRICED)


def numbers(meter: PrometheusMeter, runs: dict[RunState, int] | None = None) -> Numbers:
    """Every sample by its name and the values of its labels, in the order of the labels' names."""
    body, _ = meter.page("", runs=runs, keys=KEYS)
    families = text_string_to_metric_families(body.decode())
    samples = [sample for family in families for sample in family.samples]
    return {(one.name, tuple(value for _, value in sorted(one.labels.items()))): one.value for one in samples}


def test_requests_are_counted_by_kind_and_privacy() -> None:
    meter = a_meter()
    meter.accepted(a_request())
    meter.accepted(a_request())
    meter.accepted(a_request(kind=Kind.EDIT, address=an_address(private=True)))
    found = numbers(meter)
    assert found["easel_requests_total", ("generate", "false")] == 2
    assert found["easel_requests_total", ("edit", "true")] == 1
    assert found["easel_requests_total", ("edit", "false")] == 0


def test_refusals_are_counted_by_what_they_are() -> None:
    meter = a_meter()
    for error in (PromptEmpty(), PromptEmpty(), QueueFull(waiting=5, limit=5), ValueError("a bug")):
        meter.refused(error)
    found = numbers(meter)
    assert found["easel_refusals_total", ("PromptEmpty",)] == 2
    assert found["easel_refusals_total", ("QueueFull",)] == 1
    assert found["easel_refusals_total", ("UnexpectedError",)] == 1


def test_every_created_run_costs_its_price_and_what_runbase_refunds_is_told_apart() -> None:
    meter = a_meter()
    for _ in range(3):
        meter.created()
    meter.refunded()
    found = numbers(meter)
    assert found["easel_runs_created_total", ()] == 3
    assert found["easel_spent_dollars_total", ()] == pytest.approx(0.15)
    assert found["easel_refunded_dollars_total", ()] == pytest.approx(0.05)


def test_a_model_without_a_price_costs_nothing_that_is_known() -> None:
    meter = PrometheusMeter(UNPRICED)
    meter.created()
    found = numbers(meter)
    assert found["easel_runs_created_total", ()] == 1
    assert found["easel_spent_dollars_total", ()] == 0


def test_endings_deliveries_and_waits_are_counted_by_what_they_are() -> None:
    meter = a_meter()
    meter.ended(RunState.DELIVERED)
    meter.ended(RunState.FAILED, EndReason.DECLINED)
    meter.delivered(Rung.TOKEN)
    meter.kept()
    meter.waited(Phase.RUNBASE, 14.0)
    found = numbers(meter)
    assert found["easel_runs_ended_total", ("", "delivered")] == 1
    assert found["easel_runs_ended_total", ("declined", "failed")] == 1
    assert found["easel_deliveries_total", ("token",)] == 1
    assert found["easel_deliveries_total", ("dm",)] == 0
    assert found["easel_deliveries_total", ("kept",)] == 1
    assert found["easel_phase_seconds_bucket", ("15.0", "runbase")] == 1
    assert found["easel_phase_seconds_bucket", ("10.0", "runbase")] == 0


def test_a_clock_that_was_set_back_is_no_negative_wait() -> None:
    meter = a_meter()
    meter.waited(Phase.QUEUE, -5.0)
    assert numbers(meter)["easel_phase_seconds_sum", ("queue",)] == 0


def test_keys_go_by_their_numbers() -> None:
    meter = a_meter()
    meter.put_aside(2, why="KeyRefused")
    meter.slowed_down(1)
    found = numbers(meter)
    assert found["easel_keys_usable", ()] == 1
    assert found["easel_key_requests_left", ("key 1",)] == 19
    assert found["easel_key_requests_left", ("key 2",)] == 3
    assert found["easel_keys_put_aside_total", ("key 2", "KeyRefused")] == 1
    assert found["easel_rate_limited_total", ("key 1",)] == 1


def test_open_runs_are_what_the_ledger_says_now() -> None:
    meter = a_meter()
    assert numbers(meter, {RunState.RUNNING: 3, RunState.UNCERTAIN: 1})["easel_runs", ("running",)] == 3
    assert numbers(meter, {RunState.RUNNING: 0})["easel_runs", ("running",)] == 0


def test_a_ledger_that_does_not_answer_leaves_no_old_numbers() -> None:
    meter = a_meter()
    numbers(meter, {RunState.RUNNING: 3})
    assert ("easel_runs", ("running",)) not in numbers(meter, None)


def test_the_longest_lag_is_told_once() -> None:
    meter = a_meter()
    for seconds in (0.002, 0.4, -0.001):
        meter.overslept(seconds)
    found = numbers(meter)
    assert found["easel_loop_lag_max_seconds", ()] == 0.4
    assert found["easel_loop_lag_seconds_count", ()] == 3
    assert numbers(meter)["easel_loop_lag_max_seconds", ()] == 0


def test_memory_is_shown_and_every_meter_counts_for_itself() -> None:
    meter = a_meter()
    meter.created()
    assert numbers(meter)["process_resident_memory_bytes", ()] > 1_000_000
    assert numbers(a_meter())["easel_runs_created_total", ()] == 0


@pytest.mark.parametrize(("accept", "kind"), [("", "text/plain"), ("application/openmetrics-text", "openmetrics")])
def test_the_page_comes_in_the_format_that_is_asked_for(accept: str, kind: str) -> None:
    _, content_type = a_meter().page(accept, runs={}, keys=KEYS)
    assert kind in content_type
