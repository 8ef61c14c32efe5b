"""Thumbnails look as they did when somebody last looked at them: `python -m tests.golden` makes the pictures anew."""

import pytest
from PIL import Image, ImageChops, ImageStat

from tests.golden.cases import CASES, FOLDER

# The kept pictures have 128 colours, and resampling differs by a little between machines; a letter that is missing or
# stands elsewhere changes far more.
MOST_MEAN_DIFFERENCE = 4.0
FAR_APART = 64
MOST_FAR_APART = 0.004


@pytest.mark.parametrize("name", CASES)
def test_a_thumbnail_looks_as_it_was_approved(name: str) -> None:
    made = CASES[name]()
    kept = Image.open(FOLDER / f"{name}.png").convert("RGB")
    assert made.size == kept.size
    apart = ImageChops.difference(made, kept).convert("L")
    assert ImageStat.Stat(apart).mean[0] < MOST_MEAN_DIFFERENCE
    assert sum(apart.histogram()[FAR_APART:]) / (apart.width * apart.height) < MOST_FAR_APART


def test_no_picture_is_kept_for_nothing() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(CASES)


@pytest.mark.parametrize(
    ("name", "other"), [("arabic", "hebrew"), ("outline", "outline-dark-accent"), ("panel", "band")]
)
def test_the_tolerance_tells_one_picture_from_another(name: str, other: str) -> None:
    made, kept = CASES[name](), Image.open(FOLDER / f"{other}.png").convert("RGB")
    apart = ImageChops.difference(made, kept).convert("L")
    assert sum(apart.histogram()[FAR_APART:]) / (apart.width * apart.height) > MOST_FAR_APART
