"""The ledger: requests, their runs and the quota taken for them; forms, images, settings."""

from collections.abc import Mapping, Sequence
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
from bot.domain.quotas import Usage, Window
from bot.domain.requests import Address, Kind, Opening, Request
from bot.domain.runs import AWAITED, EndReason, Run, RunState
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

    @property
    def is_awaited(self) -> bool:
        return any(run.state in AWAITED for run in self.runs)


@dataclass(frozen=True, slots=True)
class Past:
    """A request as its member's history tells of it; `quota_used` counts pictures, held or spent."""

    request: Request
    runs: tuple[Run, ...]
    is_kept: bool
    quota_used: int


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

    async def heads(self) -> Sequence[Queued]:
        """Of those, the first of every member."""

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

    async def finish(self, run: RunId, image: Sha256, at: datetime) -> bool:
        """running or overdue → ready."""

    async def end(self, run: RunId, state: RunState, reason: EndReason, at: datetime) -> bool:
        """Move what is not ready yet to failed, cancelled, uncertain or overdue and give the quota back, if legal."""

    async def lose(self, run: RunId, at: datetime) -> bool:
        """ready → failed, for a picture that is gone from the disk; the quota is given back."""

    async def deliver(self, request: RequestId, places: Sequence["Placed"], at: datetime) -> None:
        """The outcome was shown: placed runs are delivered, their takes spent, all is settled unless more is ready."""

    async def keep(self, request: RequestId, at: datetime) -> None:
        """No way of delivering is left for now; the pictures stay on disk."""

    async def unkeep(self, *, since: datetime, most: int) -> None:
        """Try the newest kept requests once more."""

    async def readdress(self, request: RequestId, address: Address) -> bool:
        """A kept request is delivered to another answer from now on. False when it was not kept any more."""

    async def note_attempt(self, request: RequestId, attempt: Attempt) -> None:
        """Committed before a message is posted, as `submitting` is before a run is created."""

    async def asked(self, request: RequestId) -> Request | None:
        """The request as it was asked for, finished or not."""

    async def history(self, server: ServerId, member: MemberId, *, most: int) -> Sequence[Past]:
        """A member's latest acknowledged requests in a server, newest first."""

    async def kept(self, server: ServerId, member: MemberId, *, most: int) -> Sequence[Past]:
        """Those of them whose pictures wait on disk, since no way of delivering was left; newest first."""

    async def forget_token(self, request: RequestId) -> None: ...

    async def looked_after(self) -> Sequence[Run]:
        """Every running and overdue run."""

    async def undelivered(self) -> Sequence[RequestId]:
        """Requests with nothing left to wait for whose member was not shown the outcome."""

    async def being_made(self, *, closing_before: datetime) -> Sequence[RequestId]:
        """Requests with a run that RunBase works on, and queued ones whose token dies before a moment."""

    async def parcel(self, request: RequestId) -> Parcel | None:
        """The request as it stands; None when its outcome was shown already."""

    async def stranded(self) -> Sequence[Run]:
        """Runs that only a crash leaves behind: submitting, or queued and never acknowledged."""

    async def run_seconds(self, model: str, kind: Kind, *, most: int) -> Sequence[float]:
        """How long the latest runs of this model and kind took to be noticed as finished, in seconds."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where on Discord an image is now."""

    run: RunId
    channel: ChannelId
    message: MessageId
    attachment: AttachmentId | None


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
