"""A thumbnail that a member asked their community for, its candidates, and the rounds of pictures made for it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.ids import ChannelId, MemberId, RequestId, RunId, ServerId, Sha256
from bot.domain.requests import Address, Reference, Spot, Upload
from bot.domain.thumbnails.boards import Board
from bot.domain.thumbnails.design import Design
from bot.domain.thumbnails.ids import ThumbnailId
from bot.domain.thumbnails.sizes import SIZES, Size
from bot.domain.thumbnails.states import OPEN, ThumbnailState, Why
from bot.domain.thumbnails.templates import TEMPLATES, Template

FEWEST_PICTURES, MOST_PICTURES = 2, 4
DEFAULT_PICTURES = 3
MOST_MORE = 2
"""Pictures in a later round."""

MOST_CANDIDATES = 8
"""Made and entered together, counting those that are being made. Two rows of buttons take ten."""

LONGEST_WISH = 1500
LONGEST_CHANGE = 1000
LONGEST_REASON = 300
MOST_REFERENCES = 5


class Trouble(StrEnum):
    """Why a thumbnail does not get further by itself; each has a sentence and a way on."""

    QUOTA = "quota"
    """The requester has no room for its pictures; `trouble_until` is when there is some."""

    QUEUE_FULL = "queue_full"
    PAUSED = "paused"
    """Nobody gets pictures now: out of credit, or the model is gone."""

    REFERENCES_GONE = "references_gone"
    NOT_TAKEN = "not_taken"
    """Whatever else kept its pictures from being ordered."""

    BOARD_CLOSED = "board_closed"
    """Nothing can be posted on the board."""

    PICTURE_LOST = "picture_lost"
    """The winner's bytes are gone from the disk, so no files can be made of it."""

    PICTURE_DELETED = "picture_deleted"
    """The winner's picture was deleted in the channel, so no files are made of it."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a member asks for, as yet unchecked. `source_id` is the interaction's id: once is once.

    `sizes` are keys or names of sizes, the first of which the picture is made for; `template` None means the board's.
    """

    source_id: int
    address: Address
    shows: str
    sizes: tuple[str, ...]
    headline: str = ""
    style: str | None = None
    template: str | None = None
    pictures: int = DEFAULT_PICTURES
    uploads: tuple[Upload, ...] = ()
    upload_limit_bytes: int = 10_000_000


@dataclass(frozen=True, slots=True)
class Place:
    """A message of the bot's on the board, and the thread that was opened on it, if any."""

    spot: Spot
    thread: ChannelId | None = None

    @property
    def room(self) -> ChannelId:
        """Where everything about it is posted."""
        return self.spot.channel if self.thread is None else self.thread


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """`number` is what people of its server call it by.

    `deadline` is when its state ends by itself; `moved_by` is None for what nobody pressed. `vote_opened_at` is None
    where no vote was held. `edition` counts how often files of the winner were wanted, `posted_edition` how often they
    were posted.
    `revision` counts what can be seen of it; the card shows `shown_revision`, and on it the picture `shown_picture`.
    """

    id: ThumbnailId
    number: int
    source_id: int
    application_id: int
    server: ServerId
    requester: MemberId
    shows: str
    headline: str
    style: str | None
    sizes: tuple[str, ...]
    template: str
    pictures: int
    references: tuple[Reference, ...]
    upload_limit_bytes: int
    asked_at: datetime
    state: ThumbnailState
    moved_at: datetime
    moved_by: MemberId | None
    why: Why
    deadline: datetime | None = None
    vote_opened_at: datetime | None = None
    chosen: int | None = None
    trouble: Trouble | None = None
    trouble_until: datetime | None = None
    card: Place | None = None
    edition: int = 0
    posted_edition: int = 0
    revision: int = 1
    shown_revision: int = 0
    shown_picture: str = ""
    restored_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def size(self) -> Size:
        """What the pictures are made for."""
        return SIZES[self.sizes[0]]

    @property
    def lettering(self) -> Template:
        return TEMPLATES[self.template]

    def design(self, size: Size, board: Board, *, is_clean: bool = False) -> Design:
        return Design(size, self.lettering, "" if is_clean else self.headline, board.accent)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A picture to choose: made in a round, or a member's own. `author` is who asked for it, or entered it.

    `parent` is the candidate it was made of. One that was taken away has no votes and cannot be chosen, and neither can
    one whose picture was deleted in the channel, which counts as taken away, too.
    """

    number: int
    sha256: Sha256
    author: MemberId
    added_at: datetime
    run: RunId | None = None
    parent: int | None = None
    spot: Spot | None = None
    is_removed: bool = False
    is_deleted: bool = False

    @property
    def is_entry(self) -> bool:
        return self.run is None


@dataclass(frozen=True, slots=True)
class Round:
    """Pictures that were ordered together: `words` for the model, `parent` the candidate that is changed, if any.

    `waiting` is the message in which they will appear. `request` is None until it was accepted; `awaited` counts its
    pictures on the way to the channel. `is_answered` once RunBase may be paid for them.
    """

    thumbnail: ThumbnailId
    number: int
    words: str
    pictures: int
    asked_by: MemberId
    asked_at: datetime
    parent: int | None = None
    waiting: Spot | None = None
    request: RequestId | None = None
    is_answered: bool = False
    awaited: int = 0

    @property
    def is_made(self) -> bool:
        """Nothing more is to be waited for. A picture that comes later still becomes a candidate."""
        return self.request is not None and not self.awaited


@dataclass(frozen=True, slots=True)
class Move:
    """From one state to another: by whom (None: by itself), why, and when the new one ends by itself.

    `reason` is what whoever declined it wrote, if anything: a member's words, like those of the wish.
    """

    before: ThumbnailState
    after: ThumbnailState
    at: datetime
    why: Why
    by: MemberId | None = None
    deadline: datetime | None = None
    chosen: int | None = None
    reason: str = ""
