"""Pictures that reached their members, and the services that look at them, trace them and take them down."""

from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

from bot.domain.ids import AttachmentId, ChannelId, KeyId, MemberId, MessageId, ProviderRunId, RunId, run_id
from bot.domain.images import Image, Post
from bot.domain.requests import Parent, Relation, Request, Spot
from bot.ports import MessageNow, Placed
from bot.services.lineage import Lineage
from bot.services.moderation import Moderation
from bot.services.sources import Sources
from bot.services.viewing import Viewing
from tests.builders import a_picture, a_request, an_upload, asked_by
from tests.fakes import (
    FakeClock,
    FakeDownloads,
    FakeImaging,
    FakeModerators,
    FakeViewer,
    FakeWall,
    FakeWhereabouts,
    MemoryFileStore,
    MemoryImageStore,
    MemoryLedger,
    MemoryReportStore,
    MemoryRequestStore,
)

ALICE, BOB = MemberId(30), MemberId(31)
HERE, ELSEWHERE = ChannelId(20), ChannelId(21)


class ShownWorld:
    def __init__(self) -> None:
        self.clock = FakeClock()
        self.ledger = MemoryLedger()
        self.requests = MemoryRequestStore(self.ledger)
        self.files = MemoryFileStore(self.clock)
        self.downloads = FakeDownloads()
        self.images = MemoryImageStore(self.ledger)
        self.wall, self.moderators, self.whereabouts = FakeWall(), FakeModerators(), FakeWhereabouts()
        self.viewing = Viewing(images=self.images)
        sources = Sources(files=self.files, imaging=FakeImaging(), whereabouts=self.whereabouts)
        self.lineage = Lineage(
            downloads=self.downloads,
            files=self.files,
            images=self.images,
            imaging=FakeImaging(),
            sources=sources,
            viewing=self.viewing,
            whereabouts=self.whereabouts,
        )
        self.moderation = Moderation(
            clock=self.clock,
            images=self.images,
            reports=MemoryReportStore(self.ledger),
            moderators=self.moderators,
            viewing=self.viewing,
            wall=self.wall,
        )
        self._messages, self._attachments = count(900), count(5000)

    async def asked(self, prompt: str = "a fox", *, member: int = 30, private: bool = False, **changes: Any) -> Request:
        """One that waits."""
        self.clock.advance(1)
        address = asked_by(member, private=private, channel_id=changes.pop("channel", HERE))
        request = a_request(prompt=prompt, address=address, created_at=self.clock.now(), **changes)
        await self.requests.accept(request, queue_length=1000)
        await self.requests.acknowledge(request.id, MessageId(next(self._messages)), self.clock.now())
        return self.ledger.entries[request.id].request

    async def start(self, run: RunId) -> None:
        await self.requests.claim(run, KeyId("a key"), self.clock.now())
        await self.requests.start(run, ProviderRunId(f"at RunBase {run}"))

    async def finish(self, run: RunId, prompt: str) -> None:
        await self.start(run)
        sha256 = await self.files.keep(a_picture(prompt))
        await self.requests.finish(run, sha256, self.clock.now() + timedelta(seconds=14))

    async def deliver(self, request: Request, *numbers: int) -> None:
        message = request.address.message_id
        assert message is not None
        places = [
            Placed(
                run_id(request.id, number), request.address.channel_id, message, AttachmentId(next(self._attachments))
            )
            for number in numbers
        ]
        await self.requests.deliver(request.id, places, self.clock.now())

    async def pictures(self, prompt: str = "a fox", *, images: int = 1, **changes: Any) -> tuple[RunId, ...]:
        """All of a request, in their message."""
        request = await self.asked(prompt, images=images, **changes)
        runs = tuple(run_id(request.id, number) for number in range(images))
        for run in runs:
            await self.finish(run, prompt)
        await self.deliver(request, *range(images))
        for run in runs:
            await self.look_at(run)
        return runs

    async def picture(self, prompt: str = "a fox", **changes: Any) -> RunId:
        (run,) = await self.pictures(prompt, **changes)
        return run

    async def made_of(self, parent: RunId, prompt: str, *, relation: Relation = Relation.EDIT, **changes: Any) -> RunId:
        origin = self.image(parent)
        assert origin.run.spot is not None
        message = None if origin.request.address.private else origin.run.spot.message
        return await self.picture(prompt, parent=Parent(origin.run.spot.channel, message, parent, relation), **changes)

    async def look_at(self, run: RunId) -> None:
        """Discord knows its message, unless it is private."""
        image = self.image(run)
        if image.open_place is None or image.open_place.attachment is None:
            return
        spot, attachment = image.open_place.spot, image.open_place.attachment
        upload = an_upload(f"{attachment}.png")
        now = self.whereabouts.messages.get(spot, MessageNow(is_there=True))
        self.whereabouts.messages[spot] = replace(now, pictures=(*now.pictures, (attachment, upload)))
        self.downloads.web[upload.url] = a_picture(f"{image.request.prompt} from Discord")

    def message_deleted(self, run: RunId) -> None:
        spot = self.spot(run)
        self.whereabouts.messages[spot] = MessageNow(is_there=False)

    def post(self, run: RunId, *, shows_prompt: bool) -> None:
        self.ledger.posts[run] = Post(
            run,
            HERE,
            MessageId(next(self._messages)),
            AttachmentId(next(self._attachments)),
            shows_prompt,
            self.clock.now(),
        )

    def image(self, run: RunId) -> Image:
        found = self.ledger.runs[run]
        return Image(self.ledger.entries[found.request_id].request, found, self.ledger.posts.get(run))

    def spot(self, run: RunId) -> Spot:
        place = self.image(run).open_place
        assert place is not None
        return place.spot

    def forget_bytes(self) -> None:
        self.files.contents.clear()


def seen_by(member: MemberId = ALICE, **changes: Any) -> FakeViewer:
    return replace(FakeViewer(member), **changes)
