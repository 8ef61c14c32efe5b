"""Messages that pictures are taken down from, a channel for reports, and messages that are looked up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.ids import ChannelId, MemberId, RunId, ServerId
from bot.domain.images import Image
from bot.domain.ladder import PostFailed, RungClosed
from bot.domain.requests import Spot
from bot.ports import MessageNow, Removal, Report

_STUDIO = ServerId(10)


@dataclass
class FakeViewer:
    """`Viewer` who may enter everything but `locked`, and moderate `moderated`.

    Nothing is known of what is `unknown` before they asked about it, as far as there was `time`.
    """

    member: MemberId
    server: ServerId = _STUDIO
    locked: frozenset[ChannelId] = frozenset()
    moderated: frozenset[ChannelId] = frozenset()
    unknown: frozenset[ChannelId] = frozenset()
    time: int = 100

    async def ask_about(self, channels: Sequence[ChannelId]) -> bool:
        left = [one for one in channels if one in self.unknown]
        self.unknown -= frozenset(left[: self.time])
        return len(left) <= self.time

    def may_enter(self, channel: ChannelId) -> bool:
        return channel not in self.locked | self.unknown

    def may_moderate(self, channel: ChannelId) -> bool:
        return channel in self.moderated - self.unknown


@dataclass
class FakeWall:
    """`Wall` that remembers what was taken down, and beside what. With `trouble` it refuses."""

    taken_down: dict[RunId, tuple[RunId, ...]] = field(default_factory=dict)
    outcome: Removal = Removal.GONE
    trouble: PostFailed | RungClosed | None = None

    async def take_down(self, image: Image, others: Sequence[Image]) -> Removal:
        if self.trouble is not None:
            raise self.trouble
        self.taken_down[image.id] = tuple(other.id for other in others)
        return self.outcome


@dataclass
class FakeModerators:
    """`Moderators` who keep what they are told. With `trouble` nothing reaches them."""

    told: list[Report] = field(default_factory=list)
    trouble: PostFailed | RungClosed | None = None
    can_be_told: bool = True

    async def tell(self, report: Report) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.told.append(report)


@dataclass
class FakeWhereabouts:
    """`Whereabouts` of the messages that tests know of; Discord tells nothing of all others in time."""

    messages: dict[Spot, MessageNow] = field(default_factory=dict)
    asked: set[Spot] = field(default_factory=set)

    async def look_up(self, spots: Sequence[Spot], *, within_s: float) -> Mapping[Spot, MessageNow]:
        self.asked |= set(spots)
        return {spot: self.messages[spot] for spot in spots if spot in self.messages}
