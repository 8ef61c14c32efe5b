"""Looking at a picture: who may see how much of it, and what there is to know."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.errors import ImageDeleted, NotShownHere, NotYours, RequestGone
from bot.domain.ids import RequestId, RunId
from bot.domain.images import Image, Sight, Viewer
from bot.domain.requests import Spot
from bot.ports import ImageStore


@dataclass(frozen=True, slots=True)
class Details:
    """`number` of `count` is its place in the message that shows it; `has_kin` when it has a lineage to show.

    Pictures that were deleted from the message count, so that the others keep their numbers.
    """

    image: Image
    sight: Sight
    number: int
    count: int
    has_kin: bool
    is_own: bool
    is_deletable: bool


class Viewing:
    def __init__(self, *, images: ImageStore) -> None:
        self._images = images

    async def look(self, run: RunId, viewer: Viewer) -> Image:
        """Raises: RequestGone, NotYours, NotShownHere, ImageDeleted."""
        image = await self._images.image(run)
        if image is None:
            raise RequestGone
        await self.check(image, viewer)
        return image

    async def check(self, image: Image, viewer: Viewer) -> None:
        """Raises: RequestGone, NotYours, NotShownHere, ImageDeleted."""
        await viewer.ask_about(image.depends_on(viewer))
        if image.sight_of(viewer) is Sight.NOTHING:
            if image.request.address.server_id != viewer.server:
                raise RequestGone
            raise NotYours if image.seen_in is None else NotShownHere
        if image.is_deleted:
            raise ImageDeleted

    async def details(self, run: RunId, viewer: Viewer) -> Details:
        """Raises: what `look` raises."""
        image = await self.look(run, viewer)
        is_own = image.request.address.member_id == viewer.member
        place = image.own_place if is_own else image.open_place
        ever = [one.id for one in await self.ever_at(place.spot, image.request.id)] if place else [run]
        return Details(
            image=image,
            sight=image.sight_of(viewer),
            number=ever.index(run) + 1,
            count=len(ever),
            is_own=is_own,
            is_deletable=image.may_be_deleted_by(viewer),
            has_kin=image.request.parent is not None or bool(await self._images.children(run, most=1)),
        )

    async def ever_at(self, spot: Spot, request: RequestId) -> Sequence[Image]:
        """The pictures of a request that a message shows or showed, in its order, also those that were deleted."""
        shown = [one for one in await self._images.images_of(request) if one.is_shown]
        there = [(place.attachment or 0, one) for one in shown if (place := one.place_at(spot)) is not None]
        return [one for _, one in sorted(there, key=lambda at: (at[0], at[1].run.number))]

    async def beside(self, image: Image) -> list[Image]:
        """The pictures of its request that are there, itself among them, in the order their message shows them."""
        images = await self._images.images_of(image.request.id)
        shown = [one for one in images if one.is_shown and not one.is_deleted]
        return sorted(shown, key=lambda one: (one.run.attachment or 0, one.run.number))
