"""The painter: exact sizes, the same picture for the same prompt, references that stay recognisable."""

import io
import statistics

import pytest
from PIL import Image, ImageStat

from bot.preview.painter import paint
from bot.preview.painter.caption import UNLETTERABLE, letterable

HOSTILE = {
    "empty": "",
    "control characters and half a surrogate pair": "\x00\x1b\ud800\u202e",
    "emoji": "🦊👩🏽‍🚀" * 40,
    "chinese": "我喜欢一只红色的狐狸在雪地里",
    "arabic": "مرحبا بالعالم",
    "one endless word": "x" * 4000,
    "four thousand characters": "word " * 800,
    "nothing but combining marks": "\u0301" * 500,
    "line breaks": "a\n\n\tb\r\nc",
}


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


def stripes(*colours: str, size: tuple[int, int] = (300, 200), kind: str = "PNG") -> bytes:
    """Vertical stripes: a picture whose coarse look survives cropping and toning."""
    picture = Image.new("RGB", (len(colours), 1))
    for x, colour in enumerate(colours):
        picture.paste(colour, (x, 0, x + 1, 1))
    target = io.BytesIO()
    picture.resize(size, Image.Resampling.NEAREST).save(target, kind)
    return target.getvalue()


def lightness(png: bytes) -> list[float]:
    """Of a coarse grid over the picture, the caption left out."""
    small = opened(png).convert("L").resize((12, 12), Image.Resampling.BOX)
    return [float(small.tobytes()[y * 12 + x]) for y in range(10) for x in range(12)]


@pytest.mark.parametrize("size", [(1024, 1024), (1536, 1024), (1024, 1536), (2688, 1152), (64, 64), (1, 1), (900, 5)])
def test_a_picture_has_exactly_the_size_asked_for(size: tuple[int, int]) -> None:
    picture = Image.open(io.BytesIO(paint("a castle", size)))
    assert (picture.format, picture.size) == ("PNG", size)


def test_the_same_prompt_gives_the_same_bytes() -> None:
    assert paint("a castle", (300, 200)) == paint("a castle", (300, 200))
    references = [stripes("red", "blue"), stripes("white")]
    assert paint("a castle", (300, 200), references) == paint("a castle", (300, 200), references)


def test_different_prompts_give_different_pictures() -> None:
    prompts = ["a castle", "a castle at dusk", "whales", "a red bicycle", "a tram in the city", "pines"]
    assert len({paint(prompt, (120, 80)) for prompt in prompts}) == len(prompts)


def test_the_same_prompt_gives_another_picture_each_time_it_is_asked_for() -> None:
    assert len({paint("a castle", (120, 80), number=number) for number in range(4)}) == 4
    assert paint("a castle", (120, 80), number=0) == paint("a castle", (120, 80))


def test_a_full_picture_stays_below_three_megabytes() -> None:
    noise = Image.effect_noise((1600, 1200), 80).convert("RGB")
    target = io.BytesIO()
    noise.save(target, "JPEG")
    assert len(paint("a pine forest", (1536, 1024))) < 3_000_000
    assert len(paint("sharper", (1536, 1024), [target.getvalue()])) < 3_000_000


@pytest.mark.parametrize("prompt", ["turn it into a watercolor", "at night", "make the sky green"])
def test_the_first_reference_stays_recognisable(prompt: str) -> None:
    reference = stripes("black", "white", "black", "black", "white", "grey", kind="JPEG", size=(600, 400))
    painted = paint(prompt, (600, 400), [reference])
    assert painted != paint(prompt, (600, 400))
    assert statistics.correlation(lightness(painted), lightness(reference)) > 0.95


@pytest.mark.parametrize(("colour", "channel"), [("red", 0), ("lime", 1), ("blue", 2)])
def test_the_first_references_own_colour_prevails(colour: str, channel: int) -> None:
    means = ImageStat.Stat(opened(paint("softer", (300, 200), [stripes(colour)])).crop((0, 0, 300, 140))).mean
    assert means[channel] == max(means)


def test_further_references_are_pinned_onto_the_first() -> None:
    ground = stripes("navy")
    alone = lightness(paint("together", (600, 400), [ground]))
    pinned = lightness(paint("together", (600, 400), [ground, *[stripes("white")] * 4]))
    brighter = [n for n, (one, other) in enumerate(zip(alone, pinned, strict=True)) if other > one + 40]
    assert {n % 12 < 6 for n in brighter} == {True, False}


def test_transparent_rotated_and_grey_references_are_taken() -> None:
    references = []
    for mode, kind in [("RGBA", "PNG"), ("LA", "PNG"), ("P", "PNG"), ("L", "JPEG"), ("RGB", "WEBP")]:
        target = io.BytesIO()
        Image.new(mode, (40, 30)).save(target, kind)
        references.append(target.getvalue())
    assert opened(paint("collage", (300, 200), references)).size == (300, 200)


def test_a_reference_that_is_no_picture_is_an_os_error() -> None:
    with pytest.raises(OSError, match="identify"):
        paint("a castle", (300, 200), [b"not a picture"])


@pytest.mark.parametrize("prompt", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_prompt_is_painted(prompt: str) -> None:
    assert opened(paint(prompt, (300, 200))).size == (300, 200)


@pytest.mark.parametrize(
    ("prompt", "lettered"),
    [
        ("café in Łódź \u2013 “quoted”", "cafe in Lodz - “quoted”"),
        ("a 🦊🦊 in 雪 snow", "a … in … snow"),
        ("我喜欢", UNLETTERABLE),
        ("🎨", UNLETTERABLE),
    ],
)
def test_the_caption_uses_only_letters_the_font_has(prompt: str, lettered: str) -> None:
    assert letterable(prompt) == lettered


def test_the_band_at_the_foot_is_dark_enough_for_white_letters() -> None:
    for prompt in ["a castle", "snow", "desert", "harbour"]:
        foot = opened(paint(prompt, (600, 400))).crop((300, 385, 600, 400))
        assert max(ImageStat.Stat(foot).mean) < 90
