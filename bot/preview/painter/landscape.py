"""Misty landscapes in layers, whose motif the prompt names or its hash chooses."""

import math
import random
import re
from collections.abc import Callable
from typing import NamedTuple

from PIL import Image, ImageChops, ImageDraw

from bot.preview.painter.palettes import Palette, Size, gradient, mix

Ridge = Callable[[float], float]  # across the picture, 0..1 -> how high, in parts of the picture's height

_FULL_PX = 1536  # the edge at which strokes have the widths given here
_EDGE_OF_GLOW = 180  # Pillow's radial gradient has this value at the middle of its edges, 255 in the corners only


class Layer(NamedTuple):
    depth: float  # 0 = farthest, 1 = nearest
    base: float  # where its mean height lies, in parts of the picture's height
    aspect: float  # width by height
    seed: int


Motif = Callable[[Layer, random.Random], Ridge]


def landscape(size: Size, prompt: str, palette: Palette, dice: random.Random) -> Image.Image:
    picture = gradient(size, [palette.top, palette.middle, palette.horizon, palette.horizon, palette.horizon])
    _scatter_stars(picture, palette, dice)
    _hang_sun(picture, palette, dice)
    _drift_clouds(picture, palette, dice)
    _scatter_birds(picture, palette, dice)
    motif = _motif(prompt, dice)
    horizon, count = dice.uniform(0.50, 0.58), dice.randint(5, 7)
    for n in range(count):
        depth = n / (count - 1)
        base = horizon + (0.90 - horizon) * depth**1.25
        _lay(picture, palette, Layer(depth, base, size[0] / size[1], dice.getrandbits(32)), motif)
    return picture


def _motif(prompt: str, dice: random.Random) -> Motif:
    """What the prompt speaks of, else what its hash says."""
    drawn = dice.choice([*_SUBJECTS.values()])
    spoken = (motif for words, motif in _SUBJECTS.items() if re.search(rf"\b({words})", prompt[:400], re.IGNORECASE))
    return next(spoken, drawn)


def _scatter_stars(picture: Image.Image, palette: Palette, dice: random.Random) -> None:
    """Only over dark skies."""
    if sum(palette.top) > 200:
        return
    width, height = picture.size
    draw = ImageDraw.Draw(picture, "RGBA")
    for _ in range(140):
        x, y = dice.random() * width, dice.random() ** 1.6 * height * 0.42
        r = dice.choice([0.0, 0.5, 1.0]) * max(picture.size) / _FULL_PX
        draw.ellipse((x - r, y - r, x + r, y + r), fill=(*palette.sun, dice.randint(50, 190)))


def _hang_sun(picture: Image.Image, palette: Palette, dice: random.Random) -> None:
    width, height = picture.size
    x, y = dice.uniform(0.2, 0.8) * width, dice.uniform(0.24, 0.46) * height
    radius = dice.uniform(0.05, 0.10) * min(width, height)
    glow = Image.radial_gradient("L").point(lambda away: max(0.0, 1 - away / _EDGE_OF_GLOW) ** 2.2 * 200)
    reach = round(radius * 14)
    corner = round(x - reach / 2), round(y - reach / 2)
    picture.paste(palette.sun, corner, glow.resize((reach, reach), Image.Resampling.BICUBIC))
    disc = Image.new("L", (256, 256))
    ImageDraw.Draw(disc).ellipse((2, 2, 253, 253), fill=235)
    across = max(1, round(radius * 2))
    picture.paste(
        palette.sun, (round(x - radius), round(y - radius)), disc.resize((across, across), Image.Resampling.LANCZOS)
    )


def _drift_clouds(picture: Image.Image, palette: Palette, dice: random.Random) -> None:
    """Long soft streaks: coarse noise pulled wide."""
    noise = Image.frombytes("L", (5, 26), dice.randbytes(130))
    streaks = noise.resize(picture.size, Image.Resampling.BICUBIC).point(lambda v: max(0, v - 140) * 0.75)
    fading = gradient(picture.size, [(0,) * 3, (150,) * 3, (190,) * 3, (0,) * 3]).convert("L")
    picture.paste(mix(palette.horizon, palette.sun, 0.5), (0, 0), ImageChops.multiply(streaks, fading))


def _scatter_birds(picture: Image.Image, palette: Palette, dice: random.Random) -> None:
    """A small flock: each two strokes."""
    width, height = picture.size
    draw = ImageDraw.Draw(picture, "RGBA")
    x, y, span = dice.uniform(0.15, 0.85) * width, dice.uniform(0.15, 0.4) * height, min(width, height) / 90
    for _ in range(dice.choice([0, 0, 3, 5])):
        bx, by, wing = x + dice.gauss(0, 7) * span, y + dice.gauss(0, 3) * span, span * dice.uniform(0.5, 1)
        stroke = [(bx - wing, by - wing * 0.5), (bx, by), (bx + wing, by - wing * 0.6)]
        draw.line(stroke, (*palette.near, 170), max(1, round(span / 6)), joint="curve")


