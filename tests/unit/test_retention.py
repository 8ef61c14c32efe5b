"""What is deleted when: tokens to the moment, words and requests after their time, files once nobody needs them."""

from datetime import timedelta

import pytest

from bot.domain.errors import StorageUnavailable
from bot.domain.ladder import Rung
from bot.domain.requests import Request
from bot.domain.runs import EndReason, RunState
from bot.ports import Failed
from bot.services.hints import Hints
from bot.services.retention import Keep, Retention
from tests.builders import TOKEN_LIFE, a_picture, a_request, a_window, an_address, an_upload, first_run
from tests.fakes import MemoryHintStore, MemoryRecords
from tests.unit import workshop
from tests.unit.workshop import KEEP, PICTURE, Workshop

no_hidden_bugs = workshop.no_hidden_bugs
HOUR_S = 3600.0
DAY_S = 24 * HOUR_S


async def delivered(shop: Workshop, **changes: object) -> Request:
    request = await shop.ready(**changes)
    await shop.show()
    assert shop.run(request).state is RunState.DELIVERED
    return request


# Tokens


async def test_the_next_turn_comes_when_the_next_token_dies() -> None:
    shop = Workshop()
    request = await shop.ask()
    shop.clock.advance(TOKEN_LIFE.total_seconds() - 12.5)
    assert await shop.retention.turn() == 12.5
    assert shop.token(request) == "a-token"
    shop.clock.advance(12.5)
    await shop.retention.turn()
    assert shop.token(request) is None


async def test_tokens_that_die_later_or_not_at_all_are_looked_for_every_minute() -> None:
    shop = Workshop()
    assert await shop.retention.turn() == 60
    await shop.ask()
    assert await shop.retention.turn() == 60


async def test_a_token_dies_even_where_the_picture_could_not_be_shown() -> None:
    shop = Workshop()
    for rung in Rung:
        shop.publisher.close(rung, "permission")
    old = await shop.ready()
    await shop.show()
    shop.clock.advance(TOKEN_LIFE.total_seconds())
    young = await shop.ask(address=an_address(token_expires_at=shop.clock.now() + TOKEN_LIFE))
    await shop.retention.turn()
    assert (shop.token(old), shop.token(young)) == (None, "a-token")


async def test_a_day_after_a_hint_nobody_knows_of_it() -> None:
    shop = Workshop()
    hints = Hints(clock=shop.clock, hints=MemoryHintStore(shop.ledger))
    assert await hints.due(a_request(prompt="x" * 1300))
    shop.clock.advance(DAY_S - 1)
    await shop.retention.turn()
    assert len(shop.ledger.hints) == 1
    shop.clock.advance(1)
    await shop.retention.turn()
    assert shop.ledger.hints == {}


# Words, requests and quota


async def test_what_members_wrote_and_gave_goes_first_and_the_request_much_later() -> None:
    shop = Workshop()
    shop.downloads.web["https://cdn.test/fox.png"] = a_picture("fox")
    request = await delivered(shop, uploads=(an_upload(),))
    shop.clock.advance(KEEP.prompts.total_seconds())
    await shop.retention.turn()
    assert shop.ledger.entries[request.id].request.prompt == request.prompt
    shop.clock.advance(1)
    await shop.retention.turn()
    forgotten = shop.ledger.entries[request.id].request
    assert (forgotten.prompt, forgotten.references) == ("", ())
    shop.clock.advance((KEEP.requests - KEEP.prompts).total_seconds())
    await shop.retention.turn()
    assert (shop.ledger.entries, shop.ledger.runs, shop.ledger.takes) == ({}, {}, {})


async def test_what_came_to_nothing_is_forgotten_though_its_member_could_not_be_told() -> None:
    shop = Workshop()
    for rung in Rung:
        shop.publisher.close(rung, "permission")
    shop.downloads.web["https://cdn.test/fox.png"] = a_picture("fox")
    request = await shop.running(uploads=(an_upload(),))
    shop.api.show(Failed(EndReason.DECLINED))
    await shop.look(after_s=15)
    await shop.show()
    shop.clock.advance(KEEP.prompts.total_seconds() + 1)
    await shop.retention.turn()
    forgotten = shop.ledger.entries[request.id].request
    assert (forgotten.prompt, forgotten.references) == ("", ())
    assert shop.files.contents == {}
    shop.clock.advance(KEEP.requests.total_seconds())
    await shop.retention.turn()
    assert shop.ledger.entries == {}


async def test_a_request_that_goes_first_takes_its_words_along() -> None:
    shop = Workshop()
    await delivered(shop)
    retention = retention_of(shop, prompts=timedelta(days=30), requests=timedelta(days=2))
    shop.clock.advance(2 * DAY_S + 1)
    await retention.turn()
    assert shop.ledger.entries == {}


