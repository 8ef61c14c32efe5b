"""Orders pictures for thumbnails, from the requester's quota: the first round, more, and changes of a candidate."""

import logging
from dataclasses import dataclass
from datetime import datetime

from bot.domain.errors import (
    BotError,
    ModelGone,
    OutOfCredit,
    QueueFull,
    QuotaExceeded,
    ReferenceRefused,
    StorageUnavailable,
)
from bot.domain.ids import MemberId
from bot.domain.prompts import parse_prompt
from bot.domain.requests import Address
from bot.domain.thumbnails.boards import Person
from bot.domain.thumbnails.ids import ThumbnailId
from bot.domain.thumbnails.refusals import (
    CandidateGone,
    PicturesOutOfRange,
    QuotaTooSmall,
    RequesterCannotPay,
    RoundUnderWay,
    ThumbnailMoved,
    TooManyCandidates,
)
from bot.domain.thumbnails.states import ThumbnailState, Why
from bot.domain.thumbnails.thumbnails import (
    LONGEST_CHANGE,
    MOST_CANDIDATES,
    MOST_MORE,
    Move,
    Round,
    Thumbnail,
    Trouble,
)
from bot.services.gate import Gate
from bot.services.thumbnails.desk import Desk, address_of, channels_for, names

log = logging.getLogger(__name__)


