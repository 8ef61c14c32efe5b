"""Thumbnails over fakes, beside every other service: members, moderators and the loops act, the board shows."""

import asyncio
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

from bot.domain.catalogue import CATALOGUE, DEFAULT_MODEL
from bot.domain.ids import ProviderRunId, RunId
from bot.domain.requests import Request
from bot.domain.runs import EndReason, RunState
from bot.domain.thumbnails.boards import Board
from bot.domain.thumbnails.ids import ThumbnailId
from bot.domain.thumbnails.states import ThumbnailState
from bot.domain.thumbnails.thumbnails import Candidate, Thumbnail
from bot.ports import Succeeded
from bot.ports.thumbnails import Card
from bot.services.gate import Gate
from bot.services.references import References
from bot.services.thumbnails import Ballot, Thumbnails
from bot.services.thumbnails.desk import Desk, Stores
from bot.services.thumbnails.opening import Supplies, open_thumbnails
from tests.board_builders import a_board, a_manager, a_moderator, a_person, a_wish
from tests.builders import a_picture, a_window, an_upload, asked_by
from tests.fakes import FakeImaging, MemoryQuotaStore
from tests.fakes.board import FakeBoard, FakeComposer, OnBoard
from tests.fakes.shelf import Shelf
from tests.fakes.thumbnails import MemoryThumbnails
from tests.unit.workshop import Workshop

ME = a_person()
OTHER = a_person(31)
MODERATOR = a_moderator()
MANAGER = a_manager()
S = ThumbnailState


