"""Sending runs to RunBase: each once, whatever it answers."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.domain.errors import (
    BotError,
    CreateFailed,
    CreateUncertain,
    InputDeclined,
    InputRejected,
    KeyOutOfCredit,
    KeyRateLimited,
    KeyRefused,
    LookFailed,
    LookTrouble,
    ModelNotOffered,
    OutOfCredit,
    ProviderUnreachable,
    RefusedWithoutReason,
    StorageUnavailable,
)
from bot.domain.ids import ProviderRunId, RunId
from bot.domain.ladder import Rung
from bot.domain.requests import Request
from bot.domain.runs import EndReason, Run, RunState
from bot.ports import NO_RUN, ImageInput
from tests.builders import a_draft, a_picture, an_upload, runs_of
from tests.fakes import KEY, OTHER_KEY, Paid, TakeState
from tests.unit import workshop
from tests.unit.workshop import Workshop, what

no_hidden_bugs = workshop.no_hidden_bugs
IDLE_S = 5.0


# Success


async def test_a_request_is_sent_as_it_was_asked_for() -> None:
    shop = Workshop()
    shop.downloads.web["https://cdn.test/fox.png"] = a_picture()
    await shop.ask(prompt="a red fox", aspect="3:2", uploads=(an_upload(),))
    await shop.send()
    wanted = ImageInput("openai/gpt-image-1", "a red fox", "3:2", ("https://cdn.test/fox.png",))
    assert list(shop.api.paid.values()) == [Paid(KEY, wanted)]


async def test_a_run_that_was_created_is_known_by_its_key_and_id() -> None:
    shop = Workshop()
    request = await shop.running()
    run = shop.run(request)
    assert (run.state, run.key_id, run.provider_id) == (RunState.RUNNING, KEY, "provider-run-1")
    assert run.submitted_at == shop.clock.now()
    assert shop.take(request) is TakeState.HELD
    assert shop.signals.running.is_set()


async def test_every_image_is_a_run_of_its_own() -> None:
    shop = Workshop()
    request = await shop.running(images=4)
    assert len(shop.api.paid) == 4
    assert {shop.ledger.runs[run].provider_id for run in runs_of(request)} == set(shop.api.paid)


async def test_what_is_being_sent_says_so_before_it_leaves() -> None:
    shop = Workshop()
    shop.api.hang()
    request = await shop.ask()
    await shop.dispatch.turn()
    assert shop.run(request).state is RunState.SUBMITTING
    assert not shop.api.paid
    shop.api.go_on()
    await shop.dispatch.finish()
    assert shop.run(request).state is RunState.RUNNING


async def test_who_asked_first_is_sent_first() -> None:
    shop = Workshop()
    for prompt in ("first", "second", "third"):
        await shop.ask(prompt=prompt)
        shop.clock.advance(1)
    await shop.send()
    assert [paid.wanted.prompt for paid in shop.api.paid.values()] == ["first", "second", "third"]


async def test_a_run_is_sent_once_however_often_the_loop_turns() -> None:
    shop = Workshop()
    await shop.ask()
    for _ in range(5):
        await shop.send()
    assert len(shop.api.paid) == 1


async def test_two_turns_at_once_send_a_run_once() -> None:
    shop = Workshop()
    await shop.ask(images=4)
    await workshop.at_once(shop.dispatch.turn(), shop.dispatch.turn())
    await shop.dispatch.finish()
    assert len(shop.api.paid) == 4


async def test_a_cancelled_run_is_not_sent() -> None:
    shop = Workshop()
    request = await shop.ask()
    await shop.submission.withdraw(request.id)
    await shop.send()
    assert not shop.api.paid


async def test_without_anything_to_send_the_loop_idles() -> None:
    assert await Workshop().dispatch.turn() == IDLE_S


# Pace


async def test_eight_requests_are_on_their_way_at_most() -> None:
    shop = Workshop()
    shop.api.hang()
    requests = [await shop.ask() for _ in range(10)]
    shop.all_quiet()
    await shop.dispatch.turn()
    states = [shop.run(request).state for request in requests]
    assert (states.count(RunState.SUBMITTING), states.count(RunState.QUEUED)) == (8, 2)
    shop.api.go_on()
    await shop.dispatch.finish()
    assert shop.signals.queued.is_set()
    await shop.send()
    assert len(shop.api.paid) == 10


async def test_no_key_makes_more_requests_than_its_budget() -> None:
    shop = Workshop(requests_per_window=3)
    await shop.ask(images=4)
    await shop.ask(images=1)
    await shop.send()
    assert len(shop.api.paid) == 3
    assert 0 < await shop.dispatch.turn() <= 1
    shop.clock.advance(9.9)
    await shop.send()
    assert len(shop.api.paid) == 3
    shop.clock.advance(0.1)
    await shop.send()
    assert len(shop.api.paid) > 3


async def test_a_key_begins_no_more_runs_than_it_can_look_after() -> None:
    shop = Workshop()
    for _ in range(40):
        await shop.ask()
    for _ in range(10):
        await shop.send()
        shop.clock.advance(5)
    assert 18 <= len(shop.api.paid) <= 30
    begun = len(shop.api.paid)
    shop.succeed()
    await shop.look()
    assert shop.signals.queued.is_set()
    await shop.send()
    assert len(shop.api.paid) > begun


async def test_a_key_that_is_full_leaves_new_runs_to_the_others() -> None:
    shop = Workshop(KEY, OTHER_KEY)
    for _ in range(40):
        await shop.ask()
    shop.keys.put_aside(OTHER_KEY, why="test")
    for _ in range(10):
        await shop.send()
        shop.clock.advance(5)
    assert {paid.key for paid in shop.api.paid.values()} == {KEY}
    begun = len(shop.api.paid)
    shop.clock.advance(300)
    await shop.send()
    assert {paid.key for paid in list(shop.api.paid.values())[begun:]} == {OTHER_KEY}


async def test_several_keys_add_up() -> None:
    shop = Workshop(KEY, OTHER_KEY, requests_per_window=2)
    await shop.ask(images=4)
    await shop.send()
    assert sorted(paid.key for paid in shop.api.paid.values()) == [KEY, KEY, OTHER_KEY, OTHER_KEY]


async def rushes(shop: Workshop) -> bool:
    """Whether minutes of sending and looking at the same time ever break RunBase's own limit."""
    for _ in range(60):
        await shop.ask()
    for _ in range(400):
        await workshop.at_once(shop.dispatch.turn(), shop.tracking.turn())
        await workshop.at_once(shop.dispatch.finish(), shop.tracking.finish())
        shop.clock.advance(0.25)
    return bool(shop.api.rushed)


