"""What a restart finds and settles; and that no history of crashes loses a picture or pays for one twice."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.errors import CreateUncertain, InputDeclined, KeyRateLimited, ProviderUnreachable
from bot.domain.ladder import Rung
from bot.domain.requests import Request
from bot.domain.runs import EndReason, RunState
from bot.ports import Answer, Failed, StillRunning
from tests.builders import a_draft, an_upload
from tests.fakes import TakeState
from tests.unit import workshop
from tests.unit.workshop import PICTURE, Working, Workshop, shown_by, what

no_hidden_bugs = workshop.no_hidden_bugs
HOUR_S = 3600.0


# After a start


async def test_a_run_caught_while_it_was_sent_is_uncertain_and_its_member_told() -> None:
    shop = Workshop()
    shop.api.hang()
    request = await shop.ask()
    await shop.dispatch.turn()
    await shop.crash()
    assert shop.ended(request) == (RunState.UNCERTAIN, EndReason.LOST_TOUCH, TakeState.GIVEN_BACK)
    assert shop.signals.outbox.is_set()
    await shop.show()
    shown = shop.shown(request)
    assert shown is not None
    assert shown.problems == (EndReason.LOST_TOUCH,)
    await shop.send()
    assert not shop.api.paid


async def test_a_request_its_member_never_saw_is_cancelled() -> None:
    shop = Workshop()
    request = await shop.submission.submit(a_draft(images=2))
    await shop.crash()
    assert shop.ended(request) == (RunState.CANCELLED, EndReason.NOT_ACKNOWLEDGED, TakeState.GIVEN_BACK)
    assert shop.take(request, 1) is TakeState.GIVEN_BACK
    await shop.send()
    assert not shop.api.paid


async def test_a_queued_request_is_sent_in_turn() -> None:
    shop = Workshop()
    request = await shop.ask()
    await shop.crash()
    assert shop.run(request).state is RunState.QUEUED
    await shop.send()
    assert shop.run(request).state is RunState.RUNNING


async def test_a_running_request_is_looked_after_and_shown() -> None:
    shop = Workshop()
    request = await shop.running()
    shop.succeed()
    await shop.crash()
    await shop.look(after_s=15)
    await shop.crash()
    await shop.show()
    shown = shop.shown(request)
    assert shown is not None
    assert shown.images == (PICTURE,)


async def test_what_was_delivered_stays_as_it_is() -> None:
    shop = Workshop()
    request = await shop.ready()
    await shop.show()
    history = list(shop.history(request))
    await shop.crash()
    await shop.show(after_s=60)
    assert shop.history(request) == history
    assert shop.ended(request) == (RunState.DELIVERED, None, TakeState.SPENT)


async def test_an_overdue_request_is_still_waited_for() -> None:
    shop = Workshop()
    request = await shop.overdue()
    await shop.crash()
    assert shop.run(request).state is RunState.OVERDUE
    shop.succeed()
    await shop.look(after_s=10)  # a process that was killed may just have used the whole budget
    assert shop.run(request).state is RunState.READY


async def test_a_start_over_an_empty_ledger_finds_nothing_to_do() -> None:
    shop = Workshop()
    await shop.crash()
    await shop.send()
    await shop.look()
    await shop.show()
    assert not shop.ledger.runs


# Whatever happens


@dataclass
class Storm:
    """A bot to which things happen, and the requests its members saw an answer to."""

    images: int = 2
    shop: Workshop = field(default_factory=Workshop)
    seen: list[Request] = field(default_factory=list)
    _crashes: int = 0

    async def happens(self, what: str) -> None:
        shop = self.shop
        match what:
            case "ask":
                self.seen.append(await shop.ask(prompt=f"request {len(self.seen)}", images=self.images))
            case "ask and crash":
                await shop.submission.submit(a_draft())
                await shop.crash()
            case "ask, answer and crash":
                self.seen.append(await interrupted(shop, prompt=f"request {len(self.seen)}", images=self.images))
                await shop.crash()
            case "send":
                await shop.send()
            case "look":
                await shop.look()
            case "show":
                await shop.show()
            case "send and crash":
                await self._crash_during(shop.dispatch)
            case "look and crash":
                await self._crash_during(shop.tracking)
            case "show and crash":
                await self._crash_during(shop.delivery)
            case "crash":
                await shop.crash()
            case "success":
                shop.succeed()
            case "failure":
                shop.api.show(Failed(EndReason.PROVIDER_FAILED))
            case "still running":
                shop.api.show(StillRunning())
            case "lost answer":
                shop.api.refuse_next(CreateUncertain())
            case "refusals":
                shop.api.refuse_next(KeyRateLimited(), ProviderUnreachable(), InputDeclined())
            case "discord trouble":
                shop.publisher.fail_next(2)
            case _:
                shop.clock.advance(float(what))

    async def _crash_during(self, loop: Working) -> None:
        """Each time a little later: before the other side did anything, after it did, before that is written down."""
        self._crashes += 1
        await loop.turn()
        await self.shop.crash(after_steps=self._crashes % 6)

    async def calms_down(self) -> None:
        shop = self.shop
        shop.succeed()
        for _ in range(60):
            shop.clock.advance(61)
            await shop.recovery.turn()
            await shop.send()
            await shop.look()
            await shop.show()


THINGS = [
    *("ask", "ask", "send", "send", "look", "show", "success", "success", "3", "60", "601", "900"),
    *("crash", "ask and crash", "ask, answer and crash", "send and crash", "look and crash", "show and crash"),
    *("failure", "still running", "lost answer", "refusals", "discord trouble"),
]
# Histories in which nobody asks for anything prove nothing.
histories = st.lists(st.sampled_from(THINGS), min_size=6, max_size=30).map(lambda things: ["ask", *things])


@settings(deadline=None, max_examples=200)
@given(histories)
async def test_whatever_happens_every_member_gets_the_picture_or_the_reason(things: list[str]) -> None:
    storm = Storm()
    for thing in things:
        await storm.happens(thing)
    await storm.calms_down()
    for request in storm.seen:
        shown = storm.shop.shown(request)
        assert shown is not None
        runs = storm.shop.ledger.runs_of(request.id)
        delivered = [run for run in runs if run.state is RunState.DELIVERED]
        assert shown.waiting is None
        assert len(shown.images) + len(shown.problems) == request.images
        assert len(shown.images) == len(delivered)
        assert all(run.state in {RunState.DELIVERED, RunState.FAILED, RunState.UNCERTAIN} for run in runs)


@settings(deadline=None, max_examples=200)
@given(histories)
async def test_whatever_happens_nothing_is_paid_twice_or_counted_wrongly(things: list[str]) -> None:
    storm = Storm()
    for thing in things:
        await storm.happens(thing)
    await storm.calms_down()
    ledger = storm.shop.ledger
    paid = Counter(paid.wanted.prompt for paid in storm.shop.api.paid.values())
    for request in storm.seen:
        pictures = [run for run in ledger.runs_of(request.id) if run.state is RunState.DELIVERED]
        assert len(pictures) <= paid[request.prompt] <= storm.images
    assert paid.total() == sum(paid[request.prompt] for request in storm.seen)
    spent = {run for run, take in ledger.takes.items() if take.state is TakeState.SPENT}
    delivered = {run.id for run in ledger.runs.values() if run.state is RunState.DELIVERED}
    gifts = {run.id for run in ledger.runs.values() if run.state is RunState.DELIVERED and run.reason}
    assert spent == delivered - gifts
    assert not [take for take in ledger.takes.values() if take.state is TakeState.HELD]
    assert not storm.shop.publisher.edited_at_once


async def test_a_request_that_nobody_was_answered_is_given_back_while_running() -> None:
    shop = Workshop()
    request = await shop.submission.submit(a_draft())
    shop.clock.advance(179)
    await shop.recovery.turn()
    assert shop.run(request).state is RunState.QUEUED
    shop.clock.advance(1)
    await shop.recovery.turn()
    assert shop.run(request).state is RunState.CANCELLED
    assert shop.take(request) is TakeState.GIVEN_BACK


async def interrupted(shop: Workshop, *attached: str, **changes: Any) -> Request:
    """The bot went down between Discord's taking the answer and writing down where it is."""
    request = await shop.submission.submit(a_draft(**changes))
    shop.publisher.unwritten[request.id] = Answer(shop.a_message(), attached)
    return request


