"""`/history`, asking once more, and the pictures that no message could take."""

from typing import Any

import discord
import pytest
from simcord.actors import MemberActor
from simcord.results import InteractionResult

from bot.preview.emulator import Fault, Place
from tests.scenarios.studio import Studio, a_picture, is_result, shown


async def history(studio: Studio, **options: Any) -> InteractionResult:
    member: MemberActor = options.pop("member", studio.alice)
    return await member.slash(options.pop("channel", studio.channel), "history")


def labels(message: Any) -> list[str]:
    return [button.label for row in message.components for button in row.children]


async def finished_badly(studio: Studio, result: InteractionResult, words: str) -> None:
    await studio.world.until(lambda: words in shown(result).content)


# What it tells


async def test_a_history_without_requests_says_how_to_begin(studio: Studio) -> None:
    result = await history(studio)
    assert shown(result).ephemeral
    assert "You have asked for nothing here yet" in shown(result).content


async def test_a_history_links_pictures_and_tells_the_quota(studio: Studio) -> None:
    first = await studio.imagine("a fox **bold** @everyone")
    await studio.finished(first)
    studio.world.emulator.faults.set(Place.CREATE, Fault.RESET_AFTER, times=1)
    lost = await studio.imagine("a hare")
    await finished_badly(studio, lost, "I lost touch")
    lines = shown(await history(studio)).content.splitlines()
    assert lines[1].startswith("1. a hare · <t:")
    assert lines[1].endswith("· no picture: lost on the way to the image service · no quota used")
    message = shown(first).message
    assert lines[2].startswith("2. a fox \\*\\*bold\\*\\* \\@everyone · <t:")
    assert f"[picture](<{message.jump_url}>) · 1 of your quota" in lines[2]


async def test_a_history_shows_nobody_elses_requests(studio: Studio) -> None:
    await studio.finished(await studio.imagine("a secret fox", private=True))
    assert "secret" not in shown(await history(studio, member=studio.bob)).content
    mine = shown(await history(studio)).content
    assert "a secret fox" in mine
    assert "shown to you alone" in mine


@pytest.mark.parametrize(("paused", "words"), [(True, "in line"), (False, "being made")])
async def test_a_history_tells_what_is_under_way(studio: Studio, paused: bool, words: str) -> None:
    if paused:
        await studio.world.pause()
    await studio.imagine()
    if not paused:
        await studio.world.until(lambda: studio.runs() == {"running": 1})
    assert words in shown(await history(studio)).content


async def test_ten_long_prompts_fit_into_one_message(studio: Studio) -> None:
    await studio.world.pause()
    for _ in range(5):
        for member in (studio.alice, studio.bob):
            await studio.imagine("*_~`|" * 700, member=member)
    assert len(shown(await history(studio)).content) <= 2000


# Asking once more


async def test_an_uncertain_request_is_asked_again_from_its_message(studio: Studio) -> None:
    studio.world.emulator.faults.set(Place.CREATE, Fault.RESET_AFTER, times=1)
    result = await studio.imagine("a fox", aspect="3:2", reference1=("cat.png", a_picture()))
    await finished_badly(studio, result, "I will not send it twice")
    assert labels(shown(result).message) == ["Try again"]

    await studio.world.restart()
    again = await studio.alice.click(shown(result).message, label="Try again")
    await studio.finished(again)
    first, second = studio.world.emulator.runs
    assert (first.prompt, first.aspect_ratio) == (second.prompt, second.aspect_ratio) == ("a fox", "3:2")
    assert len(second.image_urls) == 1
    assert studio.takes() == {"given_back": 1, "spent": 1}


async def test_a_second_press_is_answered_with_what_is_under_way(studio: Studio) -> None:
    studio.world.emulator.faults.set(Place.CREATE, Fault.RESET_AFTER, times=1)
    result = await studio.imagine()
    await finished_badly(studio, result, "I will not send it twice")
    again = await studio.alice.click(shown(result).message, label="Try again")
    second = await studio.alice.click(shown(result).message, label="Try again")
    assert shown(second).content == "This is already being made. It appears here in a moment."
    assert shown(second).ephemeral
    await studio.finished(again)
    assert len(studio.world.emulator.runs) == 2


