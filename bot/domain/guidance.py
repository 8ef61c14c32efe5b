"""The words that go to the model beside the member's own. Nothing of it is hidden: "More" shows the whole."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.requests import Relation, Request
from bot.domain.styles import STYLES, Style

_BETWEEN = "\n\n"
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


@dataclass(frozen=True, slots=True)
class Guidance:
    """`of_the_picture` stands before the member's words, `style` and then `purpose` behind them; each may be empty."""

    of_the_picture: str = ""
    style: str = ""
    purpose: str = ""

    @classmethod
    def of(cls, relation: Relation | None, style: Style | None, purpose: str = "") -> "Guidance":
        words = _OF_THE_PICTURE.get(relation, "") if relation else ""
        return cls(of_the_picture=words, style=style.words if style else "", purpose=purpose)

    def around(self, prompt: str) -> str:
        return _BETWEEN.join(filter(None, [self.of_the_picture, prompt, self.style, self.purpose]))

    @property
    def picture_characters(self) -> int:
        """How much of the model's limit the words about the picture take."""
        return _taken(self.of_the_picture) + _taken(self.purpose)

    @property
    def style_characters(self) -> int:
        return _taken(self.style)


def purpose_of(request: Request) -> str:
    """What the model was told of the purpose, as it stands in what was sent: to be told again with the same request.

    Empty also where the style has other words by now.
    """
    relation = request.parent.relation if request.parent else None
    before = Guidance.of(relation, STYLES.get(request.style or "")).around(request.prompt) + _BETWEEN
    sent = request.sent_prompt or ""
    return sent.removeprefix(before) if sent.startswith(before) else ""


def _taken(words: str) -> int:
    return len(words) + len(_BETWEEN) if words else 0
