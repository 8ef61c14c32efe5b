"""Private first: a picture that only its member sees is posted to the channel, or discarded."""

import asyncio
from typing import Any

import discord
import pytest
from simcord.results import InteractionResult

from tests.scenarios.panels import a_result, an_edit, labels, press, words_of
from tests.scenarios.studio import Studio, a_picture, shown

AN_HOUR_S = 3600


async def a_private(studio: Studio, prompt: str = "a secret fox", **options: Any) -> Any:
    return await a_result(studio, prompt, private=True, **options)


async def post(studio: Studio, message: Any, words: str = "with") -> InteractionResult:
    form = await studio.alice.click(message, label="Post to channel")
    assert form.modal is not None, shown(form).content
    return await studio.alice.submit_modal(form, {"words": words})


def in_channel(studio: Studio) -> list[discord.Message]:
    """What others see there."""
    return studio.channel.history(viewer=studio.bob)


# ---- posting --------------------------------------------------------------------------------------------------------


async def test_a_private_picture_is_posted_with_its_prompt_in_its_members_name(studio: Studio) -> None:
    message = await a_private(studio, "a secret *fox* @everyone")
    assert labels(message) == ["Edit", "Again", "Variations", "Aspect", "More", "Post to channel", "Discard"]
    told = shown(await post(studio, message))
    (posted,) = in_channel(studio)
    assert told.ephemeral
    assert told.content == f"Posted: [your picture](<{posted.jump_url}>)"
    assert posted.content == f"**A secret \\*fox\\* \\@everyone**\n-# <@{studio.alice.id}> · Square 1:1"
    (picture,) = posted.attachments
    assert (picture.filename, picture.description) == ("secret-fox-everyone.png", "a secret *fox* @everyone")
    assert labels(posted) == ["Edit", "Again", "Variations", "Aspect", "More"]
    assert studio.takes() == {"spent": 1}


async def test_what_it_was_made_from_nobody_else_brings_to_the_channel(studio: Studio) -> None:
    message = await a_private(studio, "a portrait of me", reference1=("my_face.png", a_picture(colour="purple")))
    await post(studio, message)
    (posted,) = in_channel(studio)
    refused = shown(await studio.bob.click(posted, label="Again"))
    assert refused.ephemeral
    assert "somebody else's files, which only they can use again" in refused.content
    assert studio.takes() == {"spent": 1}


async def test_without_its_prompt_nothing_tells_the_words(studio: Studio) -> None:
    message = await a_private(studio)
    await post(studio, message, "without")
    (posted,) = in_channel(studio)
    (picture,) = posted.attachments
    assert posted.content == f"-# <@{studio.alice.id}> · Square 1:1"
    assert "fox" not in f"{picture.filename} {picture.description}"
    assert picture.description
    assert labels(posted) == ["Edit", "More"]
    assert "fox" not in await words_of(studio, posted, "More", member=studio.bob)


async def test_a_form_that_says_nothing_shows_no_words(studio: Studio) -> None:
    form = await studio.alice.click(await a_private(studio), label="Post to channel")
    await studio.submit_again(form, {"nonsense": "with"})
    (posted,) = in_channel(studio)
    assert "fox" not in posted.content


async def test_it_is_posted_once_however_often_and_whenever_it_is_pressed(studio: Studio) -> None:
    message = await a_private(studio)
    form = await studio.alice.click(message, label="Post to channel")
    racing = [studio.alice.submit_modal(form, {"words": "with"}), studio.submit_again(form, {"words": "without"})]
    await asyncio.gather(*racing)
    (posted,) = in_channel(studio)
    refused = shown(await studio.alice.click(message, label="Post to channel"))
    assert refused.content == f"This is posted already. Open it at <{posted.jump_url}>."
    await studio.world.restart()
    assert await words_of(studio, message, "Post to channel") == refused.content
    assert len(in_channel(studio)) == 1


