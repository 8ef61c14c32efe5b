"""Boards, thumbnails, their moves and posts; in memory and in SQLite."""

import asyncio
from datetime import timedelta

import pytest

from bot.domain.errors import AlreadyAsked
from bot.domain.ids import ChannelId, MemberId, MessageId, ServerId
from bot.domain.requests import Spot
from bot.domain.thumbnails.boards import Approval
from bot.domain.thumbnails.colours import Colour
from bot.domain.thumbnails.ids import ThumbnailId
from bot.domain.thumbnails.refusals import TooManyThumbnails
from bot.domain.thumbnails.states import DROPPED, OPEN, ThumbnailState, Why, is_legal
from bot.domain.thumbnails.thumbnails import Place, Trouble
from tests.board_builders import MODERATOR, REQUESTER, SERVER, a_board, a_move, a_thumbnail
from tests.builders import START, a_reference, a_sha256
from tests.contract import shelves as of_shelves
from tests.contract.shelves import Shelves

shelves = of_shelves.shelves
S = ThumbnailState
LATER = START + timedelta(minutes=1)
PLACE = Place(Spot(ChannelId(50), MessageId(700)), ChannelId(701))


# Boards


async def test_a_board_is_remembered_as_it_was_set_up(shelves: Shelves) -> None:
    board = a_board(
        approval=Approval.NOBODY,
        voters=77,
        vote_for=timedelta(minutes=90),
        takes_entries=False,
        template="band",
        accent=Colour(1, 2, 3),
        open_each=5,
    )
    assert await shelves.boards.board(SERVER) is None
    await shelves.boards.set_up(board, MODERATOR, START)
    assert await shelves.boards.board(SERVER) == board
    assert await shelves.boards.board(ServerId(11)) is None


async def test_a_board_stays_closed_until_something_works_or_it_is_set_up_anew(shelves: Shelves) -> None:
    board = a_board()
    await shelves.boards.set_up(board, MODERATOR, START)
    await shelves.boards.close(board, "channel")
    assert await shelves.boards.board(SERVER) == a_board(closed="channel")
    await shelves.boards.close(board, None)
    assert await shelves.boards.board(SERVER) == board
    await shelves.boards.close(board, "permission")
    await shelves.boards.set_up(a_board(channel=ChannelId(51)), MODERATOR, LATER)
    assert await shelves.boards.board(SERVER) == a_board(channel=ChannelId(51))


async def test_what_is_heard_of_the_old_channel_does_not_close_the_new_one(shelves: Shelves) -> None:
    old, new = a_board(), a_board(channel=ChannelId(51))
    await shelves.boards.set_up(new, MODERATOR, START)
    await shelves.boards.close(old, "channel")
    assert await shelves.boards.board(SERVER) == new


# Asking


async def test_a_thumbnail_is_stored_with_all_that_was_asked_for(shelves: Shelves) -> None:
    references = (a_reference(url=None), a_reference("hare.png", url=None))
    asked = a_thumbnail(references=references, style="gouache", headline="", template="band", pictures=4)
    assert await shelves.thumbnails.ask(asked, most_open=2) == 1
    found = await shelves.now(asked.id)
    assert (found.number, found.references, found.style, found.sizes) == (1, references, "gouache", asked.sizes)
    assert (found.headline, found.template, found.pictures, found.state) == ("", "band", 4, S.ASKED)
    assert (found.asked_at, found.deadline) == (START, asked.deadline)
    assert (found.moved_by, found.why) == (REQUESTER, Why.PRESSED)
    assert (found.card, found.chosen, found.trouble, found.vote_opened_at) == (None, None, None, None)
    assert (found.revision, found.shown_revision, found.edition, found.posted_edition) == (1, 0, 0, 0)


async def test_every_server_counts_its_own_thumbnails(shelves: Shelves) -> None:
    numbers = [(await shelves.asked(server=ServerId(server))).number for server in (10, 11, 10, 10, 11)]
    assert numbers == [1, 1, 2, 3, 2]
    found = await shelves.thumbnails.numbered(ServerId(11), 2)
    assert found is not None
    assert found.server == ServerId(11)
    assert await shelves.thumbnails.numbered(ServerId(11), 3) is None


async def test_the_same_form_sent_twice_asks_once(shelves: Shelves) -> None:
    first = await shelves.asked(source_id=5)
    with pytest.raises(AlreadyAsked):
        await shelves.thumbnails.ask(a_thumbnail(source_id=5), most_open=10)
    assert [one.id for one in await shelves.thumbnails.open_ones(asked_before=LATER)] == [first.id]


