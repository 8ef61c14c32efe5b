"""What members make of a result: the same again, variations, another aspect, an edit of one picture of several."""

import io
from pathlib import Path
from typing import Any

import discord
import pytest
from PIL import Image
from simcord.backend.models.channel import Overwrite
from simcord.enums import OverwriteType
from simcord.results import InteractionResult

from bot.preview.emulator import Fault, Place
from tests.scenarios.studio import Studio, open_studio, shown
from tests.scenarios.test_several import filled_in, four, labels, rows

PLENTY = {"member": [{"images": 100, "per": "1d"}]}


@pytest.fixture
async def studio(tmp_path: Path) -> Any:
    async with open_studio(tmp_path, quota=PLENTY) as opened:
        yield opened


async def a_result(studio: Studio, prompt: str = "a red fox in the snow", **options: Any) -> InteractionResult:
    result = await studio.imagine(prompt, **options)
    await studio.finished(result)
    return result


async def made(studio: Studio, result: InteractionResult) -> str:
    await studio.world.until(lambda: shown(result).content.startswith("**"))
    content: str = shown(result).content
    return content


def link(studio: Studio, result: InteractionResult) -> str:
    return f"https://discord.com/channels/{studio.server.id}/{studio.channel.id}/{shown(result).id}"


def of_run(studio: Studio, column: str) -> list[Any]:
    return [value for (value,) in studio._rows(f"SELECT {column} FROM requests ORDER BY created_at_ms")]


async def press(
    studio: Studio, member: Any, result: InteractionResult, label: str, *, restart: bool = False
) -> InteractionResult:
    if restart:
        await studio.world.restart()
    message = shown(result) if shown(result).ephemeral else shown(result).message
    pressed: InteractionResult = await member.click(message, label=label)
    return pressed


async def test_a_result_has_words_on_its_buttons(studio: Studio) -> None:
    result = await a_result(studio)
    assert rows(shown(result)) == [["Edit", "Again", "Variations", "Aspect", "More"]]
    private = await a_result(studio, private=True)
    assert rows(shown(private)) == [
        ["Edit", "Again", "Variations", "Aspect", "More"],
        ["Post to channel", "Discard"],
    ]


# Again


@pytest.mark.parametrize("restart", [False, True])
async def test_again_asks_for_the_same_from_the_quota_of_whoever_presses(studio: Studio, restart: bool) -> None:
    result = await a_result(studio, aspect="2:3")
    again = await press(studio, studio.bob, result, "Again", restart=restart)
    assert f"<@{studio.bob.id}> · Portrait 2:3" in await made(studio, again)
    assert [run.prompt for run in studio.world.emulator.runs] == ["a red fox in the snow"] * 2
    assert studio._rows("SELECT member_id FROM takes ORDER BY taken_at_ms") == [(studio.alice.id,), (studio.bob.id,)]


async def test_again_makes_as_many_as_before(studio: Studio) -> None:
    result = await four(studio)
    again = await press(studio, studio.alice, result, "Again")
    await made(studio, again)
    assert len(shown(again).attachments) == 4
    assert studio.takes() == {"spent": 8}


async def test_a_quick_second_click_is_already_being_made(studio: Studio) -> None:
    result = await a_result(studio)
    first = await press(studio, studio.alice, result, "Again")
    second = await press(studio, studio.alice, result, "Again")
    assert shown(second).ephemeral
    assert "already being made" in shown(second).content
    await made(studio, first)
    assert studio.takes() == {"spent": 2}


async def test_somebody_elses_click_on_the_same_button_is_another_wish(studio: Studio) -> None:
    result = await a_result(studio)
    pressed = [await press(studio, member, result, "Again") for member in (studio.alice, studio.bob)]
    for one in pressed:
        await made(studio, one)
    assert studio.takes() == {"spent": 3}


async def test_when_it_is_made_the_same_can_be_asked_for_again(studio: Studio) -> None:
    result = await a_result(studio)
    for _ in range(2):
        await made(studio, await press(studio, studio.alice, result, "Again"))
    assert studio.takes() == {"spent": 3}


async def test_again_uses_references_that_discord_no_longer_has(studio: Studio) -> None:
    clip = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(clip, "GIF")
    result = await a_result(studio, reference1=("clip.gif", clip.getvalue()))
    studio.world.cdn.missing.add("clip.gif")
    await studio.world.advance(3 * 3600, step_s=900)
    again = await press(studio, studio.alice, result, "Again")
    assert "Used clip.gif" in await made(studio, again)
    assert [len(run.image_urls) for run in studio.world.emulator.runs] == [1, 1]