async def test_a_request_whose_member_sees_it_waiting_is_made_after_all() -> None:
    shop = Workshop()
    request = await interrupted(shop)
    await shop.crash()
    await shop.send()
    assert shop.run(request).state is RunState.RUNNING
    shop.succeed()
    await shop.look(after_s=15)
    await shop.show()
    assert what(shop.shown(request)) == shown_by(Rung.TOKEN, PICTURE)


async def test_references_that_were_attached_before_the_crash_are_found_again() -> None:
    shop = Workshop()
    shop.downloads.web["https://cdn.test/fox.gif"] = b"GIF fox"
    request = await interrupted(shop, "https://cdn.test/attached/fox.png", uploads=(an_upload("fox.gif"),))
    await shop.crash()
    await shop.send()
    (paid,) = shop.api.paid.values()
    assert paid.wanted.image_urls == ("https://cdn.test/attached/fox.png",)
    assert shop.run(request).state is RunState.RUNNING


async def test_without_its_references_a_request_is_called_off_and_its_member_told() -> None:
    shop = Workshop()
    shop.downloads.web["https://cdn.test/fox.gif"] = b"GIF fox"
    request = await interrupted(shop, uploads=(an_upload("fox.gif"),))
    await shop.crash()
    await shop.send()
    await shop.show()
    assert not shop.api.paid
    assert shop.ended(request) == (RunState.CANCELLED, EndReason.NOT_ACKNOWLEDGED, TakeState.GIVEN_BACK)
    assert what(shop.shown(request)) == (Rung.TOKEN, (), (EndReason.NOT_ACKNOWLEDGED,))


