"""The words that go to the model beside the member's own. Nothing of it is hidden: "More" shows the whole."""

from collections.abc import Mapping

from bot.domain.requests import Relation

_OF_THE_PICTURE: Mapping[Relation, str] = {
    Relation.VARIATION: (
        "Make a new variation of the attached picture. Keep its subject and its style; vary the composition, the pose, "
        "the light and the details. It was made from these words:"
    ),
    Relation.REMAKE: (
        "Make the attached picture again in this shape. Keep its subject, style and mood; recompose or extend the "
        "scene so that it fills the frame. It was made from these words:"
    ),
}


def guided(prompt: str, *, relation: Relation | None = None, style_words: str | None = None) -> str:
    """The prompt with what a variation, a remake or a style adds to it; the prompt itself where nothing does."""
    parts = (_OF_THE_PICTURE.get(relation) if relation else None, prompt, style_words)
    return "\n\n".join(part for part in parts if part)
