"""Real classes that stand in for the world behind the ports: no mocks, and tests look at their state."""

from tests.fakes.clock import FakeClock, eventually
from tests.fakes.discord import FakeMembership, FakePublisher, Seen
from tests.fakes.files import FakeDownloads, FakeImaging, MemoryFileStore
from tests.fakes.gallery import MemoryGalleryStore, MemoryPostStore
from tests.fakes.hints import MemoryHintStore
from tests.fakes.images import MemoryImageStore, MemoryReportStore
from tests.fakes.journal import MemoryJournal
from tests.fakes.ledger import MemoryEditStore, MemoryLedger, MemoryQuotaStore, MemoryRequestStore, TakeState
from tests.fakes.moderation import FakeModerators, FakeViewer, FakeWall, FakeWhereabouts
from tests.fakes.noticeboard import FakeNoticeboard
from tests.fakes.operator import FakeGateway, FakeMeter, FakeOperator, MemorySettings, MemoryTally
from tests.fakes.records import MemoryRecords
from tests.fakes.runbase import KEY, OTHER_KEY, FakeImageApi, Paid

__all__ = [
    "KEY",
    "OTHER_KEY",
    "FakeClock",
    "FakeDownloads",
    "FakeGateway",
    "FakeImageApi",
    "FakeImaging",
    "FakeMembership",
    "FakeMeter",
    "FakeModerators",
    "FakeNoticeboard",
    "FakeOperator",
    "FakePublisher",
    "FakeViewer",
    "FakeWall",
    "FakeWhereabouts",
    "MemoryEditStore",
    "MemoryFileStore",
    "MemoryGalleryStore",
    "MemoryHintStore",
    "MemoryImageStore",
    "MemoryJournal",
    "MemoryLedger",
    "MemoryPostStore",
    "MemoryQuotaStore",
    "MemoryRecords",
    "MemoryReportStore",
    "MemoryRequestStore",
    "MemorySettings",
    "MemoryTally",
    "Paid",
    "Seen",
    "TakeState",
    "eventually",
]