async def test_whoever_was_shown_nothing_is_told_in_a_message_of_its_own() -> None:
    shop = Workshop()
    request = await shop.submission.submit(a_draft())
    await shop.crash()
    await shop.show()
    assert [rung for rung, _ in shop.publisher.posted[request.id]] == [Rung.CHANNEL]


async def test_what_discord_cannot_say_now_is_asked_again_soon() -> None:
    shop = Workshop()
    request = await interrupted(shop)
    shop.publisher.fail_next(1)
    await shop.crash()
    await shop.send()
    assert not shop.api.paid
    assert await shop.recovery.turn() == 60
    await shop.send()
    assert shop.run(request).state is RunState.RUNNING


async def test_a_refusal_in_the_place_of_the_waiting_message_is_believed() -> None:
    shop = Workshop()
    request = await shop.submission.submit(a_draft())
    shop.publisher.unwritten[request.id] = Answer(shop.a_message(), (), is_waiting=False)
    await shop.crash()
    await shop.send()
    assert not shop.api.paid
    assert shop.ended(request) == (RunState.CANCELLED, EndReason.NOT_ACKNOWLEDGED, TakeState.GIVEN_BACK)


async def test_an_answer_that_was_lost_is_looked_for_while_the_bot_runs() -> None:
    shop = Workshop()
    request = await interrupted(shop)
    await shop.recovery.turn()
    assert shop.ledger.entries[request.id].acknowledged_at is None
    shop.clock.advance(180)
    await shop.recovery.turn()
    await shop.send()
    assert shop.run(request).state is RunState.RUNNING


async def test_a_start_does_not_wait_for_discord_to_say_what_was_shown() -> None:
    shop = Workshop()
    request = await interrupted(shop)
    shop.start_again()
    await shop.recovery.recover()
    assert shop.ledger.entries[request.id].acknowledged_at is None
    await shop.recovery.turn()
    assert shop.ledger.entries[request.id].acknowledged_at is not None


async def test_after_a_start_the_newest_of_what_was_kept_is_tried_again() -> None:
    shop = Workshop()
    for rung in Rung:
        shop.publisher.close(rung, "permission")
    old = await shop.ready()
    await shop.show(after_s=25 * HOUR_S)
    new = [await shop.ready() for _ in range(21)]
    for _ in range(6):
        await shop.show()
    assert not await shop.requests.undelivered()
    await shop.crash()
    tried = set(await shop.requests.undelivered())
    assert len(tried) == 20
    assert old.id not in tried
    assert tried < {one.id for one in new}
