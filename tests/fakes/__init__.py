"""Real classes that stand in for the world behind the ports: no mocks, and tests look at their state."""

from tests.fakes.clock import FakeClock, eventually
from tests.fakes.discord import FakePublisher, Seen
from tests.fakes.files import FakeDownloads, FakeImaging, MemoryFileStore
from tests.fakes.ledger import MemoryEditStore, MemoryLedger, MemoryQuotaStore, MemoryRequestStore, TakeState
from tests.fakes.runbase import KEY, OTHER_KEY, FakeImageApi, Paid

__all__ = [
    "KEY",
    "OTHER_KEY",
    "FakeClock",
    "FakeDownloads",
    "FakeImageApi",
    "FakeImaging",
    "FakePublisher",
    "MemoryEditStore",
    "MemoryFileStore",
    "MemoryLedger",
    "MemoryQuotaStore",
    "MemoryRequestStore",
    "Paid",
    "Seen",
    "TakeState",
    "eventually",
]