async def test_several_are_posted_together_or_one_by_one(studio: Studio) -> None:
    message = await a_private(studio, count=3)
    assert labels(message) == ["1", "2", "3", "Again", "More", "Post to channel", "Discard"]
    await post(studio, shown(await press(studio, message, "2")).message)
    await post(studio, message)
    alone, together = sorted(in_channel(studio), key=lambda one: one.id)
    assert (len(alone.attachments), labels(alone)) == (1, ["Edit", "Again", "Variations", "Aspect", "More"])
    assert (len(together.attachments), labels(together)) == (2, ["1", "2", "Again", "More"])
    assert [file.description for file in together.attachments] == ["1 of 2: a secret fox", "2 of 2: a secret fox"]
    assert "2 pictures" in together.content


async def test_hours_later_and_after_a_restart_it_is_posted_from_the_history(studio: Studio) -> None:
    await a_private(studio)
    await studio.world.pause()
    await studio.world.advance(AN_HOUR_S, step_s=600)
    await studio.world.restart()
    mine = shown(await studio.alice.slash(studio.channel, "history")).message
    opened = shown(await press(studio, mine, "1"))
    assert opened.ephemeral
    await post(studio, opened.message)
    (posted,) = in_channel(studio)
    assert "secret fox" in posted.content
    again = shown(await studio.alice.slash(studio.channel, "history")).content
    assert f"[posted](<{posted.jump_url}>)" in again


async def test_what_others_make_of_a_posted_picture_is_public_and_links_it(studio: Studio) -> None:
    await post(studio, await a_private(studio))
    (posted,) = in_channel(studio)
    await studio.world.restart()
    edited = await an_edit(studio, posted, "make it night", member=studio.bob)
    assert f"edited from [this picture]({posted.jump_url})" in edited.content
    assert edited.id in {one.id for one in in_channel(studio)}


async def test_a_posted_picture_may_be_asked_for_again_by_others(studio: Studio) -> None:
    await post(studio, await a_private(studio))
    (posted,) = in_channel(studio)
    again = await studio.bob.click(posted, label="Again")
    await studio.finished(again)
    assert not shown(again).ephemeral
    assert f"<@{studio.bob.id}>" in shown(again).content


# ---- what stands in the way -----------------------------------------------------------------------------------------


async def test_where_the_bot_may_not_post_it_says_so_before_anybody_chooses(studio: Studio) -> None:
    easel = studio.world.env.bot.user
    assert easel is not None
    news = studio.server.create_text_channel(
        "news", overwrites={easel: discord.PermissionOverwrite(send_messages=False)}
    )
    message = await a_private(studio, channel=news)
    assert "I may not post pictures in" in await words_of(studio, message, "Post to channel")
    assert not news.history(viewer=studio.bob)


async def test_who_may_not_write_somewhere_does_not_write_there_through_the_bot(studio: Studio) -> None:
    news = studio.server.create_text_channel(
        "news", overwrites={studio.alice: discord.PermissionOverwrite(send_messages=False)}
    )
    message = await a_private(studio, channel=news)
    assert "You may not write in this channel" in await words_of(studio, message, "Post to channel")
    assert not news.history(viewer=studio.bob)


async def test_a_channel_that_closes_meanwhile_takes_nothing_and_another_does(studio: Studio) -> None:
    message = await a_private(studio)
    studio.world.env.inject_error("POST", "/channels/*/messages", status=403, code=50083)
    assert "Nothing was posted" in shown(await post(studio, message)).content
    await post(studio, message)
    assert len(in_channel(studio)) == 1


async def test_words_that_automod_blocks_can_be_left_out(studio: Studio) -> None:
    message = await a_private(studio)
    studio.world.env.inject_error("POST", "/channels/*/messages", status=400, code=200000)
    assert "Try it without the prompt" in shown(await post(studio, message)).content
    await post(studio, message, "without")
    assert len(in_channel(studio)) == 1


async def test_when_discord_does_not_answer_a_second_press_looks_first(studio: Studio) -> None:
    message = await a_private(studio)
    studio.world.env.inject_error("POST", "/channels/*/messages", status=500, times=5)
    assert "Discord did not say" in shown(await post(studio, message)).content
    studio.world.env.backend.faults.clear()
    await studio.world.restart()
    await post(studio, message)
    assert len(in_channel(studio)) == 1


