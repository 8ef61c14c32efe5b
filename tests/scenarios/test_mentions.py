"""Talking to the bot: who may spend by it, what is understood, and what passes by unnoticed."""

from pathlib import Path
from typing import Any

import discord
import pytest

from tests.scenarios.studio import Studio, a_picture, is_result, open_studio, shown


def me(studio: Studio) -> str:
    assert studio.world.env.bot.user is not None
    return f"<@{studio.world.env.bot.user.id}>"


async def say(studio: Studio, words: str, **options: Any) -> discord.Message:
    return await studio.alice.send(studio.channel, words, **options)


def answers(studio: Studio) -> list[discord.Message]:
    bot = studio.world.env.bot.user
    assert bot is not None
    return [message for message in studio.channel.history() if message.author.id == bot.id]


async def the_picture(studio: Studio) -> discord.Message:
    await studio.world.until(lambda: answers(studio) and is_result(answers(studio)[-1]))
    return answers(studio)[-1]


def nothing_happened(studio: Studio) -> bool:
    return not answers(studio) and studio.stored_nothing()


@pytest.fixture
async def open_intent(tmp_path: Path) -> Any:
    async with open_studio(tmp_path, discord={"message_content": True}) as opened:
        yield opened


async def test_a_mention_without_a_picture_generates(studio: Studio) -> None:
    said = await say(studio, f"{me(studio)} a red fox in the snow --ar 3:2")
    answer = await the_picture(studio)

    assert answer.reference is not None
    assert answer.reference.message_id == said.id
    assert answer.content.startswith("**A red fox in the snow**\n-# ")
    assert "Landscape 3:2" in answer.content
    assert answer.attachments[0].description == "a red fox in the snow"
    assert len(answers(studio)) == 1
    assert studio.takes() == {"spent": 1}


@pytest.mark.parametrize("spelling", ["<@{}> a fox", "<@!{}> a fox", "a <@{}> fox", "a fox <@{}>"])
async def test_every_way_to_write_the_mention_is_heard(studio: Studio, spelling: str) -> None:
    assert studio.world.env.bot.user is not None
    await say(studio, spelling.format(studio.world.env.bot.user.id))
    await the_picture(studio)
    assert studio.world.emulator.runs[0].prompt.split() == ["a", "fox"]


async def test_attached_pictures_are_edited(studio: Studio) -> None:
    said = await say(studio, f"{me(studio)} make it night", attachments=[("beach.png", a_picture(size=(600, 400)))])
    answer = await the_picture(studio)
    assert "Landscape 3:2" in answer.content
    assert f"/{studio.channel.id}/{said.id})" in answer.content
    assert len(studio.world.emulator.runs[0].image_urls) == 1


@pytest.mark.parametrize("intent", [False, True])
async def test_a_reply_to_the_bots_own_picture_edits_it(tmp_path: Path, intent: bool) -> None:
    async with open_studio(tmp_path, discord={"message_content": intent}) as studio:
        original = await studio.imagine(aspect="2:3")
        await studio.finished(original)
        await say(studio, f"{me(studio)} make it night", reply_to=shown(original).message)
        await studio.world.until(lambda: len(studio.world.emulator.runs) == 2)
        answer = await the_picture(studio)
        assert "Portrait 2:3" in answer.content
        assert f"/{studio.channel.id}/{shown(original).id})" in answer.content
        assert studio._rows("SELECT parent_run_id FROM requests WHERE kind = 'edit'")[0][0] is not None


async def test_a_reply_to_somebodys_photo_edits_it_where_the_bot_may_read(open_intent: Studio) -> None:
    studio = open_intent
    photo = await studio.bob.send(studio.channel, "look", attachments=[("photo.png", a_picture())])
    await say(studio, f"{me(studio)} make it night", reply_to=photo)
    await the_picture(studio)
    assert len(studio.world.emulator.runs[0].image_urls) == 1


async def test_a_reply_to_somebodys_photo_points_to_the_menu_where_it_may_not(studio: Studio) -> None:
    photo = await studio.bob.send(studio.channel, "look", attachments=[("photo.png", a_picture())])
    await say(studio, f"{me(studio)} make it night", reply_to=photo)
    assert "I cannot see what you replied to" in answers(studio)[-1].content
    assert "Apps → Edit image" in answers(studio)[-1].content
    assert studio.stored_nothing()


