"""The ledger: requests, their runs and the quota taken for them; forms, images, settings."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.ids import (
    AttachmentId,
    ChannelId,
    EditId,
    KeyId,
    MemberId,
    MessageId,
    ProviderRunId,
    RequestId,
    RunId,
    ServerId,
    Sha256,
)
from bot.domain.ladder import Rung
from bot.domain.pacing import Family, Sighting
from bot.domain.quotas import Usage, Window
from bot.domain.requests import Address, Opening, Request
from bot.domain.runs import AWAITED, GIVES_BACK, EndReason, Run, RunState
from bot.domain.turns import Queued, Who


@dataclass(frozen=True, slots=True)
class Attempt:
    """A new message was about to be posted on a rung: it may be there."""

    rung: Rung
    at: datetime


@dataclass(frozen=True, slots=True)
class Parcel:
    """A request with its runs: what delivery looks at."""

    request: Request
    runs: tuple[Run, ...]
    attempt: Attempt | None = None
    perhaps_shown: frozenset[RunId] = frozenset()
    """Runs whose images may stand in the message: an edit was to show them, and what came of it is not known."""

    @property
    def is_awaited(self) -> bool:
        return any(run.state in AWAITED for run in self.runs)

    @property
    def ready(self) -> tuple[Run, ...]:
        return tuple(run for run in self.runs if run.state is RunState.READY)

    @property
    def problems(self) -> tuple[EndReason, ...]:
        return tuple(run.reason for run in self.runs if run.state in GIVES_BACK and run.reason)

    def placed_in(self, message: MessageId | None) -> tuple["Placed", ...]:
        """Its images that a message shows, in the order members see them."""
        return in_order(place for run in self.runs if (place := _place(run)) is not None and place.message == message)


class RequestStore(Protocol):
    """Requests, their runs and the quota taken for them, moved together in transactions."""

    async def accept(self, request: Request, *, queue_length: int, edit: EditId | None = None) -> None:
        """Store the request, its queued runs and its takes, or nothing at all. `edit` is the form it came from.

        Raises: QuotaExceeded, QueueFull, AlreadyAsked, AlreadyBeingMade.
        """

    async def acknowledge(
        self, request: RequestId, message: MessageId | None, at: datetime, *, attached: Sequence[str] = ()
    ) -> None:
        """From now on the request may be dispatched; `message` is where its answer goes, if there is one.

        `attached` are the addresses of the references that had none, in their order.
        """

    async def withdraw(self, request: RequestId, reason: EndReason, at: datetime) -> int:
        """Cancel what is still queued of a request and give its quota back. Returns how many runs that were."""

    async def queued_in(self, server: ServerId) -> Sequence[RequestId]:
        """Requests of a server with a queued run."""

    async def call_off(self, request: RequestId, message: MessageId | None, reason: EndReason, at: datetime) -> None:
        """Withdraw a request and acknowledge it in one, so that its member is told, in `message` if there is one."""

    async def queue(self) -> Sequence[Queued]:
        """Every acknowledged queued run, in the order of coming."""

    async def under_way_in(self, server: ServerId) -> Mapping[RequestId, datetime]:
        """Requests of a server that RunBase works on, and since when; the oldest first."""

    async def under_way(self) -> Mapping[Who, int]:
        """How many images RunBase is making for each member."""

    async def queued(self, run: RunId) -> tuple[Request, Run] | None:
        """None when it is not queued any more."""

    async def claim(self, run: RunId, key: KeyId, at: datetime) -> bool:
        """queued → submitting. False when somebody else moved it first."""

    async def release(self, run: RunId) -> bool:
        """submitting → queued, for a run that was certainly not created."""

    async def start(self, run: RunId, provider_id: ProviderRunId) -> bool:
        """submitting → running."""

    async def finish(self, run: RunId, image: Sha256, at: datetime, *, seen_s: float = 0.0) -> bool:
        """running or overdue → ready. `seen_s` is the age at which it was last seen running, for `sightings`."""

    async def end(
        self, run: RunId, state: RunState, reason: EndReason, at: datetime, *, seen_s: float | None = None
    ) -> bool:
        """Move what is not ready yet to failed, cancelled, uncertain or overdue and give the quota back, if legal."""

    async def lose(self, run: RunId, at: datetime) -> bool:
        """ready → failed, for a picture that is gone from the disk; the quota is given back."""

    async def deliver(self, request: RequestId, places: Sequence["Placed"], at: datetime) -> None:
        """This was shown: placed runs are delivered, their takes spent; all is settled unless more is to come."""

    async def keep(self, request: RequestId, at: datetime) -> None:
        """No way of delivering is left for now; the pictures stay on disk."""

    async def unkeep(self, *, since: datetime, most: int) -> None:
        """Try the newest kept requests once more."""

    async def readdress(self, request: RequestId, address: Address) -> bool:
        """A kept request is delivered to another answer from now on. False when it was not kept any more."""

    async def note_attempt(self, request: RequestId, attempt: Attempt) -> None:
        """Committed before a message is posted, as `submitting` is before a run is created."""

    async def note_edit(self, request: RequestId, *, perhaps_shown: Set[RunId]) -> None:
        """Committed before an edit is to show these, and taken back when it certainly did not."""

    async def asked(self, request: RequestId) -> Request | None:
        """The request as it was asked for, finished or not."""

    async def forget_token(self, request: RequestId) -> None: ...

    async def looked_after(self) -> Sequence[Run]:
        """Every running and overdue run."""

    async def undelivered(self) -> Sequence[RequestId]:
        """Requests with nothing left to wait for whose member was not shown the outcome."""

    async def partly_ready(self) -> Sequence[RequestId]:
        """Requests with images that can be shown while others are still being made."""

    async def being_made(self, *, closing_before: datetime) -> Sequence[RequestId]:
        """Requests with a run that RunBase works on, and queued ones whose token dies before a moment."""

    async def parcel(self, request: RequestId) -> Parcel | None:
        """The request as it stands; None when its outcome was shown already."""

    async def stranded(self) -> Sequence[Run]:
        """Runs that only a crash leaves behind: submitting, or queued and never acknowledged."""

    async def sightings(self, family: Family, *, most: int) -> Sequence[tuple[RunId, Sighting]]:
        """What is known of how long the latest runs took; the first to begin is the first."""

    async def families(self) -> Mapping[RunId, Family]:
        """Of every running and overdue run."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where on Discord an image is now."""

    run: RunId
    channel: ChannelId
    message: MessageId
    attachment: AttachmentId | None


