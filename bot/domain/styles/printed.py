"""Styles of paper and ink: prints and posters, icons and patterns."""

from bot.domain.styles.style import Group, Style

PRINTED = (
    Style(
        "travel-poster",
        "Vintage travel poster",
        Group.PRINT,
        "places, holidays, events",
        "Design it as a vintage travel poster of the 1930s: simplified bold shapes, flat layered colors with a "
        "screen-printed grain, long shadows, a low horizon and a sunny, inviting mood.",
    ),
    Style(
        "woodblock",
        "Japanese woodblock print",
        Group.PRINT,
        "seas, mountains, weather",
        "Print it as a ukiyo-e woodblock: flowing dark outlines, flat areas with soft bokashi gradients, indigo, "
        "vermilion and ochre inks, visible wood grain and handmade washi paper.",
    ),
    Style(
        "art-deco",
        "Art Deco poster",
        Group.PRINT,
        "parties, cars, skylines",
        "Design it as an Art Deco poster: streamlined geometry, strong vertical symmetry, stepped forms and sunbursts, "
        "gold and black against one rich jewel tone, with smooth elegant gradients.",
    ),
    Style(
        "art-nouveau",
        "Art Nouveau poster",
        Group.PRINT,
        "portraits, plants, perfume",
        "Design it as an Art Nouveau poster: flowing whiplash lines, an ornamental floral frame, muted gold, sage and "
        "rose tones, decorative outlines and a graceful, balanced composition.",
    ),
    Style(
        "swiss-poster",
        "Swiss modernist poster",
        Group.PRINT,
        "events, ideas, music",
        "Design it as a Swiss modernist poster: a strict grid, one bold abstracted shape, high contrast, two or three "
        "flat colors, generous empty space and no ornament at all.",
    ),
    Style(
        "linocut",
        "Linocut print",
        Group.PRINT,
        "animals, plants, cards",
        "Print it as a hand-carved linocut: bold black shapes, rough gouge marks in the background, strong play of "
        "positive and negative space and slightly uneven ink on thick paper.",
    ),
    Style(
        "screen-print",
        "Screen-printed gig poster",
        Group.PRINT,
        "bands, concerts, clubs",
        "Print it as a screen-printed gig poster: three or four overlapping spot inks, slight misregistration, chunky "
        "halftones, one striking central image and the grain of uncoated paper.",
    ),
    Style(
        "risograph",
        "Risograph zine",
        Group.PRINT,
        "zines, flyers, odd little scenes",
        "Print it as a two-ink risograph: fluorescent pink and teal that overlap into a third tone, coarse grain, "
        "gentle misregistration, simple shapes and soft off-white paper.",
    ),
    Style(
        "pulp-cover",
        "Pulp paperback cover",
        Group.PRINT,
        "mysteries, science fiction",
        "Paint it as the cover art of a mid-century pulp paperback: dramatic gouache realism, saturated reds and "
        "yellows, theatrical light, one tense moment and softly worn edges.",
    ),
    Style(
        "sticker",
        "Die-cut sticker",
        Group.GRAPHICS,
        "emoji, mascots, jokes",
        "Design it as a die-cut sticker: one bold simplified subject, a thick white border, clean outlines, glossy "
        "flat shading, bright colors and a plain background around it.",
    ),
    Style(
        "app-icon",
        "App icon",
        Group.GRAPHICS,
        "server icons, bots",
        "Design it as an app icon: one simple centered symbol on a rounded square, a smooth gradient, a soft inner "
        "shadow, strong contrast and no lettering.",
    ),
    Style(
        "emblem",
        "Vintage emblem",
        Group.GRAPHICS,
        "clubs, teams, labels",
        "Design it as a vintage emblem: a centered badge in one or two inks, engraved line shading, balanced symmetry, "
        "simple banner shapes and a lightly worn letterpress texture.",
    ),
    Style(
        "seamless-pattern",
        "Seamless pattern",
        Group.GRAPHICS,
        "backgrounds, wrapping paper",
        "Arrange it as a seamless repeating pattern: evenly spaced small motifs of one scale, three or four harmonious "
        "colors, no focal point and edges that tile without a visible join.",
    ),
    Style(
        "coloring-page",
        "Coloring page",
        Group.GRAPHICS,
        "children, print-outs",
        "Draw it as a coloring page: bold clean black outlines, large closed areas, simple friendly shapes, no shading "
        "and no gray, on a pure white background.",
    ),
)
