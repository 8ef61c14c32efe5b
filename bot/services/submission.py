"""From what a member sent to an accepted request: every check, the references, the quota."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from bot.domain.catalogue import Aspect, Model
from bot.domain.errors import (
    NotYourRequest,
    QueueFull,
    ReferenceEmpty,
    ReferenceTooLarge,
    RequestGone,
    StorageUnavailable,
    TooLateToCancel,
    TooManyReferences,
)
from bot.domain.guidance import Guidance
from bot.domain.ids import EditId, MemberId, MessageId, RequestId, ServerId, new_request_id
from bot.domain.prompts import parse_prompt
from bot.domain.requests import SAME_AS_PICTURE, Draft, Kind, Parent, Reference, Request, Upload
from bot.domain.runs import EndReason, RunState
from bot.domain.styles import named_style
from bot.operations import Meter
from bot.ports import Clock, EditStore, RequestStore
from bot.services.gate import Gate
from bot.services.line import Line
from bot.services.names import names
from bot.services.references import MOST_FETCHED_BYTES, Gathered, References
from bot.services.signals import Signals

log = logging.getLogger(__name__)

_BETWEEN_TRIES_S = 5.0
_TRIES_TO_ACKNOWLEDGE = 24


@dataclass(frozen=True, slots=True)
class House:
    """What the operator decided: the model, and how many may wait."""

    model: Model
    queue_length: int


class Submission:
    def __init__(
        self,
        house: House,
        *,
        gate: Gate,
        clock: Clock,
        line: Line,
        meter: Meter,
        references: References,
        requests: RequestStore,
        edits: EditStore,
        signals: Signals,
    ) -> None:
        self._house = house
        self._gate = gate
        self._clock = clock
        self._line = line
        self._meter = meter
        self._references = references
        self._requests = requests
        self._edits = edits
        self._signals = signals

    async def submit(self, draft: Draft) -> Request:
        """Accept a request: it is stored, its quota is taken, and it is dispatched once it is acknowledged.

        Raises: Refused or Unavailable; then nothing was stored and nothing taken.
        """
        model = self._house.model
        draft, sent_prompt = self._worded(draft)
        if draft.aspect not in {None, SAME_AS_PICTURE}:
            model.aspect(draft.aspect)
        self._check_uploads(draft.uploads)
        await self._gate.check(draft.address, draft.images)
        async with self._references.gathered(draft, most=model.references) as gathered:
            request = await self._request(draft, sent_prompt, gathered)
            await self._accept(request, draft.edit)
            await self._keep(request.id, gathered)
        return request

    async def files_to_attach(self, request: Request) -> list[tuple[str, bytes]]:
        """Names and bytes of the references that have to be attached to the waiting message."""
        return await self._references.files(request.to_attach)

    async def acknowledge(self, request: RequestId, message: MessageId, *, attached: Sequence[str] = ()) -> None:
        """The member sees `message`; now the request may cost money.

        `attached` are the addresses of the files that were attached to it, in the order of `files_to_attach`. As long
        as the disk refuses it is tried again, for two minutes: after three recovery looks after the request.
        Raises: StorageUnavailable.
        """
        for _ in range(_TRIES_TO_ACKNOWLEDGE):
            with suppress(StorageUnavailable):
                await self._requests.acknowledge(request, message, self._clock.now(), attached=attached)
                break
            await self._clock.sleep(_BETWEEN_TRIES_S)
        else:
            await self._requests.acknowledge(request, message, self._clock.now(), attached=attached)
        self._signals.queued.set()

    async def withdraw(self, request: RequestId) -> None:
        """The member could not be answered: nobody would know whose picture it is. The quota is given back."""
        await self._call_off(request, EndReason.NOT_ACKNOWLEDGED)

    async def cancel(self, request: RequestId, server: ServerId, member: MemberId) -> None:
        """Call off what still waits in line.

        Raises: RequestGone, NotYourRequest, TooLateToCancel when RunBase has it already.
        """
        asked = await self._requests.asked(request)
        if asked is None or asked.address.server_id != server:
            raise RequestGone
        if asked.address.member_id != member:
            raise NotYourRequest
        if not await self._requests.withdraw(request, EndReason.CALLED_OFF, self._clock.now()):
            raise TooLateToCancel
        self._meter.ended(RunState.CANCELLED, EndReason.CALLED_OFF)
        log.info("request called off %s", names(asked))
        self._signals.outbox.set()

    async def leave(self, server: ServerId) -> None:
        """The bot is not in the server any more: what waits there is cancelled."""
        for request in await self._requests.queued_in(server):
            await self._call_off(request, EndReason.MEMBER_GONE)

    async def _call_off(self, request: RequestId, reason: EndReason) -> None:
        await self._requests.withdraw(request, reason, self._clock.now())
        self._meter.ended(RunState.CANCELLED, reason)
        asked = await self._requests.asked(request)
        log.warning("request withdrawn %s why=%s", names(asked) if asked else f"request={request}", reason)

    def _worded(self, draft: Draft) -> tuple[Draft, str | None]:
        """With the prompt and the style as they are stored, and what the model is told where that is more.

        Raises: PromptEmpty, PromptTooLong, UnknownStyle.
        """
        style = None if draft.style is None else named_style(draft.style)
        guidance = Guidance.of(draft.parent.relation if draft.parent else None, style, draft.guidance)
        prompt = parse_prompt(draft.prompt, limit=self._house.model.prompt_characters, guidance=guidance)
        words = guidance.around(prompt)
        worded = replace(draft, prompt=prompt, style=style.id if style else None)
        return worded, None if words == prompt else words

    async def _request(self, draft: Draft, sent_prompt: str | None, gathered: Gathered) -> Request:
        return Request(
            id=new_request_id(),
            source_id=draft.source_id,
            kind=Kind.EDIT if gathered.references else Kind.GENERATE,
            address=draft.address,
            prompt=draft.prompt,
            model=self._house.model.id,
            aspect=self._aspect(draft, gathered.references).ratio,
            images=draft.images,
            references=tuple(gathered.references),
            upload_limit_bytes=draft.upload_limit_bytes,
            created_at=self._clock.now(),
            left_out=tuple(gathered.left_out),
            parent=await self._parent(draft),
            style=draft.style,
            sent_prompt=sent_prompt,
            pressed=draft.pressed,
        )

    async def _accept(self, request: Request, edit: EditId | None) -> None:
        try:
            await self._requests.accept(request, queue_length=self._house.queue_length, edit=edit)
        except QueueFull as full:
            raise QueueFull(full.waiting, full.limit, self._line.wait_for(full.waiting)) from full
        self._meter.accepted(request)
        facts = f"kind={request.kind} images={request.images} references={len(request.references)}"
        log.info("request accepted %s %s", names(request), facts)

    async def _keep(self, request: RequestId, gathered: Gathered) -> None:
        """Now that quota is taken for them. After a crash before this nobody was answered: recovery calls it off."""
        try:
            await self._references.keep(gathered)
        except StorageUnavailable:
            await self._call_off(request, EndReason.NOT_ACKNOWLEDGED)
            raise

    def _check_uploads(self, uploads: tuple[Upload, ...]) -> None:
        """What Discord says of the files is enough to refuse most of those that cannot be used."""
        limit = self._house.model.references
        if len(uploads) > limit:
            raise TooManyReferences(given=len(uploads), limit=limit)
        for upload in uploads:
            if upload.size_bytes == 0:
                raise ReferenceEmpty(upload.filename)
            if upload.size_bytes is not None and upload.size_bytes > MOST_FETCHED_BYTES:
                raise ReferenceTooLarge(upload.filename, upload.size_bytes, MOST_FETCHED_BYTES)

    def _aspect(self, draft: Draft, references: Sequence[Reference]) -> Aspect:
        model = self._house.model
        if draft.aspect == SAME_AS_PICTURE and references:
            return model.nearest_aspect(references[0].width_px, references[0].height_px)
        if draft.aspect in {None, SAME_AS_PICTURE}:
            return model.default_aspect
        return model.aspect(draft.aspect)

    async def _parent(self, draft: Draft) -> Parent | None:
        """A message that is one of our own results stands for the image it shows."""
        parent = draft.parent
        if parent is None or parent.run_id is not None or parent.message_id is None:
            return parent
        return replace(parent, run_id=await self._edits.run_of_message(parent.message_id))