# Variations


@pytest.mark.parametrize("restart", [False, True])
async def test_variations_are_two_pictures_made_of_this_one(studio: Studio, restart: bool) -> None:
    result = await a_result(studio, aspect="3:2")
    variations = await press(studio, studio.bob, result, "Variations", restart=restart)
    text = await made(studio, variations)
    assert f"variation of [this picture]({link(studio, result)})" in text
    assert f"<@{studio.bob.id}> · 2 pictures · Landscape 3:2" in text
    assert len(shown(variations).attachments) == 2
    assert shown(variations).attachments[0].description == "1 of 2: Variation: a red fox in the snow"

    _, *runs = studio.world.emulator.runs
    assert [len(run.image_urls) for run in runs] == [1, 1]
    assert all("Keep its subject" in run.prompt and run.prompt.endswith("a red fox in the snow") for run in runs)
    assert of_run(studio, "parent_relation")[1] == "variation"
    assert studio.takes() == {"spent": 3}


async def test_the_picture_in_the_message_is_what_the_service_is_given(studio: Studio) -> None:
    result = await a_result(studio)
    await made(studio, await press(studio, studio.alice, result, "Variations"))
    (url,) = studio.world.emulator.runs[-1].image_urls
    assert url == shown(result).attachments[0].url


async def test_variations_of_one_of_several_are_made_of_that_one(studio: Studio) -> None:
    result = await four(studio)
    picked = await press(studio, studio.bob, result, "3")
    variations = await press(studio, studio.bob, picked, "Variations")
    assert not shown(variations).ephemeral
    assert f"variation of [this picture]({link(studio, result)})" in await made(studio, variations)
    (url,) = studio.world.emulator.runs[-1].image_urls
    assert url == shown(result).attachments[2].url


async def test_variations_of_a_private_picture_stay_private(studio: Studio) -> None:
    result = await a_result(studio, private=True)
    variations = await press(studio, studio.alice, result, "Variations")
    assert "variation of your private picture" in await made(studio, variations)
    assert shown(variations).ephemeral
    assert studio.channel.history(viewer=studio.bob) == []


@pytest.mark.parametrize("action", ["vary", "aspect", "edit", "pick"])
async def test_nobody_else_can_do_anything_with_a_private_picture(studio: Studio, action: str) -> None:
    await a_result(studio, private=True)
    ((run,),) = studio._rows("SELECT id FROM runs")
    own = await a_result(studio, member=studio.bob)
    message = shown(own).message
    crafted = [
        {"type": 1, "components": [{"type": 2, "style": 2, "label": "x", "custom_id": f"v1:image:{action}:{run}"}]}
    ]
    studio.world.env.backend.messages[studio.channel.id][message.id].components = crafted
    result = await studio.bob.click(message, custom_id=f"v1:image:{action}:{run}")
    assert "somebody else's private" in shown(result).content
    assert studio.takes() == {"spent": 2}


async def test_a_picture_whose_message_is_gone_is_varied_from_the_kept_bytes(studio: Studio) -> None:
    result = await four(studio)
    picked = await press(studio, studio.alice, result, "2")
    studio.world.env.backend.delete_message(studio.channel.id, shown(result).id)
    variations = await press(studio, studio.alice, picked, "Variations")
    await made(studio, variations)
    assert len(studio.world.emulator.runs[-1].image_urls) == 1
    assert len(shown(variations).attachments) == 2


@pytest.mark.parametrize("label", ["Edit", "Variations"])
async def test_a_picture_that_is_gone_everywhere_is_refused_and_costs_nothing(studio: Studio, label: str) -> None:
    result = await four(studio)
    picked = await press(studio, studio.alice, result, "2")
    studio.world.env.backend.delete_message(studio.channel.id, shown(result).id)
    for file in (studio.world.config.storage.path.parent / "files").rglob("*"):
        if file.is_file():
            file.unlink()
    refused = await press(studio, studio.alice, picked, label)
    assert "That picture is gone" in shown(refused).content
    assert studio.takes() == {"spent": 4}


