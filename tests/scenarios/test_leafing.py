"""Leafing through `/history`: pages of small pictures, opening one, searching, and what moderators see."""

import asyncio
import gc
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import discord
import pytest
from PIL import Image
from simcord.actors import MemberActor

from bot.preview.emulator import Fault, Place
from tests.scenarios.panels import a_moderator, a_result, an_edit, labels, no_moderator_any_more, press, words_of
from tests.scenarios.studio import Studio, open_studio, shown

PER_PAGE = 6


@pytest.fixture
async def roomy(tmp_path: Path) -> AsyncIterator[Studio]:
    """Where members may make more than one page of pictures."""
    async with open_studio(tmp_path, quota={"member": []}) as opened:
        yield opened


async def history(studio: Studio, **options: Any) -> Any:
    member: MemberActor = options.pop("member", studio.alice)
    channel = options.pop("channel", studio.channel)
    return shown(await member.slash(channel, "history", **options)).message


async def lines(studio: Studio, **options: Any) -> list[str]:
    return [line for line in (await history(studio, **options)).content.splitlines() if line[:1].isdigit()]


def sheet_of(studio: Studio, message: Any) -> Image.Image | None:
    if not message.attachments:
        return None
    (sheet,) = message.attachments
    return Image.open(io.BytesIO(studio.world.cdn.read(sheet.url)))


async def many(studio: Studio, count: int) -> None:
    """As many of Alice's, the newest with the highest number."""
    for number in range(1, count + 1):
        await a_result(studio, f"fox number {number}")


# ---- pages ----------------------------------------------------------------------------------------------------------


async def test_pages_of_small_pictures_are_leafed_through_also_after_a_restart(roomy: Studio) -> None:
    await many(roomy, PER_PAGE + 2)
    first = await history(roomy)
    assert first.content.splitlines()[0] == "**Your pictures in this server** · page 1"
    assert labels(first) == ["1", "2", "3", "4", "5", "6", "Newer", "Older"]
    assert "1. fox number 8 · <t:" in first.content
    (sheet,) = first.attachments
    assert (sheet.filename, sheet.content_type) == ("history.webp", "image/webp")
    assert (sheet.description or "").startswith("Small pictures. 1: fox number 8; 2: fox number 7")
    assert sheet_of(roomy, first).size == (998, 672)  # type: ignore[union-attr]

    await roomy.world.restart()
    second = shown(await press(roomy, first, "Older"))
    assert second.ephemeral
    assert second.content.splitlines()[0] == "**Your pictures in this server** · page 2"
    assert labels(second.message) == ["1", "2", "Newer", "Older"]
    assert "2. fox number 1 · <t:" in second.content
    assert len(second.attachments) == 1
    back = shown(await press(roomy, second.message, "Newer"))
    assert back.content == first.content


async def test_what_has_no_picture_is_listed_with_a_word(studio: Studio) -> None:
    await a_result(studio, "a fox")
    studio.world.emulator.faults.set(Place.CREATE, Fault.RESET_AFTER, times=1)
    lost = await studio.imagine("a hare")
    await studio.world.until(lambda: "I lost touch" in shown(lost).content)
    await studio.world.pause()
    await studio.imagine("a wolf")
    mine = await history(studio)
    assert [line.split(" · ")[0] for line in mine.content.splitlines()[1:]] == ["1. a wolf", "2. a hare", "3. a fox"]
    assert [button.disabled for button in mine.components[0].children] == [True, True, False]
    assert sheet_of(studio, mine) is not None


async def test_where_no_picture_is_here_any_more_links_are_left(studio: Studio) -> None:
    message = await a_result(studio, "a fox")
    for file in studio.world.config.storage.files.glob("??/*"):
        file.unlink()
    mine = await history(studio)
    assert not mine.attachments
    assert f"[picture](<{message.jump_url}>)" in mine.content
    opened = shown(await press(studio, mine, "1"))
    assert "I keep no copy of it any more" in opened.content
    assert labels(opened.message) == ["Edit", "Again", "Variations", "Aspect", "More"]


# ---- opening --------------------------------------------------------------------------------------------------------


async def test_an_opened_picture_has_its_buttons_again(studio: Studio) -> None:
    message = await a_result(studio, "a fox", aspect="3:2")
    await studio.world.restart()
    opened = shown(await press(studio, await history(studio), "1"))
    assert opened.ephemeral
    assert "**A fox**" in opened.content
    assert f"[picture](<{message.jump_url}>)" in opened.content
    assert (opened.attachments[0].filename, opened.attachments[0].description) == ("fox.png", "a fox")
    assert labels(opened.message) == ["Edit", "Again", "Variations", "Aspect", "More"]
    edited = await an_edit(studio, opened.message, "make it night")
    assert f"edited from [this picture]({message.jump_url})" in edited.content
    assert edited.id in {one.id for one in studio.channel.history(viewer=studio.bob)}


async def test_an_opened_private_picture_can_be_discarded(studio: Studio) -> None:
    await a_result(studio, "a fox", private=True)
    opened = shown(await press(studio, await history(studio), "1"))
    assert labels(opened.message)[-2:] == ["Post to channel", "Discard"]
    await press(studio, opened.message, "Discard")
    (line,) = await lines(studio)
    assert "· deleted · 1 of your quota" in line


