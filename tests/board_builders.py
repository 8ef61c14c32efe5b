"""Records of boards and thumbnails with sensible defaults: a test names only what it is about."""

from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

from bot.domain.ids import ChannelId, MemberId, MessageId, ServerId
from bot.domain.requests import Spot
from bot.domain.thumbnails.boards import Board, Person
from bot.domain.thumbnails.course import EXPIRES_AFTER
from bot.domain.thumbnails.ids import ThumbnailId
from bot.domain.thumbnails.states import ThumbnailState, Why
from bot.domain.thumbnails.thumbnails import Move, Round, Thumbnail, Wish
from tests.builders import START, an_address

SERVER, REQUESTER, MODERATOR = ServerId(10), MemberId(30), MemberId(40)
BOARD_CHANNEL = ChannelId(50)
VOTE_FOR = timedelta(hours=24)

_numbers = count(1)

_BOARD = Board(SERVER, BOARD_CHANNEL, vote_for=VOTE_FOR)


def a_board(**changes: Any) -> Board:
    return replace(_BOARD, **changes)


def a_person(member: int = 30, **changes: Any) -> Person:
    return replace(Person(SERVER, MemberId(member)), **changes)


def a_moderator(**changes: Any) -> Person:
    return a_person(MODERATOR, is_moderator=True, **changes)


def a_manager() -> Person:
    return a_person(41, is_manager=True)


def a_wish(shows: str = "a red fox on a skateboard", **changes: Any) -> Wish:
    wish = Wish(
        source_id=10_000_000 + next(_numbers),
        address=an_address(token=None),
        shows=shows,
        sizes=("youtube",),
        headline="Fox tricks",
    )
    return replace(wish, **changes)


def a_thumbnail(**changes: Any) -> Thumbnail:
    """Each one has ids of its own; they sort in the order of making."""
    number = next(_numbers)
    thumbnail = Thumbnail(
        id=ThumbnailId(f"thumbnail{number:07}"),
        number=0,
        source_id=20_000_000 + number,
        application_id=1,
        server=SERVER,
        requester=REQUESTER,
        shows="a red fox on a skateboard",
        headline="Fox tricks",
        style=None,
        sizes=("youtube", "square"),
        template="outline",
        pictures=3,
        references=(),
        upload_limit_bytes=10_000_000,
        asked_at=START,
        state=ThumbnailState.ASKED,
        moved_at=START,
        moved_by=REQUESTER,
        why=Why.PRESSED,
        deadline=START + EXPIRES_AFTER,
    )
    return replace(thumbnail, **changes)


def a_round(thumbnail: ThumbnailId, **changes: Any) -> Round:
    return replace(Round(thumbnail, 0, "a red fox on a skateboard", 3, REQUESTER, START), **changes)


def a_spot(message: int | None = None) -> Spot:
    return Spot(BOARD_CHANNEL, MessageId(30_000_000 + next(_numbers) if message is None else message))


def a_move(before: ThumbnailState, after: ThumbnailState, **changes: Any) -> Move:
    """Into a vote with a deadline a day later."""
    deadline = START + VOTE_FOR if after is ThumbnailState.VOTING else None
    return replace(Move(before, after, START, Why.PRESSED, by=MODERATOR, deadline=deadline), **changes)
