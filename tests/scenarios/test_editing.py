"""Editing as members do it: by command, by the button under a result, and by right-clicking any message."""

import io
from pathlib import Path
from typing import Any

import discord
import pytest
from PIL import Image
from simcord.results import InteractionResult

from tests.scenarios.studio import Studio, a_picture, open_studio, shown

WIDE = (600, 400)


async def a_result(studio: Studio, **options: Any) -> InteractionResult:
    result = await studio.imagine(**options)
    await studio.finished(result)
    return result


def link_to(studio: Studio, message: object) -> str:
    identifier = shown(message).id if isinstance(message, InteractionResult) else message.id  # type: ignore[attr-defined]
    return f"https://discord.com/channels/{studio.server.id}/{studio.channel.id}/{identifier}"


def lineage(studio: Studio) -> list[tuple[int | None, bool]]:
    """Per edit: the message it was made from, and whether the image is known as the bot's own."""
    rows = studio._rows(
        "SELECT parent_message_id, parent_run_id FROM requests WHERE kind = 'edit' ORDER BY created_at_ms"
    )
    return [(message, run is not None) for message, run in rows]


async def test_edit_with_a_picture(studio: Studio) -> None:
    result = await studio.edit("make it night", image1=("beach.png", a_picture(size=WIDE)))
    picture = await studio.finished(result)

    assert picture.description == "Edit: make it night"
    assert "Landscape 3:2" in shown(result).content
    assert "Used beach.png" in shown(result).content
    assert studio.takes() == {"spent": 1}


async def test_edit_keeps_the_shape_unless_another_is_chosen(studio: Studio) -> None:
    result = await studio.edit("make it night", image1=("beach.png", a_picture(size=WIDE)), aspect="2:3")
    picture = await studio.finished(result)
    assert Image.open(io.BytesIO(studio.world.cdn.read(picture.url))).size == (1024, 1536)


async def test_edit_without_a_picture_takes_the_members_newest_one_here_and_says_which(studio: Studio) -> None:
    await a_result(studio, prompt="an older picture")
    newest = await a_result(studio, prompt="a newer picture", aspect="3:2")
    await a_result(studio, prompt="somebody else's", member=studio.bob)

    result = await studio.edit("make it night")
    assert f"edited from [this picture]({link_to(studio, newest)})" in shown(result).content
    await studio.finished(result)
    assert f"edited from [this picture]({link_to(studio, newest)})" in shown(result).content
    assert "Used" not in shown(result).content
    assert "Landscape 3:2" in shown(result).content
    assert studio.world.emulator.runs[-1].image_urls[0].endswith("/newer-picture.png")
    assert lineage(studio) == [(shown(newest).id, True)]


async def test_edit_with_nothing_to_edit_says_what_to_do(studio: Studio) -> None:
    result = await studio.edit("make it night")
    assert studio.refused() == ["NothingToEdit"]
    assert "Attach one as `image1`" in shown(result).content
    assert studio.stored_nothing()


async def test_a_deleted_picture_is_edited_from_the_kept_bytes(studio: Studio) -> None:
    newest = await a_result(studio)
    studio.world.env.backend.delete_message(studio.channel.id, shown(newest).id)
    result = await studio.edit("make it night")
    await studio.finished(result)
    assert len(studio.world.emulator.runs[-1].image_urls) == 1


async def test_a_private_picture_is_edited_privately(studio: Studio) -> None:
    await a_result(studio, private=True)
    result = await studio.edit("make it night")
    await studio.finished(result)

    assert shown(result).ephemeral
    assert "edited from your private picture" in shown(result).content
    assert studio.channel.history(viewer=studio.bob) == []


# The button under a result


async def test_the_edit_button_opens_a_form_and_the_form_makes_the_edit(studio: Studio) -> None:
    original = await a_result(studio, aspect="3:2")
    form = await studio.bob.click(shown(original).message, label="Edit")
    assert form.modal is not None
    assert form.modal["title"] == "Edit this picture"

    result = await studio.bob.submit_modal(form, {"instruction": "make it night", "aspect": "same"})
    await studio.finished(result)
    assert f"<@{studio.bob.id}>" in shown(result).content
    assert f"edited from [this picture]({link_to(studio, original)})" in shown(result).content
    assert lineage(studio) == [(shown(original).id, True)]
    assert studio.world.emulator.runs[-1].prompt == "make it night"


