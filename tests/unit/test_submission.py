"""From a member's words to an accepted request, or to a refusal that costs nothing."""

import asyncio
from datetime import timedelta

import pytest

from bot.domain.errors import (
    AlreadyAsked,
    BotError,
    BrokenPicture,
    DownloadFailed,
    DownloadGone,
    DownloadRefused,
    DownloadTooLarge,
    ForeignReference,
    NotAPicture,
    OutOfCredit,
    PromptEmpty,
    PromptTooLong,
    QueueFull,
    QuotaExceeded,
    ReferenceEmpty,
    ReferenceGone,
    ReferencesUnreachable,
    ReferenceTooLarge,
    ServerNotListed,
    StorageUnavailable,
    TooManyReferences,
    UnknownAspect,
)
from bot.domain.ids import MessageId
from bot.domain.requests import Draft, Kind
from bot.domain.runs import EndReason, RunState
from tests.builders import START, a_draft, a_picture, a_window, an_upload, asked_by, runs_of
from tests.fakes import KEY, TakeState
from tests.unit import workshop
from tests.unit.workshop import Workshop

no_hidden_bugs = workshop.no_hidden_bugs


def with_references(shop: Workshop, *names: str) -> Draft:
    uploads = tuple(an_upload(name, size_bytes=len(a_picture(name))) for name in names)
    shop.downloads.web.update({upload.url: a_picture(upload.filename) for upload in uploads})
    return a_draft(uploads=uploads)


async def refused(shop: Workshop, draft: Draft, kind: type[BotError]) -> BotError:
    """A refusal leaves no trace: no request, no run, nothing taken, nothing to wake anybody for."""
    before = (dict(shop.ledger.entries), dict(shop.ledger.runs), dict(shop.ledger.takes))
    with pytest.raises(kind) as found:
        await shop.submission.submit(draft)
    assert type(found.value) is kind
    assert (shop.ledger.entries, shop.ledger.runs, shop.ledger.takes) == before
    assert not await shop.records.needed_files(delivered_since=START)
    assert not shop.signals.queued.is_set()
    return found.value


# Accepted


async def test_words_alone_make_a_square_picture_from_nothing() -> None:
    shop = Workshop()
    request = await shop.submission.submit(a_draft("  a red\r\nfox\x00 "))
    assert (request.kind, request.prompt, request.aspect, request.images) == (Kind.GENERATE, "a red\nfox", "1:1", 1)
    assert (request.model, request.created_at) == ("openai/gpt-image-1", START)
    assert shop.ended(request) == (RunState.QUEUED, None, TakeState.HELD)


async def test_the_request_keeps_what_the_draft_said() -> None:
    shop = Workshop()
    draft = a_draft(aspect="3:2", images=3, upload_limit_bytes=123, address=asked_by(7, private=True))
    request = await shop.submission.submit(draft)
    assert (request.aspect, request.upload_limit_bytes, request.address) == ("3:2", 123, draft.address)
    assert request.source_id == draft.source_id
    assert set(shop.ledger.runs) == set(shop.ledger.takes) == set(runs_of(request))
    assert len(shop.ledger.runs) == 3


async def test_references_are_on_disk_before_the_request_counts() -> None:
    shop = Workshop()
    request = await shop.submission.submit(with_references(shop, "fox.png", "snow.png"))
    assert request.kind is Kind.EDIT
    assert [reference.filename for reference in request.references] == ["fox.png", "snow.png"]
    assert [reference.url for reference in request.references] == [
        "https://cdn.test/fox.png",
        "https://cdn.test/snow.png",
    ]
    kept = [shop.files.contents[reference.sha256] for reference in request.references]
    assert kept == [a_picture("fox.png"), a_picture("snow.png")]
    assert [reference.size_bytes for reference in request.references] == list(map(len, kept))
    assert await shop.records.needed_files(delivered_since=START) == {
        reference.sha256 for reference in request.references
    }


async def test_as_many_references_as_the_model_takes_are_fine() -> None:
    shop = Workshop()
    request = await shop.submission.submit(with_references(shop, *(f"{number}.png" for number in range(5))))
    assert len(request.references) == 5


