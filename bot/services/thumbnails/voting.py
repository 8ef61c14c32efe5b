"""One vote a member, changeable until the vote is closed; then the votes decide, or the requester."""

import logging
from dataclasses import dataclass

from bot.domain.thumbnails.boards import Person
from bot.domain.thumbnails.course import FEWEST_TO_VOTE_ON
from bot.domain.thumbnails.ids import ThumbnailId
from bot.domain.thumbnails.refusals import (
    CandidateGone,
    MayNotVote,
    NotAmongLeaders,
    NotYourChoice,
    ThumbnailMoved,
    TooFewCandidates,
)
from bot.domain.thumbnails.states import ThumbnailState, Why
from bot.domain.thumbnails.thumbnails import Thumbnail
from bot.services.thumbnails.desk import Desk

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ballot:
    """A vote that was counted; `before` is the candidate it was for until now, None for a first vote."""

    candidate: int
    before: int | None


class Voting:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def cast(self, thumbnail: ThumbnailId, person: Person, candidate: int) -> Ballot:
        """Raises: ThumbnailGone, MayNotVote, VoteNotOpen, CandidateGone."""
        found = await self._desk.found(thumbnail, person.server)
        board = await self._desk.board(found.server)
        if board.voters is not None and not person.may_vote(board):
            raise MayNotVote(board.voters)
        now = self._desk.clock.now()
        before = await self._desk.stores.votes.cast(thumbnail, person.member, candidate, now)
        self._desk.wake.set()
        return Ballot(candidate, before)

    async def open(self, thumbnail: ThumbnailId, person: Person) -> Thumbnail:
        """Vote on the members' own entries, where no pictures could be made or none are wanted.

        Raises: ThumbnailGone, NotYourThumbnail, ThumbnailMoved, TooFewCandidates.
        """
        found = await self._desk.owned(thumbnail, person)
        if found.state is not ThumbnailState.APPROVED:
            raise ThumbnailMoved(found.state)
        if len(await self._desk.candidates(thumbnail)) < FEWEST_TO_VOTE_ON:
            raise TooFewCandidates
        await self._desk.move(found, ThumbnailState.VOTING, Why.PRESSED, by=person.member)
        return await self._desk.found(thumbnail)

    async def close(self, thumbnail: ThumbnailId, person: Person) -> Thumbnail:
        """From now on no vote counts; the winner is chosen at once if there is one.

        Raises: ThumbnailGone, NotYourThumbnail, ThumbnailMoved.
        """
        found = await self._desk.owned(thumbnail, person)
        if found.state is not ThumbnailState.VOTING:
            raise ThumbnailMoved(found.state)
        await self._desk.move(found, ThumbnailState.DECIDING, Why.PRESSED, by=person.member)
        return await self._desk.go_on(thumbnail)

    async def choose(self, thumbnail: ThumbnailId, person: Person, candidate: int) -> Thumbnail:
        """The requester's choice where the votes name no winner, or nothing was voted on.

        Raises: ThumbnailGone, NotYourChoice, ThumbnailMoved, CandidateGone, NotAmongLeaders.
        """
        found = await self._desk.found(thumbnail, person.server)
        if person.member != found.requester:
            raise NotYourChoice(found.requester, is_only_one=found.vote_opened_at is None)
        if found.state is not ThumbnailState.DECIDING:
            raise ThumbnailMoved(found.state)
        tally = (await self._desk.standing(thumbnail)).tally
        if candidate not in tally.candidates:
            raise CandidateGone
        if candidate not in tally.leaders:
            raise NotAmongLeaders(tally.leaders)
        await self._desk.move(found, ThumbnailState.CHOSEN, Why.PRESSED, by=person.member, chosen=candidate)
        return await self._desk.found(thumbnail)

    async def vote_of(self, thumbnail: ThumbnailId, person: Person) -> int | None:
        """The candidate a member votes for now."""
        return await self._desk.stores.votes.vote_of(thumbnail, person.member)
