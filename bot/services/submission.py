"""From what a member sent to an accepted request: every check, the references, the quota."""

import logging
from collections.abc import Set
from dataclasses import dataclass

from bot.domain.catalogue import Model
from bot.domain.errors import (
    DownloadFailed,
    DownloadGone,
    DownloadRefused,
    DownloadTooLarge,
    ForeignReference,
    ReferenceEmpty,
    ReferenceGone,
    ReferencesUnreachable,
    ReferenceTooLarge,
    ServerNotListed,
    TooManyReferences,
)
from bot.domain.ids import MessageId, RequestId, ServerId, new_request_id
from bot.domain.prompts import parse_prompt
from bot.domain.quotas import binding
from bot.domain.requests import Draft, Kind, Reference, Request, Upload
from bot.domain.runs import EndReason
from bot.ports import Clock, Downloads, FileStore, Imaging, QuotaStore, RequestStore
from bot.services.keys import Keys
from bot.services.signals import Signals

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class House:
    """What the operator decided: the model, the servers (empty: all) and how many may wait."""

    model: Model
    servers: Set[ServerId]
    queue_length: int


class Submission:
    def __init__(
        self,
        house: House,
        *,
        clock: Clock,
        keys: Keys,
        downloads: Downloads,
        imaging: Imaging,
        files: FileStore,
        requests: RequestStore,
        quotas: QuotaStore,
        signals: Signals,
    ) -> None:
        self._house = house
        self._clock = clock
        self._keys = keys
        self._downloads = downloads
        self._imaging = imaging
        self._files = files
        self._requests = requests
        self._quotas = quotas
        self._signals = signals

    async def submit(self, draft: Draft) -> Request:
        """Accept a request: it is stored, its quota is taken, and it is dispatched once it is acknowledged.

        Raises: Refused or Unavailable; then nothing was stored and nothing taken.
        """
        self._check_server(draft.address.server_id)
        model = self._house.model
        prompt = parse_prompt(draft.prompt, limit=model.prompt_characters)
        aspect = model.aspect(draft.aspect) if draft.aspect else model.default_aspect
        self._check_uploads(draft.uploads)
        self._keys.check_usable()
        await self._check_quota(draft)
        references = [await self._reference(upload) for upload in draft.uploads]
        request = Request(
            id=new_request_id(),
            source_id=draft.source_id,
            kind=Kind.EDIT if references else Kind.GENERATE,
            address=draft.address,
            prompt=prompt,
            model=model.id,
            aspect=aspect.ratio,
            images=draft.images,
            references=tuple(references),
            upload_limit_bytes=draft.upload_limit_bytes,
            created_at=self._clock.now(),
        )
        await self._requests.accept(request, queue_length=self._house.queue_length)
        log.info("request accepted %s", _names(request))
        return request

    async def acknowledge(self, request: RequestId, message: MessageId) -> None:
        """The member sees `message`; now the request may cost money."""
        await self._requests.acknowledge(request, message, self._clock.now())
        self._signals.queued.set()

    async def withdraw(self, request: RequestId) -> None:
        """The member could not be answered: nobody would know whose picture it is. The quota is given back."""
        await self._requests.withdraw(request, EndReason.NOT_ACKNOWLEDGED, self._clock.now())
        log.warning("request withdrawn request=%s why=not_acknowledged", request)

    def _check_server(self, server: ServerId) -> None:
        if self._house.servers and server not in self._house.servers:
            raise ServerNotListed

    def _check_uploads(self, uploads: tuple[Upload, ...]) -> None:
        """What Discord says of the files is enough to refuse most of those that cannot be used."""
        model = self._house.model
        if len(uploads) > model.references:
            raise TooManyReferences(given=len(uploads), limit=model.references)
        for upload in uploads:
            if upload.size_bytes == 0:
                raise ReferenceEmpty(upload.filename)
            if upload.size_bytes > model.reference_bytes:
                raise ReferenceTooLarge(upload.filename, upload.size_bytes, model.reference_bytes)

    async def _check_quota(self, draft: Draft) -> None:
        """A first look, so that nobody without quota makes the bot fetch files; taking it is what decides."""
        address = draft.address
        usages = await self._quotas.usage(address.server_id, address.member_id, self._clock.now())
        if full := binding(usages, draft.images):
            raise full.refusal(draft.images)

    async def _reference(self, upload: Upload) -> Reference:
        """Fetched at once, since Discord removes what was attached to a command, and checked before it counts."""
        content = await self._fetch(upload)
        picture = await self._imaging.inspect(content, filename=upload.filename)
        return Reference(
            filename=upload.filename,
            url=upload.url,
            sha256=await self._files.keep(content),
            size_bytes=len(content),
            width_px=picture.width_px,
            height_px=picture.height_px,
        )

    async def _fetch(self, upload: Upload) -> bytes:
        limit_bytes = self._house.model.reference_bytes
        try:
            return await self._downloads.reference(upload.url, limit_bytes=limit_bytes)
        except DownloadTooLarge as error:
            raise ReferenceTooLarge(upload.filename, upload.size_bytes, limit_bytes) from error
        except DownloadRefused as error:
            raise ForeignReference(upload.filename) from error
        except DownloadGone as error:
            raise ReferenceGone(upload.filename) from error
        except DownloadFailed as error:
            raise ReferencesUnreachable(upload.filename) from error


def _names(request: Request) -> str:
    """The ids of a log line; never the prompt."""
    address = request.address
    return (
        f"request={request.id} kind={request.kind} images={request.images} references={len(request.references)} "
        f"server={address.server_id} channel={address.channel_id} member={address.member_id}"
    )
