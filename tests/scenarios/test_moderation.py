"""Deleting and reporting pictures."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import discord
import pytest

from tests.scenarios.panels import (
    a_moderator,
    a_result,
    configured,
    is_there,
    kept_files,
    labels,
    no_moderator_any_more,
    press,
    words_of,
)
from tests.scenarios.studio import Studio, open_studio, shown


def deleted(studio: Studio) -> list[bool]:
    return [at is not None for (at,) in studio._rows("SELECT deleted_at_ms FROM runs ORDER BY attachment_id, id")]


def files_of(studio: Studio, message: Any) -> list[str]:
    found = next(one for one in studio.channel.history() if one.id == message.id)
    return [attachment.filename for attachment in found.attachments]


# Deleting


async def test_its_member_deletes_a_picture(studio: Studio) -> None:
    message = await a_result(studio)
    await studio.world.restart()
    panel = await press(studio, message, "More", "Delete")
    assert "the picture is gone here" in shown(panel).content
    assert labels(shown(panel).message) == []
    assert not is_there(studio, message)
    assert deleted(studio) == [True]


async def test_a_moderator_deletes_a_picture_and_nobody_else(studio: Studio) -> None:
    message = await a_result(studio)
    assert labels(shown(await press(studio, message, "More", member=studio.bob)).message) == ["Report"]
    former = a_moderator(studio, "former")
    more = shown(await press(studio, message, "More", member=former)).message
    no_moderator_any_more(studio, former)
    refused = await former.click(more, label="Delete")
    assert shown(refused).content.startswith(f"Only <@{studio.alice.id}> and moderators can delete this.")
    assert is_there(studio, message)
    assert deleted(studio) == [False]

    assert "gone here" in await words_of(studio, message, "More", "Delete", member=a_moderator(studio))
    assert not is_there(studio, message)


async def test_who_moderates_another_channel_is_no_moderator_here(studio: Studio) -> None:
    other = studio.server.create_text_channel(
        "other", overwrites={studio.bob: discord.PermissionOverwrite(manage_messages=True)}
    )
    await a_result(studio)
    message = await a_result(studio, channel=other, member=studio.bob)
    here = await a_result(studio)
    assert labels(shown(await press(studio, here, "More", member=studio.bob)).message) == ["Report"]
    assert labels(shown(await press(studio, message, "More", member=studio.bob)).message) == ["Delete", "Report"]


async def test_a_moderator_in_timeout_is_no_moderator(studio: Studio) -> None:
    message = await a_result(studio)
    moderator = a_moderator(studio)
    until = studio.world.clock.now() + timedelta(hours=1)
    studio.world.env.backend.guilds[studio.server.id].members[moderator.id].timed_out_until = until.isoformat()
    assert labels(shown(await press(studio, message, "More", member=moderator)).message) == ["Report"]


async def test_of_several_only_the_chosen_one_goes(studio: Studio) -> None:
    message = await a_result(studio, count=3)
    before = files_of(studio, message)
    assert "gone here" in await words_of(studio, message, "2", "More", "Delete")
    left = next(one for one in studio.channel.history() if one.id == message.id)
    assert files_of(studio, message) == [before[0], before[2]]
    assert "· 2 of 3 pictures ·" in left.content
    assert labels(left) == ["1", "3", "Again", "More"]
    assert deleted(studio) == [False, True, False]
    picked = shown(await press(studio, left, "3"))
    assert picked.content == "**Picture 3 of 3**"
    assert picked.attachments[0].description == left.attachments[1].description == "3 of 3: a red fox in the snow"
    assert (await words_of(studio, left, "3", "More")).startswith("**Picture 3 of 3**")

    await studio.world.restart()
    for _ in range(2):
        await press(studio, next(one for one in studio.channel.history() if one.id == message.id), "More", "Delete")
    assert not is_there(studio, message)
    assert deleted(studio) == [True, True, True]


async def test_deleting_waits_until_the_others_are_there(studio: Studio) -> None:
    result = await studio.imagine(count=2)
    await studio.world.until(lambda: studio.runs()["delivered"] == 1)
    refused = await words_of(studio, shown(result).message, "1", "More", "Delete")
    assert "still being made" in refused
    assert deleted(studio) == [False, False]


async def test_a_picture_whose_message_is_gone_already_counts_as_deleted(studio: Studio) -> None:
    message = await a_result(studio)
    more = shown(await press(studio, message, "More")).message
    await message.delete()
    answer = await studio.alice.click(more, label="Delete")
    assert "the picture is gone here" in shown(answer).content
    assert deleted(studio) == [True]


@pytest.mark.parametrize(("status", "code"), [(403, 50001), (400, 50083)], ids=["channel lost", "archived thread"])
async def test_a_bot_that_may_not_change_the_channel_says_so_and_forgets_the_picture(
    studio: Studio, status: int, code: int
) -> None:
    message = await a_result(studio)
    more = shown(await press(studio, message, "More")).message
    studio.world.env.inject_error("DELETE", "/channels/*/messages/*", status=status, code=code)
    answer = await studio.alice.click(more, label="Delete")
    assert "ask a moderator to delete the message" in shown(answer).content
    assert deleted(studio) == [True]


async def test_when_discord_fails_nothing_is_deleted_and_it_can_be_tried_again(studio: Studio) -> None:
    message = await a_result(studio)
    more = shown(await press(studio, message, "More")).message
    studio.world.env.inject_error("DELETE", "/channels/*/messages/*", status=403, code=30046)
    answer = await studio.alice.click(more, label="Delete")
    assert "Try again in a minute" in shown(answer).content
    assert deleted(studio) == [False]
    assert "gone here" in await words_of(studio, message, "More", "Delete")


async def test_what_only_its_member_sees_is_forgotten_and_theirs_to_dismiss(studio: Studio) -> None:
    message = await a_result(studio, private=True)
    studio.world.env.inject_error("DELETE", "/channels/*/messages/*", status=404, code=10008)
    assert "press Dismiss message" in await words_of(studio, message, "More", "Delete")
    assert deleted(studio) == [True]
    assert "This picture was deleted" in await words_of(studio, message, "More")


async def test_the_bytes_of_a_deleted_picture_leave_the_disk(studio: Studio) -> None:
    message = await a_result(studio)
    assert len(kept_files(studio)) == 1
    await press(studio, message, "More", "Delete")
    await studio.world.until(lambda: not kept_files(studio), within_s=2 * 3600)


# Reporting


async def reports_to(studio: Studio, **denied: bool) -> Any:
    easel = studio.world.env.bot.user
    assert easel is not None
    overwrites: dict[Any, discord.PermissionOverwrite] = {easel: discord.PermissionOverwrite(**denied)}
    channel = studio.server.create_text_channel("reports", overwrites=overwrites)
    await configured(studio, report_channel=channel.id)
    return channel


async def test_a_report_is_passed_on_with_a_link_once(studio: Studio) -> None:
    message = await a_result(studio, "a fox **bold** @everyone")
    channel = await reports_to(studio)
    assert "Thank you" in await words_of(studio, message, "More", "Report", member=studio.bob)
    assert "You have reported this picture already" in await words_of(
        studio, message, "More", "Report", member=studio.bob
    )
    (report,) = channel.history()
    first, second, third = report.content.splitlines()
    assert first.endswith(message.jump_url)
    assert second == "> a fox \\*\\*bold\\*\\* \\@everyone"
    assert f"Reported by <@{studio.bob.id}>" in third
    assert f"made for <@{studio.alice.id}>" in third
    assert not report.mention_everyone

    await studio.world.restart()
    assert "Thank you" in await words_of(studio, message, "More", "Report")
    assert "already" in await words_of(studio, message, "More", "Report", member=studio.bob)
    assert len(channel.history()) == 2


async def test_without_a_channel_a_report_names_who_else_to_turn_to(studio: Studio) -> None:
    message = await a_result(studio)
    assert "ask a moderator of this server" in await words_of(studio, message, "More", "Report", member=studio.bob)


async def test_without_a_channel_a_report_names_the_operators_address(tmp_path: Path) -> None:
    async with open_studio(tmp_path, about={"report": "https://example.org/report"}) as studio:
        message = await a_result(studio)
        said = await words_of(studio, message, "More", "Report", member=studio.bob)
    assert said == "Please report it here: <https://example.org/report>"


async def test_a_channel_that_cannot_be_written_to_is_said_and_the_report_can_be_made_again(studio: Studio) -> None:
    message = await a_result(studio)
    channel = await reports_to(studio, send_messages=False)
    said = await words_of(studio, message, "More", "Report", member=studio.bob)
    assert said == "I could not pass your report on. Try again later, or ask a moderator to look now."
    assert not channel.history()
    await configured(studio, report_channel=studio.server.create_text_channel("others").id)
    assert "Thank you" in await words_of(studio, message, "More", "Report", member=studio.bob)


# What was posted from private


async def posted(studio: Studio, message: Any, words: str) -> Any:
    form = await press(studio, message, "Post to channel")
    await studio.alice.submit_modal(form, {"words": words})
    return studio.channel.history(viewer=studio.bob)[-1]


async def test_others_see_a_posted_picture_without_the_words_that_were_left_out(studio: Studio) -> None:
    private = await a_result(studio, "a secret fox", private=True)
    message = await posted(studio, private, "without")
    await studio.world.restart()
    channel = await reports_to(studio)
    panel = shown(await press(studio, message, "More", member=studio.bob))
    assert "posted without its prompt" in panel.content
    assert "secret" not in panel.content
    assert labels(panel.message) == ["Report"]
    assert "secret fox" in await words_of(studio, message, "More")
    assert "Thank you" in await words_of(studio, message, "More", "Report", member=studio.bob)
    (report,) = channel.history()
    assert message.jump_url in report.content
    assert "secret" not in report.content


async def test_a_moderator_takes_down_what_was_posted_from_private(studio: Studio) -> None:
    private = await a_result(studio, "a secret fox", private=True)
    message = await posted(studio, private, "with")
    assert "Deleted" in await words_of(studio, message, "More", "Delete", member=a_moderator(studio))
    assert not is_there(studio, message)
    assert deleted(studio) == [True]
    assert "This picture was deleted" in await words_of(studio, private, "More")


async def test_of_several_that_were_posted_only_the_chosen_one_goes(studio: Studio) -> None:
    private = await a_result(studio, private=True, count=2)
    message = await posted(studio, private, "with")
    before = files_of(studio, message)
    assert "Deleted" in await words_of(studio, message, "1", "More", "Delete")
    assert files_of(studio, message) == before[1:]
    left = next(one for one in studio.channel.history() if one.id == message.id)
    assert labels(left) == ["Edit", "Again", "Variations", "Aspect", "More"]
    assert "· 1 of 2 pictures ·" in left.content
    assert (await words_of(studio, left, "More")).startswith("**Picture 2 of 2**")


async def test_the_first_of_several_gone_more_is_about_the_next_and_says_so(studio: Studio) -> None:
    message = await a_result(studio, count=3)
    more = await words_of(studio, message, "More")
    assert more.endswith("These buttons are about picture 1. For another, press its number first.")
    assert "These buttons" not in await words_of(studio, message, "1", "More")
    await press(studio, message, "More", "Delete")
    left = next(one for one in studio.channel.history() if one.id == message.id)
    assert labels(left) == ["2", "3", "Again", "More"]
    assert (await words_of(studio, left, "2")) == "**Picture 2 of 3**"
    more = await words_of(studio, left, "More")
    assert more.startswith("**Picture 2 of 3**")
    assert more.endswith("These buttons are about picture 2. For another, press its number first.")


async def test_what_is_left_of_several_posted_without_their_words_shows_none_either(studio: Studio) -> None:
    private = await a_result(studio, private=True, count=2)
    message = await posted(studio, private, "without")
    await words_of(studio, message, "1", "More", "Delete")
    left = next(one for one in studio.channel.history() if one.id == message.id)
    assert labels(left) == ["Edit", "More"]
