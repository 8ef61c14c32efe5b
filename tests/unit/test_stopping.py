"""Told to stop: one grace for all that hangs, nothing new is sent, and nothing that was paid for is forgotten."""

import asyncio
import selectors
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import cast

import pytest

from bot.app import App
from bot.client import ImageBot
from bot.domain.ids import KeyId, ProviderRunId, RunId
from bot.domain.requests import Address, Request
from bot.domain.runs import EndReason, RunState
from bot.ports import Answer
from bot.services.intake import Intake
from tests.builders import a_draft
from tests.fakes import TakeState, eventually
from tests.unit import workshop
from tests.unit.workshop import Workshop

no_hidden_bugs = workshop.no_hidden_bugs
GRACE_S = 20.0


def opened(shop: Workshop) -> App:
    return App(
        bot=cast(ImageBot, None),
        clock=shop.clock,
        grace=timedelta(seconds=GRACE_S),
        intake=Intake(),
        files=shop.files,
        requests=shop.requests,
        signals=shop.signals,
        pacing=shop.pacing,
        dispatch=shop.dispatch,
        tracking=shop.tracking,
        delivery=shop.delivery,
        recovery=shop.recovery,
        retention=shop.retention,
        tending=None,
    )


async def hang() -> None:
    await asyncio.Event().wait()


# One grace


class Hurried(selectors.DefaultSelector):
    """Instead of waiting for a timer it is as late as that."""

    now_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.now_s += timeout or 0.0
        return super().select(0)


def a_hurried_loop() -> asyncio.SelectorEventLoop:
    selector = Hurried()
    loop = asyncio.SelectorEventLoop(selector)
    loop.time = lambda: selector.now_s  # type: ignore[method-assign]
    return loop


async def stopped_while_everything_hangs(shop: Workshop) -> tuple[float, Request]:
    """How long stopping took, and what was just being sent: as were a command, and a question to Discord."""
    app, time = opened(shop), asyncio.get_running_loop().time

    async def find_answer(request: Request) -> Answer | None:
        is_asking.set()
        await hang()
        return None

    is_asking = asyncio.Event()
    shop.publisher.find_answer = find_answer  # type: ignore[method-assign]
    shop.api.hang()
    await shop.submission.submit(a_draft())
    request = await shop.ask()
    with ExitStack() as command:
        async with app.working():
            await eventually(lambda: is_asking.is_set() and shop.run(request).state is RunState.SUBMITTING)
            command.enter_context(app.intake.taking())
            began_s = time()
        return time() - began_s, request


def test_all_that_hangs_has_one_grace_together() -> None:
    with asyncio.Runner(loop_factory=a_hurried_loop) as runner:

        async def act() -> None:
            shop = Workshop()
            took_s, request = await stopped_while_everything_hangs(shop)
            assert round(took_s, 3) == GRACE_S
            assert shop.ended(request) == (RunState.UNCERTAIN, EndReason.LOST_TOUCH, TakeState.GIVEN_BACK)

        runner.run(act())


async def test_whoever_waits_for_hands_and_is_cancelled_leaves_nothing_behind() -> None:
    shop = Workshop()
    shop.api.hang()
    request = await shop.ask()
    await shop.dispatch.turn()
    finishing = asyncio.create_task(shop.dispatch.finish())
    await workshop.some_time()
    finishing.cancel()
    await eventually(lambda: not shop.dispatch.is_busy)
    assert shop.run(request).state is RunState.UNCERTAIN


# Nothing new is sent


async def told_to_stop(shop: Workshop, reached: asyncio.Event, may_go_on: asyncio.Event) -> None:
    """While the loop is in the middle of its turn, which then goes on."""
    turning = asyncio.create_task(shop.dispatch.turn())
    await reached.wait()
    shop.dispatch.send_no_more()
    may_go_on.set()
    await turning
    await shop.dispatch.finish()


async def test_a_turn_that_goes_on_sends_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    shop, is_asked, answers = Workshop(), asyncio.Event(), asyncio.Event()

    async def look_up(_: Address) -> bool:
        is_asked.set()
        await answers.wait()
        return True

    monkeypatch.setattr(shop.membership, "is_there", look_up)
    request = await shop.ask(images=4)
    shop.clock.advance(31)  # long enough for its member to have left
    await told_to_stop(shop, is_asked, answers)
    assert (shop.run(request).state, shop.api.paid) == (RunState.QUEUED, {})


async def test_what_is_just_being_claimed_waits_for_the_next_start(monkeypatch: pytest.MonkeyPatch) -> None:
    shop, is_claimed, commits = Workshop(), asyncio.Event(), asyncio.Event()
    claim = shop.requests.claim

    async def claim_slowly(run: RunId, key: KeyId, at: datetime) -> bool:
        is_free = await claim(run, key, at)
        is_claimed.set()
        await commits.wait()
        return is_free

    request = await shop.ask()
    with monkeypatch.context() as slow_disk:
        slow_disk.setattr(shop.requests, "claim", claim_slowly)
        await told_to_stop(shop, is_claimed, commits)
    assert (shop.run(request).state, shop.api.paid) == (RunState.QUEUED, {})
    await shop.crash()
    await shop.send()
    assert shop.run(request).state is RunState.RUNNING


# Nothing is forgotten


async def test_a_paid_run_that_is_cut_off_before_it_is_written_down_is_written_down_at_the_end() -> None:
    shop = Workshop()
    start, is_being_written = shop.requests.start, asyncio.Event()

    async def hang_once(run: RunId, provider_id: ProviderRunId) -> bool:
        if not is_being_written.is_set():
            is_being_written.set()
            await hang()
        return await start(run, provider_id)

    shop.requests.start = hang_once  # type: ignore[method-assign] # somebody else has the database
    request = await shop.ask()
    await shop.dispatch.turn()
    await is_being_written.wait()
    await shop.dispatch.finish(grace_s=0)
    assert (shop.run(request).state, shop.run(request).provider_id) == (RunState.RUNNING, "provider-run-1")
