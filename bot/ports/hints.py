"""When members were last shown a hint."""

from datetime import datetime
from typing import Protocol

from bot.domain.ids import MemberId


class HintStore(Protocol):
    async def note(self, member: MemberId, at: datetime, *, after: datetime) -> bool:
        """Write down that a member is shown a hint; False, and nothing written, if one was shown later than `after`.

        Of several at once exactly one is True.
        """
