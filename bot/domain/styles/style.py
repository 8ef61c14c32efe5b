"""What a style is, and the groups that styles stand in."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Group(StrEnum):
    """The value is part of custom ids."""

    PAINTING = "painting"
    ILLUSTRATION = "illustration"
    PRINT = "print"
    PHOTOGRAPHY = "photography"
    CRAFT = "craft"
    SCREEN = "screen"
    GRAPHICS = "graphics"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS: Mapping[Group, str] = {
    Group.PAINTING: "Painting & drawing",
    Group.ILLUSTRATION: "Illustration & graphic",
    Group.PRINT: "Print & poster",
    Group.PHOTOGRAPHY: "Photography",
    Group.CRAFT: "3D & craft",
    Group.SCREEN: "Games & screen",
    Group.GRAPHICS: "Icons & patterns",
}


@dataclass(frozen=True, slots=True)
class Style:
    """`words` is the sentence added to a prompt, `suits` what it is good for."""

    id: str
    name: str
    group: Group
    suits: str
    words: str
