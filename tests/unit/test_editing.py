"""Forms that were opened on a picture, and the newest picture a member has."""

import pytest

from bot.domain.errors import AlreadyBeingMade, FormGone, NothingToEdit, OutOfCredit, QuotaExceeded, ServerNotListed
from bot.domain.ids import ChannelId, EditId, MemberId, MessageId, ServerId
from bot.domain.requests import Address, Opening, Parent
from bot.domain.runs import RunState
from tests.builders import a_draft, a_window, an_address, an_upload, asked_by
from tests.fakes import KEY
from tests.unit import workshop
from tests.unit.workshop import Workshop

no_hidden_bugs = workshop.no_hidden_bugs
DAY_S = 86_400.0
MEMBER, SOMEBODY_ELSE = MemberId(30), MemberId(31)
PARENT = Parent(ChannelId(20), MessageId(1), run_id=None)


def an_opening(address: Address | None = None) -> Opening:
    return Opening(address or an_address(), PARENT, (an_upload("one.png"), an_upload("two.png", size_bytes=None)))


async def test_a_form_remembers_what_it_was_opened_on() -> None:
    shop = Workshop()
    opened = await shop.editing.opened(await shop.editing.open(an_opening()), MEMBER)
    assert (opened.parent, opened.pictures) == (PARENT, an_opening().pictures)
    assert opened.address.token is None


async def test_a_form_opened_before_a_restart_works_after_it() -> None:
    shop = Workshop()
    edit = await shop.editing.open(an_opening())
    await shop.crash()
    assert (await shop.editing.opened(edit, MEMBER)).parent == PARENT


async def test_a_form_belongs_to_the_member_who_opened_it() -> None:
    shop = Workshop()
    edit = await shop.editing.open(an_opening())
    with pytest.raises(FormGone):
        await shop.editing.opened(edit, SOMEBODY_ELSE)


async def test_a_form_that_was_never_opened_is_gone() -> None:
    with pytest.raises(FormGone):
        await Workshop().editing.opened(EditId("nothing"), MEMBER)


async def test_a_form_is_forgotten_after_a_day() -> None:
    shop = Workshop()
    edit = await shop.editing.open(an_opening())
    shop.clock.advance(DAY_S)
    await shop.retention.turn()
    assert (await shop.editing.opened(edit, MEMBER)).parent == PARENT
    shop.clock.advance(1)
    await shop.retention.turn()
    with pytest.raises(FormGone):
        await shop.editing.opened(edit, MEMBER)


async def test_a_form_makes_one_request() -> None:
    shop = Workshop()
    edit = await shop.editing.open(an_opening())
    await shop.submission.submit(a_draft(edit=edit))
    with pytest.raises(AlreadyBeingMade):
        await shop.submission.submit(a_draft(edit=edit))
    assert len(shop.ledger.takes) == 1


async def test_a_form_whose_request_was_refused_can_be_sent_again() -> None:
    shop = Workshop(windows=[a_window(2)])
    edit = await shop.editing.open(an_opening())
    with pytest.raises(QuotaExceeded):
        await shop.submission.submit(a_draft(edit=edit, images=3))
    await shop.submission.submit(a_draft(edit=edit, images=2))
    assert len(shop.ledger.takes) == 2


async def test_nobody_fills_in_a_form_that_cannot_be_sent() -> None:
    shop = Workshop(servers=[10], windows=[a_window(0)])
    with pytest.raises(ServerNotListed):
        await shop.editing.open(an_opening(asked_by(30, server=11)))
    with pytest.raises(QuotaExceeded):
        await shop.editing.open(an_opening())
    shop.keys.put_aside(KEY, why="test")
    with pytest.raises(OutOfCredit):
        await shop.editing.open(an_opening())
    assert not shop.ledger.forms


# The newest picture


async def test_a_members_newest_picture_is_the_one_shown_last() -> None:
    shop = Workshop()
    for _ in range(2):
        newest = await shop.ready()
        await shop.show()
    found = await shop.editing.newest(ServerId(10), ChannelId(20), MEMBER)
    assert (found.run, found.message) == (shop.run(newest).id, newest.address.message_id)
    assert (found.sha256, found.private) == (shop.run(newest).image, False)


@pytest.mark.parametrize(("server", "channel", "member"), [(10, 20, SOMEBODY_ELSE), (10, 21, MEMBER), (11, 20, MEMBER)])
async def test_only_the_members_own_pictures_in_this_channel_count(server: int, channel: int, member: MemberId) -> None:
    shop = Workshop()
    await shop.ready()
    await shop.show()
    with pytest.raises(NothingToEdit):
        await shop.editing.newest(ServerId(server), ChannelId(channel), member)


async def test_a_picture_that_is_just_being_shown_counts_already() -> None:
    shop = Workshop()
    request = await shop.ready()
    found = await shop.editing.newest(ServerId(10), ChannelId(20), MEMBER)
    assert (found.run, found.message) == (shop.run(request).id, request.address.message_id)


async def test_a_picture_that_is_still_being_made_does_not_count() -> None:
    shop = Workshop()
    await shop.running()
    with pytest.raises(NothingToEdit):
        await shop.editing.newest(ServerId(10), ChannelId(20), MEMBER)


async def test_a_form_that_a_crash_interrupted_can_be_sent_again() -> None:
    shop = Workshop()
    edit = await shop.editing.open(an_opening())
    await shop.submission.submit(a_draft(edit=edit))
    await shop.crash()
    await shop.recovery.recover()
    again = await shop.submission.submit(a_draft(edit=edit))
    assert shop.run(again).state is RunState.QUEUED
