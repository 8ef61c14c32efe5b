"""Looking at a picture: who may see how much of it, and what there is to know."""

from dataclasses import dataclass

from bot.domain.errors import ImageDeleted, NotYours, RequestGone
from bot.domain.ids import RunId
from bot.domain.images import Image, Sight, Viewer
from bot.ports import ImageStore


@dataclass(frozen=True, slots=True)
class Details:
    """`number` of `count` is its place among the pictures of its request; `has_kin` when it has a lineage to show."""

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
        """Raises: RequestGone, NotYours, ImageDeleted."""
        image = await self._images.image(run)
        if image is None:
            raise RequestGone
        if image.sight_of(viewer) is Sight.NOTHING:
            raise NotYours if image.request.address.server_id == viewer.server else RequestGone
        if image.is_deleted:
            raise ImageDeleted
        return image

    async def details(self, run: RunId, viewer: Viewer) -> Details:
        """Raises: what `look` raises."""
        image = await self.look(run, viewer)
        beside = [one.id for one in await self.beside(image)]
        return Details(
            image=image,
            sight=image.sight_of(viewer),
            number=beside.index(run) + 1 if run in beside else 1,
            count=len(beside),
            is_own=image.request.address.member_id == viewer.member,
            is_deletable=image.may_be_deleted_by(viewer),
            has_kin=image.request.parent is not None or bool(await self._images.children(run, most=1)),
        )

    async def beside(self, image: Image) -> list[Image]:
        """The pictures of its request that are there, itself among them, in the order their message shows them."""
        images = await self._images.images_of(image.request.id)
        shown = [one for one in images if one.is_shown and not one.is_deleted]
        return sorted(shown, key=lambda one: (one.run.attachment or 0, one.run.number))
