"""Counting votes: who leads, and who has won."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tally:
    """Votes by the number of the candidate they were given to; votes for what was taken away do not count."""

    candidates: tuple[int, ...]
    votes: Mapping[int, int]

    def of(self, candidate: int) -> int:
        return self.votes.get(candidate, 0)

    @property
    def cast(self) -> int:
        return sum(map(self.of, self.candidates))

    @property
    def leaders(self) -> tuple[int, ...]:
        """Those with most votes, in their order; all of them where nobody voted."""
        most = max(map(self.of, self.candidates), default=0)
        return tuple(sorted(one for one in self.candidates if self.of(one) == most))

    @property
    def winner(self) -> int | None:
        """None while two lead, or nobody voted: then it is the requester's choice."""
        leaders = self.leaders
        return leaders[0] if len(leaders) == 1 and self.of(leaders[0]) else None


def tally(candidates: Iterable[int], votes: Mapping[int, int]) -> Tally:
    return Tally(tuple(sorted(candidates)), votes)
