"""Bad input: a private sentence, nothing stored, nothing taken, nothing sent to RunBase."""

from pathlib import Path
from typing import Any

import discord
import pytest
from simcord.results import InteractionResult

from tests.scenarios.studio import Studio, a_picture, open_studio, shown


def assert_refused(studio: Studio, result: InteractionResult, error: str, *words: str) -> None:
    assert studio.refused() == [error]
    assert shown(result).ephemeral
    for word in words:
        assert word in shown(result).content
    assert studio.stored_nothing()
    assert studio.world.emulator.runs == ()


@pytest.mark.parametrize("prompt", ["", "   \n\t ", "\u200b\u2060\u200b", "\x00\x07"])
async def test_a_prompt_with_nothing_to_read(studio: Studio, prompt: str) -> None:
    result = await studio.imagine(prompt)
    assert_refused(studio, result, "PromptEmpty", "nothing to read in your prompt")


async def test_a_prompt_of_4001_characters_says_how_much_to_cut(studio: Studio) -> None:
    result = await studio.imagine("x" * 4001)
    assert_refused(studio, result, "PromptTooLong", "4,001 characters; 4,000 fit", "Cut 1 ")


async def test_a_prompt_of_4000_characters_is_made(studio: Studio) -> None:
    result = await studio.imagine("x" * 4000)
    await studio.finished(result)
    assert studio.world.emulator.runs[0].prompt == "x" * 4000


async def test_an_aspect_no_client_offers(studio: Studio) -> None:
    result = await studio.craft({"prompt": "a fox", "aspect": "16:9"})
    assert_refused(studio, result, "UnknownAspect", "16:9", "Square 1:1, Landscape 3:2, Portrait 2:3")


TRUNCATED = a_picture()[:-200]


