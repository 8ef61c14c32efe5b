"""Members' own pictures as candidates, and taking candidates away."""

import asyncio
import logging

from bot.domain.ids import MemberId
from bot.domain.requests import Address, Draft, Upload
from bot.domain.thumbnails.boards import Person
from bot.domain.thumbnails.ids import ThumbnailId
from bot.domain.thumbnails.refusals import (
    AlreadyEntered,
    CandidateGone,
    EntriesClosed,
    ModeratorsOnly,
    ThumbnailMoved,
    TooManyCandidates,
)
from bot.domain.thumbnails.states import COLLECTING, ThumbnailState
from bot.domain.thumbnails.thumbnails import MOST_CANDIDATES, Thumbnail
from bot.services.references import References
from bot.services.thumbnails.desk import Desk, names

log = logging.getLogger(__name__)


class Entries:
    """`references` here are made fit for composing, not for the model."""

    def __init__(self, desk: Desk, *, references: References) -> None:
        self._desk = desk
        self._references = references
        self._one_by_one = asyncio.Lock()

    async def enter(self, thumbnail: ThumbnailId, address: Address, upload: Upload) -> int:
        """The number of the candidate that a member's picture is. One picture a member; it costs nobody quota.

        Raises: ThumbnailGone, EntriesClosed, ThumbnailMoved, AlreadyEntered, TooManyCandidates, ReferenceRefused,
        ReferencesUnreachable, StorageUnavailable.
        """
        found, member = await self._desk.found(thumbnail, address.server_id), address.member_id
        if not (await self._desk.board(found.server)).takes_entries:
            raise EntriesClosed
        await self._check(found, member)
        draft = Draft(0, address, "", None, (upload,), upload_limit_bytes=0)
        async with self._references.gathered(draft, most=1) as gathered, self._one_by_one:
            # Once more, since fetching took its time: what is refused is not kept.
            await self._check(await self._desk.found(thumbnail), member)
            await self._references.keep(gathered)
            sha256, now = gathered.references[0].sha256, self._desk.clock.now()
            number = await self._desk.stores.candidates.enter(thumbnail, member, sha256, now, most=MOST_CANDIDATES)
        log.info("candidate entered %s candidate=%d by=%s", names(found), number, member)
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

    async def _check(self, thumbnail: Thumbnail, member: MemberId) -> None:
        """Storing it is what decides; this refuses before anything is kept."""
        is_voted_on = thumbnail.state is ThumbnailState.DECIDING and thumbnail.vote_opened_at is not None
        if thumbnail.state not in COLLECTING or is_voted_on:
            raise ThumbnailMoved(thumbnail.state)
        candidates = await self._desk.candidates(thumbnail.id)
        if any(one.is_entry and one.author == member for one in candidates):
            raise AlreadyEntered
        rounds = await self._desk.stores.candidates.open_rounds(thumbnail.id)
        if len(candidates) + sum(one.pictures for one in rounds) >= MOST_CANDIDATES:
            raise TooManyCandidates(MOST_CANDIDATES)
