"""A picture's family: what it was made of, and what was made of it."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.images import Image
from bot.domain.requests import Parent, Spot, Upload


class Fate(StrEnum):
    """What is left of a picture, as far as the viewer may know."""

    THERE = "there"
    DELETED = "deleted"
    HIDDEN = "hidden"
    """Somebody else's private picture."""
    CLOSED = "closed"
    """In a channel that the viewer may not enter, or of which that is not known from here."""
    OUTSIDE = "outside"
    """None of the bot's own: somebody's photo, or a picture of another bot."""
    FORGOTTEN = "forgotten"
    """Once one of the bot's own; its time in the ledger is over."""


@dataclass(frozen=True, slots=True)
class Relative:
    """A picture in a family. `image` is None where there is nothing to tell of it; `spot` is the message it is in."""

    fate: Fate
    image: Image | None = None
    spot: Spot | None = None
    is_quoted: bool = False


@dataclass(frozen=True, slots=True)
class Kin:
    """The oldest first."""

    ancestors: tuple[Relative, ...]
    this: Relative
    children: tuple[Relative, ...]
    has_earlier: bool = False
    has_more_children: bool = False

    @property
    def members(self) -> tuple[Relative, ...]:
        return (*self.ancestors, self.this, *self.children)


@dataclass(frozen=True, slots=True)
class WayBack:
    """To what a picture was made of: what an edit form is opened on."""

    parent: Parent
    pictures: tuple[Upload, ...]
    private: bool
