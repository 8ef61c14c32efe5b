"""Thumbnails where something is in the way: rights, people who leave, channels that go, messages that vanish."""

from typing import Any

import discord
import pytest

from tests.scenarios.board import BoardTalk
from tests.scenarios.panels import kept_files, no_moderator_any_more
from tests.scenarios.studio import Studio, a_picture, shown


@pytest.fixture
async def board(studio: Studio) -> BoardTalk:
    talk = BoardTalk(studio)
    await talk.set_up()
    return talk


def a_channel(studio: Studio, name: str, **denied: bool) -> Any:
    """Where the bot may not do everything."""
    easel = studio.world.env.bot.user
    overwrites: dict[Any, discord.PermissionOverwrite] = {easel: discord.PermissionOverwrite(**denied)}
    return studio.server.create_text_channel(name, overwrites=overwrites)


# ---- setting up -----------------------------------------------------------------------------------------------------


async def test_managers_set_the_board_up_and_see_all_of_it(studio: Studio) -> None:
    talk = BoardTalk(studio)
    artists = studio.server.create_role("artists")
    told = shown(
        await talk.set_up(voters=artists, vote=60, entries=False, template="panel", accent="#fd0", open_each=1)
    )
    assert told.ephemeral
    for part in (
        f"cards appear in <#{talk.channel.id}>",
        "Who approves: moderators",
        f"Who votes: <@&{artists.id}>, for 1 hour",
        "Members' own pictures: not allowed",
        "Letters on a panel, accent colour `#ffdd00`",
        "Open at once: 1 a member",
    ):
        assert part in told.content
    assert "threads" not in told.content
    await talk.manager.slash(studio.channel, "thumbnail setup", voters=studio.server.default_role)
    await studio.world.restart()
    again = shown(await talk.manager.slash(studio.channel, "thumbnail setup"))
    assert again.content == told.content.replace(f"<@&{artists.id}>", "everybody")


@pytest.mark.parametrize(
    ("options", "refusal"),
    [
        ({}, "Thumbnails are not set up here yet. Choose the channel"),
        ({"accent": "yellowish"}, "Thumbnails are not set up here yet."),
    ],
)
async def test_the_first_thing_is_a_channel(studio: Studio, options: dict[str, Any], refusal: str) -> None:
    talk = BoardTalk(studio)
    assert refusal in shown(await talk.manager.slash(studio.channel, "thumbnail setup", **options)).content
    assert studio.refused() == ["BoardChannelMissing"]


async def test_a_setting_that_is_none_changes_nothing(board: BoardTalk) -> None:
    before = shown(await board.manager.slash(board.studio.channel, "thumbnail setup")).content
    wrong = shown(await board.manager.slash(board.studio.channel, "thumbnail setup", accent="yellowish", open_each=9))
    assert wrong.content == "yellowish is no colour I can read. Write it like `#ffd400`."
    assert shown(await board.manager.slash(board.studio.channel, "thumbnail setup")).content == before
    assert board.studio.refused() == ["UnknownColour"]


async def test_only_managers_set_up(studio: Studio) -> None:
    talk = BoardTalk(studio)
    told = shown(await talk.mo.slash(studio.channel, "thumbnail setup", channel=talk.channel))
    assert told.content == "Only members who manage this server set thumbnails up. Ask one of them."
    refused = shown(await talk.command("request"))
    assert "Nobody has set up thumbnails here." in refused.content
    assert studio.refused() == ["ManagersOnly", "BoardMissing"]


async def test_a_channel_where_the_bot_may_not_post_is_refused(studio: Studio) -> None:
    talk = BoardTalk(studio)
    news = a_channel(studio, "news", attach_files=False)
    told = shown(await talk.set_up(channel=news))
    assert told.content.startswith(f"I may not attach files in <#{news.id}>.")
    assert studio.refused() == ["PermissionMissing"]


# ---- who may what ---------------------------------------------------------------------------------------------------


async def test_buttons_ask_anew_who_presses(board: BoardTalk) -> None:
    await board.asked()
    assert "Only moderators can do that" in await board.press("Approve", board.bob)
    assert "Only moderators can do that" in await board.press("Decline", board.alice)
    assert f"Only <@{board.alice.id}> and moderators" in await board.press("Withdraw", board.bob)
    no_moderator_any_more(board.studio, board.mo)
    assert "Only moderators can do that" in await board.press("Approve", board.mo)
    assert board.state() == "asked"


async def test_what_was_declined_is_over(board: BoardTalk) -> None:
    await board.asked()
    assert "Declined #1" in await board.decline()
    await board.until(f"**Declined** by <@{board.mo.id}>")
    assert board.buttons() == ["Details"]


