"""Boards, thumbnails, candidates and votes in memory, beside the runs of the ledger in memory."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.domain.errors import AlreadyAsked, StorageUnavailable
from bot.domain.ids import MemberId, RunId, ServerId, Sha256
from bot.domain.ladder import ClosedReason
from bot.domain.requests import Reference, Spot
from bot.domain.runs import AWAITED, Run, RunState
from bot.domain.thumbnails.boards import Board
from bot.domain.thumbnails.ids import ThumbnailId
from bot.domain.thumbnails.refusals import (
    AlreadyEntered,
    CandidateGone,
    ThumbnailGone,
    ThumbnailMoved,
    TooManyCandidates,
    TooManyThumbnails,
    VoteNotOpen,
)
from bot.domain.thumbnails.states import COLLECTING, DROPPED, OPEN, ThumbnailState, is_legal
from bot.domain.thumbnails.thumbnails import MOST_CANDIDATES, Candidate, Move, Place, Round, Thumbnail, Trouble
from bot.ports.thumbnails import Posted, Tended
from tests.fakes.ledger import Entry, MemoryLedger, TakeState

_CARD = "c"
_CHOSEN = frozenset({ThumbnailState.CHOSEN, ThumbnailState.DONE})


class MemoryThumbnails:
    """`BoardStore`, `ThumbnailStore`, `CandidateStore` and `VoteStore` in one, over the shelf of a ledger.

    Each method lets others run first and is atomic from there.
    """

    def __init__(self, ledger: MemoryLedger) -> None:
        self._ledger = ledger
        self._shelf = ledger.shelf

    # Boards

    async def board(self, server: ServerId) -> Board | None:
        await _others_first()
        return self._shelf.boards.get(server)

    async def set_up(self, board: Board, by: MemberId, at: datetime) -> None:
        await self._writing()
        self._shelf.boards[board.server] = replace(board, closed=None)

    async def close(self, board: Board, reason: ClosedReason | None) -> None:
        await self._writing()
        found = self._shelf.boards.get(board.server)
        if found is not None and found.channel == board.channel:
            self._shelf.boards[board.server] = replace(found, closed=reason)

    # Thumbnails

    async def ask(self, thumbnail: Thumbnail, *, most_open: int) -> int:
        await self._writing()
        known = self._shelf.thumbnails.values()
        if any(one.source_id == thumbnail.source_id for one in known):
            raise AlreadyAsked
        same_server = [one for one in known if one.server == thumbnail.server]
        if sum(one.requester == thumbnail.requester and one.is_open for one in same_server) >= most_open:
            raise TooManyThumbnails(most_open)
        number = max((one.number for one in same_server), default=0) + 1
        references = tuple(_stored(one) for one in thumbnail.references)
        self._shelf.thumbnails[thumbnail.id] = replace(
            thumbnail, number=number, references=references, moved_at=thumbnail.asked_at, moved_by=thumbnail.requester
        )
        return number

    async def thumbnail(self, thumbnail: ThumbnailId) -> Thumbnail | None:
        await _others_first()
        found = self._shelf.thumbnails.get(thumbnail)
        if found is None:
            return None
        card = self._shelf.posts.get((thumbnail, _CARD))
        return replace(found, card=card.place if card else None)

    async def numbered(self, server: ServerId, number: int) -> Thumbnail | None:
        found = [one for one in self._shelf.thumbnails.values() if (one.server, one.number) == (server, number)]
        return await self.thumbnail(found[0].id) if found else None

    async def listed(self, server: ServerId, *, of: MemberId | None, only_open: bool, most: int) -> Sequence[Thumbnail]:
        wanted = OPEN | {ThumbnailState.CHOSEN} if only_open else frozenset(ThumbnailState)
        found = [
            one
            for one in self._shelf.thumbnails.values()
            if one.server == server and of in {None, one.requester} and one.state in wanted
        ]
        newest = sorted(found, key=lambda one: (-one.asked_at.timestamp(), one.id))[:most]
        return await self._all(newest)

    async def open_ones(self, *, asked_before: datetime, server: ServerId | None = None) -> Sequence[Thumbnail]:
        found = [
            one
            for one in self._shelf.thumbnails.values()
            if one.is_open and one.asked_at < asked_before and server in {None, one.server}
        ]
        return await self._all(sorted(found, key=lambda one: (one.asked_at, one.id)))

    async def to_tend(self, at: datetime) -> Sequence[Tended]:
        await _others_first()
        found = [
            Tended(one.id, self._is_pressing(one, at), is_dirty=one.shown_revision < one.revision)
            for one in self._shelf.thumbnails.values()
        ]
        return sorted((one for one in found if one.is_pressing or one.is_dirty), key=lambda one: one.id)

    async def next_deadline(self, after: datetime) -> datetime | None:
        await _others_first()
        deadlines = [one.deadline for one in self._shelf.thumbnails.values() if one.deadline]
        return min((one for one in deadlines if one > after), default=None)

    async def move(self, thumbnail: ThumbnailId, move: Move) -> bool:
        await self._writing()
        return self._move(thumbnail, move)

    async def moves(self, thumbnail: ThumbnailId) -> Sequence[Move]:
        await _others_first()
        return tuple(self._shelf.moves.get(thumbnail, ()))

    async def note_trouble(self, thumbnail: ThumbnailId, trouble: Trouble | None, until: datetime | None) -> None:
        await self._writing()
        found = self._shelf.thumbnails[thumbnail]
        is_told = (found.trouble, found.trouble_until) == (trouble, until)
        if found.state in COLLECTING | _CHOSEN and not is_told:
            self._change(thumbnail, trouble=trouble, trouble_until=until)

    async def show_again(self, server: ServerId) -> None:
        await self._writing()
        for one in [one for one in self._shelf.thumbnails.values() if one.server == server and one.is_open]:
            self._change(one.id)

    async def reletter(self, thumbnail: ThumbnailId, headline: str, template: str) -> bool:
        await self._writing()
        found = self._shelf.thumbnails.get(thumbnail)
        if found is None or found.state in DROPPED:
            return False
        edition = found.edition + (found.state in _CHOSEN)
        self._change(thumbnail, headline=headline, template=template, edition=edition)
        return True

    async def note_shown(self, thumbnail: ThumbnailId, revision: int, picture: str) -> None:
        await self._writing()
        found = self._shelf.thumbnails[thumbnail]
        if found.shown_revision < revision:
            self._shelf.thumbnails[thumbnail] = replace(found, shown_revision=revision, shown_picture=picture)

    async def note_edition(self, thumbnail: ThumbnailId, edition: int) -> None:
        await self._writing()
        found = self._shelf.thumbnails[thumbnail]
        if found.posted_edition < edition:
            self._shelf.thumbnails[thumbnail] = replace(found, posted_edition=edition)

    # Posts

    async def post(self, thumbnail: ThumbnailId, mark: str) -> Posted | None:
        await _others_first()
        return self._shelf.posts.get((thumbnail, mark))

    async def attempt(self, thumbnail: ThumbnailId, mark: str, at: datetime) -> None:
        await self._writing()
        self._shelf.posts.setdefault((thumbnail, mark), Posted(at, None))

    async def note_post(self, thumbnail: ThumbnailId, mark: str, place: Place) -> None:
        await self._writing()
        self._shelf.posts[thumbnail, mark] = replace(self._shelf.posts[thumbnail, mark], place=place)

    async def forget_post(self, thumbnail: ThumbnailId, mark: str) -> None:
        await self._writing()
        self._shelf.posts.pop((thumbnail, mark), None)

    # Rounds and candidates

    async def order(self, order: Round, move: Move | None, *, expected: ThumbnailState, most: int) -> int | None:
        await self._writing()
        found = self._shelf.thumbnails.get(order.thumbnail)
        mine = [one for one in self._shelf.rounds.values() if one.thumbnail == order.thumbnail]
        is_under_way = any(not self._is_settled(one) for one in mine)
        has_room = self._count(order.thumbnail) + order.pictures <= most
        if found is None or found.state is not expected or is_under_way or not has_room:
            return None
        if move is not None:
            self._move(order.thumbnail, move)
        number = max((one.number for one in mine), default=0) + 1
        self._shelf.rounds[order.thumbnail, number] = replace(order, number=number, waiting=None, request=None)
        self._change(order.thumbnail)
        return number

    async def open_rounds(self, thumbnail: ThumbnailId | None = None) -> Sequence[Round]:
        await _others_first()
        found = [
            self._standing(one)
            for one in self._shelf.rounds.values()
            if thumbnail in {None, one.thumbnail} and not self._is_settled(one)
        ]
        return sorted(found, key=lambda one: (one.asked_at, one.thumbnail, one.number))

    async def quota_used(self, thumbnail: ThumbnailId) -> int:
        await _others_first()
        mine = [self._entry(one) for one in self._shelf.rounds.values() if one.thumbnail == thumbnail]
        runs = [run for entry in mine if entry for run in self._ledger.runs_of(entry.request.id)]
        takes = [self._ledger.takes[run.id] for run in runs if run.id in self._ledger.takes]
        return sum(take.state is not TakeState.GIVEN_BACK for take in takes)

    async def note_waiting(self, order: Round, spot: Spot) -> None:
        await self._writing()
        found = self._shelf.rounds[order.thumbnail, order.number]
        if found.waiting is None:
            self._shelf.rounds[order.thumbnail, order.number] = replace(found, waiting=spot)

    async def settle(self, order: Round, at: datetime) -> bool:
        await self._writing()
        if self._is_settled(order):
            return False
        self._shelf.settled_at[order.thumbnail, order.number] = at
        self._change(order.thumbnail)
        return True

    async def collect(self, thumbnail: ThumbnailId, at: datetime, *, most: int) -> Sequence[RunId]:
        await self._writing()
        candidates = self._shelf.candidates.setdefault(thumbnail, {})
        before = dict(candidates)
        for one in before.values():
            candidates[one.number] = replace(one, is_removed=one.is_removed or self._is_deleted(one))
        is_collecting = self._shelf.thumbnails[thumbnail].state in COLLECTING
        for order, entry, run in self._finished(thumbnail) if is_collecting else ():
            if self._count(thumbnail) < most and run.image and not any(one.run == run.id for one in before.values()):
                number = max(candidates, default=0) + 1
                author = entry.request.address.member_id
                candidates[number] = Candidate(number, run.image, author, at, run=run.id, parent=order.parent)
        if candidates != before:
            self._change(thumbnail)
        return [one.run for number, one in candidates.items() if number not in before and one.run]

    async def candidates(self, thumbnail: ThumbnailId) -> Sequence[Candidate]:
        await _others_first()
        found = self._shelf.candidates.get(thumbnail, {})
        return [self._joined(found[number]) for number in sorted(found)]

    async def enter(self, thumbnail: ThumbnailId, member: MemberId, sha256: Sha256, at: datetime, *, most: int) -> int:
        await self._writing()
        found = self._shelf.thumbnails.get(thumbnail)
        if found is None:
            raise ThumbnailGone
        is_over = found.state is ThumbnailState.DECIDING and found.vote_opened_at is not None
        if found.state not in COLLECTING or is_over:
            raise ThumbnailMoved(found.state)
        candidates = self._shelf.candidates.setdefault(thumbnail, {})
        if any(one.is_entry and one.author == member and not one.is_removed for one in candidates.values()):
            raise AlreadyEntered
        if self._count(thumbnail) + self._being_made(thumbnail) >= most:
            raise TooManyCandidates(most)
        number = max(candidates, default=0) + 1
        candidates[number] = Candidate(number, sha256, member, at)
        self._change(thumbnail)
        return number

    async def remove(self, thumbnail: ThumbnailId, number: int, by: MemberId, at: datetime) -> bool:
        await self._writing()
        found = self._shelf.candidates.get(thumbnail, {}).get(number)
        if found is None or found.is_removed or self._shelf.thumbnails[thumbnail].state not in COLLECTING:
            return False
        self._shelf.candidates[thumbnail][number] = replace(found, is_removed=True)
        self._change(thumbnail)
        return True

    # Votes

    async def cast(self, thumbnail: ThumbnailId, member: MemberId, candidate: int, at: datetime) -> int | None:
        await self._writing()
        found = self._shelf.thumbnails.get(thumbnail)
        is_open = found is not None and found.state is ThumbnailState.VOTING
        if found is None or not is_open or found.deadline is None or found.deadline <= at:
            raise VoteNotOpen
        wanted = self._shelf.candidates.get(thumbnail, {}).get(candidate)
        if wanted is None or wanted.is_removed:
            raise CandidateGone
        votes = self._shelf.votes.setdefault(thumbnail, {})
        before = votes.get(member)
        votes[member] = candidate
        self._change(thumbnail)
        return before

    async def votes(self, thumbnail: ThumbnailId) -> Mapping[int, int]:
        await _others_first()
        return Counter(self._shelf.votes.get(thumbnail, {}).values())

    async def vote_of(self, thumbnail: ThumbnailId, member: MemberId) -> int | None:
        await _others_first()
        return self._shelf.votes.get(thumbnail, {}).get(member)

    # What is behind it

    async def _writing(self) -> None:
        await _others_first()
        if self._ledger.is_full:
            raise StorageUnavailable

    async def _all(self, found: Sequence[Thumbnail]) -> list[Thumbnail]:
        whole = [await self.thumbnail(one.id) for one in found]
        return [one for one in whole if one is not None]

    def _move(self, thumbnail: ThumbnailId, move: Move) -> bool:
        assert is_legal(move.before, move.after)
        found = self._shelf.thumbnails.get(thumbnail)
        if found is None or found.state is not move.before or not self._may_be_chosen(thumbnail, move.chosen):
            return False
        opened_at = found.vote_opened_at
        if move.after is ThumbnailState.APPROVED:
            opened_at = None
            self._shelf.votes.pop(thumbnail, None)
        elif move.after is ThumbnailState.VOTING:
            opened_at = move.at
        self._change(
            thumbnail,
            state=move.after,
            moved_at=move.at,
            moved_by=move.by,
            why=move.why,
            deadline=move.deadline,
            chosen=found.chosen if move.chosen is None else move.chosen,
            edition=found.edition + (move.after is ThumbnailState.CHOSEN),
            trouble=None,
            trouble_until=None,
            vote_opened_at=opened_at,
        )
        self._shelf.moves.setdefault(thumbnail, []).append(move)
        return True

    def _change(self, thumbnail: ThumbnailId, **changes: Any) -> None:
        found = self._shelf.thumbnails[thumbnail]
        self._shelf.thumbnails[thumbnail] = replace(found, revision=found.revision + 1, **changes)

    def _is_pressing(self, thumbnail: Thumbnail, at: datetime) -> bool:
        is_over = thumbnail.deadline is not None and thumbnail.deadline <= at
        is_to_post = thumbnail.posted_edition < thumbnail.edition
        rounds = [one for one in self._shelf.rounds.values() if one.thumbnail == thumbnail.id]
        is_being_made = any(not self._is_settled(one) for one in rounds)
        return is_over or is_to_post or is_being_made or self._has_to_collect(thumbnail)

    def _has_to_collect(self, thumbnail: Thumbnail) -> bool:
        candidates = self._shelf.candidates.get(thumbnail.id, {}).values()
        if any(self._is_deleted(one) and not one.is_removed for one in candidates):
            return True
        known = {one.run for one in candidates}
        is_new = any(run.id not in known for _, _, run in self._finished(thumbnail.id))
        return is_new and thumbnail.state in COLLECTING and self._count(thumbnail.id) < MOST_CANDIDATES

    def _finished(self, thumbnail: ThumbnailId) -> Iterator[tuple[Round, Entry, Run]]:
        """Pictures that are there, whether they are candidates already or not."""
        for order in self._shelf.rounds.values():
            entry = self._entry(order) if order.thumbnail == thumbnail else None
            if entry is None:
                continue
            for run in self._ledger.runs_of(entry.request.id):
                is_there = run.state is RunState.DELIVERED or (run.state is RunState.READY and entry.kept_at)
                if is_there and run.deleted_at is None:
                    yield order, entry, run

    def _entry(self, order: Round) -> Entry | None:
        if order.waiting is None:
            return None
        source = order.waiting.message
        return next((one for one in self._ledger.entries.values() if one.request.source_id == source), None)

    def _standing(self, order: Round) -> Round:
        entry = self._entry(order)
        if entry is None:
            return order
        awaited = AWAITED if entry.kept_at else AWAITED | {RunState.READY}
        runs = self._ledger.runs_of(entry.request.id)
        return replace(
            order,
            request=entry.request.id,
            is_answered=entry.acknowledged_at is not None,
            awaited=sum(run.state in awaited for run in runs),
        )

    def _is_settled(self, order: Round) -> bool:
        return (order.thumbnail, order.number) in self._shelf.settled_at

    def _count(self, thumbnail: ThumbnailId) -> int:
        return sum(not one.is_removed for one in self._shelf.candidates.get(thumbnail, {}).values())

    def _being_made(self, thumbnail: ThumbnailId) -> int:
        mine = [one for one in self._shelf.rounds.values() if one.thumbnail == thumbnail]
        return sum(one.pictures for one in mine if not self._is_settled(one))

    def _joined(self, candidate: Candidate) -> Candidate:
        run = self._ledger.runs.get(candidate.run) if candidate.run else None
        is_deleted = self._is_deleted(candidate)
        is_removed = candidate.is_removed or is_deleted
        return replace(candidate, spot=run.spot if run else None, is_removed=is_removed, is_deleted=is_deleted)

    def _is_deleted(self, candidate: Candidate) -> bool:
        run = self._ledger.runs.get(candidate.run) if candidate.run else None
        return run is not None and run.deleted_at is not None

    def _may_be_chosen(self, thumbnail: ThumbnailId, chosen: int | None) -> bool:
        found = self._shelf.candidates.get(thumbnail, {}).get(chosen or 0)
        return chosen is None or (found is not None and not self._joined(found).is_removed)


def _stored(reference: Reference) -> Reference:
    """Its address is dead soon, and not stored."""
    return replace(reference, url=None)


async def _others_first() -> None:
    """As with a real database, something else may happen before a statement does."""
    await asyncio.sleep(0)
