"""A private picture is posted once, however often and whenever somebody asks for it; and it can be discarded."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.errors import BotError, ImageDeleted, NotYours, RequestGone
from bot.domain.ids import ChannelId, MemberId, RequestId, RunId, ServerId, request_of
from bot.domain.ladder import PostBlocked, PostFailed, PostTooLarge, RungClosed
from bot.domain.posting import AlreadyPosted, CopyGone, NotPosted, PostingUnclear, WordsBlocked
from bot.domain.requests import Spot
from bot.ports import Announcement
from bot.services.packing import Packing
from bot.services.posting import Posting, Selection
from tests.builders import a_picture
from tests.fakes import FakeImaging, FakeNoticeboard, MemoryPostStore
from tests.unit.shown_world import ALICE, BOB, ELSEWHERE, HERE, ShownWorld

STUDIO, OTHER_SERVER = ServerId(10), ServerId(11)
NO_LOOKING = RungClosed("permission")


class House(ShownWorld):
    """Alice's private pictures, and a channel to post them to."""

    def __init__(self) -> None:
        super().__init__()
        self.board = FakeNoticeboard(self.clock)
        self.start_again()

    def start_again(self) -> None:
        """A new process over what the old one stored."""
        self.posting = Posting(
            clock=self.clock,
            images=self.images,
            posts=MemoryPostStore(self.ledger),
            packing=Packing(imaging=FakeImaging(), files=self.files),
            board=self.board,
        )

    async def private(self, *, images: int = 1) -> tuple[RunId, ...]:
        return await self.pictures("a secret fox", images=images, private=True)

    async def announce(self, selection: Selection, channel: ChannelId = HERE, *, shows_prompt: bool = True) -> Spot:
        return await self.posting.post(selection, channel, shows_prompt=shows_prompt)

    @property
    def posted(self) -> list[Announcement]:
        return [posted.announcement for posted in self.board.posted]

    def spot_of(self, run: RunId) -> Spot:
        place = self.image(run).open_place
        assert place is not None
        return place.spot


def one(run: RunId, member: MemberId = ALICE, server: ServerId = STUDIO) -> Selection:
    return Selection(request_of(run), run, server, member)


def all_of(runs: tuple[RunId, ...]) -> Selection:
    return Selection(request_of(runs[0]), None, STUDIO, ALICE)


# ---- posting --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shows_prompt", [True, False])
async def test_a_private_picture_is_posted_and_known_there(*, shows_prompt: bool) -> None:
    house = House()
    (run,) = await house.private()
    spot = await house.announce(one(run), ELSEWHERE, shows_prompt=shows_prompt)
    (posted,) = house.posted
    assert [image.content for image in posted.images] == [a_picture("a secret fox")]
    assert (posted.channel, posted.shows_prompt) == (ELSEWHERE, shows_prompt)
    assert house.spot_of(run) == spot


async def test_all_pictures_of_a_request_are_posted_together() -> None:
    house = House()
    runs = await house.private(images=3)
    spot = await house.announce(all_of(runs))
    assert [[image.run for image in posted.images] for posted in house.posted] == [list(runs)]
    assert {house.spot_of(run) for run in runs} == {spot}


async def test_what_was_posted_alone_is_not_posted_again_with_the_others() -> None:
    house = House()
    first, second, third = runs = await house.private(images=3)
    await house.announce(one(second))
    await house.announce(all_of(runs))
    assert [[image.run for image in posted.images] for posted in house.posted] == [[second], [first, third]]


async def test_who_presses_twice_is_told_where_it_is() -> None:
    house = House()
    (run,) = await house.private()
    spot = await house.announce(one(run))
    for late in (house.posting.check(one(run)), house.announce(one(run), ELSEWHERE)):
        with pytest.raises(AlreadyPosted) as told:
            await late
        assert (told.value.server, told.value.spot) == (STUDIO, spot)


async def test_of_two_who_race_one_posts_and_the_other_is_told_where() -> None:
    house = House()
    (run,) = await house.private()
    house.board.hang()
    racing = [asyncio.ensure_future(house.announce(one(run))) for _ in range(5)]
    for _ in range(100):
        await asyncio.sleep(0)
    house.board.go_on()
    ended = await asyncio.gather(*racing, return_exceptions=True)
    assert len(house.posted) == 1
    assert sorted(type(end).__name__ for end in ended) == ["AlreadyPosted"] * 4 + ["Spot"]


async def test_too_large_a_picture_is_posted_smaller() -> None:
    house = House()
    (run,) = await house.private()
    house.board.most_bytes = len(a_picture("a secret fox")) - 1
    await house.announce(one(run))
    assert [len(image.content) <= house.board.most_bytes for image in house.posted[0].images] == [True]


