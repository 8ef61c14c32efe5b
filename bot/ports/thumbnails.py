"""Thumbnails: what is stored of them, and how they are shown on a server's board."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.ids import ChannelId, MemberId, RunId, ServerId, Sha256
from bot.domain.ladder import ClosedReason
from bot.domain.requests import Request, Spot
from bot.domain.thumbnails.ballots import Tally
from bot.domain.thumbnails.boards import Board
from bot.domain.thumbnails.ids import ThumbnailId
from bot.domain.thumbnails.sizes import Size
from bot.domain.thumbnails.states import ThumbnailState
from bot.domain.thumbnails.thumbnails import Candidate, Move, Place, Round, Thumbnail, Trouble

# ---- what is shown --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CardPicture:
    """A file on the card. `content` is None where the card shows it already: then it is left as it is."""

    name: str
    content: bytes | None


@dataclass(frozen=True, slots=True)
class Card:
    """What a card says. `making` counts pictures on their way; `leaders` are what the requester chooses from, now.

    `used` counts pictures that the requester's quota paid for; what was given back does not count. `left_out` are the
    characters of the headline that no font has. `reason` is why it was declined, as far as somebody said so.
    Not `is_quoted` where members' words may not be shown.
    """

    thumbnail: Thumbnail
    board: Board
    candidates: tuple[Candidate, ...]
    tally: Tally
    making: int = 0
    used: int = 0
    left_out: str = ""
    reason: str = ""
    leaders: tuple[int, ...] = ()
    picture: CardPicture | None = None
    is_quoted: bool = True


@dataclass(frozen=True, slots=True)
class ThumbnailFile:
    """`is_clean`: without its headline. `left_out` are those of its characters that no font has."""

    size: Size
    content: bytes
    format: str
    is_clean: bool
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class Delivered:
    """The winner's files in one size, and whose picture it is."""

    thumbnail: Thumbnail
    candidate: Candidate
    files: tuple[ThumbnailFile, ...]


class BoardPublisher(Protocol):
    """Puts cards, waiting messages and files on a board; nobody is pinged by it.

    What it posts can be found again by its mark: at most 25 characters, unique, and in the message (in a custom id or a
    file's name) as well as its nonce.
    Raises: RungClosed when this cannot be posted for good, PostTooLarge when it can with smaller files, PostFailed when
    it is worth another try.
    """

    async def post_card(self, card: Card, mark: str) -> Place:
        """In the board's channel, with a thread of its own where the bot may open one."""

    async def show_card(self, card: Card) -> None:
        """Edit the card where it is."""

    async def post_waiting(self, channel: ChannelId, thumbnail: Thumbnail, order: Round, mark: str) -> Spot:
        """Says that pictures are coming. From then on it is the message of their request, like any other."""

    async def show_ordered(self, spot: Spot, request: Request, files: Sequence[tuple[str, bytes]]) -> Sequence[str]:
        """Make it the request's waiting message, with references attached. Returns their addresses, in that order."""

    async def tell_numbers(self, spot: Spot, thumbnail: Thumbnail, numbers: Sequence[int], *, is_vote: bool) -> None:
        """Above the pictures in a message, which candidates they are; `is_vote` where there are others to choose from.

        What was told before is replaced. A message that is still to be changed by its request is left alone.
        """

    async def post_files(self, channel: ChannelId, post: Delivered, mark: str) -> Spot: ...

    async def remove(self, spot: Spot) -> None:
        """A message of the bot's own; no matter if it is gone."""

    async def find(self, channel: ChannelId, thumbnail: Thumbnail, mark: str, *, since: datetime) -> Place | None:
        """What was posted under a mark, if it was."""

    def name_of(self, server: ServerId) -> str:
        """As people call it, whatever they wrote; empty while Discord has not told it."""


# ---- what is stored -------------------------------------------------------------------------------------------------


class BoardStore(Protocol):
    async def board(self, server: ServerId) -> Board | None: ...

    async def set_up(self, board: Board, by: MemberId, at: datetime) -> None:
        """It is open again, whatever closed it."""

    async def close(self, board: Board, reason: ClosedReason | None) -> None:
        """Nothing can be posted in its channel, or something can again; unless it was set up elsewhere meanwhile."""


@dataclass(frozen=True, slots=True)
class Tended:
    """A thumbnail with work to do: `is_pressing` where it has to go on, `is_dirty` where its card is behind."""

    id: ThumbnailId
    is_pressing: bool
    is_dirty: bool


