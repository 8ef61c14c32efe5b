"""What members asked for before: telling them of it, asking for it once more, and bringing what was kept for them."""

from collections.abc import Sequence

from bot.domain.errors import NotYours, RequestGone
from bot.domain.ids import MemberId, RequestId, ServerId
from bot.domain.requests import Address, Request
from bot.ports import Past, RequestStore
from bot.services.signals import Signals

_MOST = 10  # as many as one message of 2,000 characters tells of


class History:
    def __init__(self, *, requests: RequestStore, signals: Signals) -> None:
        self._requests = requests
        self._signals = signals

    async def recent(self, server: ServerId, member: MemberId) -> Sequence[Past]:
        """The member's latest requests in the server, newest first."""
        return await self._requests.history(server, member, most=_MOST)

    async def asked(self, request: RequestId, server: ServerId, member: MemberId) -> Request:
        """What anybody of the server may ask for once more; only the member, where it was private.

        Raises: RequestGone, NotYours.
        """
        found = await self._requests.asked(request)
        if found is None or found.address.server_id != server or not found.prompt:
            raise RequestGone
        if found.address.private and found.address.member_id != member:
            raise NotYours
        return found

    async def kept(self, request: RequestId, server: ServerId, member: MemberId) -> Request:
        """Raises: RequestGone, NotYours."""
        found = await self._requests.asked(request)
        if found is None or found.address.server_id != server:
            raise RequestGone
        if found.address.member_id != member:
            raise NotYours
        return found

    async def bring(self, request: RequestId, address: Address) -> None:
        """Deliver what was kept to another answer. Raises: RequestGone when nothing is kept of it any more."""
        if not await self._requests.readdress(request, address):
            raise RequestGone
        self._signals.outbox.set()
