"""What the model is told beside the wish, so that the picture can be cropped and lettered: room, safety, no letters."""

from collections.abc import Iterator

from bot.domain.catalogue import Aspect
from bot.domain.thumbnails.areas import Area
from bot.domain.thumbnails.design import Design
from bot.domain.thumbnails.sizes import Size

_NO_LETTERING = (
    "No lettering: the picture itself shows no words, letters, numbers, captions, signatures, logos or watermarks."
)
_SAME_SHAPE = 0.02  # ratios that differ by less are not worth a sentence: what is cut off is a few pixels
_FROM_EDGE_TO_EDGE = 0.9


def guidance(design: Design, aspect: Aspect) -> str:
    """`aspect` is what the model makes; the picture is cropped to the design's size afterwards."""
    return " ".join(_sentences(design, aspect))


def _sentences(design: Design, aspect: Aspect) -> Iterator[str]:
    size = design.size
    yield "Compose it as a thumbnail that is clear when it is small: one strong subject, a simple background."
    if cut := _cut_off(size, aspect):
        yield f"Its {cut} will be cut off to make it {size.width_px} by {size.height_px}: nothing important is there."
    if design.headline:
        calm = design.template.calm(is_wide=size.is_wide)
        yield (
            f"A headline will be set over {calm} afterwards: keep {calm} calm and plain, and the subject and all faces "
            "outside it."
        )
    yield f"Keep the subject whole and well away from {_list(_kept_clear(size))}."
    yield _NO_LETTERING


def _cut_off(size: Size, aspect: Aspect) -> str | None:
    """Which edges the crop takes, None where it takes nothing worth mentioning."""
    wanted, made = size.width_px / size.height_px, aspect.width_px / aspect.height_px
    if abs(wanted / made - 1) < _SAME_SHAPE:
        return None
    return "top and bottom" if wanted > made else "left and right sides"


def _kept_clear(size: Size) -> Iterator[str]:
    yield "the edges"
    for area in size.covered:
        yield _place(area)


def _place(area: Area) -> str:
    """What the platform draws over, in words."""
    vertical = "bottom" if area.top + area.bottom > 1 else "top"
    horizontal = "right" if area.left + area.right > 1 else "left"
    if area.right - area.left > _FROM_EDGE_TO_EDGE:
        return f"the {vertical} {round(100 * (area.bottom - area.top))}%"
    if area.bottom - area.top > (area.right - area.left) * 2:
        return f"the {horizontal} {round(100 * (area.right - area.left))}%"
    return f"the {vertical} {horizontal} corner"


def _list(places: Iterator[str]) -> str:
    *others, last = places
    return f"{', '.join(others)} and {last}" if others else last