@pytest.mark.parametrize("by_command", [False, True])
async def test_what_was_withdrawn_is_over_and_costs_nothing(board: BoardTalk, by_command: bool) -> None:
    await board.asked()
    await board.world.pause()
    await board.press("Approve")
    if by_command:
        assert "Withdrawn #1" in shown(await board.command("withdraw", thumbnail="1")).content
    else:
        assert "Withdrawn #1" in await board.press("Withdraw", board.alice)
    await board.world.restart()
    await board.until(f"**Withdrawn** by <@{board.alice.id}>")
    assert board.studio.takes()["spent"] == board.studio.takes()["held"] == 0


async def test_a_member_has_only_so_many_open(board: BoardTalk) -> None:
    await board.set_up(open_each=1)
    await board.asked()
    assert "You can have 1 thumbnail open here at once" in shown(await board.form()).content
    assert "#1 [Fort at night]" in shown(await board.command("list", mine=True)).content
    await board.press("Withdraw", board.alice)
    assert (await board.form()).modal is not None
    assert board.studio.refused() == ["TooManyThumbnails"]


async def test_where_a_role_votes_others_do_not(board: BoardTalk) -> None:
    artists = board.studio.server.create_role("artists")
    await board.set_up(voters=artists)
    await board.voting()
    assert f"<@&{artists.id}>" in board.text()
    assert f"Only members with the role <@&{artists.id}> vote here." in await board.vote(1, board.bob)
    artist = board.studio.server.add_member(board.world.env.create_user("ada"), roles=[artists])
    assert "Your vote is for 1" in await board.vote(1, artist)


async def test_a_vote_after_the_end_does_not_count(board: BoardTalk) -> None:
    await board.voting()
    await board.vote(2)
    await board.until("· 1 vote")
    await board.world.pause()
    await board.press("Close voting")
    assert "No vote is open here, so nothing was counted" in await board.vote(1, board.alice)
    await board.world.restart()
    await board.until("**Candidate 2 won** · 1 of 1 vote")


async def test_entries_may_be_closed(board: BoardTalk) -> None:
    await board.set_up(entries=False)
    await board.asked()
    told = shown(await board.command("enter", board.bob, thumbnail="1", picture=("mine.png", a_picture())))
    assert "Members' own pictures are not taken on this board" in told.content
    assert board.studio.refused() == ["EntriesClosed"]


async def test_a_number_that_is_none_finds_nothing(board: BoardTalk) -> None:
    for given, told in {
        "7": "There is no thumbnail #7 here, or not any more.",
        "#0": "There is no thumbnail #0 here, or not any more.",
        "the fox": "There is no thumbnail the fox here. Give its number.",
        "²": "There is no thumbnail ² here. Give its number.",
    }.items():
        answer = shown(await board.command("show", thumbnail=given)).content
        assert answer == f"{told} Use `/thumbnail list` to see those there are."
    assert set(board.studio.refused()) == {"ThumbnailGone"}


async def test_numbers_are_suggested_while_somebody_types(board: BoardTalk) -> None:
    await board.asked()
    found = await board.alice.autocomplete(board.studio.channel, "thumbnail show", "thumbnail", "fort")
    assert [(one["name"], one["value"]) for one in found] == [("#1 · waiting for a moderator · Fort at night", "1")]
    assert await board.alice.autocomplete(board.studio.channel, "thumbnail show", "thumbnail", "zzz") == []


# ---- money ----------------------------------------------------------------------------------------------------------


async def test_where_the_requesters_quota_has_no_room_the_card_says_so(board: BoardTalk) -> None:
    for _ in range(2):
        await board.asked()
        await board.press("Approve")
        await board.world.until(lambda: "Voting" in board.text() or "quota" in board.text().split("**")[-1])
    assert f"The quota of <@{board.alice.id}> has no room for 3 pictures until <t:" in board.text()
    assert board.buttons() == ["Make candidates", "Decline", "Withdraw", "Details"]
    assert f"Pictures come from <@{board.alice.id}>'s quota" in await board.press("Make candidates")
    await board.world.advance(3700, step_s=60)
    await board.world.restart()
    await board.press("Make candidates")
    await board.until("**Voting**")


# ---- what goes away -------------------------------------------------------------------------------------------------


async def test_a_board_whose_channel_was_deleted_goes_on_in_another(board: BoardTalk) -> None:
    await board.asked()
    board.world.env.backend.delete_channel(board.channel.id)
    await board.ask(board.bob)
    await board.world.advance(5)
    refused = shown(await board.form(board.bob)).content
    assert "is not there any more" in refused
    board.channel = board.studio.server.create_text_channel("new-thumbnails")
    await board.set_up()
    await board.world.until(lambda: len(board.cards()) == 2)
    assert sorted(board.text(card).split(" ")[1] for card in board.cards()) == ["#1", "#2"]
    await board.press("Approve")
    await board.until("**Voting**")
    await board.vote(1)
    await board.press("Close voting")
    await board.until("**Candidate 1 won**")
    await board.world.until(lambda: len(board.files()) == 2)
    assert board.studio.refused() == ["BoardClosed"]


