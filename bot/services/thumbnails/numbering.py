"""Tells, where pictures of a round are shown, which candidates they are: every message counts its own from 1."""

from contextlib import suppress

from bot.domain.ids import RequestId, request_of
from bot.domain.ladder import PostFailed, RungClosed
from bot.domain.requests import Spot
from bot.domain.thumbnails.course import FEWEST_TO_VOTE_ON
from bot.domain.thumbnails.states import ThumbnailState
from bot.domain.thumbnails.thumbnails import Thumbnail
from bot.ports.thumbnails import BoardPublisher
from bot.services.thumbnails.desk import Desk
from bot.services.thumbnails.making import takes_more


class Numbering:
    def __init__(self, desk: Desk, *, publisher: BoardPublisher) -> None:
        self._desk = desk
        self._publisher = publisher

    async def tell(self, thumbnail: Thumbnail, request: RequestId | None) -> None:
        """Of the pictures made for it, wherever they stand. Where it cannot be told the card shows it all the same."""
        candidates = await self._desk.candidates(thumbnail.id)
        shown: dict[Spot, list[int]] = {}
        for one in candidates:
            if one.run is not None and one.spot is not None and request_of(one.run) == request:
                shown.setdefault(one.spot, []).append(one.number)
        is_vote = len(candidates) >= FEWEST_TO_VOTE_ON and _is_voted_on(thumbnail)
        for spot, numbers in shown.items():
            with suppress(RungClosed, PostFailed):
                await self._publisher.tell_numbers(spot, thumbnail, numbers, is_vote=is_vote)


def _is_voted_on(thumbnail: Thumbnail) -> bool:
    """Now, or as soon as there are enough candidates; not once a vote is over."""
    return thumbnail.state is ThumbnailState.MAKING or takes_more(thumbnail)