@pytest.mark.parametrize("budget", [2, 5, 19])
async def test_sending_and_looking_together_stay_within_what_runbase_allows(budget: int) -> None:
    assert not await rushes(Workshop(requests_per_window=budget, runbase_allows=budget + 1))


async def test_the_whole_budget_may_be_used_without_breaking_it() -> None:
    assert not await rushes(Workshop(requests_per_window=5, runbase_allows=5))


# Certainly not created


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (InputDeclined(), EndReason.DECLINED),
        (InputRejected(), EndReason.INPUT_REJECTED),
        (ModelNotOffered(), EndReason.MODEL_GONE),
    ],
)
async def test_what_runbase_turns_down_for_good_costs_nothing(error: CreateFailed, reason: EndReason) -> None:
    shop = Workshop()
    shop.api.refuse_next(error)
    request = await shop.running()
    assert shop.ended(request) == (RunState.FAILED, reason, TakeState.GIVEN_BACK)
    assert shop.signals.outbox.is_set()
    await shop.send()
    assert not shop.api.paid


async def test_one_image_turned_down_leaves_the_others() -> None:
    shop = Workshop()
    shop.api.refuse_next(InputDeclined())
    request = await shop.running(images=3)
    assert [shop.run(request, number).state for number in range(3)] == [
        RunState.FAILED,
        RunState.RUNNING,
        RunState.RUNNING,
    ]


async def test_a_429_creates_nothing_and_the_run_waits_again() -> None:
    shop = Workshop()
    shop.api.refuse_next(KeyRateLimited())
    request = await shop.running()
    assert shop.ended(request) == (RunState.QUEUED, None, TakeState.HELD)
    assert not shop.api.paid


async def test_after_a_429_the_key_rests_for_ten_seconds() -> None:
    shop = Workshop()
    shop.api.refuse_next(KeyRateLimited())
    request = await shop.running()
    shop.clock.advance(9.9)
    await shop.send()
    assert not shop.api.paid
    shop.clock.advance(0.1)
    await shop.send()
    assert shop.run(request).state is RunState.RUNNING
    assert len(shop.api.paid) == 1