@pytest.mark.parametrize("state", S)
async def test_what_is_open_counts_against_the_limit_and_nothing_else(shelves: Shelves, state: S) -> None:
    await shelves.in_state(state)
    await shelves.asked(requester=MemberId(31))
    await shelves.asked(server=ServerId(11))
    if state in OPEN:
        with pytest.raises(TooManyThumbnails):
            await shelves.thumbnails.ask(a_thumbnail(), most_open=1)
    else:
        await shelves.thumbnails.ask(a_thumbnail(), most_open=1)


async def test_of_many_asked_at_once_as_many_are_taken_as_may_be(shelves: Shelves) -> None:
    answers = await asyncio.gather(
        *(shelves.thumbnails.ask(a_thumbnail(), most_open=3) for _ in range(30)), return_exceptions=True
    )
    assert sorted(one for one in answers if isinstance(one, int)) == [1, 2, 3]
    assert sum(isinstance(one, TooManyThumbnails) for one in answers) == 27


# Finding


async def test_lists_are_newest_first_and_tell_open_ones_and_members_apart(shelves: Shelves) -> None:
    first = await shelves.asked()
    others = await shelves.asked(requester=MemberId(31), asked_at=LATER)
    declined = await shelves.in_state(S.DECLINED, asked_at=LATER + timedelta(minutes=1))
    await shelves.asked(server=ServerId(11))

    async def ids(*, of: MemberId | None = None, only_open: bool = False, most: int = 25) -> list[ThumbnailId]:
        return [one.id for one in await shelves.thumbnails.listed(SERVER, of=of, only_open=only_open, most=most)]

    assert await ids() == [declined.id, others.id, first.id]
    assert await ids(only_open=True) == [others.id, first.id]
    assert await ids(of=REQUESTER) == [declined.id, first.id]
    assert await ids(most=1) == [declined.id]


async def test_open_ones_are_found_by_age_and_server(shelves: Shelves) -> None:
    old, elsewhere = await shelves.asked(), await shelves.asked(server=ServerId(11))
    await shelves.asked(asked_at=LATER)
    await shelves.in_state(S.WITHDRAWN)
    assert [one.id for one in await shelves.thumbnails.open_ones(asked_before=LATER)] == [old.id, elsewhere.id]
    found = await shelves.thumbnails.open_ones(asked_before=LATER, server=ServerId(11))
    assert [one.id for one in found] == [elsewhere.id]


async def test_nobody_knows_what_was_never_asked(shelves: Shelves) -> None:
    assert await shelves.thumbnails.thumbnail(ThumbnailId("nothing")) is None
    assert not await shelves.thumbnails.moves(ThumbnailId("nothing"))


# Moves


@pytest.mark.parametrize("before", S)
async def test_legal_moves_work_once_and_from_where_they_begin(shelves: Shelves, before: S) -> None:
    for after in S:
        thumbnail = await shelves.in_state(before)
        for start in S:
            if not is_legal(start, after):
                continue
            moved = await shelves.thumbnails.move(thumbnail.id, a_move(start, after, at=LATER))
            assert moved is (start is before), (start, after)
            if moved:
                break
        else:
            assert (await shelves.now(thumbnail.id)).state is before
            continue
        assert (await shelves.now(thumbnail.id)).state is after


async def test_a_move_is_stored_with_who_made_it_when_and_why(shelves: Shelves) -> None:
    thumbnail = await shelves.asked()
    approved = a_move(S.ASKED, S.APPROVED, at=LATER, by=MODERATOR, deadline=LATER + timedelta(days=14))
    opened = a_move(S.APPROVED, S.VOTING, at=LATER + timedelta(hours=1), by=None, why=Why.MADE)
    for move in (approved, opened):
        assert await shelves.thumbnails.move(thumbnail.id, move)
    found = await shelves.now(thumbnail.id)
    assert (found.state, found.moved_at, found.moved_by, found.why) == (S.VOTING, opened.at, None, Why.MADE)
    assert (found.deadline, found.vote_opened_at) == (opened.deadline, opened.at)
    assert list(await shelves.thumbnails.moves(thumbnail.id)) == [approved, opened]


async def test_of_many_moves_at_once_one_wins(shelves: Shelves) -> None:
    thumbnail = await shelves.asked()
    ends = [S.APPROVED, S.DECLINED, S.WITHDRAWN, S.EXPIRED] * 10
    moved = await asyncio.gather(*(shelves.thumbnails.move(thumbnail.id, a_move(S.ASKED, end)) for end in ends))
    assert moved.count(True) == 1
    assert (await shelves.now(thumbnail.id)).state is ends[moved.index(True)]
    assert len(await shelves.thumbnails.moves(thumbnail.id)) == 1


