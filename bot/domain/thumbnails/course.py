"""How a thumbnail goes on by itself: which move is due, as its candidates, its votes and the time stand."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.ids import MemberId
from bot.domain.thumbnails.ballots import Tally
from bot.domain.thumbnails.states import ThumbnailState, Why, is_legal
from bot.domain.thumbnails.thumbnails import Move, Thumbnail

FEWEST_TO_VOTE_ON = 2
EXPIRES_AFTER = timedelta(days=14)
"""What nobody approved, paid for or chose: long enough for a holiday."""

DECIDE_WITHIN = timedelta(days=2)
"""Then the first of the leaders wins, so that a vote always ends."""


@dataclass(frozen=True, slots=True)
class VoteStanding:
    """`is_being_made`: a round is under way."""

    tally: Tally
    is_being_made: bool

    @property
    def candidates(self) -> int:
        return len(self.tally.candidates)


def move(
    thumbnail: Thumbnail,
    after: ThumbnailState,
    now: datetime,
    why: Why,
    *,
    by: MemberId | None = None,
    vote_for: timedelta | None = None,
    chosen: int | None = None,
) -> Move:
    """With the deadline of the new state. A vote needs `vote_for`."""
    assert is_legal(thumbnail.state, after), (thumbnail.state, after)
    return Move(thumbnail.state, after, now, why, by, _deadline(thumbnail, after, now, vote_for), chosen)


def due_move(thumbnail: Thumbnail, standing: VoteStanding, now: datetime, *, vote_for: timedelta) -> Move | None:
    """None while it is somebody's turn, or its time is not over."""
    found = _due(thumbnail, standing, _is_over(thumbnail, now))
    if found is None:
        return None
    after, why, chosen = found
    return move(thumbnail, after, now, why, vote_for=vote_for, chosen=chosen)


_Due = tuple[ThumbnailState, Why, int | None] | None


def _due(thumbnail: Thumbnail, standing: VoteStanding, is_over: bool) -> _Due:
    match thumbnail.state:
        case ThumbnailState.ASKED:
            return (ThumbnailState.EXPIRED, Why.TIME, None) if is_over else None
        case ThumbnailState.APPROVED:
            return (ThumbnailState.EXPIRED, Why.TIME, None) if is_over and not standing.is_being_made else None
        case ThumbnailState.MAKING:
            return None if standing.is_being_made else _made(standing)
        case ThumbnailState.VOTING:
            if not standing.candidates:
                return _none_left(standing)
            return (ThumbnailState.DECIDING, Why.TIME, None) if is_over else None
        case ThumbnailState.DECIDING:
            return _decided(thumbnail, standing, is_over)
        case _:
            return None


def _made(standing: VoteStanding) -> _Due:
    if not standing.candidates:
        return ThumbnailState.APPROVED, Why.NONE_MADE, None
    can_vote = standing.candidates >= FEWEST_TO_VOTE_ON
    return (ThumbnailState.VOTING if can_vote else ThumbnailState.DECIDING), Why.MADE, None


def _decided(thumbnail: Thumbnail, standing: VoteStanding, is_over: bool) -> _Due:
    tally = standing.tally
    if not standing.candidates:
        return _none_left(standing)
    if thumbnail.vote_opened_at is None:
        if standing.candidates >= FEWEST_TO_VOTE_ON:
            return ThumbnailState.VOTING, Why.ANOTHER, None
        return (ThumbnailState.EXPIRED, Why.TIME, None) if is_over and not standing.is_being_made else None
    if tally.winner is not None:
        return ThumbnailState.CHOSEN, Why.MOST_VOTES, tally.winner
    return (ThumbnailState.CHOSEN, Why.TIME, tally.leaders[0]) if is_over else None


def _none_left(standing: VoteStanding) -> _Due:
    """While more are being made there may soon be another."""
    return None if standing.is_being_made else (ThumbnailState.APPROVED, Why.NONE_LEFT, None)


def _is_over(thumbnail: Thumbnail, now: datetime) -> bool:
    return thumbnail.deadline is not None and now >= thumbnail.deadline


def _deadline(
    thumbnail: Thumbnail, after: ThumbnailState, now: datetime, vote_for: timedelta | None
) -> datetime | None:
    match after:
        case ThumbnailState.ASKED | ThumbnailState.APPROVED:
            return now + EXPIRES_AFTER
        case ThumbnailState.VOTING:
            assert vote_for is not None
            return now + vote_for
        case ThumbnailState.DECIDING:
            # Where no vote was held, nobody but the requester can say that the only candidate is good enough.
            return now + (DECIDE_WITHIN if thumbnail.state is ThumbnailState.VOTING else EXPIRES_AFTER)
        case _:
            return None