async def test_a_picture_whose_address_is_dead_is_varied_from_the_kept_bytes(studio: Studio) -> None:
    result = await a_result(studio)
    (dead,) = shown(result).attachments
    kept = studio.world.cdn.read(dead.url)
    studio.world.cdn.missing.add(dead.filename)
    variations = await press(studio, studio.alice, result, "Variations")
    await studio.world.until(lambda: len(studio.world.emulator.runs) == 3)
    assert len(shown(variations).attachments) == 1  # the copy that the service is given
    for run in studio.world.emulator.runs[1:]:
        (url,) = run.image_urls
        assert url != dead.url
        assert studio.world.cdn.read(url) == kept


async def test_a_quick_second_click_on_variations_is_already_being_made(studio: Studio) -> None:
    result = await a_result(studio)
    first = await press(studio, studio.alice, result, "Variations")
    second = await press(studio, studio.alice, result, "Variations")
    assert "already being made" in shown(second).content
    await made(studio, first)
    assert studio.takes() == {"spent": 3}


async def test_variations_with_quota_for_one_are_refused(tmp_path: Path) -> None:
    async with open_studio(tmp_path, quota={"member": [{"images": 2, "per": "1h"}]}) as studio:
        result = await a_result(studio)
        refused = await press(studio, studio.alice, result, "Variations")
        said = shown(refused).content
        assert said.startswith("You have 1 picture left just now, and this makes 2. Try again <t:")
        assert said.endswith(":R>, or make fewer with Edit or `/imagine`.")
        assert len(studio.world.emulator.runs) == 1


async def test_variations_can_be_varied_and_made_again(studio: Studio) -> None:
    result = await a_result(studio)
    variations = await press(studio, studio.alice, result, "Variations")
    await made(studio, variations)
    again = await press(studio, studio.bob, variations, "Again")
    assert f"variation of [this picture]({link(studio, result)})" in await made(studio, again)
    assert len(shown(again).attachments) == 2
    prompts = [run.prompt for run in studio.world.emulator.runs[1:]]
    assert len(set(prompts)) == 1


# Aspect


@pytest.mark.parametrize("restart", [False, True])
async def test_a_picture_is_made_again_in_another_aspect(studio: Studio, restart: bool) -> None:
    result = await a_result(studio, aspect="3:2")
    menu = await press(studio, studio.bob, result, "Aspect")
    assert shown(menu).ephemeral
    (select,) = [child for row in shown(menu).components for child in row["components"]]
    assert [option["label"] for option in select["options"]] == ["Square 1:1", "Portrait 2:3"]
    if restart:
        await studio.world.restart()

    remade = await studio.bob.select(shown(menu), ["2:3"])
    text = await made(studio, remade)
    assert not shown(remade).ephemeral
    assert f"remade from [this picture]({link(studio, result)})" in text
    assert "Portrait 2:3" in text
    assert len(shown(remade).attachments) == 1
    assert "in this shape" in studio.world.emulator.runs[-1].prompt
    assert of_run(studio, "parent_relation")[1] == "remake"


async def test_the_same_choice_twice_is_made_once(studio: Studio) -> None:
    result = await a_result(studio)
    menu = await press(studio, studio.alice, result, "Aspect")
    first = await studio.alice.select(shown(menu), ["2:3"])
    second = await studio.alice.select(shown(menu), ["2:3"])
    assert "already being made" in shown(second).content
    await made(studio, first)
    assert studio.takes() == {"spent": 2}


async def test_a_private_picture_is_remade_in_private(studio: Studio) -> None:
    result = await a_result(studio, private=True)
    menu = await press(studio, studio.alice, result, "Aspect")
    remade = await studio.alice.select(shown(menu), ["3:2"])
    assert "remade from your private picture" in await made(studio, remade)
    assert shown(remade).ephemeral


# One of several


@pytest.mark.parametrize("restart", [False, True])
async def test_a_number_shows_that_picture_to_whoever_presses_it(studio: Studio, restart: bool) -> None:
    result = await four(studio)
    picked = await press(studio, studio.bob, result, "2", restart=restart)
    assert shown(picked).ephemeral
    assert shown(picked).content == "**Picture 2 of 4**"
    assert labels(shown(picked)) == ["Edit", "Variations", "Aspect", "More"]
    (small,) = shown(picked).attachments
    assert (small.filename, small.description) == ("red-fox-in-the-snow-2.webp", "2 of 4: a red fox in the snow")
    assert small.size <= 150_000 < shown(result).attachments[1].size
    assert studio.takes() == {"spent": 4}


