"""When members were last shown a hint, in memory."""

from datetime import datetime

from bot.domain.errors import StorageUnavailable
from bot.domain.ids import MemberId
from tests.fakes.ledger import MemoryLedger


class MemoryHintStore:
    """`HintStore` over the ledger's dictionaries."""

    def __init__(self, ledger: MemoryLedger) -> None:
        self._ledger = ledger

    async def note(self, member: MemberId, at: datetime, *, after: datetime) -> bool:
        if self._ledger.is_full:
            raise StorageUnavailable
        shown_at = self._ledger.hints.get(member)
        if shown_at is not None and shown_at > after:
            return False
        self._ledger.hints[member] = at
        return True
