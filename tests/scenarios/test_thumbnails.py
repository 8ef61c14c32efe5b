"""A thumbnail from asking to its files, as members of a server see it."""

import io
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from bot.client import ImageBot
from bot.domain.ids import ChannelId, MessageId, ServerId
from bot.domain.requests import Spot
from bot.preview.emulator import Fault, Place
from bot.ui.thumbnails.board import DiscordBoard
from tests.scenarios.board import BoardTalk
from tests.scenarios.studio import a_picture, open_studio, shown


@pytest.fixture
async def board(tmp_path: Path) -> AsyncIterator[BoardTalk]:
    """Where members may make as many pictures as they like."""
    async with open_studio(tmp_path, quota={"member": []}) as studio:
        talk = BoardTalk(studio)
        await talk.set_up()
        yield talk


def the_bot(board: BoardTalk) -> ImageBot:
    bot = board.world.env.bot
    assert isinstance(bot, ImageBot)
    return bot


@pytest.mark.parametrize("restarted", [False, True])
async def test_from_asking_to_files(board: BoardTalk, restarted: bool) -> None:
    async def go_on() -> None:
        if restarted:
            await board.world.restart()

    told = shown(await board.ask())
    assert told.ephemeral
    assert "Asked as #1" in told.content
    await board.until("**Asked**")
    assert "#1 · Fort at night" in board.text()
    assert board.buttons() == ["Approve", "Decline", "Withdraw", "Details"]
    await go_on()
    assert "Approved #1" in await board.press("Approve")
    await board.until("**Being made**")
    assert board.buttons() == ["Withdraw", "Details"]
    await go_on()
    await board.until("**Voting**")
    assert board.buttons()[:3] == ["1 · 0 votes", "2 · 0 votes", "3 · 0 votes"]
    ((description, sheet),) = board.pictures()
    assert description.startswith("Candidates 1, 2 and 3 as small as lists show them")
    assert Image.open(io.BytesIO(sheet)).format == "PNG"
    assert "Your vote is for 2" in await board.vote(2)
    await board.until("· 1 vote")
    await go_on()
    assert "Candidate 2 wins" in await board.press("Close voting", board.alice)
    await go_on()
    await board.until("**Candidate 2 won** · 1 of 1 vote · files in")
    assert [file.filename for file in board.files()] == ["fort-at-night-youtube.jpg", "fort-at-night-youtube-clean.jpg"]
    for file in board.files():
        assert Image.open(io.BytesIO(board.content(file))).size == (1280, 720)
    ((description, winner),) = board.pictures()
    assert description == "Candidate 2, the winner: Fort at night: a small wooden fort in a storm"
    assert Image.open(io.BytesIO(winner)).size == (1280, 720)
    assert board.buttons() == ["Details"]
    assert board.state() == "done"
    assert board.studio.takes() == {"spent": 3}


async def test_a_form_opened_before_a_restart_is_taken_after_it(board: BoardTalk) -> None:
    form = await board.form(candidates=2, template="band")
    await board.world.restart()
    fields = {"platforms": ["twitch", "square"], "headline": "", "shows": "a *fox*", "style": ["pixel-art"]}
    told = shown(await board.alice.submit_modal(form, {**fields, "references": [("fox.png", a_picture())]}))
    assert "Asked as #1" in told.content
    await board.until("**Asked**")
    text = board.text()
    assert "#1 · a \\*fox\\*" in text
    assert "Twitch 1920 × 1080 · Instagram 1:1 1080 × 1080\n" in text
    assert f"2 pictures from <@{board.alice.id}>'s quota · 16-bit pixel art · no headline" in text
    assert "1 reference: fox.png" in text


async def test_references_are_seen_by_moderators_and_reach_the_model(board: BoardTalk) -> None:
    await board.asked(references=[("fox.png", a_picture())])
    await board.world.restart()
    details = shown(await board.mo.click(board.card, label="Details"))
    seen = shown(await board.mo.click(details.message, label="See references"))
    assert seen.ephemeral
    assert [file.filename for file in seen.attachments] == ["fox.png"]
    others = shown(await board.bob.click(board.card, label="Details"))
    assert "See references" not in board.buttons(others.message)
    await board.press("Approve")
    await board.until("**Voting**")
    assert all(len(run.references) == 1 for run in board.world.emulator.runs)


async def test_where_nobody_approves_pictures_are_made_at_once(board: BoardTalk) -> None:
    await board.set_up(approval="nobody")
    assert "count on your quota" in shown(await board.ask()).content
    await board.until("**Voting**")
    assert board.studio.takes() == {"spent": 3}


