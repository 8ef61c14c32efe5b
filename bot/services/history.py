"""What members asked for before: asking for it once more, and bringing what was kept for them."""

from dataclasses import replace

from bot.domain.errors import NotYours, ReferencesNotYours, RequestGone
from bot.domain.ids import MemberId, RequestId, ServerId
from bot.domain.requests import Address, Request
from bot.ports import ImageStore, RequestStore
from bot.services.signals import Signals


class History:
    def __init__(self, *, images: ImageStore, requests: RequestStore, signals: Signals) -> None:
        self._images = images
        self._requests = requests
        self._signals = signals

    async def asked(self, request: RequestId, server: ServerId, member: MemberId) -> Request:
        """What anybody of the server may ask for once more; what was private, once its member showed its words.

        For anybody but its member such a request is public. Raises: RequestGone, NotYours, ReferencesNotYours.
        """
        found = await self._requests.asked(request)
        if found is None or found.address.server_id != server or not found.prompt:
            raise RequestGone
        if found.address.member_id == member:
            return found
        if found.address.private and not await self._is_known(request):
            raise NotYours
        if not _shows_its_references(found):
            raise ReferencesNotYours
        return replace(found, address=replace(found.address, private=False))

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

    async def _is_known(self, request: RequestId) -> bool:
        """Whether a private request's words stand in a channel."""
        posts = [image.post for image in await self._images.images_of(request)]
        return any(post is not None and post.message is not None and post.shows_prompt for post in posts)


def _shows_its_references(request: Request) -> bool:
    """One that was made from the picture of a message anybody can open: more references may be its member's own."""
    if not request.references:
        return True
    is_linked = request.parent is not None and request.parent.message_id is not None
    return is_linked and len(request.references) == 1 and not request.address.private
