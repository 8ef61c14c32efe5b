"""Members' own pictures as candidates, and taking candidates away."""

import logging

from bot.domain.requests import Address, Draft, Upload
from bot.domain.thumbnails.boards import Person
from bot.domain.thumbnails.ids import ThumbnailId
from bot.domain.thumbnails.refusals import CandidateGone, EntriesClosed, ModeratorsOnly, ThumbnailMoved
from bot.domain.thumbnails.states import COLLECTING
from bot.domain.thumbnails.thumbnails import MOST_CANDIDATES
from bot.services.references import References
from bot.services.thumbnails.desk import Desk, names

log = logging.getLogger(__name__)


class Entries:
    """`references` here are made fit for composing, not for the model."""

    def __init__(self, desk: Desk, *, references: References) -> None:
        self._desk = desk
        self._references = references

    async def enter(self, thumbnail: ThumbnailId, address: Address, upload: Upload) -> int:
        """The number of the candidate that a member's picture is. One picture a member; it costs nobody quota.

        Raises: ThumbnailGone, EntriesClosed, ThumbnailMoved, AlreadyEntered, TooManyCandidates, ReferenceRefused,
        ReferencesUnreachable, StorageUnavailable.
        """
        found = await self._desk.found(thumbnail, address.server_id)
        board = await self._desk.board(found.server)
        if not board.takes_entries:
            raise EntriesClosed
        if found.state not in COLLECTING:
            raise ThumbnailMoved(found.state)
        draft = Draft(0, address, "", None, (upload,), upload_limit_bytes=0)
        async with self._references.gathered(draft, most=1) as gathered:
            await self._references.keep(gathered)
            number = await self._desk.stores.candidates.enter(
                thumbnail,
                address.member_id,
                gathered.references[0].sha256,
                self._desk.clock.now(),
                most=MOST_CANDIDATES,
            )
        log.info("candidate entered %s candidate=%d by=%s", names(found), number, address.member_id)
        self._desk.wake.set()
        return number

    async def remove(self, thumbnail: ThumbnailId, person: Person, candidate: int) -> None:
        """For moderators, and for whoever entered it. Its votes do not count any more.

        Raises: ThumbnailGone, ModeratorsOnly, CandidateGone, ThumbnailMoved.
        """
        found = await self._desk.found(thumbnail, person.server)
        known = {one.number: one for one in await self._desk.candidates(thumbnail)}
        if candidate not in known:
            raise CandidateGone
        is_own = known[candidate].is_entry and known[candidate].author == person.member
        if not (person.is_moderator or is_own):
            raise ModeratorsOnly
        now = self._desk.clock.now()
        if not await self._desk.stores.candidates.remove(thumbnail, candidate, person.member, now):
            raise ThumbnailMoved((await self._desk.found(thumbnail)).state)
        log.info("candidate removed %s candidate=%d by=%s", names(found), candidate, person.member)
        self._desk.wake.set()
