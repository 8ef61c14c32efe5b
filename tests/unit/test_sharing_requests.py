"""New runs and looks share the requests of the keys: minutes of real services over a RunBase that takes its time."""

import asyncio
import random
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from bot.domain.ids import KeyId, ProviderRunId
from bot.domain.requests import Request
from bot.domain.runs import RunState
from bot.ports import ImageInput, Succeeded
from tests.builders import asked_by
from tests.fakes import KEY, OTHER_KEY
from tests.unit import workshop
from tests.unit.workshop import PICTURE, RESULT, Workshop

no_hidden_bugs = workshop.no_hidden_bugs
STEP_S = 0.25


@dataclass
class Day:
    """Runs take some 15 s each; who waits for a key is woken within a step."""

    shop: Workshop
    dice: random.Random = field(default_factory=lambda: random.Random(1))
    ready_at_s: dict[ProviderRunId, float] = field(default_factory=dict)
    ready_at: dict[ProviderRunId, datetime] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)

    async def ask(self, images: int, *, member: int = 30) -> None:
        for _ in range(images):
            self.asked.append(await self.shop.ask(address=asked_by(member)))

    async def goes_by(self, seconds: float) -> None:
        self.shop.downloads.web[RESULT] = PICTURE
        for _ in range(round(seconds / STEP_S)):
            self.finish_some()
            await workshop.at_once(self.shop.dispatch.turn(), self.shop.tracking.turn())
            await workshop.at_once(self.shop.dispatch.finish(), self.shop.tracking.finish())
            self.shop.clock.advance(STEP_S)

    def delays_s(self) -> list[float]:
        """From ready to noticed."""
        runs = [run for run in self.shop.ledger.runs.values() if run.state is RunState.READY]
        return [
            (run.ended_at - self.ready_at[run.provider_id]).total_seconds()
            for run in runs
            if run.ended_at and run.provider_id
        ]

    def finish_some(self) -> None:
        now_s = self.shop.clock.elapsed_s()
        for run in self.shop.api.paid:
            self.ready_at_s.setdefault(run, now_s + self.dice.lognormvariate(2.7, 0.3))
            if run not in self.ready_at and self.ready_at_s[run] <= now_s:
                self.ready_at[run] = self.shop.clock.now()
                self.shop.api.show(Succeeded(RESULT), run)


async def never(key: KeyId, wanted: ImageInput) -> ProviderRunId:
    await asyncio.Event().wait()
    raise AssertionError


def mean(seconds: list[float]) -> float:
    return sum(seconds) / len(seconds)


async def test_an_endless_line_starves_neither_looks_nor_new_runs() -> None:
    day = Day(Workshop(queue_length=1000))
    await day.ask(200)
    await day.goes_by(120)
    assert len(day.delays_s()) > 70
    assert mean(day.delays_s()) < 12
    assert not day.shop.api.rushed


async def test_with_little_to_do_pictures_are_noticed_soon() -> None:
    day = Day(Workshop())
    for _ in range(12):
        await day.ask(1)
        await day.goes_by(10)
    assert len(day.delays_s()) >= 9
    assert mean(day.delays_s()) < 1.5


async def test_two_keys_carry_twice_as_much_and_each_reads_its_own() -> None:
    one, two = Day(Workshop(queue_length=1000)), Day(Workshop(KEY, OTHER_KEY, queue_length=1000))
    for day in (one, two):
        await day.ask(300)
        await day.goes_by(90)
        assert not day.shop.api.rushed
    assert len(two.delays_s()) > 1.8 * len(one.delays_s())


async def test_a_member_with_five_hundred_keeps_nobody_waiting() -> None:
    day = Day(Workshop(queue_length=1000))
    await day.ask(500)
    await day.goes_by(30)
    await day.ask(2, member=31)
    await day.goes_by(30)
    assert {day.shop.run(request).state for request in day.asked[-2:]} <= {RunState.RUNNING, RunState.READY}


async def test_posts_that_hang_leave_the_looks_alone() -> None:
    shop = Workshop(queue_length=1000)
    day = Day(shop)
    await day.ask(4)
    await day.goes_by(12)
    shop.api.create = never  # type: ignore[method-assign] # RunBase takes them and says nothing
    await day.ask(40)
    for _ in range(20):
        await shop.dispatch.turn()
        day.finish_some()
        await shop.look(after_s=1)
    assert {shop.run(request).state for request in day.asked[:4]} == {RunState.READY}
    await shop.dispatch.finish(grace_s=0)


@pytest.mark.parametrize("keys", [(KEY,), (KEY, OTHER_KEY)])
async def test_killed_again_and_again_the_bot_makes_no_request_too_many(keys: tuple[KeyId, ...]) -> None:
    day = Day(Workshop(*keys, queue_length=1000, runbase_allows=19))
    await day.ask(100)
    for seconds in (3, 7, 12, 1, 30, 5, 20):
        await day.goes_by(seconds)
        await day.shop.crash()
    await day.goes_by(60)
    assert not day.shop.api.rushed
    assert day.delays_s()


@pytest.mark.parametrize("jump_s", [-3600.0, 30.0, 3600.0])
async def test_a_clock_that_jumps_makes_neither_a_burst_nor_a_pause(jump_s: float) -> None:
    day = Day(Workshop(queue_length=1000, runbase_allows=19))
    await day.ask(100)
    await day.goes_by(20)
    for _ in range(8):
        day.shop.clock.jump(jump_s)
        await day.goes_by(7)
    assert not day.shop.api.rushed
    states = [day.shop.run(request).state for request in day.asked]
    assert set(states) <= {RunState.QUEUED, RunState.RUNNING, RunState.READY}
    assert states.count(RunState.READY) > 30