async def test_a_picture_whose_posting_was_cut_off_is_posted_though_another_was_just_before(studio: Studio) -> None:
    message = await a_private(studio, count=2)
    await post(studio, shown(await press(studio, message, "1")).message)
    studio.world.env.inject_error("POST", "/channels/*/messages", status=500, times=5)
    second = shown(await press(studio, message, "2")).message
    assert "Discord did not say" in shown(await post(studio, second)).content
    studio.world.env.backend.faults.clear()
    await studio.world.restart()
    assert shown(await post(studio, second)).content.startswith("Posted: ")
    assert [len(posted.attachments) for posted in in_channel(studio)] == [1, 1]


async def test_without_a_copy_there_is_nothing_to_post(studio: Studio) -> None:
    message = await a_private(studio)
    forget_copies(studio)
    assert "I keep no copy of this picture any more" in shown(await post(studio, message)).content
    assert not in_channel(studio)


async def test_from_a_direct_message_nothing_is_posted(studio: Studio) -> None:
    await studio.world.pause()
    await studio.imagine("a secret fox", private=True)
    await studio.world.advance(AN_HOUR_S, step_s=600)
    await studio.world.restart()
    await studio.world.until(lambda: studio.alice.user.dm_channel.history())
    (message,) = studio.alice.user.dm_channel.history()
    refused = await studio.alice.user.click(message, label="Post to channel")
    assert "There is no channel to post to in a direct message" in shown(refused).content
    assert studio.channel.history() == []

    gone = await studio.alice.user.click(message, label="Discard")
    assert shown(gone).content == "Discarded. It still counts on your quota."
    (message,) = studio.alice.user.dm_channel.history()
    assert not message.attachments


# ---- discarding -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("restarts", [False, True])
async def test_a_discarded_picture_is_gone_and_its_quota_stays_used(studio: Studio, *, restarts: bool) -> None:
    message = await a_private(studio)
    form = await studio.alice.click(message, label="Post to channel")
    if restarts:
        await studio.world.restart()
    await studio.alice.click(message, label="Discard")
    message = await the_same(studio, message)
    assert message.content == "Discarded. It still counts on your quota."
    assert not message.attachments
    assert not labels(message)
    assert studio.takes() == {"spent": 1}
    late = await studio.submit_again(form, {"words": "with"})
    assert "This picture was deleted" in shown(late).content
    mine = shown(await studio.alice.slash(studio.channel, "history"))
    assert "· deleted ·" in mine.content
    assert mine.message.components[0].children[0].disabled


async def test_what_was_posted_stays_when_its_private_message_is_discarded(studio: Studio) -> None:
    message = await a_private(studio)
    await post(studio, message)
    (posted,) = in_channel(studio)
    await studio.alice.click(message, label="Discard")
    assert posted.jump_url in (await the_same(studio, message)).content
    assert [one.id for one in in_channel(studio)] == [posted.id]
    form = await studio.bob.click(posted, label="Edit")
    assert form.modal is not None


async def test_of_several_that_were_posted_it_says_how_to_take_one_away(studio: Studio) -> None:
    message = await a_private(studio, count=2)
    told = shown(await post(studio, message)).content
    (posted,) = in_channel(studio)
    assert told == f"Posted: [your pictures](<{posted.jump_url}>)"
    await studio.alice.click(message, label="Discard")
    assert (await the_same(studio, message)).content == (
        f"Discarded here. [What you posted](<{posted.jump_url}>) stays: Press a number there, then More → Delete."
    )


async def test_who_deleted_what_they_had_posted_is_not_told_that_it_stays(studio: Studio) -> None:
    message = await a_private(studio)
    await post(studio, message)
    (posted,) = in_channel(studio)
    await press(studio, posted, "More", "Delete")
    await studio.alice.click(message, label="Discard")
    assert (await the_same(studio, message)).content == "Discarded. It still counts on your quota."


async def the_same(studio: Studio, message: Any) -> Any:
    return next(one for one in studio.channel.history(viewer=studio.alice) if one.id == message.id)


def forget_copies(studio: Studio) -> None:
    for file in studio.world.config.storage.files.glob("??/*"):
        file.unlink()
