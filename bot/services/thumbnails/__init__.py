"""Thumbnails that a community asks for, makes and votes on: one class for each thing that can be done with them."""

from dataclasses import dataclass

from bot.services.thumbnails.approving import Approving
from bot.services.thumbnails.asking import Asking
from bot.services.thumbnails.boards import Boards
from bot.services.thumbnails.entries import Entries
from bot.services.thumbnails.finishing import Finishing
from bot.services.thumbnails.listing import Listing, Story
from bot.services.thumbnails.making import Making
from bot.services.thumbnails.tending import Tending
from bot.services.thumbnails.voting import Ballot, Voting

__all__ = ["Ballot", "Story", "Thumbnails"]


@dataclass(frozen=True, slots=True)
class Thumbnails:
    """What commands and buttons may call; `tending` is the loop behind them."""

    boards: Boards
    asking: Asking
    listing: Listing
    approving: Approving
    making: Making
    entries: Entries
    voting: Voting
    finishing: Finishing
    tending: Tending