async def test_more_references_can_be_uploaded_in_the_form(studio: Studio) -> None:
    original = await a_result(studio)
    form = await studio.alice.click(shown(original).message, label="Edit")
    values = {
        "instruction": "put the hat on the fox",
        "aspect": "2:3",
        "references": [("hat.png", a_picture(colour="black")), ("scarf.jpg", a_picture("JPEG", colour="red"))],
    }
    result = await studio.alice.submit_modal(form, values)
    await studio.finished(result)
    assert "Used red-fox-in-the-snow.png, hat.png, scarf.jpg" in shown(result).content
    assert "Portrait 2:3" in shown(result).content


@pytest.mark.parametrize("when", ["before the click", "before the submit"])
async def test_the_form_works_after_a_restart(studio: Studio, when: str) -> None:
    original = await a_result(studio)
    if when == "before the click":
        await studio.world.restart()
    form = await studio.alice.click(shown(original).message, label="Edit")
    if when == "before the submit":
        await studio.world.restart()
    result = await studio.alice.submit_modal(form, {"instruction": "make it night", "aspect": "same"})
    await studio.finished(result)
    assert lineage(studio) == [(shown(original).id, True)]


async def test_the_button_under_a_private_result_edits_privately(studio: Studio) -> None:
    original = await a_result(studio, private=True)
    form = await studio.alice.click(shown(original), label="Edit")
    result = await studio.alice.submit_modal(form, {"instruction": "make it night", "aspect": "same"})
    await studio.finished(result)
    assert shown(result).ephemeral
    assert studio.channel.history(viewer=studio.bob) == []


async def test_an_edit_of_an_edit_knows_its_own_parent(studio: Studio) -> None:
    first = await a_result(studio)
    second = await studio.edit("make it night")
    await studio.finished(second)
    third = await studio.edit("add a moon")
    await studio.finished(third)
    assert lineage(studio) == [(shown(first).id, True), (shown(second).id, True)]


# The message command


async def edit_message(studio: Studio, message: discord.Message, **values: object) -> InteractionResult:
    form = await studio.alice.context_menu(studio.channel, "Edit image", message)
    assert form.modal is not None
    return await studio.alice.submit_modal(form, {"instruction": "make it night", "aspect": "same", **values})


async def test_any_members_picture_can_be_edited_by_right_click(studio: Studio) -> None:
    photo = await studio.bob.send(studio.channel, "look!", attachments=[("photo.jpg", a_picture("JPEG", WIDE))])
    result = await edit_message(studio, photo)
    await studio.finished(result)

    assert f"edited from [this picture]({link_to(studio, photo)})" in shown(result).content
    assert lineage(studio) == [(photo.id, False)]
    assert "Landscape 3:2" in shown(result).content


async def test_several_pictures_are_used_up_to_five_with_a_receipt(studio: Studio) -> None:
    colours = ("red", "green", "blue", "gold", "teal", "pink")
    files = [(f"{colour}.png", a_picture(colour=colour)) for colour in colours]
    album = await studio.bob.send(studio.channel, "an album", attachments=files)
    form = await studio.alice.context_menu(studio.channel, "Edit image", album)
    assert form.modal is not None
    assert form.modal["title"] == "Edit these 6 pictures"

    result = await studio.alice.submit_modal(form, {"instruction": "a collage", "aspect": "1:1"})
    await studio.finished(result)
    content = shown(result).content
    assert "Used 5 of 6: red.png, green.png, blue.png, gold.png, teal.png" in content
    assert "left out: pink.png (5 are the most)" in content
    assert len(studio.world.emulator.runs[-1].image_urls) == 5


async def test_the_same_picture_twice_is_sent_once(studio: Studio) -> None:
    twice = [("a.png", a_picture()), ("b.png", a_picture()), ("c.png", a_picture(colour="blue"))]
    message = await studio.bob.send(studio.channel, "", attachments=twice)
    result = await edit_message(studio, message)
    await studio.finished(result)
    assert "Used 2 of 3: a.png, c.png" in shown(result).content
    assert "left out: b.png (the same as another)" in shown(result).content


