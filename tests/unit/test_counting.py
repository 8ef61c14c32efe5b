"""What the services tell the meter, as members and RunBase act."""

import pytest

from bot.domain.errors import CreateUncertain, InputDeclined, KeyRateLimited
from bot.domain.ids import ProviderRunId
from bot.domain.ladder import Rung
from bot.domain.runs import EndReason, RunState
from bot.operations import Phase
from bot.ports import Failed
from tests.builders import a_draft
from tests.fakes import MemoryTally
from tests.unit import workshop
from tests.unit.workshop import Workshop

no_hidden_bugs = workshop.no_hidden_bugs


async def test_a_picture_is_counted_from_the_request_to_the_channel() -> None:
    shop = Workshop()
    request = await shop.ask()
    shop.clock.advance(2)
    await shop.send()
    shop.succeed()
    await shop.look(after_s=15)
    await shop.show(after_s=1)
    assert shop.meter.requests == [request.id]
    assert (shop.meter.created_runs, shop.meter.refunded_runs) == (1, 0)
    assert shop.meter.endings == {(RunState.DELIVERED, None): 1}
    assert shop.meter.deliveries == {Rung.TOKEN: 1}
    assert shop.meter.waits == {Phase.QUEUE: [2], Phase.RUNBASE: [15], Phase.DELIVERY: [1]}


async def test_a_run_that_fails_at_runbase_is_refunded() -> None:
    shop = Workshop()
    await shop.running()
    shop.api.show(Failed(EndReason.DECLINED))
    await shop.look(after_s=15)
    assert (shop.meter.created_runs, shop.meter.refunded_runs) == (1, 1)
    assert shop.meter.endings == {(RunState.FAILED, EndReason.DECLINED): 1}


async def test_what_runbase_never_made_costs_nothing() -> None:
    shop = Workshop()
    shop.api.refuse_next(InputDeclined())
    await shop.running()
    assert (shop.meter.created_runs, shop.meter.refunded_runs) == (0, 0)
    assert shop.meter.endings == {(RunState.FAILED, EndReason.DECLINED): 1}


async def test_a_lost_answer_is_counted_as_uncertain_and_not_as_spent() -> None:
    shop = Workshop()
    shop.api.refuse_next(CreateUncertain())
    await shop.running()
    assert shop.meter.created_runs == 0
    assert shop.meter.endings == {(RunState.UNCERTAIN, EndReason.LOST_TOUCH): 1}
    assert (await MemoryTally(shop.ledger).open_runs())[RunState.UNCERTAIN] == 1


async def test_a_rate_limit_is_counted_for_its_key() -> None:
    shop = Workshop()
    shop.api.refuse_next(KeyRateLimited())
    await shop.running()
    assert shop.meter.keys_slowed_down == [1]
    assert not shop.meter.waits[Phase.QUEUE]


async def test_an_overdue_run_is_counted_and_its_gift_as_well() -> None:
    shop = Workshop()
    await shop.overdue()
    shop.succeed()
    await shop.look(after_s=60)
    await shop.show()
    assert shop.meter.endings == {(RunState.OVERDUE, EndReason.TOO_SLOW): 1, (RunState.DELIVERED, None): 1}
    assert shop.meter.waits[Phase.RUNBASE] == [670]


async def test_a_withdrawn_request_is_counted_as_cancelled() -> None:
    shop = Workshop()
    request = await shop.submission.submit(a_draft())
    await shop.submission.withdraw(request.id)
    assert shop.meter.endings == {(RunState.CANCELLED, EndReason.NOT_ACKNOWLEDGED): 1}


async def test_what_a_crash_left_uncertain_is_counted_by_the_next_process() -> None:
    shop = Workshop()
    shop.api.hang()
    await shop.ask()
    await shop.dispatch.turn()
    await shop.crash()
    assert shop.meter.endings == {(RunState.UNCERTAIN, EndReason.LOST_TOUCH): 1}


@pytest.mark.parametrize("pictures", [1, 2])
async def test_every_picture_of_a_request_is_counted_and_the_request_once(pictures: int) -> None:
    shop = Workshop()
    await shop.ready(images=pictures)
    await shop.show()
    assert shop.meter.endings == {(RunState.DELIVERED, None): pictures}
    assert shop.meter.deliveries == {Rung.TOKEN: 1}


async def test_a_picture_that_is_posted_again_beside_a_late_one_is_counted_once() -> None:
    shop = Workshop()
    await shop.running(images=2)
    shop.succeed(run=ProviderRunId("provider-run-1"))
    await shop.look(after_s=15)
    await shop.look_too_late()
    await shop.show()
    assert shop.meter.endings[RunState.DELIVERED, None] == 1
    shop.succeed(run=ProviderRunId("provider-run-2"))
    await shop.look(after_s=60)
    await shop.show()
    assert shop.meter.endings[RunState.DELIVERED, None] == 2
    assert sum(shop.meter.deliveries.values()) == 2


async def test_an_outcome_that_nobody_can_be_shown_is_counted_as_kept() -> None:
    shop = Workshop()
    await shop.ready()
    for rung in Rung:
        shop.publisher.close(rung, "channel")
    await shop.show()
    assert (shop.meter.kept_requests, shop.meter.deliveries) == (1, {})
    assert shop.meter.endings == {}