async def test_quota_is_counted_for_longer_than_the_request_is_kept() -> None:
    shop = Workshop(windows=[a_window(5, per=timedelta(days=7))])
    request = await delivered(shop)
    retention = retention_of(shop, requests=timedelta(days=1), longest_window=timedelta(days=7))
    shop.clock.advance(6 * DAY_S)
    await retention.turn()
    assert shop.ledger.entries == {}
    assert list(shop.ledger.takes) == [first_run(request)]
    shop.clock.advance(DAY_S + 1)
    await retention.turn()
    assert shop.ledger.takes == {}


async def test_what_is_not_over_stays_however_old_it_is() -> None:
    shop = Workshop()
    shop.publisher.close(Rung.TOKEN, "permission")
    waiting, running = await shop.ask(), await shop.running()
    shop.clock.advance(1000 * DAY_S)
    await shop.retention.turn()
    kept = {entry.request.id: entry.request.prompt for entry in shop.ledger.entries.values()}
    assert kept == {waiting.id: waiting.prompt, running.id: running.prompt}


async def test_an_old_ledger_is_cleaned_in_batches_across_a_restart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.services.retention._BATCH", 2)
    shop = Workshop()
    for _ in range(5):
        await delivered(shop)
    shop.clock.advance(1000 * DAY_S)
    left = []
    while await shop.retention.turn() < 1:
        left.append((len(shop.ledger.entries), len(shop.ledger.takes)))
        await shop.crash()
    assert left == [(3, 5), (1, 5), (0, 3), (0, 1)]
    assert shop.ledger.takes == {}


async def test_a_member_is_served_between_two_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.services.retention._BATCH", 1)
    shop = Workshop()
    for _ in range(2):
        await delivered(shop)
    shop.clock.advance(1000 * DAY_S)
    await shop.retention.turn()
    new = await shop.ask(address=an_address(token_expires_at=shop.clock.now() + TOKEN_LIFE))
    await shop.retention.turn()
    assert list(shop.ledger.entries) == [new.id]


async def test_on_a_full_disk_deleting_is_tried_again_in_a_minute() -> None:
    shop = Workshop()
    request = await shop.ask()
    shop.clock.advance(TOKEN_LIFE.total_seconds())
    shop.ledger.is_full = True
    assert await shop.retention.turn() == 60
    shop.ledger.is_full = False
    await shop.retention.turn()
    assert shop.token(request) is None


# Files


async def test_files_are_swept_once_nobody_needs_them_and_not_before() -> None:
    shop = Workshop()
    shop.downloads.web["https://cdn.test/fox.png"] = a_picture("fox")
    waiting = await shop.ask(uploads=(an_upload(),))
    shop.clock.advance(2 * HOUR_S)
    await shop.retention.turn()
    assert a_picture("fox") in shop.files.contents.values()
    await shop.send()
    shop.succeed()
    await shop.look(after_s=15)
    shop.clock.advance(2 * HOUR_S)
    await shop.retention.turn()
    assert PICTURE in shop.files.contents.values()
    await shop.show()
    assert shop.run(waiting).state is RunState.DELIVERED
    shop.clock.advance(KEEP.images.total_seconds() - 300)
    await shop.retention.turn()
    assert {a_picture("fox"), PICTURE} == set(shop.files.contents.values())  # the same may be asked for again
    shop.clock.advance(600)
    await shop.retention.turn()
    assert not shop.files.contents


async def test_a_reference_whose_request_is_not_stored_yet_is_left_alone() -> None:
    shop = Workshop()
    await shop.files.keep(a_picture("fox"))
    shop.clock.advance(HOUR_S)
    await shop.retention.turn()
    assert shop.files.contents
    shop.clock.advance(300)
    await shop.retention.turn()
    assert not shop.files.contents


# The files of the database


class UnwillingRecords(MemoryRecords):
    """A disk with no room for a second copy of the database."""

    is_full = True
    is_rebuilt = False

    async def rebuild(self) -> None:
        if self.is_full:
            raise StorageUnavailable
        self.is_rebuilt = True


async def test_the_database_is_rebuilt_within_a_day_after_something_was_deleted() -> None:
    shop = Workshop()
    records = UnwillingRecords(shop.ledger)
    retention = Retention(KEEP, clock=shop.clock, records=records, files=shop.files)
    for is_full, pause_s, is_rebuilt in [
        (False, 0, False),  # a start has better things to do
        (True, HOUR_S, False),
        (False, DAY_S, True),
    ]:
        records.is_full, records.is_rebuilt = is_full, False
        shop.clock.advance(pause_s)
        await retention.turn()
        assert records.is_rebuilt is is_rebuilt
    records.is_rebuilt = False
    shop.clock.advance(DAY_S)
    await retention.turn()
    assert not records.is_rebuilt  # nothing was deleted since
    await delivered(shop)
    shop.clock.advance(1000 * DAY_S)
    await retention.turn()
    assert records.is_rebuilt


def retention_of(
    shop: Workshop,
    *,
    requests: timedelta,
    prompts: timedelta = KEEP.prompts,
    longest_window: timedelta = KEEP.longest_window,
) -> Retention:
    keep = Keep(KEEP.images, prompts, requests, longest_window)
    return Retention(keep, clock=shop.clock, records=shop.records, files=shop.files)
