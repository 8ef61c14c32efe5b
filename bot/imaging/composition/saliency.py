"""Where a picture draws the eye, by edges and by contrast with what is around. Whole numbers only: always the same."""

from PIL import Image, ImageChops, ImageFilter

# The longest side of the map. Finer ones choose no better crops.
MAP_PX = 160
_EDGE_RADIUS = 1.0
_EDGE_GAIN = 3.0  # fine edges differ less from their blur than areas from their surroundings
_AROUND = 6  # of the longest side: what an area is compared with
_NOISE = 12  # levels of 255: grain and the blocks of JPEG draw no eye


def saliency(picture: Image.Image) -> Image.Image:
    """Light where the eye goes; the picture made small."""
    small = picture.convert("RGB")
    small.thumbnail((MAP_PX, MAP_PX), Image.Resampling.BOX)
    edges = _difference(small, _EDGE_RADIUS).point(lambda value: value * _EDGE_GAIN)
    contrast = _difference(small, max(small.size) / _AROUND)
    found = ImageChops.add(edges, contrast, scale=2)
    return found.point(lambda value: max(0, value - _NOISE))


def _difference(picture: Image.Image, radius: float) -> Image.Image:
    """How far each pixel is from its surroundings, in the channel that says most."""
    apart = ImageChops.difference(picture, picture.filter(ImageFilter.GaussianBlur(radius)))
    red, green, blue = apart.split()
    return ImageChops.lighter(ImageChops.lighter(red, green), blue)