async def test_a_reply_with_an_own_picture_uses_that(studio: Studio) -> None:
    words = await studio.bob.send(studio.channel, "what a day")
    await say(studio, f"{me(studio)} make it night", reply_to=words, attachments=[("beach.png", a_picture())])
    await the_picture(studio)
    assert len(studio.world.emulator.runs[0].image_urls) == 1


async def test_lol_nice_spends_nothing(studio: Studio) -> None:
    original = await studio.imagine()
    await studio.finished(original)
    await say(studio, "lol nice", reply_to=shown(original).message)
    await studio.world.advance(5)
    assert len(answers(studio)) == 1
    assert studio.takes() == {"spent": 1}


@pytest.mark.parametrize("words", ["hello everybody", "@Easel a fox", "a fox, Easel", "<@1> a fox", "`<@&{}>` a fox"])
async def test_what_is_no_mention_passes_by(studio: Studio, words: str) -> None:
    await say(studio, words)
    assert nothing_happened(studio)


async def test_other_bots_and_webhooks_are_not_listened_to(studio: Studio) -> None:
    robot = studio.server.add_member(studio.world.env.create_user("robot", bot=True))
    await robot.send(studio.channel, f"{me(studio)} a fox")
    hook = studio.server.create_webhook(studio.channel)
    await hook.send(f"{me(studio)} a fox")
    assert nothing_happened(studio)


async def test_an_edited_message_is_not_a_new_request(studio: Studio) -> None:
    said = await say(studio, "a fox")
    await studio.alice.edit(said, f"{me(studio)} a fox")
    await studio.world.advance(5)
    assert nothing_happened(studio)


async def test_a_mention_with_nothing_to_do_explains_itself_once(studio: Studio) -> None:
    await say(studio, me(studio))
    (answer,) = answers(studio)
    assert "Tell me what to make" in answer.content
    assert "`--ar 3:2`" in answer.content
    assert studio.stored_nothing()


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("a fox --private", "cannot be private"),
        ("a fox --ar 16:9", "16:9 is no aspect of this model"),
        ("a fox --stylize 250", "I do not know the option"),
        ("a fox --ar", "--ar needs an aspect"),
        ("x" * 1900 + " --ar 3:2 --square --landscape --portrait --wide", "I do not know the option"),
    ],
)
async def test_options_that_do_not_work_say_what_does(studio: Studio, words: str, answer: str) -> None:
    await say(studio, f"{me(studio)} {words}")
    assert answer in answers(studio)[-1].content
    assert studio.stored_nothing()


async def test_six_pictures_are_more_than_fit(studio: Studio) -> None:
    files = [(f"{n}.png", a_picture(colour=c)) for n, c in enumerate(("red", "tan", "blue", "gold", "teal", "pink"))]
    await say(studio, f"{me(studio)} a collage", attachments=files)
    assert "I can use 5 references; you gave 6" in answers(studio)[-1].content
    assert studio.stored_nothing()


async def test_a_restart_while_it_is_made_loses_nothing(studio: Studio) -> None:
    await say(studio, f"{me(studio)} a red fox")
    await studio.world.until(lambda: studio.runs() == {"running": 1})
    await studio.world.restart()
    await the_picture(studio)
    assert len(answers(studio)) == 1
    assert studio.takes() == {"spent": 1}


async def test_quota_counts_for_talking_too(tmp_path: Path) -> None:
    async with open_studio(tmp_path, quota={"member": [{"images": 1, "per": "1h"}]}) as studio:
        await say(studio, f"{me(studio)} a red fox")
        await the_picture(studio)
        await say(studio, f"{me(studio)} another one")
        assert "You have made 1 of 1 picture" in answers(studio)[-1].content
        assert studio.takes() == {"spent": 1}


async def test_nobody_is_pinged(studio: Studio) -> None:
    await say(studio, f"{me(studio)} a fox for <@{studio.bob.id}> @everyone")
    await the_picture(studio)
    sent = [
        entry.json for entry in studio.world.env.http_requests if entry.method == "POST" and "messages" in entry.path
    ]
    assert sent
    for body in sent:
        assert body is not None
        assert body["allowed_mentions"]["parse"] == []
        assert not body["allowed_mentions"].get("replied_user")