async def test_a_vote_that_nobody_closes_closes_by_itself_and_its_winner_is_posted(board: BoardTalk) -> None:
    await board.set_up(vote=15)
    await board.voting()
    await board.vote(3)
    await board.vote(1)
    assert await board.vote(3, board.alice) == "Your vote is for 3. Press another number to change it."
    await board.world.advance(15 * 60, step_s=30)
    await board.until("**The vote is over** · 1 and 3 have 1 vote each")


async def test_votes_are_one_a_member_and_changeable(board: BoardTalk) -> None:
    await board.voting()
    assert await board.vote(1) == "Your vote is for 1. Press another number to change it."
    assert await board.vote(1) == "Your vote is for 1 already."
    await board.world.restart()
    assert await board.vote(2) == "Your vote is for 2, no longer for 1. Press another number to change it."
    await board.until("· 1 vote")
    await board.world.until(lambda: board.buttons()[:3] == ["1 · 0 votes", "2 · 1 vote", "3 · 0 votes"])
    assert "\nYour vote: 2\n" in await board.details(board.bob)
    assert "Your vote" not in await board.details(board.alice)


async def test_a_tie_is_the_requesters_choice(board: BoardTalk) -> None:
    await board.voting()
    await board.vote(1, board.bob)
    await board.vote(2, board.alice)
    assert "It names no winner" in await board.press("Close voting")
    await board.until("1 and 2 have 1 vote each")
    assert board.buttons() == ["Choose 1", "Choose 2", "Withdraw", "Details"]
    await board.world.restart()
    assert f"so <@{board.alice.id}> chooses" in await board.press("Choose 1", board.mo)
    assert "Candidate 1 wins" in await board.press("Choose 1", board.alice)
    await board.until("**Candidate 1 won**")
    assert len(board.files()) == 2


async def test_more_candidates_and_changed_ones_join_the_vote(board: BoardTalk) -> None:
    await board.voting()
    await board.press("More candidates", board.alice)
    await board.until("2 pictures on the way")
    assert "More candidates" not in board.buttons()
    await board.world.until(lambda: "5 · 0 votes" in board.buttons(), within_s=300)
    form = await board.alice.click(board.card, label="Edit candidate…")
    await board.world.restart()
    told = shown(await board.alice.submit_modal(form, {"candidate": ["2"], "words": "make it night"}))
    assert told.content.startswith("Ordered")
    await board.world.until(lambda: "6 · 0 votes" in board.buttons(), within_s=300)
    await board.world.until(lambda: any("Candidate 6" in one for one in board.first_lines()))
    assert "make it night" in board.world.emulator.runs[-1].prompt
    assert f"6 pictures of <@{board.alice.id}>'s quota used" in board.text()
    assert [one for one in board.first_lines() if "Candidate" in one] == [
        "-# Candidates 1, 2 and 3 of #1 · vote on the card",
        "-# Candidates 4 and 5 of #1 · vote on the card",
        "-# Candidate 6 of #1 · vote on the card",
    ]
    details = shown(await board.bob.click(board.card, label="Details"))
    assert details.ephemeral
    assert "- Candidate 6: made by Easel, changed from 2 · 0 votes" in board.text(details.message)


async def test_a_picture_that_comes_late_says_which_candidate_it_is(board: BoardTalk) -> None:
    board.world.emulator.faults.set(Place.CREATE, Fault.NEVER_ENDING, times=1)
    await board.asked()
    await board.press("Approve")
    await board.world.until(lambda: "**Voting**" in board.text(), within_s=700)
    assert [one for one in board.first_lines() if "Candidate" in one] == [
        "-# Candidates 1 and 2 of #1 · vote on the card"
    ]
    emulator = board.world.emulator
    late = next(run for run in emulator.runs if run.shape is not None)
    emulator._ledger._runs[late.id] = replace(late, shape=None, finishes_at=board.world.clock.now())
    await board.world.until(lambda: "3 · 0 votes" in board.buttons(), within_s=700)
    (told,) = [one.content for one in board.room() if "Candidate" in one.content]
    assert told.splitlines()[0] == "-# Candidates 1, 2 and 3 of #1 · vote on the card"
    assert told.count("Candidate") == 1
    assert "did not arrive" not in told


async def test_of_lines_about_candidates_a_message_has_one(board: BoardTalk) -> None:
    await board.voting()
    (message,) = [one for one in board.room() if one.attachments]
    bot = the_bot(board)
    thumbnail = await bot.services.thumbnails.listing.numbered(ServerId(board.studio.server.id), 1)
    spot = Spot(ChannelId(message.channel.id), MessageId(message.id))
    for _ in range(2):
        await DiscordBoard(bot).tell_numbers(spot, thumbnail, [1, 3], is_vote=False)
    (told,) = [one.content for one in board.room() if one.attachments]
    assert told.partition("\n") == ("-# Candidates 1 and 3 of #1", "\n", message.content.partition("\n")[2])


