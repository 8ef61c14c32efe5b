"""Carries rounds out: a waiting message on the board, an ordinary request in it, and its pictures as candidates."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from bot.domain.catalogue import Model
from bot.domain.errors import AlreadyAsked, BotError, FileLost, StorageUnavailable
from bot.domain.ids import ChannelId, RequestId, RunId, request_of
from bot.domain.ladder import PostFailed, RungClosed
from bot.domain.requests import Draft, Parent, Request, Spot, Upload
from bot.domain.thumbnails.boards import Board
from bot.domain.thumbnails.guidance import guidance
from bot.domain.thumbnails.refusals import CandidateGone
from bot.domain.thumbnails.states import COLLECTING
from bot.domain.thumbnails.thumbnails import MOST_CANDIDATES, Place, Round, Thumbnail, Trouble
from bot.ports import RequestStore
from bot.ports.thumbnails import BoardPublisher
from bot.services.submission import Submission
from bot.services.thumbnails.desk import Desk, address_of, channels_for, names
from bot.services.thumbnails.making import trouble_of
from bot.services.thumbnails.numbering import Numbering
from bot.services.thumbnails.posting_once import PostingOnce

log = logging.getLogger(__name__)


class Ordering:
    """Each step may be repeated: after a crash a round goes on from what is stored of it."""

    def __init__(
        self,
        desk: Desk,
        *,
        model: Model,
        numbering: Numbering,
        posting: PostingOnce,
        publisher: BoardPublisher,
        requests: RequestStore,
        submission: Submission,
    ) -> None:
        self._desk = desk
        self._model = model
        self._numbering = numbering
        self._posting = posting
        self._publisher = publisher
        self._requests = requests
        self._submission = submission

    async def tend(self, thumbnail: Thumbnail) -> None:
        """Bring its round on, if there is one, and take in what was made. Raises: PostFailed, StorageUnavailable."""
        candidates = self._desk.stores.candidates
        rounds = await candidates.open_rounds(thumbnail.id)
        # Afterwards, so that all that a round has made by now is in before it is settled.
        new = await candidates.collect(thumbnail.id, self._desk.clock.now(), most=MOST_CANDIDATES)
        await self._tell_of_late(thumbnail, new, rounds)
        for order in rounds:
            if order.is_made:
                await self._settle(thumbnail, order)
            elif order.request is None:
                await self._submit(thumbnail, order)
            elif not order.is_answered:
                await self._acknowledge(order.request, order)

    async def unanswered(self) -> Sequence[Round]:
        """What recovery calls off, if nobody is answered about it before. Raises: StorageUnavailable."""
        rounds = await self._desk.stores.candidates.open_rounds()
        return [one for one in rounds if one.request is not None and not one.is_answered and one.awaited]

    async def answer(self, order: Round) -> None:
        """Whoever wants its pictures has a card. Raises: RungClosed, PostFailed, StorageUnavailable."""
        if order.request is not None:
            await self._acknowledge(order.request, order)

    async def _tell_of_late(self, thumbnail: Thumbnail, new: Sequence[RunId], rounds: Sequence[Round]) -> None:
        """A picture whose round was settled before: with it the words of its message were written anew, without a line.

        Of all others settling their round tells.
        """
        for request in dict.fromkeys(map(request_of, new)):
            if all(order.request != request for order in rounds):
                await self._numbering.tell(thumbnail, request)

    async def _settle(self, thumbnail: Thumbnail, order: Round) -> None:
        await self._numbering.tell(thumbnail, order.request)
        await self._desk.stores.candidates.settle(order, self._desk.clock.now())
        log.info("round settled %s round=%d", names(thumbnail), order.number)
        asked = await self._requests.asked(order.request) if order.request else None
        if order.waiting is not None and asked is not None and asked.address.message_id != order.waiting.message:
            await self._remove(order.waiting)

    async def _submit(self, thumbnail: Thumbnail, order: Round) -> None:
        if thumbnail.state not in COLLECTING:
            await self._drop(order)
            return
        board = await self._desk.board(thumbnail.server)
        try:
            spot = order.waiting or await self._post_waiting(thumbnail, board, order)
            request = await self._submission.submit(await self._draft(thumbnail, board, order, spot))
        except (PostFailed, StorageUnavailable):
            raise
        except AlreadyAsked:
            return  # by a process that ended there: the next look finds the request
        except RungClosed as closed:
            await self._desk.shut(board, closed)
            await self._refused(thumbnail, order, (Trouble.BOARD_CLOSED, None))
        except BotError as error:
            await self._refused(thumbnail, await self._now(order), trouble_of(error))
        else:
            await self._acknowledge(request.id, await self._now(order))

    async def _post_waiting(self, thumbnail: Thumbnail, board: Board, order: Round) -> Spot:
        async def post(channel: ChannelId, mark: str) -> Place:
            return Place(await self._publisher.post_waiting(channel, thumbnail, order, mark))

        place = await self._posting.once(thumbnail, f"w{order.number}", channels_for(thumbnail, board), post)
        await self._desk.stores.candidates.note_waiting(order, place.spot)
        return place.spot

    async def _draft(self, thumbnail: Thumbnail, board: Board, order: Round, spot: Spot) -> Draft:
        size = thumbnail.size
        aspect = self._model.nearest_aspect(*size.pixels)
        uploads = tuple(Upload(one.filename, "", one.size_bytes, kept=one.sha256) for one in thumbnail.references)
        parent = None
        if order.parent is not None:
            uploads, parent = await self._source(thumbnail, order.parent)
        return Draft(
            source_id=spot.message,
            address=address_of(thumbnail, spot.channel, self._desk.clock),
            prompt=order.words,
            aspect=aspect.ratio,
            uploads=uploads[: self._model.references],
            upload_limit_bytes=thumbnail.upload_limit_bytes,
            images=order.pictures,
            parent=parent,
            style=thumbnail.style,
            guidance=guidance(thumbnail.design(size, board), aspect),
        )

    async def _source(self, thumbnail: Thumbnail, number: int) -> tuple[tuple[Upload, ...], Parent | None]:
        """The candidate that is changed. Raises: CandidateGone."""
        for one in await self._desk.candidates(thumbnail.id):
            if one.number == number:
                upload = Upload(f"candidate-{number}.png", "", None, kept=one.sha256)
                return (upload,), Parent(one.spot.channel, one.spot.message, one.run) if one.spot else None
        raise CandidateGone

    async def _acknowledge(self, request: RequestId, order: Round) -> None:
        """Its waiting message shows it from now on, with what RunBase has to fetch from there."""
        asked = await self._requests.asked(request)
        if asked is None or order.waiting is None:
            return
        if (await self._desk.found(order.thumbnail)).state not in COLLECTING:
            await self._submission.withdraw(request)
            return
        attached = await self._attached(asked, order.waiting)
        if attached is None:
            await self._submission.withdraw(request)
        else:
            await self._submission.acknowledge(request, order.waiting.message, attached=attached)

    async def _attached(self, asked: Request, spot: Spot) -> list[str] | None:
        """The addresses of its references; None when they can never be attached. Without any, nothing depends on it."""
        try:
            files = await self._submission.files_to_attach(asked)
            shown = list(await self._publisher.show_ordered(spot, asked, files))
        except (RungClosed, PostFailed, FileLost) as error:
            log.info("waiting message not shown request=%s why=%s", asked.id, type(error).__name__)
            if asked.to_attach and isinstance(error, PostFailed):
                raise
            shown = []
        return shown if len(shown) >= len(asked.to_attach) else None

    async def _refused(self, thumbnail: Thumbnail, order: Round, trouble: tuple[Trouble, datetime | None]) -> None:
        await self._drop(order)
        log.info("round refused %s round=%d why=%s", names(thumbnail), order.number, trouble[0])
        await self._desk.go_on(thumbnail.id)
        await self._desk.stores.thumbnails.note_trouble(thumbnail.id, *trouble)

    async def _drop(self, order: Round) -> None:
        await self._desk.stores.candidates.settle(order, self._desk.clock.now())
        if order.waiting is not None:
            await self._remove(order.waiting)

    async def _remove(self, spot: Spot) -> None:
        """Of a round that came to nothing, or whose pictures are elsewhere."""
        with suppress(RungClosed, PostFailed):
            await self._publisher.remove(spot)

    async def _now(self, order: Round) -> Round:
        """As it is stored by now, with its waiting message."""
        rounds = await self._desk.stores.candidates.open_rounds(order.thumbnail)
        return next((one for one in rounds if one.number == order.number), order)