class Community(Workshop):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._pictures = count(1)
        super().__init__(*args, **kwargs)

    def start_again(self, *keys: Any) -> None:
        """A new process: what the board shows stays."""
        if not hasattr(self, "board"):
            self.board = FakeBoard(self.clock)
            self.composer = FakeComposer()
        super().start_again(*keys)
        self._open_the_community()

    def _open_the_community(self) -> None:
        self.shelf = MemoryThumbnails(self.ledger)
        imaging = FakeImaging()
        quotas = MemoryQuotaStore(self.ledger)
        self.desk = Desk(self.clock, Stores(self.shelf, self.shelf, self.shelf, self.shelf))
        model = CATALOGUE[DEFAULT_MODEL]
        self.thumbnails: Thumbnails = open_thumbnails(
            Supplies(
                desk=self.desk,
                model=model,
                publisher=self.board,
                composer=self.composer,
                files=self.files,
                requests=self.requests,
                membership=self.membership,
                submission=self.submission,
                gate=Gate(frozenset(), clock=self.clock, files=self.files, quotas=quotas, keys=self.keys),
                references=self._references(model.reference_bytes, imaging),
                entries=self._references(10_000, imaging),
            )
        )

    def _references(self, limit_bytes: int, imaging: FakeImaging) -> References:
        return References(limit_bytes=limit_bytes, downloads=self.downloads, imaging=imaging, files=self.files)

    async def crash(self, *, after_steps: int = 0) -> None:
        """As the application starts: thumbnails recover before everything else does."""
        for _ in range(1 + after_steps):
            await asyncio.sleep(0)
        dying = asyncio.all_tasks() - {asyncio.current_task()}
        for task in dying:
            task.cancel()
        await asyncio.gather(*dying, return_exceptions=True)
        self.board.loses_answers = False
        self.start_again()
        await self.thumbnails.tending.recover()
        await self.recovery.recover()
        await self.recovery.turn()

    # What people do

    async def set_up(self, **changes: Any) -> Board:
        board = a_board(**changes)
        await self.thumbnails.boards.set_up(board, MANAGER)
        return board

    async def wish(self, **changes: Any) -> Thumbnail:
        """Asked for, and its card on the board."""
        thumbnail = await self.thumbnails.asking.ask(a_wish(**changes))
        await self.tend()
        return await self.now(thumbnail.id)

    async def with_references(self, *names: str, **changes: Any) -> Thumbnail:
        uploads = tuple(an_upload(name, size_bytes=len(a_picture(name))) for name in names)
        self.downloads.web.update({upload.url: a_picture(upload.filename) for upload in uploads})
        return await self.wish(uploads=uploads, **changes)

    async def approve(self, thumbnail: Thumbnail) -> Thumbnail:
        await self.thumbnails.approving.approve(thumbnail.id, MODERATOR)
        await self.tend()
        return await self.now(thumbnail.id)

    async def vote(self, thumbnail: Thumbnail, member: int, candidate: int, **changes: Any) -> Ballot:
        return await self.thumbnails.voting.cast(thumbnail.id, a_person(member, **changes), candidate)

    async def enter(self, thumbnail: Thumbnail, member: int, picture: bytes | None = None) -> int:
        upload = an_upload(f"entry{member}.png", size_bytes=100)
        self.downloads.web[upload.url] = picture or a_picture(f"entry of {member}")
        return await self.thumbnails.entries.enter(thumbnail.id, asked_by(member), upload)

    def quota_opens(self) -> None:
        """The operator allows more."""
        self.ledger.windows = ()

    def quota_shrinks(self, to: int) -> None:
        """The operator allows so many an hour from now on."""
        self.ledger.windows = (a_window(to),)

    def delete(self, run: RunId) -> None:
        """Its picture, in the channel."""
        self.ledger.runs[run] = replace(self.ledger.runs[run], deleted_at=self.clock.now())

    def back_up(self) -> Shelf:
        return deepcopy(self.ledger.shelf)

    def restore(self, backup: Shelf) -> None:
        """As `restore` brings a backup back."""
        for one in backup.thumbnails.values():
            backup.thumbnails[one.id] = replace(one, restored_at=self.clock.now())
        self.ledger.shelf = backup

    # What the loops do

    async def tend(self, *, after_s: float = 0.0, turns: int = 3) -> None:
        """Several turns a second apart, since one thing leads to the next."""
        self.clock.advance(after_s)
        for _ in range(turns):
            await self.thumbnails.tending.turn()
            await self.thumbnails.tending.finish()
            self.clock.advance(1)

    async def settle(self) -> None:
        """Long enough for every card to be as its thumbnail is."""
        for _ in range(3):
            await self.tend(after_s=5)

    async def paint(self, *, fails: Sequence[int] = ()) -> None:
        """Everything that is ordered is made and shown; of each round those numbered so are declined."""
        await self.send()
        for run in [run for run in self.ledger.runs.values() if run.state is RunState.RUNNING]:
            assert run.provider_id is not None
            if run.number in fails:
                await self.requests.end(run.id, RunState.FAILED, EndReason.DECLINED, self.clock.now())
            else:
                self._paint(run.provider_id)
        await self.look(after_s=15)
        await self.look(after_s=15)
        await self.show()
        await self.tend(after_s=5)

    def _paint(self, run: ProviderRunId) -> None:
        number = next(self._pictures)
        url = f"https://results.test/{number}.png"
        self.downloads.web[url] = a_picture(f"number {number}")
        self.api.show(Succeeded(url), run)

    async def made(self, *, fails: Sequence[int] = (), **changes: Any) -> Thumbnail:
        """Approved, and its pictures made."""
        thumbnail = await self.approve(await self.wish(**changes))
        await self.paint(fails=fails)
        return await self.now(thumbnail.id)

    async def vote_over(self, thumbnail: Thumbnail) -> Thumbnail:
        await self.tend(after_s=timedelta(days=1).total_seconds())
        await self.settle()
        return await self.now(thumbnail.id)

    # What became of it

    async def now(self, thumbnail: ThumbnailId) -> Thumbnail:
        found = await self.shelf.thumbnail(thumbnail)
        assert found is not None
        return found

    async def candidates(self, thumbnail: Thumbnail) -> tuple[Candidate, ...]:
        return await self.desk.candidates(thumbnail.id)

    def message_of(self, thumbnail: Thumbnail) -> OnBoard:
        (found,) = [one for one in self.board.cards() if one.card and one.card.thumbnail.id == thumbnail.id]
        return found

    def card(self, thumbnail: Thumbnail) -> Card:
        """As it stands on the board."""
        found = self.message_of(thumbnail).card
        assert found is not None
        return found

    def asked_of_runbase(self) -> list[Request]:
        return [entry.request for entry in self.ledger.entries.values()]

    def picture(self, run: RunId) -> bytes:
        image = self.ledger.runs[run].image
        assert image is not None
        return self.files.contents[image]
