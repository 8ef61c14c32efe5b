"""A request journal that a test carries from one process to the next."""

from collections.abc import Sequence

from bot.domain.ids import KeyId

_WINDOW_S = 10.0


class MemoryJournal:
    def __init__(self) -> None:
        self.under_way: list[tuple[KeyId, float]] = []
        self.answered: list[tuple[KeyId, float]] = []

    def take_over(self, now_s: float) -> Sequence[tuple[KeyId, float]]:
        self.answered = [(key, at_s) for key, at_s in self.answered if now_s - at_s < _WINDOW_S]
        self.answered += [(key, now_s) for key, _ in self.under_way]
        self.under_way = []
        return tuple(self.answered)

    def note_sent(self, key: KeyId, sent_s: float) -> None:
        self.under_way.append((key, sent_s))

    def note_answered(self, key: KeyId, sent_s: float, answered_s: float) -> None:
        self.under_way.remove((key, sent_s))
        self.answered.append((key, answered_s))
