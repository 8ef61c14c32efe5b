"""Styles of camera, hand and screen: photography, 3D and craft, games."""

from bot.domain.styles.style import Group, Style

SEEN = (
    Style(
        "cinematic-still",
        "Cinematic film still",
        Group.PHOTOGRAPHY,
        "stories, characters, atmosphere",
        "Photograph it as a still from a feature film: anamorphic lens, shallow depth of field, motivated light in a "
        "soft haze, restrained teal and amber grading and a hint of grain.",
    ),
    Style(
        "film-35mm",
        "35 mm film photo",
        Group.PHOTOGRAPHY,
        "people, travel, everyday life",
        "Photograph it on 35 mm color negative film: natural window light, gentle grain, slightly faded highlights, "
        "warm skin tones and the casual framing of a candid moment.",
    ),
    Style(
        "studio-product",
        "Studio product photo",
        Group.PHOTOGRAPHY,
        "products, gadgets, packaging",
        "Photograph it as a studio product shot: seamless neutral backdrop, one large softbox from the side, crisp "
        "focus on materials, a clean reflection below and true-to-life color.",
    ),
    Style(
        "studio-portrait",
        "Studio portrait",
        Group.PHOTOGRAPHY,
        "people, pets, characters",
        "Photograph it as a studio portrait: 85 mm lens, soft key light at forty-five degrees, a subtle rim light, a "
        "dark painted backdrop, sharp eyes and natural skin texture.",
    ),
    Style(
        "documentary",
        "Black-and-white documentary",
        Group.PHOTOGRAPHY,
        "streets, work, faces",
        "Photograph it as black-and-white documentary work: available light, deep blacks and silvery midtones, a wide "
        "lens close to the subject, visible grain and an honest, unposed moment.",
    ),
    Style(
        "golden-hour",
        "Golden hour landscape",
        Group.PHOTOGRAPHY,
        "landscapes, travel",
        "Photograph it outdoors at golden hour: low sun, long shadows, glowing edges, a layered hazy distance and a "
        "wide lens that keeps everything sharp from foreground to horizon.",
    ),
    Style(
        "macro",
        "Macro photo",
        Group.PHOTOGRAPHY,
        "insects, flowers, textures",
        "Photograph it in extreme macro: the subject fills the frame, razor-thin focus, a creamy blurred background, "
        "and tiny drops and fibers clearly visible in diffused morning light.",
    ),
    Style(
        "instant-film",
        "Instant film snapshot",
        Group.PHOTOGRAPHY,
        "parties, memories",
        "Photograph it as an instant film snapshot: direct flash, soft focus, milky blacks, slightly shifted greens "
        "and yellows, uneven development and a plain white frame.",
    ),
    Style(
        "claymation",
        "Claymation",
        Group.CRAFT,
        "characters, funny scenes",
        "Build it as a claymation set: hand-molded plasticine figures with visible fingerprints, small props of fabric "
        "and cardboard, warm miniature stage lighting and a shallow depth of field.",
    ),
    Style(
        "soft-3d",
        "Soft 3D character",
        Group.CRAFT,
        "mascots, animals, avatars",
        "Render it as a frame of a soft 3D animation: rounded friendly shapes, a warm glow under the skin, clean "
        "saturated colors, gentle bounced light and a simple uncluttered background.",
    ),
    Style(
        "paper-cut",
        "Layered paper cut",
        Group.CRAFT,
        "landscapes, seasons, cards",
        "Build it from layered cut paper: crisp silhouettes stacked in depth, soft shadows between the sheets, tones "
        "graded from dark foreground to pale distance, lit from behind.",
    ),
    Style(
        "miniature",
        "Miniature diorama",
        Group.CRAFT,
        "towns, landscapes, maps",
        "Build it as a handmade miniature diorama: model trees, tiny painted figures, everyday materials at small "
        "scale, a tilt-shift blur and bright overhead light on a tabletop.",
    ),
    Style(
        "needle-felt",
        "Needle felt",
        Group.CRAFT,
        "animals, toys, holidays",
        "Make it of needle-felted wool: fuzzy rounded shapes, loose fibers that catch the light, small stitched "
        "details, muted natural dyes and a soft background of the same wool.",
    ),
    Style(
        "embroidery",
        "Hand embroidery",
        Group.CRAFT,
        "flowers, pets, monograms",
        "Stitch it as hand embroidery on linen: satin and chain stitches that follow the forms, raised glossy thread, "
        "small gaps where the cloth shows and soft light from one side.",
    ),
    Style(
        "stained-glass",
        "Stained glass",
        Group.CRAFT,
        "heroes, animals, nature",
        "Make it a stained-glass window: translucent jewel-toned panes, dark lead lines that follow the shapes, small "
        "bubbles in the glass and sunlight streaming through from behind.",
    ),
    Style(
        "origami",
        "Origami",
        Group.CRAFT,
        "animals, flowers",
        "Fold it from origami paper: sharp creases, faceted flat planes, subtle printed patterns, a clean pale surface "
        "below and soft studio light that models every fold.",
    ),
    Style(
        "pixel-art",
        "16-bit pixel art",
        Group.SCREEN,
        "game scenes, avatars",
        "Draw it as 16-bit pixel art: a limited palette of about thirty colors, crisp square pixels without smoothing, "
        "careful dithering, readable silhouettes and a tidy, game-like composition.",
    ),
    Style(
        "anime",
        "Anime key visual",
        Group.SCREEN,
        "characters, groups, drama",
        "Draw it as a modern anime key visual: clean cel-shaded characters, a detailed painted background, dramatic "
        "rim light, drifting particles, a vivid sky and a strong diagonal composition.",
    ),
    Style(
        "fantasy-concept",
        "Fantasy concept art",
        Group.SCREEN,
        "worlds, creatures, heroes",
        "Paint it as fantasy concept art: sweeping scale, painterly digital brushwork, light breaking through mist, "
        "intricate costume and architecture and one clear focal point against a vast background.",
    ),
    Style(
        "neon-noir",
        "Neon noir",
        Group.SCREEN,
        "cities, science fiction",
        "Render it as cyberpunk neon noir: night and wet surfaces, magenta and cyan signs mirrored in puddles, deep "
        "shadows, drifting steam and a lonely, cinematic mood.",
    ),
    Style(
        "low-poly",
        "Low-poly 3D",
        Group.SCREEN,
        "landscapes, animals, game props",
        "Render it as low-poly 3D: visible flat-shaded triangles, simple bold forms, soft ambient light, gentle pastel "
        "gradients in the background and no fine texture anywhere.",
    ),
    Style(
        "synthwave",
        "Synthwave",
        Group.SCREEN,
        "music, cars, banners",
        "Render it as 1980s synthwave: a glowing grid toward the horizon, a striped setting sun, chrome highlights, "
        "gradients from purple to hot pink and the faint scan lines of an old screen.",
    ),
    Style(
        "rubber-hose",
        "1930s cartoon",
        Group.SCREEN,
        "mascots, jokes",
        "Draw it as a 1930s rubber-hose cartoon: bouncy limbs without joints, pie-cut eyes, grainy black-and-white "
        "film, soft vignetting and a loosely painted watercolor backdrop.",
    ),
)
