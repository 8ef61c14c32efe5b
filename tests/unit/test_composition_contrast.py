"""Every size with every template on white, black and noise: letters can be read, and stand where they may."""

import math

import pytest
from PIL import Image

from bot.domain.thumbnails.colours import LEAST_CONTRAST, Colour
from bot.domain.thumbnails.sizes import SIZES
from bot.domain.thumbnails.templates import TEMPLATES
from bot.imaging.composition.painting import Composition, composed
from tests.unit.picture_files import noise
from tests.unit.thumbnail_world import RTL, a_design, colours_behind, colours_of, in_pixels, plain

PICTURES = {"white": plain("white"), "black": plain("black"), "noise": noise((1536, 1024))}
ACCENTS = ["", "#ffd400", "#5865f2", "#ff3b30", "#777777", "#00ff00", "#000000", "#ffffff"]
HEADLINES = ["We survived 100 days", RTL, "🔥 GG 👍🏽"]


def contrast_of(made: Composition) -> float:
    """The least, between any pixel of a letter and any pixel next to it."""
    assert made.letters is not None
    box = made.letters.getbbox()
    assert box is not None
    around = (box[0] - 9, box[1] - 9, box[2] + 9, box[3] + 9)
    picture, letters = made.picture.crop(around), made.letters.crop(around)
    (own,) = set(colours_of(picture, letters))
    behind = {one.luminance: one for one in colours_behind(picture, letters)}
    return min(own.contrast(behind[least_or_most]) for least_or_most in (min(behind), max(behind)))


@pytest.mark.parametrize("shown", PICTURES)
@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("size", SIZES)
def test_letters_can_be_read_on_any_picture(size: str, template: str, shown: str) -> None:
    made = composed(PICTURES[shown], a_design(size=size, template=template))
    assert contrast_of(made) >= LEAST_CONTRAST


@pytest.mark.parametrize("accent", ACCENTS)
@pytest.mark.parametrize("template", TEMPLATES)
def test_letters_can_be_read_in_any_colour(template: str, accent: str) -> None:
    for picture in PICTURES.values():
        made = composed(picture, a_design(template=template, accent=accent))
        assert contrast_of(made) >= LEAST_CONTRAST


def test_an_accent_that_can_be_read_is_taken_as_it_is() -> None:
    assert composed(PICTURES["white"], a_design(template="panel", accent="#ffd400")).palette.behind == (255, 212, 0)
    assert composed(PICTURES["white"], a_design(template="outline", accent="#ffd400")).palette.letters == (255, 212, 0)


@pytest.mark.parametrize("headline", HEADLINES, ids=["latin", "arabic", "emoji"])
@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("size", SIZES)
def test_letters_stand_in_the_safe_area_and_under_nothing_of_the_platforms(
    size: str, template: str, headline: str
) -> None:
    design = a_design(headline, size, template)
    made = composed(plain("grey", (64, 64)), design)
    letters = made.letters
    assert letters is not None
    assert letters.getbbox() is not None
    safe = Image.new("L", letters.size)
    left, top, right, bottom = in_pixels(design.size.safe, design.size.pixels)
    safe.paste(255, (math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom)))
    for covered in design.size.covered:
        left, top, right, bottom = in_pixels(covered, design.size.pixels)
        safe.paste(0, (math.ceil(left), math.ceil(top), math.floor(right), math.floor(bottom)))
    letters.paste(0, mask=safe)
    assert letters.getbbox() is None, "a letter is outside"


@pytest.mark.parametrize("headline", ["", "ᚠᚢᚦ"], ids=["none", "in no font"])
def test_without_a_headline_the_picture_is_all_there_is(headline: str) -> None:
    made = composed(noise((128, 72)), a_design(headline))
    alone = composed(noise((128, 72)), a_design(""))
    assert made.letters is None
    assert made.picture.tobytes() == alone.picture.tobytes()
    assert made.left_out == headline


def test_the_same_thumbnail_is_always_made_of_the_same_pixels() -> None:
    made = {composed(noise((300, 200)), a_design(template=key)).picture.tobytes() for key in TEMPLATES for _ in (1, 2)}
    assert len(made) == len(TEMPLATES)


def test_the_colour_of_letters_is_the_palettes() -> None:
    made = composed(plain("white"), a_design(template="band", accent="#123456"))
    assert made.letters is not None
    assert set(colours_of(made.picture, made.letters)) == {Colour(255, 255, 255)}
