"""Which part of a picture becomes the thumbnail."""

import pytest
from PIL import Image, ImageChops

from bot.domain.thumbnails.areas import Area
from bot.domain.thumbnails.sizes import SIZES, Size
from bot.imaging.composition.cropping import best_box, cropped
from tests.unit.picture_files import noise
from tests.unit.thumbnail_world import LANDSCAPE, in_pixels, plain, scene


def ball_in(picture: Image.Image) -> Area:
    """Where the scene's red ball is, the only thing that is much redder than green."""
    red, green, _ = picture.split()
    box = ImageChops.subtract(red, green).point(lambda value: 255 if value > 80 else 0).getbbox()
    assert box is not None, "the ball was cut off"
    width, height = picture.size
    return Area(box[0] / width, box[1] / height, box[2] / width, box[3] / height)


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("given", [(1536, 1024), (1024, 1024), (10, 10), (3, 2000)], ids=str)
def test_a_crop_has_the_sizes_pixels_and_the_pictures_proportions(size: Size, given: tuple[int, int]) -> None:
    picture = noise(given)
    left, top, right, bottom = best_box(picture, size)
    assert 0 <= left < right <= given[0] + 1e-6
    assert 0 <= top < bottom <= given[1] + 1e-6
    assert (right - left) / (bottom - top) == pytest.approx(size.width_px / size.height_px, rel=1e-6)
    assert right - left == pytest.approx(given[0]) or bottom - top == pytest.approx(given[1])
    assert cropped(picture, size).size == size.pixels


def test_three_to_two_becomes_sixteen_to_nine() -> None:
    left, top, right, bottom = best_box(plain("white"), SIZES["youtube"])
    assert (left, right, bottom - top) == (0, 1536, 864)


@pytest.mark.parametrize("colour", ["white", "black"])
def test_of_a_picture_that_shows_nothing_the_middle_is_taken(colour: str) -> None:
    _, top, _, bottom = best_box(plain(colour), SIZES["youtube"])
    assert (top, bottom) == (80, 944)


@pytest.mark.parametrize("at", [0.12, 0.3, 0.5, 0.7, 0.88])
@pytest.mark.parametrize("key", ["shorts", "instagram", "square"])
def test_a_subject_at_the_side_comes_into_an_upright_picture(key: str, at: float) -> None:
    size = SIZES[key]
    ball = ball_in(cropped(scene(subject=(at, 0.45)), size))
    assert ball.left >= size.safe.left - 0.05
    assert ball.right <= size.safe.right + 0.05
    assert ball.right - ball.left > 0.1


@pytest.mark.parametrize("at", [0.13, 0.5, 0.87])
def test_a_subject_above_or_below_comes_into_a_wide_picture(at: float) -> None:
    ball = ball_in(cropped(scene((1024, 1024), subject=(0.5, at)), SIZES["event"]))
    assert (ball.right - ball.left) * 800 == pytest.approx((ball.bottom - ball.top) * 320, rel=0.1)


def test_what_a_platform_covers_counts_less_than_what_it_shows() -> None:
    """Two subjects alike: the crop keeps them, but not under the buttons of Shorts."""
    size = SIZES["shorts"]
    box = best_box(scene(subject=(0.62, 0.5)), size)
    middle = (0.62 * LANDSCAPE[0] - box[0]) / (box[2] - box[0])
    left, _, right, _ = in_pixels(size.safe, (1, 1))
    assert left < middle < right


def test_the_same_picture_is_always_cropped_the_same() -> None:
    boxes = {best_box(noise((300, 200)), SIZES["shorts"]) for _ in range(3)}
    assert len(boxes) == 1
