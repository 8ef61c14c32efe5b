"""The journal: what one process asked of RunBase, for the one after it."""

from collections.abc import Sequence
from typing import Protocol

from bot.domain.ids import KeyId


class RequestJournal(Protocol):
    """The requests of the last seconds by key, kept whenever and however the process ends.

    Times are those of `Clock.elapsed_s`. Nothing is raised and nothing waits: a disk that refuses makes the journal
    forget, no request fail.
    """

    def take_over(self, now_s: float) -> Sequence[tuple[KeyId, float]]:
        """When each request that may still count was answered; `now_s` for those whose answer was not noted.

        At a start, before anything is noted.
        """

    def note_sent(self, key: KeyId, sent_s: float) -> None: ...

    def note_answered(self, key: KeyId, sent_s: float, answered_s: float) -> None:
        """However it was answered, or was not."""
