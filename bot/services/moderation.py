"""Deleting pictures, and reporting them to those who look after the bot."""

import logging
from datetime import timedelta

from bot.domain.ids import RunId
from bot.domain.images import Image, Sight, Viewer
from bot.domain.ladder import PostFailed, RungClosed
from bot.domain.moderation import NotReported, NotTakenDown, NotYoursToDelete, OthersBeingMade, StillBeingShown
from bot.domain.runs import RunState
from bot.ports import Clock, ImageStore, Moderators, Removal, Report, ReportStore, Wall
from bot.services.names import run_names
from bot.services.viewing import Viewing

log = logging.getLogger(__name__)

# Nobody comes across more in earnest, and whoever reads them shall find the earnest ones.
MOST_REPORTS = 10
REPORTS_PER = timedelta(hours=1)

_STILL_TO_COME = frozenset({RunState.QUEUED, RunState.SUBMITTING, RunState.RUNNING, RunState.READY})


class Moderation:
    def __init__(
        self,
        *,
        clock: Clock,
        images: ImageStore,
        reports: ReportStore,
        moderators: Moderators,
        viewing: Viewing,
        wall: Wall,
    ) -> None:
        self._clock = clock
        self._images = images
        self._reports = reports
        self._moderators = moderators
        self._viewing = viewing
        self._wall = wall

    @property
    def takes_reports(self) -> bool:
        return self._moderators.can_be_told

    async def check_deletable(self, run: RunId, viewer: Viewer) -> Image:
        """Raises: what `Viewing.look` raises, NotYoursToDelete, StillBeingShown, OthersBeingMade."""
        image = await self._viewing.look(run, viewer)
        if not image.may_be_deleted_by(viewer):
            raise NotYoursToDelete(image.request.address.member_id)
        if not image.is_shown:
            raise StillBeingShown
        others = await self._images.images_of(image.request.id)
        if any(other.run.state in _STILL_TO_COME for other in others if other.id != run):
            raise OthersBeingMade
        return image

    async def delete(self, run: RunId, viewer: Viewer) -> Removal:
        """Take it down and let its bytes go. What cannot be taken down counts as deleted all the same.

        Raises: what `check_deletable` raises, since a late picture may have come meanwhile; NotTakenDown when Discord
        refuses for now. Then everything stays as it is.
        """
        image = await self.check_deletable(run, viewer)
        others = [other for other in await self._viewing.beside(image) if other.id != image.id]
        try:
            removal = await self._wall.take_down(image, others)
        except (PostFailed, RungClosed) as error:
            log.warning("picture not taken down %s why=%s", run_names(image.run), type(error).__name__)
            raise NotTakenDown from error
        await self._images.delete(image.id, self._clock.now())
        log.info("picture deleted %s by=%d messages=%s", run_names(image.run), viewer.member, removal)
        return removal

    async def report(self, run: RunId, viewer: Viewer) -> None:
        """Once per member and picture.

        Raises: what `Viewing.look` raises, AlreadyReported, TooManyReports, NotReported.
        """
        image = await self._viewing.look(run, viewer)
        now = self._clock.now()
        await self._reports.note(run, viewer.member, now, since=now - REPORTS_PER, most=MOST_REPORTS)
        try:
            await self._moderators.tell(Report(image, viewer.member, image.sight_of(viewer) is Sight.WHOLE))
        except (PostFailed, RungClosed) as error:
            await self._reports.forget(run, viewer.member)
            log.warning("picture not reported %s why=%s", run_names(image.run), _why(error))
            raise NotReported from error
        log.info("picture reported %s by=%d", run_names(image.run), viewer.member)


def _why(error: PostFailed | RungClosed) -> str:
    return error.reason if isinstance(error, RungClosed) else type(error).__name__
