"""What members are told around thumbnails: of headlines without a font, of a single candidate, and of refusals."""

from pathlib import Path
from typing import Any

import pytest

from bot.domain.thumbnails.sizes import SIZES
from bot.preview.emulator import Fault, Place
from tests.scenarios.board import BoardTalk
from tests.scenarios.studio import Studio, a_picture, open_studio, shown

NO_FONT = (
    "I have no font for this headline. Latin, Greek, Cyrillic, Arabic, Hebrew, Thai, Devanagari, Chinese, Japanese and "
    "Korean work."
)


@pytest.fixture
async def board(studio: Studio) -> BoardTalk:
    talk = BoardTalk(studio)
    await talk.set_up()
    return talk


async def told(board: BoardTalk, name: str, **options: Any) -> str:
    return str(shown(await board.command(name, **options)).content)


async def one_candidate(board: BoardTalk) -> None:
    board.world.emulator.faults.set(Place.CREATE, Fault.RESET_AFTER, times=2)
    await board.asked()
    await board.press("Approve")
    await board.until("**One candidate**")


async def won(board: BoardTalk) -> None:
    await board.vote(2)
    await board.press("Close voting")
    await board.until("**Candidate 2 won**")
    await board.world.until(lambda: len(board.files()) == 2)


# ---- headlines ------------------------------------------------------------------------------------------------------


async def test_a_headline_without_a_font_is_refused_and_the_wish_given_back(board: BoardTalk) -> None:
    refused = shown(await board.ask(headline="বাংলা!", shows="a *fort* in a storm"))
    assert refused.ephemeral
    assert refused.content == f"{NO_FONT} Your other words, to use again: “a \\*fort\\* in a storm”."
    assert board.cards() == []
    await board.asked()
    assert await told(board, "headline", thumbnail="1", text="বাংলা") == NO_FONT
    assert "#1 · Fort at night" in board.text()
    assert board.studio.refused() == ["HeadlineUnlettered"]


async def test_what_no_font_has_of_a_headline_is_told_on_the_card_and_with_the_files(board: BoardTalk) -> None:
    note = "-# No font has বাংলা: left out of the headline."
    await board.voting(headline="Fort বাংলা")
    assert note in board.text().splitlines()
    await won(board)
    assert [one.content.splitlines()[-1] for one in board.room() if one.attachments][-1] == note
    exported = shown(await board.command("export", thumbnail="1", size="event"))
    assert exported.content.splitlines()[-1] == note
    await board.command("headline", thumbnail="1", text="Fort")
    await board.until("#1 · Fort")
    await board.world.until(lambda: note not in board.text())


async def test_another_template_keeps_the_headline_and_only_remove_takes_it_away(board: BoardTalk) -> None:
    await board.asked()
    assert (await told(board, "headline", thumbnail="1", template="band")).startswith("Lettered anew. No quota used.")
    await board.until("Letters on a band")
    assert "#1 · Fort at night" in board.text()
    for nothing in ({}, {"text": " \u200b"}):
        assert (await told(board, "headline", thumbnail="1", **nothing)).startswith("That would change nothing.")
    assert "#1 · Fort at night" in board.text()
    assert (await told(board, "headline", thumbnail="1", remove=True)).startswith("Without a headline from now on.")
    await board.until("no headline")
    assert board.studio.refused() == ["NothingToChange"] * 2


# ---- a single candidate ---------------------------------------------------------------------------------------------


async def test_a_single_candidate_is_not_told_as_a_vote(board: BoardTalk) -> None:
    await one_candidate(board)
    assert f"1 picture of <@{board.alice.id}>'s quota used" in board.text()
    assert "-# Candidate 1 of #1" in board.first_lines()
    ((description, _),) = board.pictures()
    assert description.startswith("Candidate 1 as small as lists show it: ")
    assert " · one candidate · expires <t:" in await told(board, "list")
    found = await board.alice.autocomplete(board.studio.channel, "thumbnail show", "thumbnail", "fort")
    assert [one["name"] for one in found] == ["#1 · one candidate · Fort at night"]
    story = await board.details(board.alice)
    assert " · one candidate came\n" in story
    assert "vote closed" not in story
    refused = await board.press("Choose 1", board.mo)
    assert refused == f"Only <@{board.alice.id}> can take the one candidate there is. Ask them."
    await board.press("Choose 1", board.alice)
    await board.until("**Candidate 1 won** · nobody voted")


