"""Where boards, thumbnails, candidates and votes lie in memory; tests may look inside."""

from collections.abc import Set
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.ids import MemberId, RunId, ServerId, Sha256
from bot.domain.thumbnails.boards import Board
from bot.domain.thumbnails.ids import ThumbnailId
from bot.domain.thumbnails.states import DROPPED, OPEN, ThumbnailState
from bot.domain.thumbnails.thumbnails import Candidate, Move, Round, Thumbnail
from bot.ports.thumbnails import Posted


@dataclass(slots=True)
class Shelf:
    boards: dict[ServerId, Board] = field(default_factory=dict)
    thumbnails: dict[ThumbnailId, Thumbnail] = field(default_factory=dict)
    moves: dict[ThumbnailId, list[Move]] = field(default_factory=dict)
    posts: dict[tuple[ThumbnailId, str], Posted] = field(default_factory=dict)
    rounds: dict[tuple[ThumbnailId, int], Round] = field(default_factory=dict)
    settled_at: dict[tuple[ThumbnailId, int], datetime] = field(default_factory=dict)
    candidates: dict[ThumbnailId, dict[int, Candidate]] = field(default_factory=dict)
    votes: dict[ThumbnailId, dict[MemberId, int]] = field(default_factory=dict)

    def ended(self, before: datetime) -> list[Thumbnail]:
        over = DROPPED | {ThumbnailState.DONE}
        found = [one for one in self.thumbnails.values() if one.state in over and one.moved_at < before]
        return sorted(found, key=lambda one: (one.moved_at, one.id))

    def delete(self, thumbnail: ThumbnailId) -> None:
        del self.thumbnails[thumbnail]
        for of_one in (self.moves, self.candidates, self.votes):
            of_one.pop(thumbnail, None)
        self.posts = {key: post for key, post in self.posts.items() if key[0] != thumbnail}
        self.rounds = {key: order for key, order in self.rounds.items() if key[0] != thumbnail}
        self.settled_at = {key: at for key, at in self.settled_at.items() if key[0] != thumbnail}

    def needed(self, *, deleted: Set[RunId]) -> frozenset[Sha256]:
        references = {
            reference.sha256 for one in self.thumbnails.values() if one.state in OPEN for reference in one.references
        }
        candidates = {
            candidate.sha256
            for one in self.thumbnails.values()
            if one.state not in DROPPED and one.shows
            for candidate in self.candidates.get(one.id, {}).values()
            if not candidate.is_removed and candidate.run not in deleted
        }
        return frozenset(references | candidates)