def in_order(places: Iterable[Placed]) -> tuple[Placed, ...]:
    """As the message shows them: Discord numbers attachments as they come."""
    return tuple(sorted(places, key=lambda place: (place.attachment or 0, place.run)))


def _place(run: Run) -> Placed | None:
    """None where there is no image on Discord, or one that was deleted."""
    if run.state is not RunState.DELIVERED or run.deleted_at is not None or run.spot is None:
        return None
    return Placed(run.id, run.spot.channel, run.spot.message, run.attachment)


@dataclass(frozen=True, slots=True)
class OwnImage:
    """A delivered image: where it is on Discord, and the bytes if they are still on disk."""

    run: RunId
    message: MessageId
    attachment: AttachmentId | None
    private: bool
    sha256: Sha256


class EditStore(Protocol):
    """Forms that members opened, and the images edits are made from."""

    async def open(self, edit: EditId, opening: Opening, at: datetime) -> None: ...

    async def opened(self, edit: EditId) -> Opening | None: ...

    async def newest_image(self, server: ServerId, channel: ChannelId, member: MemberId) -> OwnImage | None: ...

    async def run_of_message(self, message: MessageId) -> RunId | None:
        """The image's run when the message is one of the bot's own results."""


class QuotaStore(Protocol):
    async def configure(self, windows: Sequence[Window]) -> None: ...

    async def usage(self, server: ServerId, member: MemberId, at: datetime) -> tuple[Usage, ...]:
        """Every configured window as it stands for this member."""


class SettingStore(Protocol):
    """Small facts the bot keeps about itself."""

    async def get(self, name: str) -> str | None: ...

    async def put(self, name: str, value: str) -> None: ...