async def test_where_nobody_voted_the_card_says_what_happens(board: BoardTalk) -> None:
    await board.voting()
    await board.press("Close voting")
    await board.until("nobody voted")
    assert "-# Otherwise candidate 1 wins <t:" in board.text()
    assert " · waiting for a choice · decided <t:" in await told(board, "list")


# ---- money ----------------------------------------------------------------------------------------------------------


async def test_what_no_quota_will_ever_pay_for_is_refused_before_anybody_types(tmp_path: Path) -> None:
    async with open_studio(tmp_path, quota={"member": [{"images": 2, "per": "1h"}]}) as studio:
        board = BoardTalk(studio)
        await board.set_up()
        most = "At most 2 pictures may be made here in any hour. Ask with `candidates: 2`."
        assert await told(board, "request") == most
        assert (await board.form(candidates=2)).modal is not None
        assert studio.refused() == ["QuotaTooSmall"]


async def test_members_read_of_their_own_quota_when_it_has_room_again(board: BoardTalk) -> None:
    await board.set_up(approval="nobody")
    await board.ask()
    await board.until("**Voting**")
    answer = shown(await board.ask()).content
    assert "Your quota has no room for 3 pictures until <t:" in answer
    assert answer.endswith(":f>; press Make candidates then.")
    await board.until(f"The quota of <@{board.alice.id}> has no room for 3 pictures until <t:")
    assert (await board.press("Make candidates", board.alice)).startswith("Your quota has no room for 3 pictures until")


# ---- what is refused ------------------------------------------------------------------------------------------------


async def test_lists_without_an_entry_say_where_others_are(studio: Studio) -> None:
    board = BoardTalk(studio)
    assert (await told(board, "list")).startswith("Nobody has set up thumbnails here.")
    await board.set_up()
    assert await told(board, "list") == "No thumbnails here yet. Ask for one with `/thumbnail request`."
    await board.asked()
    await board.decline()
    assert await told(board, "list") == "None is open here. `ended: True` shows those that are over."
    assert await told(board, "list", mine=True) == "You have none open here. `ended: True` shows those that are over."
    assert " · declined · " in await told(board, "list", mine=True, ended=True)
    hers = shown(await board.command("list", board.bob, mine=True)).content
    assert hers == "You have asked for none here yet. Ask for one with `/thumbnail request`."
    assert studio.refused() == ["BoardMissing"]


async def test_files_of_a_winner_that_is_not_there_yet_need_a_candidate(board: BoardTalk) -> None:
    await board.asked(platforms=list(SIZES)[:6])
    assert (await told(board, "export", thumbnail="1")).startswith("There is no winner yet.")
    await board.press("Approve")
    await board.until("**Voting**")
    many = await told(board, "export", thumbnail="1", candidate=1)
    assert many == "It was asked for in 6 sizes; I make 5 at once. Choose some with `size`."
    exported = shown(await board.command("export", thumbnail="1", candidate=1, size="event"))
    assert "Candidate 1 · Discord event 800 × 320" in exported.content
    assert board.studio.refused() == ["NoWinnerYet", "TooManySizes"]


async def test_pictures_are_entered_once_it_is_approved(board: BoardTalk) -> None:
    await board.asked()
    refused = await told(board, "enter", thumbnail="1", picture=("mine.png", a_picture()))
    assert refused.startswith(
        "This thumbnail is still waiting for a moderator: pictures can be entered once it is approved."
    )
    assert board.studio.refused() == ["ThumbnailMoved"]
