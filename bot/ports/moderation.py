"""Taking pictures down, and those who look after the bot, as far as members can reach them."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.domain.ids import MemberId
from bot.domain.images import Image


class Removal(StrEnum):
    """What became of the messages that showed a picture."""

    GONE = "gone"
    OUT_OF_REACH = "out_of_reach"
    """The bot may not enter the channel any more, or may not change anything there."""
    MEMBERS_OWN = "members_own"
    """Only its member sees the message, and only they can dismiss it."""


class Wall(Protocol):
    """Where pictures hang: the messages on Discord."""

    async def take_down(self, image: Image, others: Sequence[Image]) -> Removal:
        """Delete the messages that show an image; out of one that shows some of the others, too, only its file goes.

        Raises: PostFailed, RungClosed when Discord refuses for now.
        """


@dataclass(frozen=True, slots=True)
class Report:
    """Something is wrong with a picture, says a member; not `is_quoted` where they may not see the words."""

    image: Image
    member: MemberId
    is_quoted: bool


class Moderators(Protocol):
    @property
    def can_be_told(self) -> bool:
        """Whether the operator named a channel for reports."""

    async def tell(self, report: Report) -> None:
        """Raises: RungClosed, PostFailed."""