class Making:
    """Takes orders; `Ordering` carries them out."""

    def __init__(self, desk: Desk, *, gate: Gate) -> None:
        self._desk = desk
        self._gate = gate

    async def check_ever(self, address: Address, pictures: int) -> None:
        """What nobody could ever pay for is not even asked. Raises: QuotaTooSmall."""
        narrowest = await self._gate.narrowest(address)
        if narrowest is not None and narrowest.images < pictures:
            raise QuotaTooSmall(narrowest.images, narrowest.per)

    async def make(self, thumbnail: ThumbnailId, person: Person) -> Thumbnail:
        """Order the first round, once more where that was refused or failed.

        Raises: ThumbnailGone, NotYourThumbnail, ThumbnailMoved, RoundUnderWay, TooManyCandidates, what `Gate.check`
        raises, but RequesterCannotPay for what is about quota.
        """
        found = await self._desk.owned(thumbnail, person)
        if refusal := await self.begin(found, by=person.member):
            raise _for(found, person, refusal)
        return await self._desk.found(thumbnail)

    async def begin(self, thumbnail: Thumbnail, *, by: MemberId) -> BotError | None:
        """What keeps its pictures from being ordered, which is also stored for its card; None when they are.

        Raises: ThumbnailMoved, RoundUnderWay, TooManyCandidates, StorageUnavailable.
        """
        move = await self._desk.draw(thumbnail, ThumbnailState.MAKING, Why.PRESSED, by=by)
        pictures = min(thumbnail.pictures, await self._room(thumbnail))
        if refusal := await self._refusal(thumbnail, pictures):
            await self._desk.stores.thumbnails.note_trouble(thumbnail.id, *trouble_of(refusal))
            self._desk.wake.set()
            return refusal
        await self._order(thumbnail, Wanted(thumbnail.shows, pictures), by, move)
        return None

    async def more(self, thumbnail: ThumbnailId, person: Person, *, pictures: int = MOST_MORE) -> Thumbnail:
        """Another round from the same wish, while candidates are being voted on or there is only one.

        Raises: as `make`, and PicturesOutOfRange.
        """
        found = await self._desk.owned(thumbnail, person)
        if not 1 <= pictures <= MOST_MORE:
            raise PicturesOutOfRange(pictures, 1, MOST_MORE)
        return await self._add(found, person, Wanted(found.shows, pictures))

    async def change(self, thumbnail: ThumbnailId, person: Person, candidate: int, words: str) -> Thumbnail:
        """A candidate more, made of another one as `words` say.

        Raises: as `make`, and CandidateGone, PromptEmpty, PromptTooLong.
        """
        found = await self._desk.owned(thumbnail, person)
        wanted = Wanted(parse_prompt(words, limit=LONGEST_CHANGE), 1, parent=candidate)
        if candidate not in {one.number for one in await self._desk.candidates(thumbnail)}:
            raise CandidateGone
        return await self._add(found, person, wanted)

    async def _add(self, thumbnail: Thumbnail, person: Person, wanted: "Wanted") -> Thumbnail:
        if not takes_more(thumbnail):
            raise ThumbnailMoved(thumbnail.state)
        room = await self._room(thumbnail)
        if wanted.pictures > room:
            raise TooManyCandidates(MOST_CANDIDATES)
        if refusal := await self._refusal(thumbnail, wanted.pictures):
            raise _for(thumbnail, person, refusal)
        await self._order(thumbnail, wanted, person.member, None)
        return await self._desk.found(thumbnail.id)

    async def _room(self, thumbnail: Thumbnail) -> int:
        """Raises: TooManyCandidates when there is none."""
        room = MOST_CANDIDATES - len(await self._desk.candidates(thumbnail.id))
        if room < 1:
            raise TooManyCandidates(MOST_CANDIDATES)
        return room

    async def _refusal(self, thumbnail: Thumbnail, pictures: int) -> BotError | None:
        """Before anything is posted. Taking the quota is what decides."""
        board = await self._desk.board(thumbnail.server)
        channel = channels_for(thumbnail, board)[0]
        try:
            await self._gate.check(address_of(thumbnail, channel, self._desk.clock), pictures)
        except StorageUnavailable:
            raise
        except BotError as error:
            return error
        return None

    async def _order(self, thumbnail: Thumbnail, wanted: "Wanted", by: MemberId, move: Move | None) -> None:
        """Raises: RoundUnderWay, ThumbnailMoved, TooManyCandidates."""
        order = Round(
            thumbnail=thumbnail.id,
            number=0,
            words=wanted.words,
            pictures=wanted.pictures,
            asked_by=by,
            asked_at=self._desk.clock.now(),
            parent=wanted.parent,
        )
        candidates = self._desk.stores.candidates
        number = await candidates.order(order, move, expected=thumbnail.state, most=MOST_CANDIDATES)
        if number is None:
            raise await self._why_not(thumbnail)
        log.info("round ordered %s round=%d images=%d by=%s", names(thumbnail), number, wanted.pictures, by)
        if move is not None:
            self._desk.moved(thumbnail, move)
        self._desk.wake.set()

    async def _why_not(self, thumbnail: Thumbnail) -> BotError:
        now = await self._desk.found(thumbnail.id)
        if now.state is not thumbnail.state:
            return ThumbnailMoved(now.state)
        if await self._desk.stores.candidates.open_rounds(thumbnail.id):
            return RoundUnderWay()
        return TooManyCandidates(MOST_CANDIDATES)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a round is to yield."""

    words: str
    pictures: int
    parent: int | None = None


def takes_more(thumbnail: Thumbnail) -> bool:
    """While there is a vote, or could be one with another candidate."""
    if thumbnail.state is ThumbnailState.DECIDING:
        return thumbnail.vote_opened_at is None
    return thumbnail.state is ThumbnailState.VOTING


def trouble_of(error: BotError) -> tuple[Trouble, datetime | None]:
    """What a card says of it, and when it is over, if that is known."""
    match error:
        case QuotaExceeded():
            return Trouble.QUOTA, error.opens_at
        case QueueFull():
            return Trouble.QUEUE_FULL, None
        case OutOfCredit() | ModelGone():
            return Trouble.PAUSED, None
        case ReferenceRefused():
            return Trouble.REFERENCES_GONE, None
        case _:
            return Trouble.NOT_TAKEN, None


def _for(thumbnail: Thumbnail, person: Person, refusal: BotError) -> BotError:
    """No button asks for fewer, and somebody else's quota is none of what this person made."""
    if not isinstance(refusal, QuotaExceeded):
        return refusal
    is_own = person.member == thumbnail.requester
    return RequesterCannotPay(thumbnail.requester, refusal.asked, refusal.opens_at, is_own)