@pytest.mark.parametrize(
    ("name", "content", "error", "words"),
    [
        ("cat.png", b"These are only words.", "NotAPicture", "cat.png is not a picture I can read"),
        ("cat.png", b"", "ReferenceEmpty", "cat.png is empty"),
        ("cat.png", TRUNCATED, "BrokenPicture", "cat.png is damaged or incomplete"),
        ("cat.png", bytes(26_000_000), "ReferenceTooLarge", "cat.png has 26 MB; 25 MB are the most"),
        ("cat.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "NotAPicture", "cat.svg is not a picture I can read"),
    ],
)
async def test_a_reference_that_is_no_use(studio: Studio, name: str, content: bytes, error: str, words: str) -> None:
    result = await studio.imagine(reference1=("ok.png", a_picture()), reference2=(name, content))
    assert_refused(studio, result, error, words)


async def test_a_reference_discord_no_longer_has(studio: Studio) -> None:
    studio.world.cdn.missing.add("cat.png")
    result = await studio.imagine(reference1=("cat.png", a_picture()))
    assert_refused(studio, result, "ReferenceGone", "Discord no longer has cat.png")


async def test_quota_used_up_says_how_much_and_when_the_next_slot_opens(tmp_path: Path) -> None:
    quota = {"member": [{"images": 2, "per": "1h"}]}
    async with open_studio(tmp_path, quota=quota) as studio:
        for _ in range(2):
            await studio.finished(await studio.imagine())
        result = await studio.imagine()

        assert studio.refused() == ["QuotaExceeded"]
        assert shown(result).ephemeral
        assert "You have made 2 of 2 pictures in the last hour. The next one opens <t:" in shown(result).content
        assert studio.takes() == {"spent": 2}
        await studio.finished(await studio.imagine(member=studio.bob))

        await studio.world.advance(3600, step_s=60)
        await studio.finished(await studio.imagine())


@pytest.mark.parametrize(
    ("scope", "words"), [("server", "This server has used 1 of 1"), ("global", "All servers together")]
)
async def test_quota_that_is_shared(tmp_path: Path, scope: str, words: str) -> None:
    quota = {"member": [], scope: [{"images": 1, "per": "1d"}]}
    async with open_studio(tmp_path, quota=quota) as studio:
        await studio.finished(await studio.imagine())
        result = await studio.imagine(member=studio.bob)
        assert studio.refused() == ["QuotaExceeded"]
        assert words in shown(result).content


async def test_a_full_queue(tmp_path: Path) -> None:
    async with open_studio(tmp_path, queue={"length": 1}) as studio:
        await studio.world.pause()
        await studio.imagine()
        result = await studio.imagine(member=studio.bob)

        assert studio.refused() == ["QueueFull"]
        assert "The queue is full: 1 picture is waiting." in shown(result).content
        assert studio.takes() == {"held": 1}


async def test_a_server_that_is_not_on_the_list(tmp_path: Path) -> None:
    async with open_studio(tmp_path, discord={"servers": (4711,)}) as studio:
        result = await studio.imagine()
        assert_refused(studio, result, "ServerNotListed", "not on the list of servers")


@pytest.mark.parametrize(
    ("denied", "words"),
    [
        ({"attach_files": False}, "I may not attach files in <#{channel}>. Ask a moderator to allow Attach Files"),
        ({"view_channel": False}, "allow View Channels"),
        ({"send_messages": False}, "allow Send Messages"),
        ({"read_message_history": False}, "allow Read Message History"),
    ],
)
async def test_a_channel_where_the_bot_may_not_answer(studio: Studio, denied: dict[str, bool], words: str) -> None:
    easel = studio.world.env.bot.user
    assert easel is not None
    news = studio.server.create_text_channel("news", overwrites={easel: discord.PermissionOverwrite(**denied)})
    result = await studio.imagine(channel=news)
    assert_refused(studio, result, "PermissionMissing", words.format(channel=news.id))


async def test_a_direct_message_that_no_client_would_send(studio: Studio) -> None:
    result = await studio.craft_in_dm({"prompt": "a fox"})
    assert_refused(studio, result, "NotInServer", "I make pictures in servers")


async def test_commands_are_not_offered_in_direct_messages(studio: Studio) -> None:
    assert studio.alice.user.available_commands() == ()


HOSTILE = (
    "**bold** _it_ `code` ||spoiler|| > quote\n# head @everyone @here <@1> <#2> <t:1:R> [click](https://evil.example)"
)


async def test_words_are_shown_back_without_their_power(studio: Studio) -> None:
    result = await studio.imagine(HOSTILE)
    await studio.finished(result)

    line = shown(result).content.splitlines()[0]
    bare = line.removeprefix("**").removesuffix("**").replace("\\\\", "")
    for mark in "*_`|>#@<[](":
        assert bare.count(mark) == bare.count("\\" + mark), mark
    assert "https://" not in bare
    message = shown(result).message
    assert not message.mention_everyone
    assert studio.world.emulator.runs[0].prompt == HOSTILE


async def test_right_to_left_words_do_not_reorder_the_line(studio: Studio) -> None:
    result = await studio.imagine("\u202eثعلب أحمر في الثلج")
    picture = await studio.finished(result)

    line = shown(result).content.splitlines()[0]
    assert line == "**\u2068ثعلب أحمر في الثلج\u2069**"
    assert picture.filename == "picture.png"


async def test_no_credit_is_no_members_fault(studio: Studio) -> None:
    studio.world.emulator.pay_in("sk-preview", -100)
    first = await studio.imagine()
    await studio.world.until(lambda: "paused" in shown(first).content)

    assert shown(first).content.endswith("Its operator has been told. No quota used.")
    assert studio.takes() == {"given_back": 1}
    second = await studio.imagine()
    assert studio.refused() == ["OutOfCredit"]
    assert shown(second).ephemeral


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("unsafe-preview", "declined this prompt under its safety rules"),
        ("fail-preview", "could not make this picture"),
    ],
)
async def test_a_failed_run_says_so_and_costs_nothing(studio: Studio, prompt: str, words: str) -> None:
    result = await studio.imagine(prompt)
    await studio.world.until(lambda: "No quota used" in shown(result).content)

    assert words in shown(result).content
    assert shown(result).content.startswith(f"> {prompt}")
    assert studio.runs() == {"failed": 1}
    assert studio.takes() == {"given_back": 1}


async def test_a_bug_shows_only_a_reference(studio: Studio, caplog: pytest.LogCaptureFixture) -> None:
    async def broken(*_: Any) -> None:
        raise RuntimeError("secret inside")

    studio.world.app.bot.services.submission.submit = broken  # type: ignore[method-assign, assignment]
    result = await studio.imagine()

    assert studio.refused() == ["RuntimeError"]
    content = shown(result).content
    assert content.startswith("Something went wrong on my side (ref ")
    assert "secret" not in content
    assert content.split("ref ")[1][:4] in caplog.text