async def test_a_press_that_discord_delivers_twice_leaves_the_picture_as_it_is(studio: Studio) -> None:
    studio.world.emulator.faults.set(Place.CREATE, Fault.RESET_AFTER, times=1)
    result = await studio.imagine()
    await finished_badly(studio, result, "I will not send it twice")
    with studio.delivered_twice():
        again = await studio.alice.click(shown(result).message, label="Try again")
        await studio.finished(again)
    await studio.world.advance(3)
    assert is_result(shown(again))
    assert len(studio.world.emulator.runs) == 2


async def test_a_command_that_discord_delivers_twice_leaves_the_picture_as_it_is(studio: Studio) -> None:
    with studio.delivered_twice():
        result = await studio.imagine()
        await studio.finished(result)
    await studio.world.advance(3)
    assert studio.refused() == ["AlreadyAsked"]
    assert is_result(shown(result))
    assert len(studio.world.emulator.runs) == 1


async def test_somebody_else_may_ask_again_from_their_own_quota(studio: Studio) -> None:
    studio.world.emulator.faults.set(Place.CREATE, Fault.RESET_AFTER, times=1)
    result = await studio.imagine()
    await finished_badly(studio, result, "I will not send it twice")
    again = await studio.bob.click(shown(result).message, label="Try again")
    await studio.finished(again)
    assert f"<@{studio.bob.id}>" in shown(again).content


async def test_a_declined_prompt_is_changed_in_a_form(studio: Studio) -> None:
    result = await studio.imagine("unsafe-preview, please", aspect="2:3")
    await finished_badly(studio, result, "declined this prompt under its safety rules")
    assert labels(shown(result).message) == ["Change the prompt"]

    await studio.world.restart()
    form = await studio.alice.click(shown(result).message, label="Change the prompt")
    assert form.modal is not None
    assert "unsafe-preview, please" in str(form.modal)
    again = await studio.submit_again(form, {"prompt": "something kind, please"})
    await studio.finished(again)
    assert [run.prompt for run in studio.world.emulator.runs][-1] == "something kind, please"
    assert studio.world.emulator.runs[-1].aspect_ratio == "2:3"


# Pictures that could not be delivered


async def kept(studio: Studio, **options: Any) -> InteractionResult:
    """A request whose picture no rung of the ladder takes."""
    result = await studio.imagine(**options)
    await studio.world.until(lambda: studio.runs() == {"running": 1})
    for method, path in (("PATCH", "/webhooks/*"), ("PATCH", "/channels/*"), ("POST", "/channels/*")):
        studio.world.env.inject_error(method, path, status=403, code=50013, times=None)
    studio.world.env.inject_error("POST", "/users/@me/channels", status=403, code=50007, times=None)
    await studio.world.until(lambda: studio.runs() == {"ready": 1})
    await studio.world.advance(10)
    studio.world.env.backend.faults.clear()
    return result


async def test_a_kept_picture_is_brought_by_its_button(studio: Studio) -> None:
    await kept(studio)
    assert studio.takes() == {"held": 1}
    mine = await history(studio)
    assert "kept for you" in shown(mine).content
    assert labels(shown(mine).message) == ["Show 1"]
    brought = await studio.alice.click(shown(mine).message, label="Show 1")
    assert not shown(brought).ephemeral
    await studio.world.until(lambda: is_result(shown(brought)))
    assert studio.runs() == {"delivered": 1}
    assert studio.takes() == {"spent": 1}
    assert len(studio.world.emulator.runs) == 1

    once_more = await studio.alice.click(shown(mine).message, label="Show 1")
    assert shown(once_more).ephemeral
    assert f"[picture](<{shown(brought).message.jump_url}>)" in shown(once_more).content


async def test_a_kept_private_picture_is_brought_in_private(studio: Studio) -> None:
    await kept(studio, private=True)
    mine = await history(studio)
    brought = await studio.alice.click(shown(mine).message, label="Show 1")
    assert shown(brought).ephemeral
    await studio.world.until(lambda: is_result(shown(brought)))
    assert studio.channel.history(viewer=studio.bob) == []