async def test_nothing_is_sent_before_the_member_sees_an_answer() -> None:
    shop = Workshop()
    request = await shop.submission.submit(a_draft())
    await shop.send()
    assert not shop.api.paid
    await shop.submission.acknowledge(request.id, MessageId(900))
    assert shop.signals.queued.is_set()
    await shop.send()
    assert len(shop.api.paid) == 1


async def test_who_cannot_be_answered_pays_nothing() -> None:
    shop = Workshop()
    request = await shop.submission.submit(a_draft(images=2))
    await shop.submission.withdraw(request.id)
    await shop.send()
    assert not shop.api.paid
    assert shop.ended(request) == (RunState.CANCELLED, EndReason.NOT_ACKNOWLEDGED, TakeState.GIVEN_BACK)
    assert shop.take(request, 1) is TakeState.GIVEN_BACK


async def test_no_list_of_servers_means_all_of_them() -> None:
    shop = Workshop()
    await shop.ask(address=asked_by(1, server=1234))
    assert len(shop.ledger.entries) == 1


async def test_a_listed_server_is_served() -> None:
    shop = Workshop(servers=[10, 11])
    await shop.ask(address=asked_by(1, server=11))
    assert len(shop.ledger.entries) == 1


# Refused


async def test_other_servers_than_the_listed_are_refused() -> None:
    shop = Workshop(servers=[10, 11])
    await refused(shop, a_draft(address=asked_by(1, server=12)), ServerNotListed)


async def test_an_empty_prompt_is_refused() -> None:
    await refused(Workshop(), a_draft(" \u200b "), PromptEmpty)


async def test_a_prompt_that_is_too_long_is_refused_with_the_models_limit() -> None:
    error = await refused(Workshop(), a_draft("x" * 4001), PromptTooLong)
    assert isinstance(error, PromptTooLong)
    assert (error.length, error.limit) == (4001, 4000)


async def test_a_shape_the_model_cannot_make_is_refused() -> None:
    await refused(Workshop(), a_draft(aspect="16:9"), UnknownAspect)


async def test_more_references_than_the_model_takes_are_refused() -> None:
    shop = Workshop()
    error = await refused(shop, with_references(shop, *(f"{number}.png" for number in range(6))), TooManyReferences)
    assert isinstance(error, TooManyReferences)
    assert (error.given, error.limit) == (6, 5)


async def test_what_discord_calls_empty_is_refused_unseen() -> None:
    shop = Workshop()
    error = await refused(shop, a_draft(uploads=(an_upload(size_bytes=0),)), ReferenceEmpty)
    assert isinstance(error, ReferenceEmpty)
    assert error.filename == "fox.png"
    assert not shop.files.contents


async def test_a_file_larger_than_the_bot_fetches_is_refused_unseen() -> None:
    shop = Workshop()
    error = await refused(shop, a_draft(uploads=(an_upload(size_bytes=25_000_001),)), ReferenceTooLarge)
    assert isinstance(error, ReferenceTooLarge)
    assert (error.filename, error.size_bytes, error.limit_bytes) == ("fox.png", 25_000_001, 25_000_000)
    assert not shop.files.contents


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (DownloadTooLarge(), ReferenceTooLarge),
        (DownloadRefused(), ForeignReference),
        (DownloadGone(), ReferenceGone),
        (DownloadFailed(), ReferencesUnreachable),
    ],
)
async def test_a_reference_that_cannot_be_fetched_says_why(failure: DownloadFailed, told: type[BotError]) -> None:
    shop = Workshop()
    draft = with_references(shop, "fox.png", "snow.png")
    shop.downloads.web[draft.uploads[1].url] = failure
    error = await refused(shop, draft, told)
    assert getattr(error, "filename", None) == "snow.png"
    assert error.__cause__ is failure