async def test_after_a_429_another_key_goes_on_at_once() -> None:
    shop = Workshop(KEY, OTHER_KEY)
    shop.api.close_key(KEY, KeyRateLimited())
    request = await shop.running()
    await shop.send()
    assert shop.run(request).key_id == OTHER_KEY
    assert shop.run(request).state is RunState.RUNNING


# Keys that cannot pay


@pytest.mark.parametrize("error", [KeyOutOfCredit(), KeyRefused()])
async def test_a_key_that_cannot_pay_is_put_aside_and_another_goes_on(error: CreateFailed) -> None:
    shop = Workshop(KEY, OTHER_KEY)
    shop.api.close_key(KEY, error)
    requests = [await shop.ask() for _ in range(3)]
    for _ in range(3):
        await shop.send()
    assert {shop.run(request).key_id for request in requests} == {OTHER_KEY}
    assert {shop.run(request).state for request in requests} == {RunState.RUNNING}
    assert shop.keys.choose() == OTHER_KEY


@pytest.mark.parametrize("error", [KeyOutOfCredit(), KeyRefused()])
async def test_when_no_key_can_pay_the_queue_fails_and_everything_is_given_back(error: CreateFailed) -> None:
    shop = Workshop(KEY, OTHER_KEY)
    shop.api.close_key(KEY, error)
    shop.api.close_key(OTHER_KEY, error)
    requests = [await shop.ask() for _ in range(3)]
    await shop.send()
    await shop.send()
    await shop.show()
    for request in requests:
        assert shop.ended(request) == (RunState.FAILED, EndReason.OUT_OF_CREDIT, TakeState.GIVEN_BACK)
        assert what(shop.shown(request)) == (Rung.TOKEN, (), (EndReason.OUT_OF_CREDIT,))
    assert not shop.api.paid


async def test_when_no_key_can_pay_new_requests_are_refused_until_five_minutes_have_passed() -> None:
    shop = Workshop()
    shop.api.close_key(KEY, KeyOutOfCredit())
    await shop.running()
    with pytest.raises(OutOfCredit):
        await shop.submission.submit(a_draft())
    shop.api.open_key(KEY)
    shop.clock.advance(300)
    request = await shop.running()
    assert shop.run(request).state is RunState.RUNNING


# Refused without a reason


async def test_words_that_a_firewall_dislikes_end_their_own_run_and_no_key() -> None:
    shop = Workshop()
    shop.api.refuse_next(RefusedWithoutReason())
    disliked = await shop.running()
    assert shop.ended(disliked) == (RunState.FAILED, EndReason.INPUT_REJECTED, TakeState.GIVEN_BACK)
    liked = await shop.running()
    assert shop.run(liked).state is RunState.RUNNING


async def test_the_look_that_proves_a_key_counts_as_a_request() -> None:
    shop = Workshop()
    shop.api.refuse_next(RefusedWithoutReason())
    left = shop.keys.left(KEY)
    await shop.running()
    assert shop.keys.left(KEY) == left - 2


async def test_many_words_that_a_firewall_dislikes_take_one_look() -> None:
    shop = Workshop()
    shop.api.refuse_next(*[RefusedWithoutReason() for _ in range(8)])
    left = shop.keys.left(KEY)
    requests = [await shop.ask() for _ in range(8)]
    await shop.send()
    assert {shop.run(request).reason for request in requests} == {EndReason.INPUT_REJECTED}
    assert shop.keys.left(KEY) == left - 9


async def test_a_bot_that_stops_while_it_proves_a_key_knows_that_nothing_was_created() -> None:
    shop = Workshop()
    shop.api.refuse_next(RefusedWithoutReason())
    shop.api.hangs_at_looks = True
    request = await shop.ask()
    await shop.dispatch.turn()
    for _ in range(20):
        await asyncio.sleep(0)
    assert shop.run(request).state is RunState.SUBMITTING
    await shop.dispatch.finish(grace_s=0)
    assert shop.ended(request) == (RunState.QUEUED, None, TakeState.HELD)


async def test_a_key_that_is_at_its_limit_works_and_slows_down() -> None:
    shop = Workshop()
    shop.api.refuse_next(RefusedWithoutReason())
    shop.api.show(LookFailed(LookTrouble.TOO_FAST, 429), NO_RUN)
    request = await shop.running()
    assert shop.run(request).reason is EndReason.INPUT_REJECTED
    assert shop.keys.are_usable
    assert shop.keys.choose() is None


