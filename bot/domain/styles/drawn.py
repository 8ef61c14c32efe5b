"""Styles of brush and pen: painting and drawing, illustration and graphic."""

from bot.domain.styles.style import Group, Style

DRAWN = (
    Style(
        "ghibli-watercolor",
        "Studio Ghibli watercolor",
        Group.PAINTING,
        "landscapes, quiet everyday scenes",
        "Paint it as a Studio Ghibli watercolor: soft transparent washes, fine hand-drawn outlines, lush greens and "
        "clear sky blues, towering clouds, warm afternoon light and a gentle, wondering mood.",
    ),
    Style(
        "loose-watercolor",
        "Loose watercolor",
        Group.PAINTING,
        "flowers, cities, portraits",
        "Paint it as a loose watercolor on cold-pressed paper: wet-in-wet blooms, visible pigment edges, much white "
        "paper left bare, a light palette and only a few crisp brush accents.",
    ),
    Style(
        "classical-oil",
        "Classical oil painting",
        Group.PAINTING,
        "portraits, still lifes, grand scenes",
        "Paint it as a classical oil painting: rich glazes over a dark ground, dramatic light from one side, deep "
        "umber shadows, luminous skin and fabric, and the fine texture of canvas.",
    ),
    Style(
        "impressionist",
        "Impressionist oil",
        Group.PAINTING,
        "gardens, water, crowds",
        "Paint it as an impressionist oil: short broken brushstrokes, thick paint, shimmering complementary hues "
        "instead of black shadows, and the fleeting natural light of a morning outdoors.",
    ),
    Style(
        "gouache",
        "Gouache painting",
        Group.PAINTING,
        "landscapes, interiors",
        "Paint it in opaque gouache: flat matte shapes with dry-brush edges, a limited warm palette, simplified "
        "shadows and the slightly chalky texture of paint on toned paper.",
    ),
    Style(
        "ink-wash",
        "Ink wash painting",
        Group.PAINTING,
        "mountains, animals, mist",
        "Paint it as an East Asian ink wash on rice paper: a few confident black brushstrokes, graded gray washes, "
        "large empty spaces, mist between the forms and hardly any detail.",
    ),
    Style(
        "pencil-sketch",
        "Pencil sketch",
        Group.PAINTING,
        "portraits, buildings, studies",
        "Draw it as a graphite pencil sketch: searching construction lines, careful cross-hatching, soft smudged "
        "shadows and highlights left white on a page of cream sketchbook paper.",
    ),
    Style(
        "charcoal",
        "Charcoal drawing",
        Group.PAINTING,
        "figures, moody portraits",
        "Draw it in charcoal: velvety blacks, bold gestural strokes, smudged midtones and highlights lifted out with "
        "an eraser, on rough paper whose grain shows through everywhere.",
    ),
    Style(
        "soft-pastel",
        "Soft pastel",
        Group.PAINTING,
        "sunsets, animals, children",
        "Draw it in soft pastel: powdery layered strokes, blended skies and skin, a few bright accents on top, broken "
        "edges and the tooth of tinted paper between the marks.",
    ),
    Style(
        "flat-vector",
        "Flat vector illustration",
        Group.ILLUSTRATION,
        "articles, presentations, banners",
        "Draw it as a flat vector illustration: clean geometric shapes without outlines, a limited harmonious palette, "
        "subtle two-tone shading, generous empty space and crisp edges throughout.",
    ),
    Style(
        "storybook",
        "Children's storybook",
        Group.ILLUSTRATION,
        "animals, bedtime stories",
        "Illustrate it for a children's storybook: rounded friendly characters, watercolor and crayon textures, cozy "
        "warm light, small playful details and a soft vignette that fades into the page.",
    ),
    Style(
        "comic-book",
        "Comic book",
        Group.ILLUSTRATION,
        "heroes, action",
        "Draw it as one panel of a classic comic book: confident ink outlines, spotted blacks, a dynamic angle, "
        "halftone dots and bold primary colors under dramatic light.",
    ),
    Style(
        "ligne-claire",
        "Ligne claire comic",
        Group.ILLUSTRATION,
        "adventures, city scenes",
        "Draw it in ligne claire: thin ink outlines of one weight, flat even colors without gradients, carefully "
        "researched backgrounds, simple expressive faces and clear daylight.",
    ),
    Style(
        "manga",
        "Black-and-white manga",
        Group.ILLUSTRATION,
        "characters, emotions, action",
        "Draw it as a single black-and-white manga panel: crisp pen lines, screentone shading, speed lines, expressive "
        "eyes and strong contrast between solid blacks and white space.",
    ),
    Style(
        "isometric",
        "Isometric illustration",
        Group.ILLUSTRATION,
        "rooms, offices, tiny worlds",
        "Draw it as an isometric illustration: a neat cutaway seen from above at a fixed angle, parallel edges without "
        "perspective, tidy small details, soft shadows and cheerful pastel tones.",
    ),
    Style(
        "line-art",
        "Clean line art",
        Group.ILLUSTRATION,
        "tattoos, diagrams, logos",
        "Draw it as clean line art: even black contour lines of one weight, no shading and no fill, open shapes and a "
        "plain white background with plenty of room around the subject.",
    ),
    Style(
        "botanical-plate",
        "Botanical plate",
        Group.ILLUSTRATION,
        "plants, animals, food",
        "Draw it as a nineteenth-century botanical plate: exact fine ink outlines, delicate hand-applied watercolor, "
        "even light, calm spacing and a bare background of aged ivory paper.",
    ),
    Style(
        "blueprint",
        "Technical blueprint",
        Group.ILLUSTRATION,
        "machines, vehicles, buildings",
        "Draw it as a technical blueprint: precise thin white lines on deep Prussian blue, orthographic views, "
        "construction guides and measured hatching on faintly creased drafting paper.",
    ),
)