async def test_words_that_were_forgotten_are_not_shown() -> None:
    house = House()
    (run,) = await house.private()
    entry = house.ledger.entries[request_of(run)]
    entry.request = replace(entry.request, prompt="")
    await house.announce(one(run))
    assert not house.posted[0].shows_prompt


# ---- what stands in the way -----------------------------------------------------------------------------------------


async def test_only_its_member_posts_a_private_picture() -> None:
    house = House()
    (run,) = await house.private()
    with pytest.raises(NotYours):
        await house.announce(one(run, BOB))
    with pytest.raises(RequestGone):
        await house.announce(one(run, server=OTHER_SERVER))
    assert not house.posted


async def test_what_is_public_already_is_not_posted() -> None:
    house = House()
    run = await house.picture()
    with pytest.raises(RequestGone):
        await house.announce(one(run))


async def test_what_is_no_picture_yet_is_not_posted() -> None:
    house = House()
    request = await house.asked(private=True)
    with pytest.raises(RequestGone):
        await house.announce(Selection(request.id, None, STUDIO, ALICE))
    with pytest.raises(RequestGone):
        await house.announce(Selection(RequestId("A" * 16), None, STUDIO, ALICE))


async def test_what_was_deleted_is_not_posted() -> None:
    house = House()
    first, second = runs = await house.private(images=2)
    await house.images.delete(first, house.clock.now())
    with pytest.raises(ImageDeleted):
        await house.announce(one(first))
    await house.announce(all_of(runs))
    assert [image.run for image in house.posted[0].images] == [second]


async def test_without_a_copy_there_is_nothing_to_post() -> None:
    house = House()
    (run,) = await house.private()
    house.forget_bytes()
    with pytest.raises(CopyGone):
        await house.announce(one(run))
    assert run not in house.ledger.posts


REFUSALS: list[tuple[BotError, bool, type[BotError]]] = [
    (RungClosed("permission"), True, NotPosted),
    (RungClosed("gone"), True, NotPosted),
    (PostBlocked(), True, WordsBlocked),
    (PostBlocked(), False, NotPosted),
]


@pytest.mark.parametrize(("refusal", "shows_prompt", "told"), REFUSALS)
async def test_what_discord_refuses_for_certain_can_be_tried_again(
    refusal: BotError, told: type[BotError], *, shows_prompt: bool
) -> None:
    house = House()
    (run,) = await house.private()
    house.board.refuses = [refusal]
    with pytest.raises(told):
        await house.announce(one(run), shows_prompt=shows_prompt)
    await house.announce(one(run), shows_prompt=False)
    assert len(house.posted) == 1


async def test_what_is_too_large_however_small_is_not_posted() -> None:
    house = House()
    (run,) = await house.private()
    house.board.refuses = [PostTooLarge(), PostTooLarge()]
    with pytest.raises(NotPosted):
        await house.announce(one(run))
    assert run not in house.ledger.posts


# ---- crashes, and answers that were lost ----------------------------------------------------------------------------


async def test_an_answer_that_was_lost_makes_no_second_message() -> None:
    house = House()
    runs = await house.private(images=2)
    house.board.loses_answers = [PostFailed()]
    with pytest.raises(PostingUnclear) as unclear:
        await house.announce(all_of(runs))
    assert (unclear.value.channel, unclear.value.again_at) == (HERE, None)
    with pytest.raises(AlreadyPosted) as told:
        await house.announce(all_of(runs), ELSEWHERE)
    assert len(house.posted) == 1
    assert {house.spot_of(run) for run in runs} == {told.value.spot}


async def test_a_post_that_never_reached_discord_is_made_at_the_second_press() -> None:
    house = House()
    (run,) = await house.private()
    house.board.refuses = [PostFailed()]
    with pytest.raises(PostingUnclear):
        await house.announce(one(run))
    spot = await house.announce(one(run), ELSEWHERE, shows_prompt=False)
    assert spot.channel == ELSEWHERE
    assert house.spot_of(run) == spot
    assert house.ledger.posts[run].shows_prompt is False


async def test_a_post_that_was_cut_off_is_made_though_a_sibling_was_posted_just_before() -> None:
    house = House()
    first, second = await house.private(images=2)
    spot = await house.announce(one(first))
    house.board.refuses = [PostFailed()]
    with pytest.raises(PostingUnclear):
        await house.announce(one(second))
    assert await house.announce(one(second)) != spot
    assert [[image.run for image in posted.images] for posted in house.posted] == [[first], [second]]