async def test_a_kept_picture_whose_words_automod_blocks_is_brought_all_the_same(studio: Studio) -> None:
    await kept(studio, prompt="a forbidden fox")
    mine = await history(studio)
    studio.world.env.inject_error("POST", "/interactions/*", status=400, code=200000, times=1)
    brought = await studio.alice.click(shown(mine).message, label="Show 1")
    assert "fox" not in shown(brought).content
    await studio.world.until(lambda: is_result(shown(brought)))
    assert studio.runs() == {"delivered": 1}


async def test_a_picture_whose_message_was_deleted_is_posted_with_a_ping(studio: Studio) -> None:
    result = await studio.imagine()
    await studio.world.until(lambda: studio.runs() == {"running": 1})
    await shown(result).message.delete()
    await studio.world.until(lambda: studio.runs() == {"delivered": 1})
    (message,) = studio.channel.history()
    assert is_result(message)
    assert [member.id for member in message.mentions] == [studio.alice.id]


async def test_a_private_picture_that_is_late_comes_as_a_direct_message(studio: Studio) -> None:
    await studio.imagine(private=True)
    await studio.world.until(lambda: studio.runs() == {"running": 1})
    await studio.world.pause()
    await studio.world.advance(3600, step_s=600)
    await studio.world.restart()
    await studio.world.until(lambda: studio.runs() == {"delivered": 1})
    assert studio.channel.history(viewer=studio.bob) == []
    (message,) = studio.alice.user.dm_channel.history()
    assert is_result(message)


async def sent_directly(studio: Studio, prompt: str) -> Any:
    """The direct message that tells of a private request, since its answer could not be changed any more."""
    await studio.world.pause()
    await studio.imagine(prompt, private=True)
    await studio.world.advance(3600, step_s=600)
    await studio.world.restart()
    await studio.world.until(lambda: studio.alice.user.dm_channel.history())
    (message,) = studio.alice.user.dm_channel.history()
    return message


async def test_a_picture_that_came_as_a_direct_message_is_edited_there(studio: Studio) -> None:
    message = await sent_directly(studio, "a red fox")
    form = await studio.alice.user.click(message, label="Edit")
    assert form.modal is not None
    edited = await studio.alice.user.submit_modal(form, {"instruction": "make it night", "aspect": "same"})
    await studio.finished(edited)
    assert "edited from your private picture" in shown(edited).content
    assert studio.takes() == {"spent": 2}
    assert studio.channel.history() == []


async def test_bad_news_that_came_as_a_direct_message_are_answered_there(studio: Studio) -> None:
    studio.world.emulator.faults.set(Place.CREATE, Fault.RESET_AFTER, times=1)
    message = await sent_directly(studio, "a red fox")
    again = await studio.alice.user.click(message, label="Try again")
    await studio.finished(again)
    assert studio.takes() == {"given_back": 1, "spent": 1}
    assert "1 of 5" in shown(await studio.alice.slash(studio.channel, "quota")).content


async def test_who_left_the_server_cannot_go_on_in_direct_messages(studio: Studio) -> None:
    studio.world.emulator.faults.set(Place.CREATE, Fault.RESET_AFTER, times=1)
    message = await sent_directly(studio, "a red fox")
    studio.world.env.inject_error("GET", "/guilds/*/members/*", status=404, code=10007)
    answer = await studio.alice.user.click(message, label="Try again")
    assert "I make pictures in servers" in shown(answer).content
    assert studio.takes() == {"given_back": 1}


async def test_the_waiting_message_says_in_time_that_it_takes_long(studio: Studio) -> None:
    await studio.world.pause()
    result = await studio.imagine()
    await studio.world.advance(13 * 60 + 30, step_s=30)
    studio.world.emulator.faults.set(Place.CREATE, Fault.RESET_BEFORE)
    await studio.world.restart()
    await studio.world.until(lambda: "Taking long" in shown(result).content)
    assert "will be posted here when it is ready; you can close this" in shown(result).content


async def test_a_prompt_that_automod_blocks_is_left_out(studio: Studio) -> None:
    result = await studio.imagine("a forbidden fox")
    await studio.world.until(lambda: studio.runs() == {"running": 1})
    studio.world.env.inject_error("PATCH", "/webhooks/*", status=400, code=200000, times=2)  # one for the waiting line
    await studio.finished(result)
    assert "fox" not in shown(result).content
    attachment: discord.Attachment = shown(result).attachments[0]
    assert attachment.filename == "picture.png"
    assert "fox" not in (attachment.description or "")