@pytest.mark.parametrize("trouble", [LookTrouble.REFUSED, LookTrouble.TOO_LATE, LookTrouble.UNREADABLE])
async def test_a_key_that_may_do_nothing_is_put_aside_without_a_reason_too(trouble: LookTrouble) -> None:
    shop = Workshop(KEY, OTHER_KEY)
    shop.api.close_key(KEY, RefusedWithoutReason())
    shop.api.show(LookFailed(trouble), NO_RUN)
    request = await shop.running()
    await shop.send()
    assert (shop.run(request).state, shop.run(request).key_id) == (RunState.RUNNING, OTHER_KEY)
    assert not shop.keys.may_create(KEY)


# RunBase cannot be reached


async def test_a_request_that_never_left_is_sent_again() -> None:
    shop = Workshop()
    shop.api.refuse_next(ProviderUnreachable(), ProviderUnreachable(), ProviderUnreachable())
    request = await shop.running()
    for pause_s in (3, 6, 9):
        assert shop.ended(request) == (RunState.QUEUED, None, TakeState.HELD)
        shop.clock.advance(pause_s - 0.1)
        await shop.send()
        assert shop.run(request).state is RunState.QUEUED
        shop.clock.advance(0.1)
        await shop.send()
    assert shop.run(request).state is RunState.RUNNING
    assert len(shop.api.paid) == 1


async def test_what_never_leaves_four_times_is_given_up_and_given_back() -> None:
    shop = Workshop()
    shop.api.close_key(KEY, ProviderUnreachable())
    request = await shop.ask()
    for _ in range(4):
        assert shop.run(request).state is RunState.QUEUED
        await shop.send()
        shop.clock.advance(60)
    assert shop.ended(request) == (RunState.FAILED, EndReason.PROVIDER_DOWN, TakeState.GIVEN_BACK)
    assert shop.signals.outbox.is_set()


# Perhaps created


async def test_a_lost_answer_leaves_the_run_uncertain_and_gives_back() -> None:
    shop = Workshop()
    shop.api.refuse_next(CreateUncertain())
    request = await shop.running()
    assert shop.ended(request) == (RunState.UNCERTAIN, EndReason.LOST_TOUCH, TakeState.GIVEN_BACK)
    assert shop.signals.outbox.is_set()


async def test_what_may_have_been_paid_for_is_never_sent_again() -> None:
    shop = Workshop()
    shop.api.refuse_next(CreateUncertain())
    await shop.running()
    for _ in range(3):
        shop.clock.advance(3600)
        await shop.send()
        await shop.crash()
        await shop.send()
    assert len(shop.api.paid) == 1


async def test_after_three_lost_answers_nothing_is_sent_with_that_key_for_half_a_minute() -> None:
    shop = Workshop()
    shop.api.refuse_next(CreateUncertain(), CreateUncertain(), CreateUncertain())
    assert [shop.run(await shop.running()).state for _ in range(3)] == [RunState.UNCERTAIN] * 3
    request = await shop.running()
    shop.clock.advance(29.9)
    await shop.send()
    assert shop.run(request).state is RunState.QUEUED
    shop.clock.advance(0.1)
    await shop.send()
    assert shop.run(request).state is RunState.RUNNING


# The ledger refuses


async def answered_while_the_ledger_is_full(shop: Workshop) -> Request:
    """RunBase answers, and for some time nothing can be written down."""
    shop.api.hang()
    request = await shop.ask()
    await shop.dispatch.turn()
    shop.ledger.is_full = True
    shop.api.go_on()
    await shop.dispatch.finish()
    for _ in range(3):
        shop.clock.advance(60)
        await shop.send()
    assert shop.run(request).state is RunState.SUBMITTING
    shop.ledger.is_full = False
    await shop.send()
    return request


async def test_a_paid_run_is_remembered_once_the_ledger_takes_it() -> None:
    shop = Workshop()
    request = await answered_while_the_ledger_is_full(shop)
    assert (shop.run(request).state, shop.run(request).provider_id) == (RunState.RUNNING, "provider-run-1")
    assert shop.signals.running.is_set()
    assert len(shop.api.paid) == 1


async def test_a_run_that_was_not_created_waits_again_once_the_ledger_takes_it() -> None:
    shop = Workshop()
    shop.api.refuse_next(KeyRateLimited())
    request = await answered_while_the_ledger_is_full(shop)
    assert shop.run(request).state is RunState.RUNNING