async def test_what_was_left_behind_in_two_channels_is_looked_for_in_both() -> None:
    house = House()
    first, second = runs = await house.private(images=2)
    house.board.refuses = [PostFailed()]
    with pytest.raises(PostingUnclear):
        await house.announce(one(first), HERE)
    house.board.loses_answers = [PostFailed()]
    with pytest.raises(PostingUnclear):
        await house.announce(one(second), ELSEWHERE)
    await house.announce(all_of(runs), HERE)
    assert [[image.run for image in posted.images] for posted in house.posted] == [[second], [first]]
    assert [house.spot_of(run).channel for run in runs] == [HERE, ELSEWHERE]


async def test_answers_that_were_lost_twice_in_one_channel_make_no_second_messages() -> None:
    house = House()
    first, second = runs = await house.private(images=2)
    for run in runs:
        house.board.loses_answers = [PostFailed()]
        with pytest.raises(PostingUnclear):
            await house.announce(one(run))
        house.clock.advance(3600)
    with pytest.raises(AlreadyPosted):
        await house.announce(all_of(runs))
    assert [[image.run for image in posted.images] for posted in house.posted] == [[first], [second]]
    assert house.spot_of(first) != house.spot_of(second)


async def test_one_of_several_that_is_found_is_found_with_those_beside_it() -> None:
    house = House()
    first, second = runs = await house.private(images=2)
    house.board.loses_answers = [PostFailed()]
    with pytest.raises(PostingUnclear):
        await house.announce(all_of(runs))
    with pytest.raises(AlreadyPosted):
        await house.announce(one(second))
    assert house.spot_of(first) == house.spot_of(second)


@pytest.mark.parametrize("is_there", [True, False])
async def test_a_crash_while_posting_makes_no_second_message(*, is_there: bool) -> None:
    house = House()
    (run,) = await house.private()
    house.board.hang()
    dying = asyncio.ensure_future(house.announce(one(run)))
    for _ in range(100):
        await asyncio.sleep(0)
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    if not is_there:
        house.board.posted.clear()
    house.board.go_on()
    house.start_again()
    house.clock.advance(3600)
    if is_there:
        with pytest.raises(AlreadyPosted):
            await house.announce(one(run))
    else:
        await house.announce(one(run))
    assert len(house.posted) == 1


async def test_where_the_bot_may_not_look_it_waits_before_it_posts_once_more() -> None:
    house = House()
    (run,) = await house.private()
    house.board.refuses, house.board.cannot_look = [PostFailed()], NO_LOOKING
    with pytest.raises(PostingUnclear):
        await house.announce(one(run))
    with pytest.raises(PostingUnclear) as unclear:
        await house.announce(one(run))
    assert unclear.value.again_at is not None
    assert not house.posted
    house.clock.advance((unclear.value.again_at - house.clock.now()).total_seconds())
    await house.announce(one(run))
    assert len(house.posted) == 1


async def test_where_discord_does_not_answer_it_is_never_posted_once_more_unseen() -> None:
    house = House()
    (run,) = await house.private()
    house.board.loses_answers, house.board.cannot_look = [PostFailed()], PostFailed()
    for pause_s in (0, 60, 3600):
        house.clock.advance(pause_s)
        with pytest.raises(PostingUnclear) as unclear:
            await house.announce(one(run))
        assert unclear.value.again_at is None
    assert len(house.posted) == 1


async def test_nothing_is_kept_of_those_who_posted() -> None:
    house = House()
    for _ in range(3):
        (run,) = await house.private()
        await house.announce(one(run))
    assert not house.posting._turns


# ---- discarding -----------------------------------------------------------------------------------------------------


async def test_a_discarded_picture_is_deleted_and_cannot_be_posted() -> None:
    house = House()
    first, second = await house.private(images=2)
    assert await house.posting.discard(one(first)) is None
    assert (house.image(first).is_deleted, house.image(second).is_deleted) == (True, False)
    with pytest.raises(ImageDeleted):
        await house.announce(one(first))


async def test_all_are_discarded_and_twice_is_once() -> None:
    house = House()
    runs = await house.private(images=2)
    for _ in range(2):
        await house.posting.discard(all_of(runs))
        assert all(house.image(run).is_deleted for run in runs)


async def test_what_was_posted_stays_when_the_rest_is_discarded() -> None:
    house = House()
    first, second = runs = await house.private(images=2)
    spot = await house.announce(one(first))
    assert await house.posting.discard(all_of(runs)) == spot
    assert (house.image(first).is_deleted, house.image(second).is_deleted) == (False, True)


async def test_only_its_member_discards_a_picture_and_only_a_private_one() -> None:
    house = House()
    (run,), public = await house.private(), await house.picture()
    with pytest.raises(NotYours):
        await house.posting.discard(one(run, BOB))
    with pytest.raises(RequestGone):
        await house.posting.discard(one(public))
    assert not house.image(run).is_deleted
    assert not house.image(public).is_deleted
