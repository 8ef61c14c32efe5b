"""Whose requests may be asked for once more, and whose pictures brought."""

from dataclasses import replace

import pytest

from bot.domain.errors import NotYours, ReferencesNotYours, RequestGone
from bot.domain.ids import ChannelId, MemberId, MessageId, RequestId, ServerId
from bot.domain.images import Post
from bot.domain.requests import Parent
from tests.builders import a_picture, an_address, an_upload, first_run
from tests.unit import workshop
from tests.unit.workshop import Workshop

no_hidden_bugs = workshop.no_hidden_bugs
ALICE, BOB = MemberId(30), MemberId(31)
STUDIO, ELSEWHERE = ServerId(10), ServerId(11)
PRIVATE = an_address(private=True)


async def test_a_public_request_may_be_repeated_by_anybody_in_its_server() -> None:
    shop = Workshop()
    request = await shop.ask()
    assert (await shop.memory.asked(request.id, STUDIO, BOB)).prompt == request.prompt
    with pytest.raises(RequestGone):
        await shop.memory.asked(request.id, ELSEWHERE, ALICE)


async def test_a_private_request_may_be_repeated_by_its_member_alone() -> None:
    shop = Workshop()
    request = await shop.ask(address=PRIVATE)
    assert (await shop.memory.asked(request.id, STUDIO, ALICE)).id == request.id
    with pytest.raises(NotYours):
        await shop.memory.asked(request.id, STUDIO, BOB)


SHOWN = Parent(ChannelId(20), MessageId(700), None)


@pytest.mark.parametrize(
    ("parent", "references", "is_shown"),
    [
        (None, 1, False),
        (SHOWN, 1, True),
        (SHOWN, 2, False),
        (replace(SHOWN, message_id=None), 1, False),
        (SHOWN, 0, True),
    ],
)
async def test_references_that_nobody_else_saw_are_used_again_by_their_member_alone(
    parent: Parent | None, references: int, *, is_shown: bool
) -> None:
    shop = Workshop()
    uploads = tuple(an_upload(f"{number}.png") for number in range(references))
    for upload in uploads:
        shop.downloads.web[upload.url] = a_picture(upload.filename)
    request = await shop.ask(uploads=uploads, parent=parent)
    assert len((await shop.memory.asked(request.id, STUDIO, ALICE)).references) == references
    if is_shown:
        assert len((await shop.memory.asked(request.id, STUDIO, BOB)).references) == references
        return
    with pytest.raises(ReferencesNotYours):
        await shop.memory.asked(request.id, STUDIO, BOB)


async def test_a_kept_picture_is_brought_for_its_member_alone() -> None:
    shop = Workshop()
    request = await shop.ask()
    assert (await shop.memory.kept(request.id, STUDIO, ALICE)).id == request.id
    with pytest.raises(NotYours):
        await shop.memory.kept(request.id, STUDIO, BOB)
    with pytest.raises(RequestGone):
        await shop.memory.kept(request.id, ELSEWHERE, ALICE)


@pytest.mark.parametrize("shows_prompt", [True, False])
async def test_what_was_posted_with_its_words_may_be_repeated_in_public(*, shows_prompt: bool) -> None:
    shop = Workshop()
    request = await shop.ask(address=PRIVATE)
    run = first_run(request)
    post = Post(run, PRIVATE.channel_id, None, None, shows_prompt=shows_prompt, posted_at=shop.clock.now())
    shop.ledger.posts[run] = post
    with pytest.raises(NotYours):  # it is only just being posted
        await shop.memory.asked(request.id, STUDIO, BOB)
    shop.ledger.posts[run] = replace(post, message=MessageId(700))
    assert (await shop.memory.asked(request.id, STUDIO, ALICE)).address.private
    if shows_prompt:
        assert not (await shop.memory.asked(request.id, STUDIO, BOB)).address.private
        return
    with pytest.raises(NotYours):
        await shop.memory.asked(request.id, STUDIO, BOB)


@pytest.mark.parametrize("ask", ["asked", "kept"])
async def test_what_was_never_asked_for_is_gone(ask: str) -> None:
    shop = Workshop()
    with pytest.raises(RequestGone):
        await getattr(shop.memory, ask)(RequestId("A" * 16), STUDIO, ALICE)


async def test_what_is_not_kept_cannot_be_brought() -> None:
    shop = Workshop()
    request = await shop.ready()
    with pytest.raises(RequestGone):
        await shop.memory.bring(request.id, an_address())
