"""`/imagine` as members live it: from words to a picture in the channel."""

import io
from pathlib import Path

import pytest
from PIL import Image
from simcord.actors import MemberActor
from simcord.results import InteractionResult

from bot.preview.emulator import Status
from tests.scenarios.studio import LANDSCAPE, Studio, a_picture, open_studio, shown


async def test_a_prompt_becomes_a_picture_in_the_channel(studio: Studio) -> None:
    result = await studio.imagine("a red fox in the snow, vintage travel poster", aspect=LANDSCAPE)

    assert not result.ephemeral
    assert shown(result).content.startswith("> a red fox in the snow, vintage travel poster\n-# ")

    picture = await studio.finished(result)
    lines = shown(result).content.splitlines()
    assert lines[0] == "**A red fox in the snow, vintage travel poster**"
    assert lines[1].startswith(f"-# <@{studio.alice.id}> · Landscape 3:2 · ")
    assert picture.filename == "red-fox-in-the-snow.png"
    assert picture.description == "a red fox in the snow, vintage travel poster"
    assert Image.open(io.BytesIO(studio.world.cdn.read(picture.url))).size == (1536, 1024)
    assert [message.id for message in studio.channel.history()] == [shown(result).id]
    assert studio.runs() == {"delivered": 1}
    assert studio.takes() == {"spent": 1}
    assert [run.status for run in studio.world.emulator.runs] == [Status.SUCCEEDED]


async def test_the_picture_is_square_unless_asked_otherwise(studio: Studio) -> None:
    result = await studio.imagine()
    picture = await studio.finished(result)

    assert Image.open(io.BytesIO(studio.world.cdn.read(picture.url))).size == (1024, 1024)
    assert "Square 1:1" in shown(result).content


async def test_the_choices_of_aspect_are_those_of_the_model(tmp_path: Path) -> None:
    async with open_studio(tmp_path, runbase={"model": "openai/gpt-image-2"}) as studio:
        result = await studio.imagine(aspect="16:9")
        await studio.finished(result)
        assert "Wide 16:9" in shown(result).content


@pytest.mark.parametrize(("name", "kind"), [("cat.png", "PNG"), ("sofa.jpg", "JPEG"), ("hat.webp", "WEBP")])
async def test_a_reference_goes_to_the_model_as_it_is(studio: Studio, name: str, kind: str) -> None:
    result = await studio.imagine("put it on the moon", reference1=(name, a_picture(kind)))
    picture = await studio.finished(result)

    (run,) = studio.world.emulator.runs
    assert [url.rsplit("/", 1)[1] for url in run.image_urls] == [name]
    assert shown(result).content.endswith(f"-# Used {name.replace('_', '')}")
    assert picture.description == "Edit: put it on the moon"


async def test_five_references_are_all_used(studio: Studio) -> None:
    pictures = {
        f"reference{n}": (f"{n}.png", a_picture(colour=c)) for n, c in enumerate(("red", "blue", "tan"), start=1)
    }
    pictures |= {f"reference{n}": (f"{n}.jpg", a_picture("JPEG", colour=c)) for n, c in ((4, "gold"), (5, "teal"))}
    result = await studio.imagine("a collage", **pictures)
    await studio.finished(result)

    assert "Used 1.png, 2.png, 3.png, 4.jpg, 5.jpg" in shown(result).content
    assert len(studio.world.emulator.runs[0].image_urls) == 5


async def test_a_private_picture_is_for_the_member_alone(studio: Studio) -> None:
    result = await studio.imagine(private=True)
    assert result.ephemeral
    await studio.finished(result)

    assert shown(result).ephemeral
    assert studio.channel.history(viewer=studio.bob) == []
    assert studio.runs() == {"delivered": 1}


async def test_the_waiting_message_tells_how_far_it_is_and_never_that_it_is_done(studio: Studio) -> None:
    result = await studio.imagine()
    seen: list[str] = []

    def is_done() -> bool:
        if shown(result).content not in seen:
            seen.append(shown(result).content)
        return bool(shown(result).attachments)

    await studio.world.until(is_done)
    waiting = [content for content in seen if "Being made" in content]
    assert len(waiting) >= 2
    assert all("usually 12–20 s" in content or "slower than usual" in content for content in waiting)
    assert all("▱" in content for content in waiting)


async def test_it_works_in_a_thread(studio: Studio) -> None:
    starter = await studio.alice.send(studio.channel, "let us talk")
    await starter.create_thread(name="foxes")
    thread = studio.channel.threads[0]
    result = await studio.imagine(channel=thread)
    await studio.finished(result)

    assert shown(result).channel_id == thread.id
    assert studio.runs() == {"delivered": 1}


async def test_pictures_of_many_members_arrive_each_where_it_was_asked(tmp_path: Path) -> None:
    async with open_studio(tmp_path) as studio:
        asked: list[tuple[MemberActor, InteractionResult]] = []
        for member in (studio.alice, studio.bob) * 3:
            asked.append((member, await studio.imagine(f"picture number {len(asked)}", member=member)))
        for member, result in asked:
            await studio.finished(result)
            assert f"<@{member.id}>" in shown(result).content
        names = [shown(result).attachments[0].filename for _, result in asked]
        assert names == [f"picture-number-{number}.png" for number in range(6)]
        assert studio.takes() == {"spent": 6}
        assert not [status for (_, status, _) in studio.world.emulator.counters if status == 429]