@dataclass(frozen=True, slots=True)
class Posted:
    """Since when something may stand on the board, and where it does, if that is known."""

    attempted_at: datetime
    place: Place | None


class ThumbnailStore(Protocol):
    """Thumbnails and their moves. Whatever can be seen of one raises its revision."""

    async def ask(self, thumbnail: Thumbnail, *, most_open: int) -> int:
        """Store it under the next number of its server, which is returned. Raises: AlreadyAsked, TooManyThumbnails."""

    async def thumbnail(self, thumbnail: ThumbnailId) -> Thumbnail | None: ...

    async def numbered(self, server: ServerId, number: int) -> Thumbnail | None: ...

    async def listed(self, server: ServerId, *, of: MemberId | None, only_open: bool, most: int) -> Sequence[Thumbnail]:
        """Newest first."""

    async def open_ones(self, *, asked_before: datetime, server: ServerId | None = None) -> Sequence[Thumbnail]: ...

    async def to_tend(self, at: datetime) -> Sequence[Tended]: ...

    async def next_deadline(self, after: datetime) -> datetime | None: ...

    async def move(self, thumbnail: ThumbnailId, move: Move) -> bool:
        """False when it is not where the move begins, or what is chosen is no candidate any more.

        A vote that is opened anew begins without votes.
        """

    async def moves(self, thumbnail: ThumbnailId) -> Sequence[Move]: ...

    async def note_trouble(self, thumbnail: ThumbnailId, trouble: Trouble | None, until: datetime | None) -> None:
        """Until its next move."""

    async def show_again(self, server: ServerId) -> None:
        """The cards of all that are open are behind: the board has changed."""

    async def reletter(self, thumbnail: ThumbnailId, headline: str, template: str) -> bool:
        """False when it has ended without a winner. What is chosen is posted once more."""

    async def note_shown(self, thumbnail: ThumbnailId, revision: int, picture: str) -> None: ...

    async def note_edition(self, thumbnail: ThumbnailId, edition: int) -> None: ...

    async def post(self, thumbnail: ThumbnailId, mark: str) -> Posted | None: ...

    async def attempt(self, thumbnail: ThumbnailId, mark: str, at: datetime) -> None:
        """Committed before something is posted: from then on it may be there."""

    async def note_post(self, thumbnail: ThumbnailId, mark: str, place: Place) -> None: ...

    async def forget_post(self, thumbnail: ThumbnailId, mark: str) -> None:
        """It is not there any more."""


class CandidateStore(Protocol):
    """Candidates, and the rounds of pictures that become some."""

    async def order(self, order: Round, move: Move | None, *, expected: ThumbnailState, most: int) -> int | None:
        """Open a round, and move the thumbnail with it. Returns the round's number; None when another is open, there is
        no room for so many pictures among `most` candidates, or the thumbnail is not in the `expected` state.
        """

    async def open_rounds(self, thumbnail: ThumbnailId | None = None) -> Sequence[Round]: ...

    async def quota_used(self, thumbnail: ThumbnailId) -> int:
        """Pictures of all its rounds that were taken from the requester's quota and not given back."""

    async def note_waiting(self, order: Round, spot: Spot) -> None: ...

    async def settle(self, order: Round, at: datetime) -> bool:
        """Nothing more is expected of it."""

    async def collect(self, thumbnail: ThumbnailId, at: datetime, *, most: int) -> Sequence[RunId]:
        """Finished pictures of all rounds become candidates, each once, until the vote is over: returns the new ones.

        Those that were deleted are none any more, however long ago it ended.
        """

    async def candidates(self, thumbnail: ThumbnailId) -> Sequence[Candidate]:
        """Also those that were taken away, by their numbers."""

    async def enter(self, thumbnail: ThumbnailId, member: MemberId, sha256: Sha256, at: datetime, *, most: int) -> int:
        """A member's own picture, as the candidate of the number returned.

        Raises: AlreadyEntered, TooManyCandidates, ThumbnailMoved.
        """

    async def remove(self, thumbnail: ThumbnailId, number: int, by: MemberId, at: datetime) -> bool: ...


class VoteStore(Protocol):
    async def cast(self, thumbnail: ThumbnailId, member: MemberId, candidate: int, at: datetime) -> int | None:
        """The member's one vote is for this candidate now. Returns for which it was before.

        Raises: VoteNotOpen, CandidateGone.
        """

    async def votes(self, thumbnail: ThumbnailId) -> Mapping[int, int]:
        """By the candidate's number, also those for candidates that were taken away."""

    async def vote_of(self, thumbnail: ThumbnailId, member: MemberId) -> int | None: ...
