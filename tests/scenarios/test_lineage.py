"""Lineage: the chain of pictures as a strip with links, and the way back to what a picture was made of."""

import io
import sqlite3
from contextlib import closing
from typing import Any

import discord
from PIL import Image

from tests.scenarios.panels import a_result, an_edit, copies_had_their_time, labels, press, words_of
from tests.scenarios.studio import Studio, a_picture, shown


async def lineage(studio: Studio, message: Any, **options: Any) -> Any:
    return shown(await press(studio, message, "More", "Lineage", **options))


def lines(panel: Any) -> list[str]:
    content: str = panel.content
    return content.splitlines()[1:]


async def a_line(studio: Studio) -> list[Any]:
    """Three messages: a picture, its edit, and an edit of that."""
    first = await a_result(studio, "a red fox")
    second = await an_edit(studio, first, "make it night")
    return [first, second, await an_edit(studio, second, "add a hat", member=studio.bob)]


async def test_the_chain_is_a_strip_of_pictures_with_links(studio: Studio) -> None:
    first, second, third = await a_line(studio)
    await studio.world.restart()
    panel = await lineage(studio, second)
    assert panel.ephemeral
    assert lines(panel) == [
        f"1. a red fox · from words · [picture](<{first.jump_url}>)",
        f"2. **this picture** · make it night · edit · [picture](<{second.jump_url}>)",
        "-# made of it",
        f"3. add a hat · edit · [picture](<{third.jump_url}>)",
    ]
    (strip,) = panel.attachments
    assert strip.description == "Lineage: 1 a red fox; 2 make it night; 3 add a hat"
    with Image.open(io.BytesIO(studio.world.cdn.read(strip.url))) as sheet:
        assert sheet.width > 2 * sheet.height
    assert labels(panel.message) == ["Back"]


async def test_the_first_picture_has_no_way_back(studio: Studio) -> None:
    first, *_ = await a_line(studio)
    panel = await lineage(studio, first)
    assert len(lines(panel)) == 3
    assert labels(panel.message) == []


async def test_variations_and_remakes_are_called_what_they_are(studio: Studio) -> None:
    first = await a_result(studio, "a red fox")
    varied = await studio.bob.click(first, label="Variations")
    await studio.finished(varied)
    await studio.world.until(lambda: studio.runs() == {"delivered": 3})
    panel = await lineage(studio, first)
    assert [line.split(" · ")[1] for line in lines(panel) if line[0] in "23"] == ["variation", "variation"]


async def test_deleted_pictures_and_messages_are_said_and_the_chain_goes_on(studio: Studio) -> None:
    first, second, third = await a_line(studio)
    await press(studio, first, "More", "Delete")
    await second.delete()
    panel = await lineage(studio, third)
    assert lines(panel)[:2] == ["1. a red fox · from words · deleted", "2. make it night · edit · deleted"]
    assert lines(panel)[2].startswith("3. **this picture** · add a hat · edit · [picture]")


async def test_of_pictures_in_channels_closed_to_the_viewer_nothing_is_told(studio: Studio) -> None:
    staff = studio.server.create_text_channel(
        "staff", overwrites={studio.bob: discord.PermissionOverwrite(view_channel=False)}
    )
    first = await a_result(studio, "a staff secret", channel=staff)
    url = first.attachments[0].url
    result = await studio.edit("in the open", image1=("fox.png", studio.world.cdn.read(url)))
    await studio.finished(result)
    open_one = shown(result).message
    run_of = studio._rows("SELECT id FROM runs ORDER BY queued_at_ms")
    _link(studio, child=run_of[1][0], parent=run_of[0][0], channel=staff.id, message=first.id)
    panel = await lineage(studio, open_one, member=studio.bob)
    assert lines(panel)[0] == "1. not shown here"
    assert "secret" not in panel.content
    assert labels(panel.message) == []
    assert "a staff secret" in (await lineage(studio, open_one)).content