async def test_what_was_chosen_stays_known(shelves: Shelves) -> None:
    thumbnail = await shelves.voting(candidates=2)
    await shelves.thumbnails.move(thumbnail.id, a_move(S.VOTING, S.DECIDING))
    await shelves.thumbnails.move(thumbnail.id, a_move(S.DECIDING, S.CHOSEN, chosen=2))
    await shelves.thumbnails.move(thumbnail.id, a_move(S.CHOSEN, S.DONE))
    assert (await shelves.now(thumbnail.id)).chosen == 2


async def test_only_what_is_a_candidate_is_chosen(shelves: Shelves) -> None:
    thumbnail = await shelves.voting(candidates=2)
    await shelves.candidates.remove(thumbnail.id, 2, MODERATOR, LATER)
    await shelves.thumbnails.move(thumbnail.id, a_move(S.VOTING, S.DECIDING))
    for number in (2, 9):
        assert not await shelves.thumbnails.move(thumbnail.id, a_move(S.DECIDING, S.CHOSEN, chosen=number))
    found = await shelves.now(thumbnail.id)
    assert (found.state, found.chosen, len(await shelves.thumbnails.moves(thumbnail.id))) == (S.DECIDING, None, 3)
    assert await shelves.thumbnails.move(thumbnail.id, a_move(S.DECIDING, S.CHOSEN, chosen=1))


# Trouble, letters, revisions


async def test_trouble_is_told_until_the_next_move(shelves: Shelves) -> None:
    thumbnail = await shelves.in_state(S.APPROVED)
    await shelves.thumbnails.note_trouble(thumbnail.id, Trouble.QUOTA, LATER)
    found = await shelves.now(thumbnail.id)
    assert (found.trouble, found.trouble_until, found.revision) == (Trouble.QUOTA, LATER, thumbnail.revision + 1)
    await shelves.thumbnails.note_trouble(thumbnail.id, Trouble.QUOTA, LATER)
    assert (await shelves.now(thumbnail.id)).revision == found.revision
    await shelves.thumbnails.move(thumbnail.id, a_move(S.APPROVED, S.MAKING))
    assert (await shelves.now(thumbnail.id)).trouble is None


@pytest.mark.parametrize("state", S)
async def test_new_letters_are_posted_again_where_files_were(shelves: Shelves, state: S) -> None:
    thumbnail = await shelves.in_state(state)
    is_taken = await shelves.thumbnails.reletter(thumbnail.id, "Other words", "panel")
    found = await shelves.now(thumbnail.id)
    assert is_taken is (state not in DROPPED)
    assert (found.headline, found.template) == (("Other words", "panel") if is_taken else ("Fox tricks", "outline"))
    assert found.edition == (2 if state in {S.CHOSEN, S.DONE} else 0)
    assert (found.revision > thumbnail.revision) is is_taken


async def test_a_card_catches_up_and_never_falls_behind(shelves: Shelves) -> None:
    thumbnail = await shelves.asked()
    assert await shelves.tended() == {thumbnail.id: (False, True)}
    await shelves.thumbnails.note_shown(thumbnail.id, thumbnail.revision, "sheet")
    assert await shelves.tended() == {}
    await shelves.thumbnails.move(thumbnail.id, a_move(S.ASKED, S.APPROVED))
    assert await shelves.tended() == {thumbnail.id: (False, True)}
    await shelves.thumbnails.note_shown(thumbnail.id, thumbnail.revision, "late news")
    found = await shelves.now(thumbnail.id)
    assert (found.shown_revision, found.shown_picture) == (thumbnail.revision, "sheet")
    assert await shelves.tended() == {thumbnail.id: (False, True)}


async def test_deadlines_and_unposted_files_press(shelves: Shelves) -> None:
    expiring, chosen = await shelves.asked(deadline=LATER), await shelves.in_state(S.CHOSEN)
    for thumbnail in (expiring, chosen):
        await shelves.thumbnails.note_shown(thumbnail.id, 100, "")
    assert await shelves.tended() == {chosen.id: (True, False)}
    assert await shelves.tended(LATER) == {expiring.id: (True, False), chosen.id: (True, False)}
    assert await shelves.thumbnails.next_deadline(START) == LATER
    assert await shelves.thumbnails.next_deadline(LATER) is None
    await shelves.thumbnails.note_edition(chosen.id, 1)
    assert await shelves.tended() == {}


# Posts


async def test_a_post_is_known_from_its_first_attempt_on(shelves: Shelves) -> None:
    thumbnail = await shelves.asked()
    assert await shelves.thumbnails.post(thumbnail.id, "f1.0") is None
    await shelves.thumbnails.attempt(thumbnail.id, "f1.0", START)
    await shelves.thumbnails.attempt(thumbnail.id, "f1.0", LATER)
    tried = await shelves.thumbnails.post(thumbnail.id, "f1.0")
    assert tried is not None
    assert (tried.attempted_at, tried.place) == (START, None)
    await shelves.thumbnails.note_post(thumbnail.id, "f1.0", PLACE)
    posted = await shelves.thumbnails.post(thumbnail.id, "f1.0")
    assert posted is not None
    assert posted.place == PLACE
    assert await shelves.thumbnails.post(thumbnail.id, "f1.1") is None


