"""Whether those who waited long are still there: a picture for somebody who left would be paid for in vain."""

import logging
from datetime import datetime, timedelta

from bot.domain.ids import MemberId, ServerId
from bot.domain.requests import Request
from bot.ports import Clock, Membership
from bot.services.names import names

log = logging.getLogger(__name__)

_MAY_HAVE_LEFT_AFTER = timedelta(seconds=30)  # who asked a moment ago is there, and Discord need not be asked
_BELIEVED_FOR = timedelta(minutes=1)
_MOST_REMEMBERED = 1000


class Presence:
    def __init__(self, *, clock: Clock, membership: Membership) -> None:
        self._clock = clock
        self._membership = membership
        self._seen_at: dict[tuple[ServerId, MemberId], datetime] = {}

    async def is_there(self, request: Request) -> bool:
        """True for those who asked lately, were seen lately, or cannot be looked for just now."""
        now, address = self._clock.now(), request.address
        who = (address.server_id, address.member_id)
        seen_at = max(request.created_at, self._seen_at.get(who, request.created_at))
        patience = _MAY_HAVE_LEFT_AFTER if seen_at == request.created_at else _BELIEVED_FOR
        if now - seen_at < patience:
            return True
        if not await self._membership.is_there(address):
            log.info("member gone %s", names(request))
            return False
        self._remember(who, now)
        return True

    def _remember(self, who: tuple[ServerId, MemberId], now: datetime) -> None:
        if len(self._seen_at) >= _MOST_REMEMBERED:
            self._seen_at.clear()
        self._seen_at[who] = now