@pytest.mark.parametrize(
    ("content", "told"), [(b"", ReferenceEmpty), (b"<html>", NotAPicture), (b"PICTURE cut of", BrokenPicture)]
)
async def test_a_file_that_is_no_picture_is_refused_by_name(content: bytes, told: type[BotError]) -> None:
    shop = Workshop()
    draft = with_references(shop, "fox.png", "notes.txt")
    shop.downloads.web[draft.uploads[1].url] = content
    error = await refused(shop, draft, told)
    assert getattr(error, "filename", None) == "notes.txt"


async def test_a_full_quota_is_refused_before_a_byte_is_fetched() -> None:
    shop = Workshop(windows=[a_window(2, per=timedelta(hours=1))])
    await shop.submission.submit(a_draft(images=2))
    error = await refused(shop, with_references(shop, "fox.png"), QuotaExceeded)
    assert isinstance(error, QuotaExceeded)
    assert (error.used, error.limit, error.opens_at) == (2, 2, START + timedelta(hours=1))
    assert not shop.files.contents


async def test_a_member_without_room_for_all_images_gets_none() -> None:
    shop = Workshop(windows=[a_window(3)])
    await shop.submission.submit(a_draft(images=2))
    await refused(shop, a_draft(images=2), QuotaExceeded)
    await shop.submission.submit(a_draft(images=1))


async def test_of_two_requests_at_once_the_last_image_goes_to_one() -> None:
    shop = Workshop(windows=[a_window(1)])
    first = with_references(shop, "fox.png")
    answers = await asyncio.gather(
        shop.submission.submit(first), shop.submission.submit(a_draft()), return_exceptions=True
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["QuotaExceeded", "Request"]
    assert len(shop.ledger.takes) == 1


async def test_a_full_queue_is_refused() -> None:
    shop = Workshop(queue_length=2)
    await shop.submission.submit(a_draft(images=2))
    await refused(shop, a_draft(), QueueFull)


async def test_the_same_interaction_is_accepted_once() -> None:
    shop = Workshop()
    draft = a_draft()
    await shop.submission.submit(draft)
    await refused(shop, draft, AlreadyAsked)


async def test_without_a_usable_key_nothing_is_accepted() -> None:
    shop = Workshop()
    shop.keys.put_aside(KEY, why="test")
    await refused(shop, with_references(shop, "fox.png"), OutOfCredit)
    assert not shop.files.contents
    shop.clock.advance(300)
    await shop.submission.submit(a_draft())


async def test_a_full_disk_is_said_plainly() -> None:
    shop = Workshop()
    shop.files.is_full = True
    await refused(shop, with_references(shop, "fox.png"), StorageUnavailable)
    await refused(shop, a_draft(), StorageUnavailable)  # its picture could not be kept


async def test_what_the_member_sees_waiting_is_written_down_once_the_disk_takes_it() -> None:
    shop = Workshop()
    request = await shop.submission.submit(a_draft())
    shop.ledger.is_full = True
    acknowledging = asyncio.create_task(shop.submission.acknowledge(request.id, shop.a_message()))
    for _ in range(3):
        shop.clock.advance(5)
        await workshop.some_time()
    assert not acknowledging.done()
    shop.ledger.is_full = False
    shop.clock.advance(5)
    await acknowledging
    await shop.send()
    assert shop.run(request).state is RunState.RUNNING


async def test_after_two_minutes_the_member_is_told_that_the_disk_refuses() -> None:
    shop = Workshop()
    request = await shop.submission.submit(a_draft())
    shop.ledger.is_full = True
    acknowledging = asyncio.create_task(shop.submission.acknowledge(request.id, shop.a_message()))
    for _ in range(24):
        await workshop.some_time()
        assert not acknowledging.done()
        shop.clock.advance(5)
    with pytest.raises(StorageUnavailable):
        await acknowledging


async def test_bytes_of_a_refused_request_are_gone_at_once() -> None:
    shop = Workshop()
    draft = with_references(shop, "fox.png", "notes.txt")
    shop.downloads.web[draft.uploads[1].url] = b"<html>"
    await refused(shop, draft, NotAPicture)
    assert not shop.files.contents
    assert not shop.files.staged
