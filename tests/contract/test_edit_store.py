"""Forms, attached references and the images that edits are made from; on every ledger."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import AlreadyBeingMade, QuotaExceeded
from bot.domain.ids import AttachmentId, ChannelId, EditId, MemberId, MessageId, RunId, ServerId
from bot.domain.requests import Address, Change, LeftOut, Omission, Opening, Parent, Request
from bot.domain.runs import RunState
from bot.ports import OwnImage, Placed
from tests.builders import (
    MESSAGE,
    START,
    a_reference,
    a_request,
    a_sha256,
    a_window,
    an_address,
    an_upload,
    first_run,
    runs_of,
)
from tests.contract import ledgers
from tests.contract.ledgers import PLENTY, WAYS, Ledger, next_queued
from tests.fakes import TakeState

ledger = ledgers.ledger
EDIT = EditId("an-edit")
LATER = START + timedelta(minutes=1)
PARENT = Parent(ChannelId(20), MessageId(1), RunId("earlier.0"))
OPENING = Opening(an_address(), PARENT, (an_upload("one.png"), an_upload("two.png", size_bytes=None)))


async def accept(ledger: Ledger, edit: EditId | None = EDIT, **changes: object) -> Request:
    request = a_request(**changes)
    await ledger.requests.accept(request, queue_length=PLENTY, edit=edit)
    return request


async def finished(ledger: Ledger, **changes: object) -> Request:
    """A request whose images are all ready, as fast as it was created."""
    request = await ledger.acknowledged(**changes)
    for run in runs_of(request):
        for step in WAYS[RunState.RUNNING]:
            await ledger.move(run, step)
        await ledger.requests.finish(run, a_sha256(run), request.created_at)
    return request


async def delivered(ledger: Ledger, message: MessageId = MESSAGE, **changes: object) -> Request:
    request = await finished(ledger, **changes)
    places = [
        Placed(run, ChannelId(2), message, AttachmentId(700 + number)) for number, run in enumerate(runs_of(request))
    ]
    await ledger.requests.deliver(request.id, places, request.created_at)
    return request


# Forms


@pytest.mark.parametrize("message", [MessageId(1), None])
@pytest.mark.parametrize("run", [RunId("earlier.0"), None])
async def test_a_form_comes_back_without_its_token(
    ledger: Ledger, message: MessageId | None, run: RunId | None
) -> None:
    opening = replace(OPENING, parent=Parent(ChannelId(21), message, run), address=an_address(private=True))
    await ledger.edits.open(EDIT, opening, LATER)
    found = await ledger.edits.opened(EDIT)
    assert found is not None
    assert (found.parent, found.pictures) == (opening.parent, opening.pictures)
    assert found.address == replace(opening.address, token=None, token_expires_at=LATER)


async def test_an_unknown_form_is_none(ledger: Ledger) -> None:
    assert await ledger.edits.opened(EDIT) is None


async def test_a_form_is_used_once(ledger: Ledger) -> None:
    await ledger.edits.open(EDIT, OPENING, START)
    first = await accept(ledger)
    with pytest.raises(AlreadyBeingMade):
        await accept(ledger)
    assert set(ledger.takes()) == {first_run(first)}


async def test_a_form_used_many_times_at_once_makes_one_request(ledger: Ledger) -> None:
    await ledger.edits.open(EDIT, OPENING, START)
    answers = await asyncio.gather(*(accept(ledger) for _ in range(30)), return_exceptions=True)
    assert len([answer for answer in answers if isinstance(answer, Request)]) == 1
    assert len(ledger.takes()) == 1


async def test_a_refused_request_leaves_its_form_unused(ledger: Ledger) -> None:
    await ledger.edits.open(EDIT, OPENING, START)
    await ledger.quotas.configure([a_window(1)])
    with pytest.raises(QuotaExceeded):
        await accept(ledger, images=2)
    await accept(ledger, images=1)
    assert len(ledger.takes()) == 1


async def test_requests_without_a_form_do_not_share_one(ledger: Ledger) -> None:
    await accept(ledger, edit=None)
    await accept(ledger, edit=None)
    assert len(ledger.takes()) == 2


async def test_old_forms_are_forgotten_and_cannot_be_used(ledger: Ledger) -> None:
    await ledger.edits.open(EDIT, OPENING, START)
    await ledger.edits.open(EditId("younger"), OPENING, LATER)
    await ledger.records.delete_forms(opened_before=LATER, most=PLENTY)
    assert await ledger.edits.opened(EDIT) is None
    assert await ledger.edits.opened(EditId("younger")) is not None
    with pytest.raises(AlreadyBeingMade):
        await accept(ledger)


# What a request remembers of its pictures


async def test_receipts_and_origin_come_back_as_they_were(ledger: Ledger) -> None:
    asked = a_request(
        references=(a_reference("a.png", url=None, change=Change.CONVERTED), a_reference("b.png")),
        left_out=(LeftOut("c.png", Omission.DUPLICATE), LeftOut("d.heic", Omission.UNREADABLE)),
        parent=PARENT,
    )
    await ledger.requests.accept(asked, queue_length=PLENTY)
    parcel = await ledger.requests.parcel(asked.id)
    assert parcel is not None
    assert parcel.request == asked


async def test_attached_references_get_their_addresses_in_order(ledger: Ledger) -> None:
    changed = {"url": None, "change": Change.MADE_SMALLER}
    references = (a_reference("a.png", **changed), a_reference("b.png"), a_reference("c.png", **changed))
    request = await ledger.accepted(references=references)
    await ledger.requests.acknowledge(request.id, MESSAGE, START, attached=["https://one.test", "https://two.test"])
    found = await next_queued(ledger.requests)
    assert found is not None
    assert [reference.url for reference in found[0].references] == [
        "https://one.test",
        "https://cdn.test/b.png",
        "https://two.test",
    ]
    assert not found[0].to_attach


# Images to start from


async def test_a_message_of_our_own_stands_for_its_first_image(ledger: Ledger) -> None:
    request = await delivered(ledger, MessageId(901), images=2)
    await delivered(ledger, MessageId(902))
    assert await ledger.edits.run_of_message(MessageId(901)) == first_run(request)
    assert await ledger.edits.run_of_message(MessageId(903)) is None


async def test_the_newest_image_is_where_it_was_placed(ledger: Ledger) -> None:
    await delivered(ledger, MessageId(901))
    request = await delivered(ledger, MessageId(902), created_at=LATER, images=2, address=an_address(private=True))
    run = runs_of(request)[-1]
    assert await _newest(ledger, an_address()) == OwnImage(run, MessageId(902), AttachmentId(701), True, a_sha256(run))


async def test_an_image_that_was_posted_again_is_where_it_is_now(ledger: Ledger) -> None:
    asked = await delivered(ledger, MessageId(901))
    place = Placed(first_run(asked), ChannelId(2), MessageId(901), AttachmentId(777))
    await ledger.requests.deliver(asked.id, [place], LATER)
    found = await _newest(ledger, an_address())
    assert found is not None
    assert found.attachment == AttachmentId(777)
    assert ledger.takes() == {first_run(asked): TakeState.SPENT}


@pytest.mark.parametrize(
    "other",
    [
        an_address(member_id=MemberId(31)),
        an_address(channel_id=ChannelId(21)),
        an_address(server_id=ServerId(11)),
    ],
)
async def test_other_members_channels_and_servers_have_images_of_their_own(ledger: Ledger, other: Address) -> None:
    mine = await delivered(ledger)
    await delivered(ledger, created_at=LATER, address=other)
    found = await _newest(ledger, an_address())
    assert found is not None
    assert found.run == first_run(mine)


@pytest.mark.parametrize("state", RunState)
async def test_only_finished_images_count(ledger: Ledger, state: RunState) -> None:
    run = await ledger.run_in(state)
    found = await _newest(ledger, an_address())
    assert (found and found.run) == (run if state in {RunState.READY, RunState.DELIVERED} else None)


async def test_an_image_that_is_just_being_posted_is_looked_for_in_its_requests_message(ledger: Ledger) -> None:
    await delivered(ledger, MessageId(901))
    run = first_run(await finished(ledger, created_at=LATER))
    assert await _newest(ledger, an_address()) == OwnImage(run, MESSAGE, None, False, a_sha256(run))


async def _newest(ledger: Ledger, address: Address) -> OwnImage | None:
    return await ledger.edits.newest_image(address.server_id, address.channel_id, address.member_id)