async def test_where_no_threads_may_be_opened_everything_is_posted_in_the_channel(studio: Studio) -> None:
    board = BoardTalk(studio)
    board.channel = a_channel(studio, "quiet", create_public_threads=False)
    told = shown(await board.set_up())
    assert "I may not open threads there" in told.content
    await board.voting()
    assert not board.channel.threads
    await board.vote(1)
    await board.press("Close voting")
    await board.until("**Candidate 1 won**")
    await board.world.until(lambda: board.files())
    assert len(board.files()) == 2


async def test_who_approved_may_leave(board: BoardTalk) -> None:
    await board.asked()
    await board.press("Approve")
    board.studio.server.remove_member(board.mo)
    await board.world.restart()
    await board.until("**Voting**")


async def test_what_was_asked_by_somebody_who_left_is_withdrawn(board: BoardTalk) -> None:
    await board.asked()
    board.studio.server.remove_member(board.alice)
    await board.world.advance(3 * 3600, step_s=300)
    assert "**Withdrawn** · whoever asked for it is not here any more" in board.text()


async def test_a_card_that_was_deleted_is_posted_again(board: BoardTalk) -> None:
    card = await board.voting()
    await board.vote(2)
    await board.until("· 1 vote")
    await card.delete()
    await board.command("headline", thumbnail="1", text="Another headline")
    await board.world.until(lambda: board.cards())
    assert "#1 · Another headline" in board.text()
    assert len(board.pictures()) == 1
    await board.vote(2, board.alice)
    await board.until("· 2 votes")


async def test_a_winner_that_a_moderator_deletes_does_not_come_back(board: BoardTalk) -> None:
    await board.voting()
    await board.vote(2)
    await board.press("Close voting", board.alice)
    await board.world.until(lambda: len(board.files()) == 2)
    result = next(one for one in board.room() if "Again" in board.buttons(one))
    picked = shown(await board.mo.click(result, label="2")).message
    more = shown(await board.mo.click(picked, label="More")).message
    assert "my copy of it goes" in shown(await board.mo.click(more, label="Delete")).content
    await board.until("**Candidate 2 won** · its picture was deleted since")
    assert board.pictures() == []
    for refused in (
        await board.command("headline", thumbnail="1", text="Here it is again"),
        await board.command("export", thumbnail="1"),
    ):
        assert shown(refused).content.startswith("That picture was deleted in the channel, so I make no files of it.")
        assert not shown(refused).attachments
    await board.world.restart()
    await board.world.advance(26 * 3600, step_s=1800)
    assert len(kept_files(board.studio)) == 2
    assert len(board.files()) == 2
    exported = shown(await board.command("export", thumbnail="1", candidate=1))
    assert [file.filename for file in exported.attachments][-1] == "fort-at-night-youtube-clean.jpg"
    assert board.studio.refused() == ["CandidateDeleted", "CandidateDeleted"]


async def test_references_are_in_the_thread_only_while_pictures_are_made(board: BoardTalk) -> None:
    opened = (await board.form()).modal
    assert opened is not None
    described = [field.get("description", "") for field in opened["components"]]
    assert "Optional, up to 5. Everybody here sees them while pictures are made" in described
    await board.asked(references=[("fox.png", a_picture())])

    def shows_references() -> bool:
        return any(file.filename == "fox.png" for one in board.room() for file in one.attachments)

    assert not shows_references()
    await board.press("Approve")
    await board.world.until(shows_references)
    await board.until("**Voting**")
    assert not shows_references()


async def test_where_an_answer_is_refused_nobody_reads_that_what_was_ordered_cost_nothing(board: BoardTalk) -> None:
    await board.asked()
    board.world.env.inject_error("POST", "/interactions/*", status=400, code=50035, times=1)
    pressed = await board.mo.click(board.card, label="Approve")
    assert pressed.response is None
    await board.until("**Voting**")
    assert board.studio.takes() == {"spent": 3}


async def test_words_format_nothing_and_nobody_is_pinged(board: BoardTalk) -> None:
    await board.asked(headline="**bold** @everyone", shows=f"[a link](https://example.com) <@{board.bob.id}> # title")
    text = board.text()
    assert "\\*\\*bold\\*\\* \\@everyone" in text
    assert "\\[a link\\]\\(https\\://example.com\\) \\<\\@" in text
    stored = board.world.env.backend.messages[board.channel.id][board.card.id]
    assert not stored.ping_user_ids
    assert not stored.mention_everyone
