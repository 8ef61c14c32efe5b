"""Brings a picture to a size: the part with most to see in the size's safe area, and that in exactly its pixels."""

from PIL import Image, ImageChops, ImageFilter, ImageStat

from bot.domain.thumbnails.areas import Area
from bot.domain.thumbnails.sizes import Size
from bot.imaging.composition.saliency import saliency

Box = tuple[float, float, float, float]

# What is seen counts most where it is always shown, and least where the platform covers it.
_SAFE, _UNSAFE, _COVERED = 255, 110, 50
# The crop leaves the middle only for something: at the very end a part has to show so much more.
_PULL_TO_MIDDLE = 0.12
_SOFT = 12  # of the window's shorter side: the safe area has no hard edge


def cropped(picture: Image.Image, size: Size) -> Image.Image:
    """In exactly the size's pixels, enlarged where it has to be."""
    box = best_box(picture, size)
    return picture.resize(size.pixels, Image.Resampling.LANCZOS, box=box, reducing_gap=3)


def best_box(picture: Image.Image, size: Size) -> Box:
    """The largest part in the size's proportions."""
    width, height = picture.size
    part = min(width / size.width_px, height / size.height_px)
    across, down = min(width, part * size.width_px), min(height, part * size.height_px)
    free_x, free_y = width - across, height - down
    share = _best_share(picture, size, (across, down)) if max(free_x, free_y) >= 1 else 0.5
    return (free_x * share, free_y * share, free_x * share + across, free_y * share + down)


def _best_share(picture: Image.Image, size: Size, window: tuple[float, float]) -> float:
    """From 0, the left or top end, to 1. Only one of the two directions is free."""
    found = saliency(picture)
    scale = found.width / picture.width
    weights = _weights(size, (max(1, round(window[0] * scale)), max(1, round(window[1] * scale))))
    free_x, free_y = found.width - weights.width, found.height - weights.height
    steps = max(free_x, free_y)
    if steps < 1:
        return 0.5
    shares = [0.5, *(step / steps for step in range(steps + 1))]  # of equals the first is taken: the middle

    def worth(share: float) -> float:
        left, top = round(free_x * share), round(free_y * share)
        part = found.crop((left, top, left + weights.width, top + weights.height))
        seen: float = ImageStat.Stat(ImageChops.multiply(part, weights)).sum[0]
        return seen * (1 - _PULL_TO_MIDDLE * abs(2 * share - 1))

    return max(shares, key=worth)


def _weights(size: Size, pixels: tuple[int, int]) -> Image.Image:
    drawn = Image.new("L", pixels, _UNSAFE)
    for area, weight in ((size.safe, _SAFE), *((covered, _COVERED) for covered in size.covered)):
        drawn.paste(weight, _on(area, pixels))
    return drawn.filter(ImageFilter.GaussianBlur(min(pixels) / _SOFT))


def _on(area: Area, pixels: tuple[int, int]) -> tuple[int, int, int, int]:
    width, height = pixels
    return (round(area.left * width), round(area.top * height), round(area.right * width), round(area.bottom * height))
