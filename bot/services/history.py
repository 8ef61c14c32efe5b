"""What members asked for before: telling them of it, asking for it once more, and bringing what was kept for them."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.errors import NotYours, RequestGone
from bot.domain.ids import MemberId, RequestId, ServerId
from bot.domain.requests import Address, Request
from bot.ports import Past, RequestStore
from bot.services.signals import Signals

_MOST = 10  # as many as one message of 2,000 characters tells of
_MOST_KEPT = 5  # each has a button, and a row takes five
_MOST_COUNTED = 100


@dataclass(frozen=True, slots=True)
class Recent:
    """Requests whose pictures wait on disk, then the latest others; and how many more wait on disk."""

    pasts: tuple[Past, ...]
    more_kept: int


class History:
    def __init__(self, *, requests: RequestStore, signals: Signals) -> None:
        self._requests = requests
        self._signals = signals

    async def recent(self, server: ServerId, member: MemberId) -> Recent:
        """The member's in the server, newest first; however old, what is kept is among them."""
        kept = await self._requests.kept(server, member, most=_MOST_COUNTED)
        latest = await self._requests.history(server, member, most=_MOST + len(kept))
        shown = [*kept[:_MOST_KEPT], *_without(latest, kept)]
        return Recent(tuple(shown[:_MOST]), more_kept=max(0, len(kept) - _MOST_KEPT))

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

    async def own(self, request: RequestId, member: MemberId) -> Request:
        """The member's own, in whichever server it was asked for. Raises: RequestGone, NotYours."""
        found = await self._requests.asked(request)
        if found is None:
            raise RequestGone
        if found.address.member_id != member:
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


def _without(pasts: Sequence[Past], others: Sequence[Past]) -> list[Past]:
    known = {one.request.id for one in others}
    return [past for past in pasts if past.request.id not in known]