def _link(studio: Studio, *, child: str, parent: str, channel: int, message: int) -> None:
    """As if the edit had been made in the other channel's picture."""
    with closing(sqlite3.connect(studio.world.config.storage.path)) as database, database:
        database.execute(
            "UPDATE requests SET parent_run_id = ?, parent_channel_id = ?, parent_message_id = ? WHERE id = ?",
            (parent, channel, message, child.rpartition(".")[0]),
        )


async def test_somebodys_photo_is_named_with_its_message_and_back_leads_to_it(studio: Studio) -> None:
    photo = await studio.bob.send(studio.channel, "look", attachments=[("photo.png", a_picture())])
    form = await studio.alice.context_menu(studio.channel, "Edit image", photo)
    result = await studio.alice.submit_modal(form, {"instruction": "make it night", "aspect": "same"})
    await studio.finished(result)
    panel = await lineage(studio, shown(result).message)
    assert lines(panel)[0] == f"1. a picture that was there before · [picture](<{photo.jump_url}>)"
    back = await studio.alice.click(panel.message, label="Back")
    again = await studio.alice.submit_modal(back, {"instruction": "make it day", "aspect": "same"})
    await studio.finished(again)
    assert photo.jump_url in shown(again).content


# The way back


async def test_back_brings_the_parent_up_for_editing(studio: Studio) -> None:
    _, second, third = await a_line(studio)
    panel = await lineage(studio, third)
    await studio.world.restart()
    form = await studio.alice.click(panel.message, label="Back")
    assert form.modal is not None
    result = await studio.alice.submit_modal(form, {"instruction": "make it day", "aspect": "same"})
    await studio.finished(result)
    assert not shown(result).ephemeral
    assert second.jump_url in shown(result).content
    run = studio.world.emulator.runs[-1]
    assert [url.split("?")[0] for url in run.image_urls] == [second.attachments[0].url.split("?")[0]]
    panel = await lineage(studio, shown(result).message)
    assert [line.split(" · ")[0] for line in lines(panel)] == [
        "1. a red fox",
        "2. make it night",
        "3. **this picture**",
    ]


async def test_back_works_from_the_kept_copy_when_the_message_is_gone(studio: Studio) -> None:
    first, second, _ = await a_line(studio)
    await first.delete()
    panel = await lineage(studio, second)
    form = await studio.alice.click(panel.message, label="Back")
    result = await studio.alice.submit_modal(form, {"instruction": "make it day", "aspect": "same"})
    await studio.finished(result)
    assert len(studio.world.emulator.runs[-1].image_urls) == 1


async def test_back_says_so_when_nothing_is_left_to_go_back_to(studio: Studio) -> None:
    first, second, third = await a_line(studio)
    panel = (await lineage(studio, second)).message
    other = (await lineage(studio, third)).message
    await copies_had_their_time(studio)
    await first.delete()
    gone = await studio.alice.click(panel, label="Back")
    assert "its message was deleted, and I keep no copy of it any more" in shown(gone).content
    await press(studio, second, "More", "Delete")
    deleted = await studio.alice.click(other, label="Back")
    assert shown(deleted).content.startswith("This picture was deleted.")


async def test_back_from_a_private_picture_stays_private(studio: Studio) -> None:
    first = await a_result(studio, "a red fox")
    result = await studio.edit("make it night", private=True)
    await studio.finished(result)
    panel = await lineage(studio, shown(result).message)
    form = await studio.alice.click(panel.message, label="Back")
    again = await studio.alice.submit_modal(form, {"instruction": "make it day", "aspect": "same"})
    await studio.finished(again)
    assert shown(again).ephemeral
    assert [one.id for one in studio.channel.history(viewer=studio.bob)] == [first.id]


async def test_old_pictures_are_fetched_from_their_messages(studio: Studio) -> None:
    _, second, _ = await a_line(studio)
    await copies_had_their_time(studio)
    panel = await lineage(studio, second)
    assert len(panel.attachments) == 1
    assert "deleted" not in await words_of(studio, second, "More", "Lineage")
