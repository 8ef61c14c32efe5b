"""What can go wrong while a picture is deleted or reported: more of the family in `errors.py`. None takes quota."""

from dataclasses import dataclass
from datetime import timedelta

from bot.domain.errors import Refused, Unavailable


@dataclass(eq=False)
class NotYoursToDelete(Refused):
    """Only `member_id` and moderators may delete it."""

    member_id: int


class StillBeingShown(Refused):
    """It is on Discord already, but not written down where, so nobody knows what to take down."""


class OthersBeingMade(Refused):
    """Other pictures are still to come into the same message, so none is taken out of it now."""


class NotTakenDown(Unavailable):
    """Discord did not let the bot change or delete a message that shows the picture."""


class AlreadyReported(Refused):
    """By the same member."""


@dataclass(eq=False)
class TooManyReports(Refused):
    """The member made `most` reports within `per`."""

    most: int
    per: timedelta


class NotReported(Unavailable):
    """The operator's channel for reports did not take it."""