async def test_of_several_each_is_listed_and_opened(studio: Studio) -> None:
    await a_result(studio, "a fox", count=2)
    mine = await history(studio)
    assert [line.split(" · ")[1] for line in mine.content.splitlines()[1:]] == ["one of 2", "one of 2"]
    opened = shown(await press(studio, mine, "2"))
    assert "one of 2" in opened.content
    assert opened.attachments[0].description == "one of 2: a fox"


async def test_many_presses_leave_nothing_behind(studio: Studio) -> None:
    await a_result(studio, "a fox")
    studio.world.emulator.faults.set(Place.CREATE, Fault.RESET_AFTER, times=1)
    lost = await studio.imagine("a hare", member=studio.bob)
    await studio.world.until(lambda: "I lost touch" in shown(lost).content)
    store = studio.world.env.bot._connection._view_store
    before, views, tasks = len(store._views), views_in_memory(), len(asyncio.all_tasks())
    for _ in range(20):
        await press(studio, await history(studio), "1")
        await history(studio, member=studio.bob)  # without any picture it is answered at once
    assert (len(store._views), len(store._synced_message_views)) == (before, 0)
    assert views_in_memory() <= views + 2
    assert len(asyncio.all_tasks()) <= tasks + 2


def views_in_memory() -> int:
    gc.collect()
    return sum(isinstance(thing, discord.ui.View) for thing in gc.get_objects())


# ---- searching ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("search", ["fox", "FÜCHSE fox", "füchse"])
async def test_words_of_a_prompt_find_it(studio: Studio, search: str) -> None:
    await a_result(studio, "Zwei Füchse (fox)")
    await a_result(studio, "a hare")
    (line,) = await lines(studio, search=search)
    assert line.startswith("1. Zwei Füchse (fox)".replace("(", "\\(").replace(")", "\\)"))


@pytest.mark.parametrize("search", ["%", "_", "\\", "' OR 1=1 --", "🦊" * 30, "**bold** @everyone <@1>", "\u202e\x00"])
async def test_garbage_finds_nothing_and_does_no_harm(studio: Studio, search: str) -> None:
    await a_result(studio, "a fox")
    found = await history(studio, search=search)
    assert "@everyone" not in found.content.replace("\\@everyone", "")
    assert len([line for line in found.content.splitlines() if line.startswith("1. ")]) == (search == "\u202e\x00")


async def test_a_search_goes_on_from_page_to_page_and_fits_into_its_buttons(roomy: Studio) -> None:
    await many(roomy, PER_PAGE + 1)
    await a_result(roomy, "a hare")
    first = await history(roomy, search="fox number")
    second = shown(await press(roomy, first, "Older"))
    assert "1. fox number 1 · " in second.content
    assert "with “fox number”" in second.content
    longest = await history(roomy, search="🦊" * 60)
    assert all(len(custom_id) <= 100 for custom_id in ids_of(first) + ids_of(longest))


def ids_of(message: Any) -> list[str]:
    return [button.custom_id for row in message.components for button in row.children]


# ---- moderators -----------------------------------------------------------------------------------------------------


async def test_a_moderator_sees_what_everybody_asked_for_in_public(studio: Studio) -> None:
    message = await a_result(studio, "a fox")
    await a_result(studio, "a secret hare", private=True)
    await a_result(studio, "a wolf", member=studio.bob)
    mo = a_moderator(studio)
    everybodys = await history(studio, whose="server", member=mo)
    assert everybodys.content.splitlines()[0] == "**This server's pictures**"
    assert f"1. <@{studio.bob.id}> · a wolf · <t:" in everybodys.content
    assert f"2. <@{studio.alice.id}> · a fox · <t:" in everybodys.content
    assert "secret" not in everybodys.content
    opened = shown(await press(studio, everybodys, "2", member=mo))
    assert f"[picture](<{message.jump_url}>)" in opened.content


async def test_who_is_no_moderator_sees_only_their_own(studio: Studio) -> None:
    await a_result(studio, "a fox")
    refused = await history(studio, whose="server", member=studio.bob)
    assert refused.content.startswith("Only moderators (Manage Messages) see what everybody in this server asked for.")
    assert studio.refused() == ["NotModerator"]


async def test_who_loses_the_right_between_two_pages_sees_no_more(roomy: Studio) -> None:
    await many(roomy, PER_PAGE + 1)
    mo = a_moderator(roomy)
    everybodys = await history(roomy, whose="server", member=mo)
    no_moderator_any_more(roomy, mo)
    assert "Only moderators" in await words_of(roomy, everybodys, "Older", member=mo)
    opened = await words_of(roomy, everybodys, "1", member=mo)  # public, as it stands in the channel
    assert "**Fox number 7**" in opened


async def test_of_channels_closed_to_a_moderator_nothing_is_told(studio: Studio) -> None:
    mo = a_moderator(studio)
    staff = studio.server.create_text_channel("staff", overwrites={mo: discord.PermissionOverwrite(view_channel=False)})
    await a_result(studio, "a fox", channel=staff)
    await a_result(studio, "a hare")
    (line,) = await lines(studio, whose="server", member=mo)
    assert "a hare" in line
    assert not await lines(studio, whose="server", search="fox", member=mo)


async def test_whose_is_never_what_no_client_offers(studio: Studio) -> None:
    await a_result(studio, "a fox", member=studio.bob)
    crafted = await studio.craft({"whose": "everything"}, name="history")
    assert "You have asked for nothing here yet" in shown(crafted).content