async def test_the_mock_up_bears_the_servers_name(board: BoardTalk) -> None:
    server = ServerId(board.studio.server.id)
    assert DiscordBoard(the_bot(board)).name_of(server) == "The Easel Studio"
    await board.world.restart()
    assert DiscordBoard(the_bot(board)).name_of(server) == "The Easel Studio"
    assert DiscordBoard(the_bot(board)).name_of(ServerId(1)) == ""


async def test_again_under_candidates_tells_the_model_the_same(board: BoardTalk) -> None:
    await board.voting(style=["pixel-art"])
    sent = board.world.emulator.runs[-1].prompt
    assert "A headline will be set over" in sent
    (message,) = [one for one in board.room() if one.attachments]
    again = await board.bob.click(message, label="Again")
    await board.world.until(lambda: len(shown(again).attachments) == 3)
    assert [run.prompt for run in board.world.emulator.runs] == [sent] * 6
    picked = await board.bob.click(shown(again).message, label="1")
    more = await board.bob.click(shown(picked).message, label="More")
    assert f"**Sent to the model**\n```\n{sent}\n```" in shown(more).content
    assert len(board.pictures()) == 1
    assert "4 · 0 votes" not in board.buttons()


async def test_members_enter_pictures_of_their_own(board: BoardTalk) -> None:
    await board.voting()
    picture = ("mine.png", a_picture(size=(1600, 900), colour="teal"))
    told = shown(await board.command("enter", board.bob, thumbnail="1", picture=picture))
    assert "Your picture is candidate 4 of #1" in told.content
    await board.world.until(lambda: "4 · 0 votes" in board.buttons())
    assert (
        "You have a picture in this already"
        in shown(await board.command("enter", board.bob, thumbnail="#1", picture=picture)).content
    )
    assert board.studio.refused() == ["AlreadyEntered"]
    await board.vote(4)
    await board.press("Close voting")
    await board.until("**Candidate 4 won**")
    assert f"Picture by <@{board.bob.id}>" in board.text()
    posted = [one.content for one in board.room() if "Picture by" in one.content]
    assert posted == [
        "**#1 · Fort at night**\n-# Candidate 4 · YouTube 1280 × 720 · with its headline and clean\n"
        f"-# Picture by <@{board.bob.id}>"
    ]


async def test_a_candidate_is_taken_away_with_its_votes(board: BoardTalk) -> None:
    await board.voting()
    await board.vote(1)
    details = shown(await board.mo.click(board.card, label="Details"))
    assert board.buttons(details.message) == ["Take 1 away", "Take 2 away", "Take 3 away"]
    await board.world.restart()
    told = shown(await board.mo.click(details.message, label="Take 1 away"))
    assert "Candidate 1 is taken away" in told.content
    await board.world.until(lambda: board.buttons()[:2] == ["2 · 0 votes", "3 · 0 votes"])


async def test_files_in_other_sizes_and_other_letters_cost_no_quota(board: BoardTalk) -> None:
    await board.voting()
    await board.vote(2)
    await board.press("Close voting")
    await board.until("**Candidate 2 won**")
    exported = shown(await board.command("export", thumbnail="1", candidate=3, size="event"))
    assert exported.ephemeral
    assert [file.filename for file in exported.attachments] == [
        "fort-at-night-event.jpg",
        "fort-at-night-event-clean.jpg",
    ]
    await board.world.restart()
    told = shown(await board.command("headline", thumbnail="1", text="Fort by day", template="panel"))
    assert told.content == "Lettered anew. No quota used. New files are posted in a moment."
    await board.until("#1 · Fort by day")
    await board.world.until(lambda: len(board.files()) == 4)
    assert [file.filename for file in board.files()][2:] == ["fort-by-day-youtube.jpg", "fort-by-day-youtube-clean.jpg"]
    assert board.studio.takes() == {"spent": 3}


async def test_a_run_that_fails_leaves_the_rest_and_costs_nothing(board: BoardTalk) -> None:
    board.world.emulator.faults.set(Place.CREATE, Fault.RESET_AFTER, times=1)
    await board.voting()
    assert board.buttons()[:2] == ["1 · 0 votes", "2 · 0 votes"]
    assert board.studio.takes() == {"spent": 2, "given_back": 1}
    assert f"2 pictures of <@{board.alice.id}>'s quota used" in board.text()


async def test_where_no_picture_could_be_made_candidates_are_made_once_more(board: BoardTalk) -> None:
    board.world.emulator.faults.set(Place.CREATE, Fault.RESET_AFTER, times=3)
    await board.asked()
    await board.press("Approve")
    await board.until("None of its pictures could be made. No quota used.")
    assert board.buttons() == ["Make candidates", "Decline", "Withdraw", "Details"]
    await board.world.restart()
    await board.press("Make candidates", board.alice)
    await board.until("**Voting**")
    assert board.studio.takes() == {"spent": 3, "given_back": 3}