async def test_a_forwarded_picture_can_be_edited(studio: Studio) -> None:
    photo = await studio.bob.send(studio.channel, "look!", attachments=[("photo.png", a_picture())])
    other = studio.server.create_text_channel("other")
    forwarded = await studio.bob.forward(photo, other)
    form = await studio.alice.context_menu(other, "Edit image", forwarded)
    result = await studio.alice.submit_modal(form, {"instruction": "make it night", "aspect": "same"})
    await studio.finished(result)
    assert len(studio.world.emulator.runs[-1].image_urls) == 1


async def test_a_message_without_a_picture_is_refused_at_once(studio: Studio) -> None:
    words = await studio.bob.send(studio.channel, "only words")
    result = await studio.alice.context_menu(studio.channel, "Edit image", words)
    assert studio.refused() == ["NoPictureThere"]
    assert shown(result).ephemeral
    assert "There is no picture in that message" in shown(result).content


async def test_a_video_is_refused_with_the_reason(studio: Studio) -> None:
    clip = await studio.bob.send(studio.channel, "", attachments=[("clip.mp4", b"not really a video")])
    result = await studio.alice.context_menu(studio.channel, "Edit image", clip)
    assert studio.refused() == ["OnlyVideosThere"]
    assert "not videos" in shown(result).content


async def test_a_message_deleted_between_right_click_and_submit(studio: Studio) -> None:
    photo = await studio.bob.send(studio.channel, "", attachments=[("photo.png", a_picture())])
    form = await studio.alice.context_menu(studio.channel, "Edit image", photo)
    studio.world.cdn.missing.add("photo.png")
    await studio.bob.delete(photo)
    result = await studio.alice.submit_modal(form, {"instruction": "make it night", "aspect": "same"})
    assert shown(result).ephemeral
    assert "Discord no longer has photo.png" in shown(result).content
    assert studio.stored_nothing()


async def test_one_form_makes_one_request_however_often_it_is_sent(studio: Studio) -> None:
    original = await a_result(studio)
    form = await studio.alice.click(shown(original).message, label="Edit")
    values = {"instruction": "make it night", "aspect": "same"}
    first = await studio.submit_again(form, values)
    second = await studio.submit_again(form, values)
    await studio.finished(first)
    assert "already being made" in shown(second).content
    assert studio.takes() == {"spent": 2}


async def test_a_form_of_somebody_else_is_no_use(studio: Studio) -> None:
    original = await a_result(studio)
    form = await studio.alice.click(shown(original).message, label="Edit")
    result = await studio.submit_again(form, {"instruction": "mine now", "aspect": "same"}, member=studio.bob)
    assert "This form is too old" in shown(result).content
    assert studio.takes() == {"spent": 1}


async def test_quota_used_up_is_said_before_the_form_is_filled_in(tmp_path: Path) -> None:
    async with open_studio(tmp_path, quota={"member": [{"images": 1, "per": "1h"}]}) as studio:
        original = await a_result(studio)
        result = await studio.alice.click(shown(original).message, label="Edit")
        assert result.modal is None
        assert "You have made 1 of 1 picture" in shown(result).content


async def test_an_instruction_of_emoji_alone_is_an_instruction(studio: Studio) -> None:
    result = await studio.edit("🌙✨", image1=("beach.png", a_picture()))
    picture = await studio.finished(result)
    assert picture.filename == "picture.png"
    assert studio.world.emulator.runs[-1].prompt == "🌙✨"


async def test_a_picture_on_a_foreign_host_is_refused_with_the_reason(studio: Studio) -> None:
    message = await studio.embed("https://pictures.example/cat.png")
    form = await studio.alice.context_menu(studio.channel, "Edit image", message)
    result = await studio.alice.submit_modal(form, {"instruction": "make it night", "aspect": "same"})
    assert "not stored on Discord" in shown(result).content
    assert studio.stored_nothing()