async def test_the_card_is_where_it_was_posted_until_that_is_forgotten(shelves: Shelves) -> None:
    thumbnail = await shelves.asked()
    await shelves.thumbnails.attempt(thumbnail.id, "c", START)
    assert (await shelves.now(thumbnail.id)).card is None
    await shelves.thumbnails.note_post(thumbnail.id, "c", PLACE)
    assert (await shelves.now(thumbnail.id)).card == PLACE
    await shelves.thumbnails.forget_post(thumbnail.id, "c")
    assert (await shelves.now(thumbnail.id)).card is None
    assert await shelves.thumbnails.post(thumbnail.id, "c") is None


@pytest.mark.parametrize("state", S)
async def test_after_a_change_of_the_board_every_open_card_is_behind(shelves: Shelves, state: S) -> None:
    thumbnail, other = await shelves.in_state(state), await shelves.asked(server=ServerId(11))
    before = (await shelves.now(thumbnail.id)).revision
    await shelves.thumbnails.show_again(SERVER)
    assert (await shelves.now(thumbnail.id)).revision == before + (state in OPEN)
    assert (await shelves.now(other.id)).revision == other.revision


# What has had its time


@pytest.mark.parametrize("state", S)
async def test_wishes_are_forgotten_and_thumbnails_deleted_once_they_have_ended(shelves: Shelves, state: S) -> None:
    thumbnail = await shelves.in_state(state, references=(a_reference(),))
    has_ended = state in DROPPED | {S.DONE}
    assert await shelves.records.forget_wishes(ended_before=START, most=10) == 0
    assert await shelves.records.forget_wishes(ended_before=LATER, most=10) == has_ended
    assert await shelves.records.forget_wishes(ended_before=LATER, most=10) == 0
    found = await shelves.now(thumbnail.id)
    expected = ("", "", 0) if has_ended else ("a red fox on a skateboard", "Fox tricks", 1)
    assert (found.shows, found.headline, len(found.references)) == expected
    assert await shelves.records.delete_thumbnails(ended_before=LATER, most=10) == has_ended
    assert (await shelves.thumbnails.thumbnail(thumbnail.id) is None) is has_ended


async def test_why_one_was_declined_is_kept_as_long_as_its_wish(shelves: Shelves) -> None:
    declined, young = await shelves.asked(), await shelves.asked()
    for thumbnail, at in ((declined, START), (young, LATER)):
        assert await shelves.thumbnails.move(thumbnail.id, a_move(S.ASKED, S.DECLINED, at=at, reason="no foxes"))

    async def reasons() -> list[str]:
        return [move.reason for one in (declined, young) for move in await shelves.thumbnails.moves(one.id)]

    assert await reasons() == ["no foxes", "no foxes"]
    assert await shelves.records.forget_wishes(ended_before=LATER, most=10) == 1
    assert await reasons() == ["", "no foxes"]


async def test_deleting_takes_votes_and_candidates_along_a_batch_at_a_time(shelves: Shelves) -> None:
    voting = await shelves.voting()
    await shelves.votes.cast(voting.id, MemberId(1), 1, START)
    await shelves.thumbnails.move(voting.id, a_move(S.VOTING, S.WITHDRAWN))
    await shelves.in_state(S.DONE)
    assert await shelves.records.delete_thumbnails(ended_before=LATER, most=1) == 1
    assert await shelves.records.delete_thumbnails(ended_before=LATER, most=5) == 1
    assert await shelves.votes.votes(voting.id) == {}
    assert list(await shelves.candidates.candidates(voting.id)) == []


@pytest.mark.parametrize("state", S)
async def test_files_are_needed_while_something_can_be_made_of_them(shelves: Shelves, state: S) -> None:
    reference = a_reference("for the model.png")
    thumbnail = await shelves.asked(references=(reference,))
    before = S.ASKED
    for after in of_shelves.WAYS[state]:
        if before is S.APPROVED:
            await shelves.enter(thumbnail.id, 501)
        await shelves.thumbnails.move(thumbnail.id, a_move(before, after))
        before = after
    needed = await shelves.records.needed_files(delivered_since=LATER)
    has_candidate = state not in DROPPED | {S.ASKED, S.APPROVED}
    assert (reference.sha256 in needed) is (state in OPEN)
    assert (a_sha256("entry 501") in needed) is has_candidate
    await shelves.records.forget_wishes(ended_before=LATER, most=10)
    needed = await shelves.records.needed_files(delivered_since=LATER)
    assert (a_sha256("entry 501") in needed) is (has_candidate and state is not S.DONE)