async def test_without_kept_bytes_a_number_still_leads_to_its_buttons(studio: Studio) -> None:
    result = await four(studio)
    for file in (studio.world.config.storage.path.parent / "files").rglob("*"):
        if file.is_file():
            file.unlink()
    picked = await press(studio, studio.bob, result, "2")
    assert shown(picked).attachments == []
    assert labels(shown(picked)) == ["Edit", "Variations", "Aspect", "More"]


@pytest.mark.parametrize("restart", [False, True])
async def test_an_edit_of_one_of_several_starts_from_that_one_alone(studio: Studio, restart: bool) -> None:
    result = await four(studio)
    picked = await press(studio, studio.bob, result, "4")
    form = await press(studio, studio.bob, picked, "Edit", restart=restart)
    assert form.modal is not None
    assert form.modal["title"] == "Edit this picture"
    edited = await studio.bob.submit_modal(form, {"instruction": "make it night", "aspect": "same"})
    assert not shown(edited).ephemeral
    assert f"edited from [this picture]({link(studio, result)})" in await made(studio, edited)
    (url,) = studio.world.emulator.runs[-1].image_urls
    assert url == shown(result).attachments[3].url


async def test_the_message_command_on_several_pictures_still_means_all_of_them(studio: Studio) -> None:
    result = await four(studio)
    form = await studio.alice.context_menu(studio.channel, "Edit image", shown(result).message)
    assert form.modal is not None
    assert form.modal["title"] == "Edit these 4 pictures"
    edited = await studio.alice.submit_modal(form, {"instruction": "a collage", "aspect": "same"})
    await made(studio, edited)
    assert len(studio.world.emulator.runs[-1].image_urls) == 4


async def test_an_edit_of_one_of_several_private_pictures_is_private(studio: Studio) -> None:
    result = await four(studio, private=True)
    picked = await press(studio, studio.alice, result, "1")
    form = await press(studio, studio.alice, picked, "Edit")
    edited = await studio.alice.submit_modal(form, {"instruction": "make it night", "aspect": "same"})
    assert "edited from your private picture" in await made(studio, edited)
    assert shown(edited).ephemeral


# Where it cannot be answered


async def test_where_discord_lets_nobody_answer_nothing_is_charged(studio: Studio) -> None:
    """A member who is timed out, an archived thread: Discord refuses the answer."""
    result = await a_result(studio)
    studio.world.env.inject_error("POST", "/interactions/*", status=403, code=50013)
    await press(studio, studio.bob, result, "Variations")
    assert studio.refused() == []
    await studio.world.advance(5)
    assert studio.takes() == {"spent": 1, "given_back": 2}
    assert len(studio.world.emulator.runs) == 1


async def test_where_the_bot_may_not_post_any_more_the_press_is_refused(studio: Studio) -> None:
    easel = studio.world.env.bot.user
    assert easel is not None
    result = await a_result(studio)
    deny = discord.Permissions(attach_files=True).value
    lost = Overwrite(target_id=easel.id, type=OverwriteType.MEMBER, allow=0, deny=deny)
    studio.world.env.backend.set_overwrite(studio.channel.id, lost)
    refused = await press(studio, studio.alice, result, "Variations")
    assert "I may not attach files" in shown(refused).content
    assert studio.takes() == {"spent": 1}


async def test_a_button_on_a_message_that_was_deleted_meanwhile(studio: Studio) -> None:
    result = await a_result(studio)
    message = shown(result).message
    again = await studio.alice.click(message, label="Again")
    studio.world.env.backend.delete_message(studio.channel.id, shown(result).id)
    assert "A red fox" in await made(studio, again)


async def test_a_run_that_fails_among_variations_loses_no_other(studio: Studio) -> None:
    result = await a_result(studio)
    studio.world.emulator.faults.set(Place.CREATE, Fault.RESET_AFTER, times=1)
    variations = await press(studio, studio.alice, result, "Variations")
    await filled_in(studio, variations, 1)
    text = await made(studio, variations)
    assert "1 of 2 is uncertain: I lost touch with the image service while sending it" in text
    assert rows(shown(variations)) == [["Edit", "Again", "Variations", "Aspect", "More"]]