def _lay(picture: Image.Image, palette: Palette, layer: Layer, motif: Motif) -> None:
    """One misty layer: its colour at the crest, haze at its foot, edges drawn at twice the size."""
    width, height = picture.size
    ridge = motif(layer, random.Random(layer.seed))  # noqa: S311 - to be the same every time
    crest = [(x, (layer.base - ridge(x / (2 * width))) * 2 * height) for x in range(2 * width + 1)]
    mask = Image.new("L", (2 * width, 2 * height))
    ImageDraw.Draw(mask).polygon([*crest, (2 * width, 2 * height), (0, 2 * height)], fill=255)
    top = max(0, math.floor(min(y for _, y in crest) / 2))
    if top >= height:
        return
    colour = mix(palette.far, palette.near, layer.depth**1.1)
    haze = mix(colour, palette.horizon, 0.62 * (1 - layer.depth) + 0.08)
    lit = mix(colour, palette.middle, 0.22)
    fill = gradient((width, height - top), [lit, colour, haze, haze])
    if motif is _skyline:
        _light_windows(fill, palette, layer)
    picture.paste(fill, (0, top), mask.reduce(2).crop((0, top, width, height)))


def _light_windows(walls: Image.Image, palette: Palette, layer: Layer) -> None:
    dice = random.Random(layer.seed + 1)  # noqa: S311 - to be the same every time
    draw = ImageDraw.Draw(walls, "RGBA")
    pane = max(walls.size) / _FULL_PX * (2 + 3 * layer.depth)
    columns, rows = round(walls.width / pane / 3), round(walls.height / pane / 4)
    for _ in range(round(columns * rows * 0.05 * layer.depth)):
        x, y = dice.randrange(columns) * 3 * pane, dice.randrange(rows) * 4 * pane
        draw.rectangle((x, y, x + pane, y + pane * 1.5), fill=(*palette.sun, dice.randint(40, 150)))


def _noise(dice: random.Random, knots: int) -> Ridge:
    """Smooth value noise in -1..1 with so many knots across."""
    values = [dice.uniform(-1, 1) for _ in range(knots + 2)]

    def at(x: float) -> float:
        left = min(max(int(x * knots), 0), knots)
        share = (1 - math.cos(math.pi * (x * knots - left))) / 2
        return values[left] * (1 - share) + values[left + 1] * share

    return at


def _octaves(dice: random.Random, knots: int, count: int, falloff: float) -> Ridge:
    waves = [(_noise(dice, knots * 2**n), falloff**n) for n in range(count)]
    return lambda x: sum(wave(x) * weight for wave, weight in waves)


def _hills(layer: Layer, dice: random.Random) -> Ridge:
    shape = _octaves(dice, 3, 3, 0.32)
    return lambda x: shape(x) * (0.045 + 0.03 * layer.depth)


def _mountains(layer: Layer, dice: random.Random) -> Ridge:
    shape = _octaves(dice, 3, 7, 0.52)
    return lambda x: (0.6 - abs(shape(x))) * (0.20 - 0.10 * layer.depth)


def _dunes(layer: Layer, dice: random.Random) -> Ridge:
    """Long windward slopes, short lee sides."""
    count, phase, sway = dice.uniform(1.2, 2.4), dice.random(), _noise(dice, 4)

    def at(x: float) -> float:
        t = (x * count + phase + 0.08 * sway(x)) % 1
        rise = t / 0.72 if t < 0.72 else (1 - t) / 0.28
        return (rise * rise * (3 - 2 * rise) - 0.5) * (0.09 + 0.03 * layer.depth)

    return at


def _waves(layer: Layer, dice: random.Random) -> Ridge:
    """Pointed crests and round troughs, larger towards the shore."""
    count, phase, swell = (7 - 4 * layer.depth) * layer.aspect, dice.random(), _noise(dice, 5)
    tall = 0.008 + 0.045 * layer.depth
    return lambda x: (0.5 - abs(math.sin(math.pi * (x * count + phase)))) * tall + swell(x) * 0.018


def _skyline(layer: Layer, dice: random.Random) -> Ridge:
    edges, heights, x = [], [], 0.0
    while x < 1:
        x += dice.uniform(0.022, 0.06) * (0.7 + 0.6 * layer.depth) / layer.aspect
        edges.append(x)
        tower = 0.14 if dice.random() < 0.12 else 0.0
        heights.append((dice.uniform(-0.02, 0.13) + tower) * (1.15 - 0.75 * layer.depth))
    return lambda x: next((h for edge, h in zip(edges, heights, strict=True) if x <= edge), 0.0)


def _pines(layer: Layer, dice: random.Random) -> Ridge:
    """A ridge with firs along it, their boughs in steps."""
    ground, count = _octaves(dice, 3, 3, 0.4), max(3, round((60 - 36 * layer.depth) * layer.aspect))
    tall = [dice.uniform(0.35, 1.0) * (0.030 + 0.075 * layer.depth) for _ in range(count + 1)]

    def at(x: float) -> float:
        place = x * count
        spire = max(0.0, 1 - abs(place % 1 - 0.5) * 2.1) * 5
        boughs = int(spire) + (spire % 1) ** 2
        return ground(x) * 0.05 + tall[min(int(place), count)] * boughs / 5

    return at


_SUBJECTS: dict[str, Motif] = {
    "city|skyline|street|tower|cyber|poster|building|tram": _skyline,
    "sea|ocean|wave|ship|boat|whale|fish|harbour|harbor|lighthouse|island|beach": _waves,
    "forest|wood|pine|tree|fox|bear|deer|snow|cabin": _pines,
    "desert|dune|camel|caravan|sand|pyramid": _dunes,
    "mountain|peak|dragon|castle|temple|alp": _mountains,
    "hill|field|meadow|garden|cat|dog|horse|cottage": _hills,
}