@pytest.mark.parametrize("error", [InputDeclined(), CreateUncertain()], ids=repr)
async def test_a_run_that_ended_is_told_once_the_ledger_takes_it(error: BotError) -> None:
    shop = Workshop()
    shop.api.refuse_next(error)
    request = await answered_while_the_ledger_is_full(shop)
    assert shop.run(request).state in {RunState.FAILED, RunState.UNCERTAIN}
    assert shop.take(request) is TakeState.GIVEN_BACK


async def test_a_queue_that_cannot_be_ended_now_is_ended_later() -> None:
    shop = Workshop()
    request = await shop.ask()
    shop.keys.put_aside(KEY, why="test")
    shop.ledger.is_full = True
    turning = asyncio.create_task(shop.dispatch.turn())
    await workshop.some_time()
    is_over = turning.done()
    turning.cancel()
    await asyncio.gather(turning, return_exceptions=True)
    assert is_over
    shop.ledger.is_full = False
    await shop.send()
    assert shop.ended(request) == (RunState.FAILED, EndReason.OUT_OF_CREDIT, TakeState.GIVEN_BACK)


async def test_nothing_is_bought_that_could_not_be_kept() -> None:
    shop = Workshop()
    request = await shop.ask()
    shop.files.is_full = True
    with pytest.raises(StorageUnavailable):
        await shop.dispatch.turn()
    assert shop.ended(request) == (RunState.QUEUED, None, TakeState.HELD)
    shop.files.is_full = False
    await shop.send()
    assert shop.run(request).state is RunState.RUNNING


def cut_off() -> None:
    """What a shutdown does to posts that did not end in time."""
    for worker in asyncio.all_tasks():
        if worker.get_name().startswith("dispatch"):
            worker.cancel()


async def test_a_post_that_is_cut_off_before_its_answer_is_uncertain() -> None:
    shop = Workshop()
    shop.api.hang()
    request = await shop.ask()
    await shop.dispatch.turn()
    await asyncio.sleep(0)
    cut_off()
    await shop.dispatch.finish()
    assert shop.run(request).state is RunState.UNCERTAIN
    assert shop.take(request) is TakeState.GIVEN_BACK


async def test_a_paid_run_stays_one_when_it_is_cut_off_while_it_is_written_down() -> None:
    shop = Workshop()
    start = shop.requests.start
    is_written = asyncio.Event()

    async def start_and_hang(run: RunId, provider_id: ProviderRunId) -> bool:
        has_changed = await start(run, provider_id)
        if has_changed:
            is_written.set()
            await asyncio.Event().wait()
        return has_changed

    shop.requests.start = start_and_hang  # type: ignore[method-assign] # the effect happens, the answer does not
    request = await shop.ask()
    await shop.dispatch.turn()
    await is_written.wait()
    cut_off()
    await shop.dispatch.finish()
    assert shop.run(request).state is RunState.RUNNING
    assert shop.take(request) is TakeState.HELD


# Between the ledger and the loop


async def test_an_answer_that_comes_while_the_ledger_is_looked_over_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = Workshop()
    shop.api.hang()
    request = await shop.ask()
    await shop.dispatch.turn()
    await workshop.some_time()
    look_up = shop.requests.stranded

    async def stranded() -> Sequence[Run]:
        rows = await look_up()
        shop.api.go_on()  # RunBase answers while the rows are on their way
        await workshop.some_time()
        return rows

    monkeypatch.setattr(shop.requests, "stranded", stranded)
    shop.clock.advance(61)
    await shop.dispatch.turn()
    await shop.dispatch.finish()
    assert shop.run(request).state is RunState.RUNNING


async def test_what_could_not_be_written_down_is_tried_once_more_before_the_end() -> None:
    shop = Workshop()
    request = await shop.ask()
    shop.api.hang()
    await shop.dispatch.turn()
    await workshop.some_time()
    shop.ledger.is_full = True
    shop.api.go_on()
    await workshop.some_time()
    shop.ledger.is_full = False
    await shop.dispatch.finish()
    assert shop.run(request).state is RunState.RUNNING


async def test_without_budget_the_line_is_not_read() -> None:
    shop = Workshop(requests_per_window=1)
    await shop.ask(images=2)
    await shop.send()
    shop.ledger.entries.clear()  # whoever reads it now fails
    assert 0 < await shop.dispatch.turn() <= 1
