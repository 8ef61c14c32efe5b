"""Where pictures can be found in messages, and what becomes of the files people really have."""

import io
from pathlib import Path
from typing import Any

import discord
import pillow_heif
import pytest
from PIL import Image
from simcord.results import InteractionResult

from tests.scenarios.studio import Studio, a_picture, open_studio, shown
from tests.scenarios.test_mentions import answers, me, the_picture

CDN = "https://cdn.simcord.invalid/attachments"


def saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def a_heic() -> bytes:
    buffer = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (320, 240), "orange")).save(buffer)
    return buffer.getvalue()


def an_animation(kind: str) -> bytes:
    frames = [Image.new("RGB", (320, 240), colour) for colour in ("red", "green", "blue")]
    return saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


def noise(width: int, height: int) -> Image.Image:
    return Image.effect_noise((width, height), 100).convert("RGB")


async def edited(studio: Studio, message: discord.Message) -> InteractionResult:
    form = await studio.alice.context_menu(studio.channel, "Edit image", message)
    assert form.modal is not None, shown(form).content
    result = await studio.alice.submit_modal(form, {"instruction": "make it night", "aspect": "same"})
    await studio.finished(result)
    return result


def uploaded(studio: Studio, name: str = "photo.png", colour: str = "orange") -> str:
    """The address of a picture on Discord that no message has attached."""
    backend = studio.world.env.backend
    return str(
        backend.cdn.store_attachment(backend.snowflake(), studio.channel.id, name, a_picture(colour=colour), None)[
            "url"
        ]
    )


async def laid_out(studio: Studio, components: list[dict[str, Any]]) -> discord.Message:
    """A message of components, as other bots send them."""
    backend = studio.world.env.backend
    robot = studio.server.add_member(studio.world.env.create_user("robot", bot=True))
    stored = backend.create_message(studio.channel.id, robot.id, "", components=components, flags=1 << 15)
    await studio.world.env.settle()
    return next(one for one in studio.channel.history() if one.id == stored.id)


async def test_a_picture_in_an_embed(studio: Studio) -> None:
    await edited(studio, await studio.embed(uploaded(studio)))
    assert len(studio.world.emulator.runs[0].image_urls) == 1


async def test_pictures_in_a_gallery_a_section_and_a_container(studio: Studio) -> None:
    gallery = {
        "type": 12,
        "items": [
            {"media": {"url": uploaded(studio, "a.png", "red")}},
            {"media": {"url": uploaded(studio, "b.png", "tan")}},
        ],
    }
    section = {
        "type": 9,
        "components": [{"type": 10, "content": "a thumbnail"}],
        "accessory": {"type": 11, "media": {"url": uploaded(studio, "c.png", "teal")}},
    }
    message = await laid_out(studio, [gallery, {"type": 17, "components": [section]}])
    result = await edited(studio, message)
    assert "Used a.png, b.png, c.png" in shown(result).content
    assert len(studio.world.emulator.runs[0].image_urls) == 3


async def test_the_bots_own_result_by_right_click(studio: Studio) -> None:
    original = await studio.imagine(aspect="2:3")
    await studio.finished(original)
    result = await edited(studio, shown(original).message)
    assert "Portrait 2:3" in shown(result).content
    assert studio._rows("SELECT parent_run_id FROM requests WHERE kind = 'edit'")[0][0] is not None


async def test_several_pictures_with_a_mention(studio: Studio) -> None:
    files = [("a.png", a_picture(colour="red")), ("b.png", a_picture(colour="blue"))]
    await studio.alice.send(studio.channel, f"{me(studio)} a collage", attachments=files)
    answer = await the_picture(studio)
    assert "Used a.png, b.png" in answer.content


async def test_a_reply_to_an_album_uses_the_first_five(tmp_path: Path) -> None:
    async with open_studio(tmp_path, discord={"message_content": True}) as studio:
        colours = ("red", "green", "blue", "gold", "teal", "pink")
        files = [(f"{colour}.png", a_picture(colour=colour)) for colour in colours]
        album = await studio.bob.send(studio.channel, "an album", attachments=files)
        await studio.alice.send(studio.channel, f"{me(studio)} a collage", reply_to=album)
        answer = await the_picture(studio)
        assert "Used 5 of 6" in answer.content
        assert "left out: pink.png" in answer.content


async def test_an_unreadable_picture_among_others_is_left_out(studio: Studio) -> None:
    files = [("good.png", a_picture()), ("bad.png", a_picture()[:60])]
    message = await studio.bob.send(studio.channel, "", attachments=files)
    result = await edited(studio, message)
    assert "Used 1 of 2: good.png" in shown(result).content
    assert "left out: bad.png (could not be read)" in shown(result).content


