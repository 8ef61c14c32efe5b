"""What all that is done with thumbnails has in common: finding one, how it stands, and moving it."""

import asyncio
import logging
from dataclasses import dataclass, field, replace

from bot.domain.ids import ChannelId, MemberId, ServerId
from bot.domain.ladder import RungClosed
from bot.domain.requests import Address
from bot.domain.thumbnails.ballots import tally
from bot.domain.thumbnails.boards import Board, Person
from bot.domain.thumbnails.course import VoteStanding, due_move, move
from bot.domain.thumbnails.ids import ThumbnailId
from bot.domain.thumbnails.refusals import BoardMissing, CandidateGone, NotYourThumbnail, ThumbnailGone, ThumbnailMoved
from bot.domain.thumbnails.states import ThumbnailState, Why, is_legal
from bot.domain.thumbnails.thumbnails import Candidate, Move, Thumbnail
from bot.ports import Clock
from bot.ports.thumbnails import BoardStore, CandidateStore, ThumbnailStore, VoteStore
from bot.services.thumbnails.pace import Pace

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Stores:
    boards: BoardStore
    thumbnails: ThumbnailStore
    candidates: CandidateStore
    votes: VoteStore


@dataclass(frozen=True, slots=True)
class Desk:
    """`wake` is set when there is something to do for the loop."""

    clock: Clock
    stores: Stores
    pace: Pace = field(default_factory=Pace)
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    async def board(self, server: ServerId) -> Board:
        """Raises: BoardMissing."""
        board = await self.stores.boards.board(server)
        if board is None:
            raise BoardMissing
        return board

    async def found(self, thumbnail: ThumbnailId, server: ServerId | None = None) -> Thumbnail:
        """Raises: ThumbnailGone, also for another server's."""
        found = await self.stores.thumbnails.thumbnail(thumbnail)
        if found is None or server not in {None, found.server}:
            raise ThumbnailGone
        return found

    async def owned(self, thumbnail: ThumbnailId, person: Person) -> Thumbnail:
        """For its requester and moderators. Raises: ThumbnailGone, NotYourThumbnail."""
        found = await self.found(thumbnail, person.server)
        if not person.is_moderator and person.member != found.requester:
            raise NotYourThumbnail(found.requester)
        return found

    async def candidates(self, thumbnail: ThumbnailId) -> tuple[Candidate, ...]:
        """Those that were not taken away."""
        return tuple(one for one in await self.stores.candidates.candidates(thumbnail) if not one.is_removed)

    async def standing(self, thumbnail: ThumbnailId) -> VoteStanding:
        candidates = await self.candidates(thumbnail)
        votes = await self.stores.votes.votes(thumbnail)
        rounds = await self.stores.candidates.open_rounds(thumbnail)
        return VoteStanding(tally((one.number for one in candidates), votes), is_being_made=bool(rounds))

    async def draw(
        self,
        thumbnail: Thumbnail,
        after: ThumbnailState,
        why: Why,
        *,
        by: MemberId | None = None,
        chosen: int | None = None,
    ) -> Move:
        """The move, not made yet. Raises: ThumbnailMoved when it is not open to this thumbnail."""
        if not is_legal(thumbnail.state, after):
            raise ThumbnailMoved(thumbnail.state)
        board = await self.board(thumbnail.server)
        return move(thumbnail, after, self.clock.now(), why, by=by, vote_for=board.vote_for, chosen=chosen)

    async def move(
        self,
        thumbnail: Thumbnail,
        after: ThumbnailState,
        why: Why,
        *,
        by: MemberId | None = None,
        chosen: int | None = None,
        reason: str = "",
    ) -> None:
        """Raises: ThumbnailMoved when somebody else was first, CandidateGone when what is chosen was taken away."""
        drawn = replace(await self.draw(thumbnail, after, why, by=by, chosen=chosen), reason=reason)
        if not await self.stores.thumbnails.move(thumbnail.id, drawn):
            now = await self.found(thumbnail.id)
            is_still_here = now.state is drawn.before
            raise CandidateGone if chosen is not None and is_still_here else ThumbnailMoved(now.state)
        self.moved(thumbnail, drawn)

    def moved(self, thumbnail: Thumbnail, made: Move) -> None:
        log.info("thumbnail moved %s from=%s to=%s why=%s", names(thumbnail), made.before, made.after, made.why)
        self.wake.set()

    async def go_on(self, thumbnail: ThumbnailId) -> Thumbnail:
        """Every move that is due by itself. Returns where the thumbnail stands then."""
        for _ in ThumbnailState:
            found = await self.found(thumbnail)
            board = await self.board(found.server)
            standing = await self.standing(thumbnail)
            due = due_move(found, standing, self.clock.now(), vote_for=board.vote_for)
            if due is None:
                return found
            if await self.stores.thumbnails.move(thumbnail, due):
                self.moved(found, due)
        return await self.found(thumbnail)

    async def shut(self, board: Board, closed: RungClosed) -> None:
        """Nothing can be posted on the board, until it is set up anew or something is posted after all."""
        if board.closed is None:
            log.warning("board closed server=%s channel=%s why=%s", board.server, board.channel, closed.reason)
        await self.stores.boards.close(board, closed.reason)

    async def works(self, board: Board) -> None:
        if board.closed is not None:
            log.info("board open again server=%s channel=%s", board.server, board.channel)
            await self.stores.boards.close(board, None)


def names(thumbnail: Thumbnail) -> str:
    """`thumbnail=… server=… member=…`; never its words."""
    return f"thumbnail={thumbnail.id} server={thumbnail.server} member={thumbnail.requester}"


def address_of(thumbnail: Thumbnail, channel: ChannelId, clock: Clock) -> Address:
    """Where its pictures go: there is no token, so they are posted as the bot from the start."""
    return Address(
        application_id=thumbnail.application_id,
        server_id=thumbnail.server,
        channel_id=channel,
        member_id=thumbnail.requester,
        token=None,
        token_expires_at=clock.now(),
    )


def channels_for(thumbnail: Thumbnail, board: Board) -> tuple[ChannelId, ...]:
    """Where its messages may be posted, the best first."""
    if thumbnail.card is None:
        return (board.channel,)
    return tuple(dict.fromkeys([thumbnail.card.room, thumbnail.card.spot.channel, board.channel]))