FILES: dict[str, tuple[str, bytes, str]] = {
    "a phone's HEIC": ("IMG_2.heic", a_heic(), "(converted)"),
    "an AVIF": ("a.avif", saved(Image.new("RGB", (320, 240)), "AVIF"), "(converted)"),
    "a GIF that moves": ("clip.gif", an_animation("GIF"), "(its first frame)"),
    "a WebP that moves": ("clip.webp", an_animation("WEBP"), "(its first frame)"),
    "a BMP": ("a.bmp", a_picture("BMP"), "(converted)"),
    "a TIFF": ("a.tiff", a_picture("TIFF"), "(converted)"),
    "a CMYK JPEG": ("print.jpg", saved(Image.new("CMYK", (320, 240)), "JPEG"), "(converted)"),
    "16 bits a channel": ("scan.png", saved(Image.new("I;16", (320, 240), 40000), "PNG"), "(converted)"),
    "more than 4 MB": ("huge.png", saved(noise(1900, 1100), "PNG"), "(made smaller)"),
}


@pytest.mark.parametrize("file", FILES.values(), ids=FILES.keys())
async def test_files_people_have_are_made_to_fit(studio: Studio, file: tuple[str, bytes, str]) -> None:
    name, content, change = file
    result = await studio.edit("make it night", image1=(name, content))
    await studio.finished(result)

    shown_name = name.replace("_", "\\_")
    assert f"Used {shown_name} {change}" in shown(result).content
    (run,) = studio.world.emulator.runs
    sent = studio.world.cdn.read(run.image_urls[0])
    with Image.open(io.BytesIO(sent)) as picture:
        assert picture.format in {"PNG", "JPEG"}
        assert len(sent) <= 4_000_000
    assert [one.filename for one in shown(result).attachments] == ["make-it-night.png"]


async def test_a_rotated_photo_is_turned_upright(studio: Studio) -> None:
    photo = Image.new("RGB", (400, 200), "orange")
    exif = Image.Exif()
    exif[0x0112] = 6  # held upright
    result = await studio.edit("make it night", image1=("photo.jpg", saved(photo, "JPEG", exif=exif)))
    await studio.finished(result)
    assert "Portrait 2:3" in shown(result).content
    sent = studio.world.cdn.read(studio.world.emulator.runs[0].image_urls[0])
    assert Image.open(io.BytesIO(sent)).size == (200, 400)


async def test_a_converted_picture_of_a_private_request_stays_private(studio: Studio) -> None:
    result = await studio.edit("make it night", image1=("clip.gif", an_animation("GIF")), private=True)
    assert shown(result).ephemeral
    assert [one.filename for one in shown(result).attachments] == ["clip.png"]
    await studio.finished(result)
    assert studio.channel.history(viewer=studio.bob) == []


BOMB = (
    b"\x89PNG\r\n\x1a\n"
    + bytes.fromhex("0000000d49484452")
    + (30_000).to_bytes(4, "big") * 2
    + bytes.fromhex("0806000000")
)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("bomb.png", BOMB + bytes(100_000), "bomb.png"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is not a picture I can read"),
        ("page.png", b"GIF89a/*" + b"*/=1;alert(1)//" * 20, "page.png"),
        ("film.mp4", b"\x00\x00\x00\x18ftypmp42" + bytes(500), "is not a picture I can read"),
    ],
)
async def test_files_nobody_should_have_are_refused(studio: Studio, name: str, content: bytes, words: str) -> None:
    result = await studio.edit("make it night", image1=(name, content))
    assert shown(result).ephemeral
    assert words in shown(result).content
    assert len(studio.refused()) == 1
    assert studio.stored_nothing()
    assert not answers(studio) or all(one.flags.ephemeral for one in answers(studio))


async def test_about_says_what_the_bot_is_and_keeps(tmp_path: Path) -> None:
    links = {"website": "https://easel.example", "privacy": "https://easel.example/privacy"}
    async with open_studio(tmp_path, about={**links, "report": "https://easel.example/report"}) as studio:
        result = await studio.alice.slash(studio.channel, "about")
        content = shown(result).content
        assert shown(result).ephemeral
        assert "GPT Image 1" in content
        assert "vintage travel poster" in content
        assert "sent to RunBase" in content
        assert all(f"<{url}>" in content for url in (*links.values(), "https://easel.example/report"))
        assert "`/styles`" in content
        assert len(content) <= 2000


async def test_about_says_how_long_what_is_kept(tmp_path: Path) -> None:
    kept = {"keep_images": "6h", "keep_prompts": "2 weeks", "keep_requests": "90d"}
    async with open_studio(tmp_path, storage=kept) as studio:
        content = shown(await studio.alice.slash(studio.channel, "about")).content
        assert "pictures for 6 hours, your words for 2 weeks and the rest of the request for 90 days after" in content
